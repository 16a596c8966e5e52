#include "read_back/call_with_read_back.h"

#include "absl/strings/str_join.h"
#include "errors/status.h"
#include "read_back/read_back_functions.h"
#include "read_back/read_back_texts.h"
#include "read_back/unknown_outcomes.h"
#include "transport/stoppable_event.h"

namespace firstmile::read_back {
namespace {

using gateway::CallReport;
using gateway::ReadBack;
using gateway::UnknownOutcome;

// Waits between the two checks; returns false when there is no time for another.
async::Task<bool> WaitForSecondCheck(ReadBackContext flow, const gateway::CallContext& context) {
  const auto due = flow.loop.clock().Monotonic() + absl::ToChronoNanoseconds(flow.options.read_back_delay);
  if (due >= context.deadline) co_return false;
  co_return co_await transport::SleepUntil(flow.loop, due, context.stop);
}

async::Task<ReadBackResult> CheckTwice(ReadBackContext flow, ReadBackFn read_back, ShopReader& reader,
                                       const google::protobuf::Message& request,
                                       google::protobuf::Message* response,
                                       const gateway::CallContext& context) {
  response->Clear();
  ReadBackResult read_back_result = co_await read_back(reader, request, response);
  if (read_back_result.kind != ReadBackResult::Kind::kNothing) co_return read_back_result;
  const bool settled = co_await WaitForSecondCheck(flow, context);
  if (!settled) co_return ReadBackResult{};
  response->Clear();
  co_return co_await read_back(reader, request, response);
}

ops::ReadBackOutcome OutcomeOf(ReadBack read_back) {
  if (read_back == ReadBack::kApplied) return ops::ReadBackOutcome::kApplied;
  return read_back == ReadBack::kNotApplied ? ops::ReadBackOutcome::kNotApplied
                                            : ops::ReadBackOutcome::kUnknown;
}

void Conclude(const ReadBackResult& read_back_result, const std::string& operation, CallReport* report) {
  if (read_back_result.kind == ReadBackResult::Kind::kSomething) {
    report->read_back = ReadBack::kApplied;
    report->status.Clear();
    return;
  }
  // While Shopee may still be working, the absence of an effect proves nothing.
  if (read_back_result.kind == ReadBackResult::Kind::kNothing &&
      report->unknown_outcome == UnknownOutcome::kAnswerLost) {
    report->read_back = ReadBack::kNotApplied;
    report->status = NotApplied(*report, operation);
    return;
  }
  report->read_back = ReadBack::kUnknown;
  if (!read_back_result.unused_numbers.empty()) {
    errors::AddMetadata("unusedNumbers", absl::StrJoin(read_back_result.unused_numbers, ","),
                        &report->status);
  }
  if (!read_back_result.candidate_bindings.empty()) {
    errors::AddMetadata("candidateBindings", absl::StrJoin(read_back_result.candidate_bindings, ","),
                        &report->status);
  }
}

async::Task<void> FindLostWrite(ReadBackContext flow, ReadBackFn read_back,
                                const endpoints::Endpoint& endpoint, const google::protobuf::Message& request,
                                google::protobuf::Message* response, const gateway::CallContext& context,
                                CallReport* report) {
  ShopReader reader(flow.gateway, flow.endpoints, flow.loop.clock(), context);
  const ReadBackResult read_back_result =
      co_await CheckTwice(flow, read_back, reader, request, response, context);
  if (read_back_result.kind != ReadBackResult::Kind::kSomething) response->Clear();
  report->waited += reader.waited();
  Conclude(read_back_result, endpoint.operation, report);
  const bool late = context.IsLate(flow.loop.clock().Monotonic());
  if (report->read_back == ReadBack::kUnknown && late) {
    report->status = NotReadInTime(endpoint.operation);
  }
}

// Reads back the elements whose outcome the answer leaves open.
async::Task<void> FindOpenElements(ReadBackContext flow, ReadBackFn read_back, UnknownOutcomes unknown,
                                   const google::protobuf::Message& request,
                                   google::protobuf::Message* response, const gateway::CallContext& context,
                                   CallReport* report) {
  ShopReader reader(flow.gateway, flow.endpoints, flow.loop.clock(), context);
  const std::unique_ptr<google::protobuf::Message> seen(response->New());
  ReadBackResult read_back_result;
  int found = 0;
  for (int checks = 0; checks < 2 && !unknown.empty(); ++checks) {
    const bool in_time = checks == 0 || co_await WaitForSecondCheck(flow, context);
    if (!in_time) read_back_result = {};
    if (!in_time) break;
    seen->CopyFrom(*response);
    ClearOutcomes(seen.get());
    read_back_result = co_await read_back(reader, request, seen.get());
    if (read_back_result.kind == ReadBackResult::Kind::kUnknown) break;
    if (read_back_result.kind == ReadBackResult::Kind::kSomething)
      found += unknown.Settle(OutcomesOf(seen.get()));
  }
  report->waited += reader.waited();
  const bool conclusive =
      read_back_result.kind != ReadBackResult::Kind::kUnknown && read_back_result.is_complete;
  report->read_back = found > 0    ? ReadBack::kApplied
                      : conclusive ? ReadBack::kNotApplied
                                   : ReadBack::kUnknown;
  conclusive ? unknown.SettleAsNotApplied() : unknown.LeaveUnknown();
  if (!conclusive) NameCandidates(read_back_result.candidate_bindings, response);
  if (found == 0) co_return;
  CompleteTexts(*seen, response);
  WarnThatElementsWereFound(response);
}

async::Task<CallReport> CallWrite(ReadBackContext flow, const endpoints::Endpoint& endpoint,
                                  const google::protobuf::Message& request,
                                  google::protobuf::Message* response, gateway::CallContext context) {
  CallReport report = co_await flow.gateway.Call(endpoint, request, response, context);
  const ReadBackFn read_back = FindReadBackFn(request.GetDescriptor());
  if (read_back == nullptr) co_return report;
  if (report.unknown_outcome != UnknownOutcome::kNone) {
    co_await FindLostWrite(flow, read_back, endpoint, request, response, context, &report);
  } else if (report.status.code() == 0) {
    UnknownOutcomes unknown(OutcomesOf(response), ElementsOf(request, *response));
    if (unknown.empty()) co_return report;
    co_await FindOpenElements(flow, read_back, std::move(unknown), request, response, context, &report);
  } else {
    co_return report;
  }
  flow.metrics.CountReadBack(endpoint.operation, OutcomeOf(report.read_back));
  co_return report;
}

}  // namespace

async::Task<CallReport> CallWithReadBack(ReadBackContext flow, const endpoints::Endpoint& endpoint,
                                         const google::protobuf::Message& request,
                                         google::protobuf::Message* response, gateway::CallContext context) {
  if (endpoint.effect == firstmile::mapping::EFFECT_WRITE) {
    return CallWrite(flow, endpoint, request, response, std::move(context));
  }
  // Only writes have unknown outcomes: other calls avoid the large coroutine frame above.
  return flow.gateway.Call(endpoint, request, response, std::move(context));
}

}  // namespace firstmile::read_back
