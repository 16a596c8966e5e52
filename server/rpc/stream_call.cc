#include "rpc/stream_call.h"

namespace firstmile::rpc {
namespace {

// A stream of pages runs as long as its client reads; a file has a unary call's deadline.
std::chrono::milliseconds DefaultDeadline(const RpcContext& rpc, const endpoints::StreamEndpoint& endpoint) {
  return endpoint.pages() ? std::chrono::milliseconds::max() : rpc.default_deadline;
}

// Its id is 0 when the request names none; the checks reject that before the subject matters.
subjects::Subject FirstSubject(const endpoints::StreamEndpoint& endpoint,
                               const google::protobuf::Message& request) {
  const std::vector<subjects::Subject> subjects = endpoint.Subjects(request);
  return subjects.empty() ? subjects::Subject() : subjects.front();
}

}  // namespace

grpc::ServerWriteReactor<grpc::ByteBuffer>* StreamCall::Start(const RpcContext& rpc,
                                                              grpc::CallbackServerContext& context,
                                                              const endpoints::StreamEndpoint& endpoint,
                                                              const MethodMessages& messages,
                                                              const grpc::ByteBuffer& request) {
  auto* call = new StreamCall(rpc, context, endpoint, messages, messages.ReadRequest(request));
  call->Begin();
  return call;
}

StreamCall::StreamCall(const RpcContext& rpc, grpc::CallbackServerContext& context,
                       const endpoints::StreamEndpoint& endpoint, const MethodMessages& messages,
                       ReceivedRequest request)
    : rpc_(rpc),
      endpoint_(endpoint),
      messages_(messages),
      request_(std::move(request)),
      first_subject_(FirstSubject(endpoint, request_.message())),
      home_(rpc.shards.For(first_subject_).loop),
      call_(rpc, context, DefaultDeadline(rpc, endpoint)),
      writer_(home_, *this) {}

void StreamCall::Begin() {
  const auto full = call_.Enter(endpoint_.operation(), request_.message().ByteSizeLong(), AnswerBytes());
  if (full.has_value()) return Refuse(*full);
  const std::vector<errors::Violation> violations = request_.Check(endpoint_);
  if (!violations.empty()) return Refuse(errors::InvalidRequest(violations, endpoint_.operation()));
  home_.Post([this] { async::Detach(Run()); });
}

void StreamCall::StartFrame(const google::protobuf::Message& frame) {
  frame_ = BytesOf(frame);
  StartWrite(&frame_);
}

std::size_t StreamCall::AnswerBytes() const {
  return endpoint_.pages() ? PageStream::HeldBytes(rpc_, endpoint_.Subjects(request_.message()).size())
                           : kFileStreamBytes;
}

void StreamCall::Refuse(const google::rpc::Status& status) {
  gateway::CallReport report;
  report.status = status;
  FinishStream(call_.Conclude(endpoint_.operation(), first_subject_, report, 0));
}

async::Task<void> StreamCall::Run() {
  call_.ArmDeadline(home_);
  gateway::CallReport report;
  std::uint64_t pages = 0;
  if (endpoint_.pages()) {
    PageStream stream(rpc_, endpoint_, request_.message(), call_, *this, writer_, home_);
    report = co_await stream.Run();
    pages = stream.pages();
  } else {
    FileStream stream(rpc_, endpoint_, request_.message(), call_, *this, writer_, home_);
    report = co_await stream.Run();
  }
  call_.DisarmDeadline(home_);
  FinishStream(call_.Conclude(endpoint_.operation(), first_subject_, report,
                              pages));  // last: may free this call
}

}  // namespace firstmile::rpc
