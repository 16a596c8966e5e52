#include "flows/verified_call.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "errors/status.h"
#include "flows/read_back.h"
#include "transport/waiter.h"

namespace firstmile::flows {
namespace {

using gateway::CallReport;
using gateway::Doubt;
using gateway::ReadBack;

async::Task<Evidence> LookTwice(FlowContext flow, LookBack look, ShopReader& reader,
                                const google::protobuf::Message& request, google::protobuf::Message* response,
                                gateway::CallContext context) {
  response->Clear();
  Evidence evidence = co_await look(reader, request, response);
  if (evidence.kind != Evidence::Kind::kNothing) co_return evidence;
  const auto due = flow.loop.clock().Monotonic() + absl::ToChronoNanoseconds(flow.options.settle_pause);
  if (due >= context.deadline) co_return Evidence{};
  const bool waited = co_await transport::SleepUntil(flow.loop, due, context.stop);
  if (!waited) co_return Evidence{};
  response->Clear();
  co_return co_await look(reader, request, response);
}

google::rpc::Status NotCarriedOut(const CallReport& report, const std::string& operation) {
  google::rpc::Status status = errors::Local(
      errors::Code::kUnavailable, "WRITE_NOT_CARRIED_OUT",
      absl::StrCat(
          "the platform's state shows nothing of the call, so that it can be sent again; it had ended with: ",
          report.status.message()),
      operation);
  const auto add = [&status](const char* key, const std::string& value) {
    if (!value.empty()) errors::AddMetadata(key, value, &status);
  };
  add("vendorCode", report.vendor_code);
  add("requestId", report.request_id);
  add("httpStatus", report.http_status == 0 ? "" : absl::StrCat(report.http_status));
  return status;
}

ops::ReadBackOutcome OutcomeOf(ReadBack read_back) {
  if (read_back == ReadBack::kDone) return ops::ReadBackOutcome::kDone;
  return read_back == ReadBack::kNotDone ? ops::ReadBackOutcome::kNotDone : ops::ReadBackOutcome::kUnknown;
}

void Conclude(const Evidence& evidence, const std::string& operation, CallReport* report) {
  if (evidence.kind == Evidence::Kind::kSomething) {
    report->read_back = ReadBack::kDone;
    report->status.Clear();
    return;
  }
  // While the platform may still be at work, no trace proves nothing.
  if (evidence.kind == Evidence::Kind::kNothing && report->doubt == Doubt::kAnswerLost) {
    report->read_back = ReadBack::kNotDone;
    report->status = NotCarriedOut(*report, operation);
    return;
  }
  report->read_back = ReadBack::kUnknown;
  if (!evidence.unused_numbers.empty()) {
    errors::AddMetadata("unusedNumbers", absl::StrJoin(evidence.unused_numbers, ","), &report->status);
  }
}

}  // namespace

async::Task<CallReport> VerifiedCall(FlowContext flow, const endpoints::Endpoint& endpoint,
                                     const google::protobuf::Message& request,
                                     google::protobuf::Message* response, gateway::CallContext context) {
  CallReport report = co_await flow.gateway.Call(endpoint, request, response, context);
  const LookBack look = report.doubt == Doubt::kNone ? nullptr : FindLookBack(request.GetDescriptor());
  if (look == nullptr) co_return report;
  ShopReader reader(flow.gateway, flow.endpoints, flow.loop.clock(), context);
  const Evidence evidence = co_await LookTwice(flow, look, reader, request, response, context);
  if (evidence.kind != Evidence::Kind::kSomething) response->Clear();
  report.waited += reader.waited();
  Conclude(evidence, endpoint.operation, &report);
  const bool late = context.IsLate(flow.loop.clock().Monotonic());
  if (report.read_back == ReadBack::kUnknown && late) {
    report.status =
        errors::Local(errors::Code::kDeadlineExceeded, "WRITE_OUTCOME_UNKNOWN",
                      "time was up while the sidecar looked for what the call did; read the state "
                      "before trying again",
                      endpoint.operation);
  }
  flow.metrics.CountReadBack(endpoint.operation, OutcomeOf(report.read_back));
  co_return report;
}

}  // namespace firstmile::flows
