// Reads one shop's state with several calls.
//
// Not thread-safe; use it only on its gateway's loop.
#pragma once

#include "async/task.h"
#include "endpoints/cursor_trail.h"
#include "endpoints/endpoint_table.h"
#include "gateway/gateway.h"

namespace firstmile::read_back {

// Most pages of one search; a longer list counts as unreadable.
inline constexpr int kSearchPagesMax = 100;

class ShopReader {
 public:
  // All references outlive the reader. Every read has the time left until the context's deadline.
  ShopReader(gateway::Gateway& gateway, const endpoints::EndpointTable& endpoints,
             const transport::Clock& clock, gateway::CallContext context)
      : gateway_(gateway), endpoints_(endpoints), clock_(clock), context_(std::move(context)) {}

  absl::Time now() const { return clock_.Now(); }

  // Returns false when Shopee's answer is missing or unusable. Conclusions need complete data, so a response
  // with a value that does not fit its field is unusable too.
  async::Task<bool> Read(const google::protobuf::Message& request, google::protobuf::Message* response) {
    const endpoints::Endpoint& endpoint = *endpoints_.FindByRequest(request.GetDescriptor());
    const gateway::CallReport report = co_await gateway_.Call(endpoint, request, response, context_);
    waited_ += report.waited;
    co_return report.status.code() == 0 && report.decode.odd_values == 0;
  }

  // Reads pages until `enough` returns true for one, or the list ends. Returns false when a page cannot be
  // read, the cursor is missing or repeats, or the list is longer than kSearchPagesMax.
  template <typename Response, typename Request, typename Enough>
  async::Task<bool> ReadPages(Request request, Enough enough) {
    endpoints::CursorTrail trail(request.cursor());
    for (int page = 0; page < kSearchPagesMax; ++page) {
      Response response;
      const bool read = co_await Read(request, &response);
      if (!read) co_return false;
      if (enough(response) || !response.more()) co_return true;
      if (response.next_cursor().empty() || trail.LeadsBack(response.next_cursor())) co_return false;
      request.set_cursor(response.next_cursor());
    }
    co_return false;
  }

  // Time that the reads spent waiting for permits.
  absl::Duration waited() const { return waited_; }

 private:
  gateway::Gateway& gateway_;
  const endpoints::EndpointTable& endpoints_;
  const transport::Clock& clock_;
  const gateway::CallContext context_;
  absl::Duration waited_;
};

}  // namespace firstmile::read_back
