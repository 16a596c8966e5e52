#include "rpc/flow_stream.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "errors/status.h"
#include "rpc/rpc_failures.h"

namespace firstmile::rpc {
namespace {

using google::protobuf::Message;

// The memory counted for a shop that is served: one call of 50 orders with its event.
constexpr std::size_t kShopBytes = std::size_t{64} << 10;

}  // namespace

grpc::ServerWriteReactor<grpc::ByteBuffer>* FlowStream::Start(const RpcContext& rpc, const FlowRpc& flow,
                                                              grpc::CallbackServerContext& context,
                                                              ReceivedRequest request,
                                                              const endpoints::RequestRules& rules) {
  auto* stream = new FlowStream(rpc, flow, context, std::move(request));
  stream->Begin(rules);
  return stream;
}

FlowStream::FlowStream(const RpcContext& rpc, const FlowRpc& flow, grpc::CallbackServerContext& context,
                       ReceivedRequest request)
    : rpc_(rpc),
      flow_(flow),
      request_(std::move(request)),
      first_shop_(flow.first_shop(request_.message())),
      home_(rpc.shards.For(first_shop_).loop),
      call_(rpc, context, std::chrono::milliseconds::max()),  // a flow runs until its last order
      writer_(home_, *this) {}

void FlowStream::Begin(const endpoints::RequestRules& rules) {
  const auto full = call_.Enter(flow_.operation, request_.message().ByteSizeLong(), AnswerBytes());
  if (full.has_value()) return Refuse(*full);
  const std::vector<errors::Violation> violations = request_.Check(rules);
  if (!violations.empty()) return Refuse(errors::InvalidRequest(violations, flow_.operation));
  home_.Post([this] { async::Detach(Run()); });
}

std::size_t FlowStream::AnswerBytes() const {
  const auto width = static_cast<std::size_t>(rpc_.stream_shops_in_parallel);
  return kShopBytes * std::min(flow_.shops(request_.message()), width);
}

void FlowStream::Refuse(const google::rpc::Status& status) {
  gateway::CallReport report;
  report.status = status;
  FinishStream(call_.Conclude(flow_.operation, first_shop_, report, 0));
}

async::Task<bool> FlowStream::Write(const Message& event) {
  const bool go_on = co_await writer_.Write(event, call_.stop_token());
  if (go_on) ++events_;
  co_return go_on;
}

void FlowStream::StartFrame(const Message& frame) {
  frame_ = BytesOf(frame);
  StartWrite(&frame_);
}

async::Task<void> FlowStream::Run() {
  call_.ArmDeadline(home_);
  gateway::CallReport report = co_await Work();
  if (report.status.code() != 0) report.status = DeadlinePassed(flow_.operation);
  if (call_.stop_token().stop_requested()) report.status = call_.StoppedStatus(flow_.operation);
  call_.DisarmDeadline(home_);
  FinishStream(call_.Conclude(flow_.operation, first_shop_, report, events_));  // last: may free this stream
}

async::Task<gateway::CallReport> FlowStream::Work() {
  flows::ShardCaller shops(rpc_.shards, rpc_.endpoints, rpc_.read_back, rpc_.metrics, home_);
  FlowRun run{.shops = shops, .events = *this, .context = call_.GatewayContext()};
  co_return co_await flow_.work(request_.message(), std::move(run));
}

}  // namespace firstmile::rpc
