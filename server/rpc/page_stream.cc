#include "rpc/page_stream.h"

#include <algorithm>
#include <deque>

#include "absl/strings/str_cat.h"
#include "async/started.h"
#include "errors/status.h"
#include "transport/run_on.h"

namespace firstmile::rpc {

async::Task<gateway::CallReport> PageStream::Run() {
  shops_ = endpoint_.Shops(request_);
  const std::size_t readers =
      std::min<std::size_t>(shops_.size(), static_cast<std::size_t>(rpc_.stream_shops_in_parallel));
  std::deque<async::Started<bool>> running;
  for (std::size_t i = 0; i < readers; ++i) running.emplace_back(ReadShops());
  for (async::Started<bool>& reader : running) co_await reader;
  if (call_.stop_token().stop_requested()) report_.status = call_.StoppedStatus(endpoint_.operation());
  co_return std::move(report_);
}

async::Task<bool> PageStream::ReadShops() {
  bool go_on = true;
  while (go_on && next_shop_ < shops_.size()) {
    const std::int64_t shop = shops_[next_shop_++];
    go_on = co_await ReadShop(shop);
  }
  co_return go_on;
}

// False when the stream is over: the client is gone or the call was stopped.
async::Task<bool> PageStream::ReadShop(std::int64_t shop) {
  std::unique_ptr<google::protobuf::Message> request = endpoint_.FirstRequest(request_, shop);
  std::string first_cursor = endpoint_.Cursor(*request);
  Page page = co_await Fetch(shop, *request, std::move(first_cursor));
  for (std::uint64_t count = 1; page.report.status.code() == 0; ++count) {
    std::string next_cursor = NextCursor(page, count);
    const bool last = next_cursor.empty();
    if (page.report.status.code() != 0) break;
    endpoint_.SetPosition(page.frame.get(), shop, next_cursor, last);
    ++pages_;
    if (last) co_return co_await writer_.Write(*page.frame, call_.stop_token());

    endpoint_.SetCursor(request.get(), next_cursor);
    async::Started<Page> next(Fetch(shop, *request, std::move(next_cursor)));
    const bool written = co_await writer_.Write(*page.frame, call_.stop_token());
    if (!written) call_.Cancel();  // drops the page that is on its way
    page = co_await next;
    if (!written) co_return false;
  }
  co_return co_await End(shop, std::move(page));
}

async::Task<PageStream::Page> PageStream::Fetch(std::int64_t shop, const google::protobuf::Message& request,
                                                std::string cursor) {
  Page page{.cursor = std::move(cursor), .frame = sink_.NewFrame(), .report = {}};
  gateway::Shard& shard = rpc_.shards.For(shop);
  page.report = co_await transport::RunThereResumeHere(
      shard.loop, home_,
      shard.gateway.Call(endpoint_.source(), request, endpoint_.MutablePage(page.frame.get()),
                         call_.GatewayContext()));
  Remember(page);
  co_return page;
}

// Keeps for the log line what the stream's calls add up to, and the last that the platform said.
void PageStream::Remember(const Page& page) {
  report_.attempts += page.report.attempts;
  report_.waited += page.report.waited;
  report_.decode.unknown_fields += page.report.decode.unknown_fields;
  report_.decode.unknown_enum_values += page.report.decode.unknown_enum_values;
  report_.http_status = page.report.http_status;
  report_.vendor_code = page.report.vendor_code;
  report_.request_id = page.report.request_id;
}

// The cursor after this page, empty after the last; turns the page into a failure when the platform leads
// nowhere.
std::string PageStream::NextCursor(Page& page, std::uint64_t pages_of_shop) {
  bool stuck = false;
  std::string next = endpoint_.NextCursor(*endpoint_.MutablePage(page.frame.get()), &stuck);
  if (stuck || (!next.empty() && next == page.cursor)) {
    page.report.status = errors::Local(errors::Code::kInternal, "CURSOR_STUCK",
                                       "the platform says that there is more but its cursor does not move",
                                       endpoint_.operation());
  } else if (next.size() > endpoint_.cursor_bytes_max()) {
    page.report.status =
        errors::Local(errors::Code::kInternal, "ANSWER_UNREADABLE",
                      absl::StrCat("the platform's next_cursor has ", next.size(), " bytes; at most ",
                                   endpoint_.cursor_bytes_max(), " are sent back"),
                      endpoint_.operation());
  } else if (!next.empty() && pages_of_shop >= kPagesPerShopMax) {
    page.report.status = errors::Local(
        errors::Code::kInternal, "TOO_MANY_PAGES",
        absl::StrCat("the list did not end after ", kPagesPerShopMax, " pages"), endpoint_.operation());
  }
  return next;
}

// Tells that a shop failed: as the stream's status when it is the only one, as a frame otherwise.
async::Task<bool> PageStream::End(std::int64_t shop, Page page) {
  if (shops_.size() == 1) {
    report_.status = page.report.status;
    co_return false;
  }
  std::unique_ptr<google::protobuf::Message> frame = sink_.NewFrame();
  endpoint_.SetPosition(frame.get(), shop, page.cursor, true);
  *endpoint_.MutableFailure(frame.get()) = page.report.status;
  co_return co_await writer_.Write(*frame, call_.stop_token());
}

}  // namespace firstmile::rpc
