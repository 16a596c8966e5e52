#include "rpc/diagnostics_calls.h"

#include <optional>

#include "errors/error_page.h"
#include "errors/status.h"
#include "rpc/token_findings.h"
#include "rpc/too_many_queries.h"
#include "signing/sign_doctor.h"
#include "tokens/token_refusals.h"

namespace firstmile::rpc {
namespace {

constexpr absl::string_view kCheckSignature = "DiagnosticsService/CheckSignature";

v1::RetryClass RetryClassOf(errors::Recovery recovery) {
  switch (recovery) {
    case errors::Recovery::kNone:
      return v1::RETRY_CLASS_UNSPECIFIED;
    case errors::Recovery::kRefreshToken:
      return v1::RETRY_CLASS_REFRESH_TOKEN;
    case errors::Recovery::kBackOff:
      return v1::RETRY_CLASS_BACK_OFF;
    case errors::Recovery::kCorrectClock:
      return v1::RETRY_CLASS_CORRECT_CLOCK;
    case errors::Recovery::kRetryRead:
      return v1::RETRY_CLASS_IF_REPEATABLE;
  }
  return v1::RETRY_CLASS_UNSPECIFIED;
}

std::optional<signing::SignScope> ScopeOf(v1::AuthScope scope) {
  switch (scope) {
    case v1::AUTH_SCOPE_SHOP:
      return signing::SignScope::kShop;
    case v1::AUTH_SCOPE_MERCHANT:
      return signing::SignScope::kMerchant;
    case v1::AUTH_SCOPE_PUBLIC:
      return signing::SignScope::kPublic;
    default:
      return std::nullopt;
  }
}

v1::AuthScope ScopeOf(signing::SignScope scope) {
  switch (scope) {
    case signing::SignScope::kShop:
      return v1::AUTH_SCOPE_SHOP;
    case signing::SignScope::kMerchant:
      return v1::AUTH_SCOPE_MERCHANT;
    case signing::SignScope::kPublic:
      return v1::AUTH_SCOPE_PUBLIC;
  }
  return v1::AUTH_SCOPE_UNSPECIFIED;
}

v1::FindingCertainty CertaintyOf(signing::Certainty certainty) {
  switch (certainty) {
    case signing::Certainty::kProven:
      return v1::FINDING_CERTAINTY_PROVEN;
    case signing::Certainty::kLikely:
      return v1::FINDING_CERTAINTY_LIKELY;
    case signing::Certainty::kPossible:
      return v1::FINDING_CERTAINTY_POSSIBLE;
  }
  return v1::FINDING_CERTAINTY_UNSPECIFIED;
}

void SetDuration(absl::Duration from, google::protobuf::Duration* to) {
  absl::Duration rest;
  to->set_seconds(absl::IDivDuration(from, absl::Seconds(1), &rest));
  to->set_nanos(static_cast<std::int32_t>(absl::ToInt64Nanoseconds(rest)));
}

// One question to the doctor, with everything that it refers to.
struct Examination {
  signing::SignedUrl url;
  secrets::Secret key;
  bool own_key = false;
  absl::Time sent;
  const endpoints::Endpoint* endpoint = nullptr;
};

signing::Diagnosis Examine(const DiagnosticsContext& diagnostics, const v1::CheckSignatureRequest& request,
                           const Examination& examination) {
  std::vector<absl::string_view> known_paths;
  for (const auto& [path, endpoint] : diagnostics.by_path) known_paths.push_back(path);
  signing::SignQuestion question{
      .url = examination.url, .key = examination.key, .sent = examination.sent, .body = request.body()};
  question.scope = ScopeOf(request.scope());
  if (!question.scope.has_value() && examination.endpoint != nullptr) {
    question.scope = ScopeOf(examination.endpoint->scope);
  }
  if (examination.own_key) question.partner_id = diagnostics.custody.signer.partner_id();
  question.other_ids = {request.other_ids().data(), static_cast<std::size_t>(request.other_ids_size())};
  question.known_paths = known_paths;
  signing::Diagnosis diagnosis = signing::Diagnose(question);
  AddTokenFindings(diagnostics.custody, examination.url, question.other_ids, &diagnosis);
  return diagnosis;
}

void Fill(const signing::Diagnosis& diagnosis, v1::CheckSignatureResponse* response) {
  response->set_signature_matches(diagnosis.matches);
  response->set_base_string(diagnosis.base_string);
  response->set_scope(ScopeOf(diagnosis.scope));
  if (diagnosis.clock_offset.has_value()) {
    SetDuration(*diagnosis.clock_offset, response->mutable_clock_offset());
  }
  for (const signing::Finding& finding : diagnosis.findings) {
    v1::SignatureFinding* told = response->add_findings();
    told->set_code(finding.code);
    told->set_certainty(CertaintyOf(finding.certainty));
    told->set_explanation(finding.explanation);
    told->set_remedy(finding.remedy);
  }
}

}  // namespace

DiagnosticsContext::DiagnosticsContext(const RpcContext& r, const tokens::CustodyContext& c)
    : rpc(r), custody(c) {
  for (const endpoints::Endpoint* endpoint : rpc.endpoints.endpoints()) by_path[endpoint->path] = endpoint;
}

void ExplainError(const v1::ExplainErrorRequest& request, absl::Time now,
                  v1::ExplainErrorResponse* response) {
  const errors::Explanation told =
      errors::Explain(request.error(), request.message(), request.http_status(), now);
  const errors::Verdict& verdict = told.verdict;
  response->set_grpc_code(static_cast<int>(verdict.code));
  response->set_grpc_code_name(std::string(errors::NameOf(verdict.code)));
  response->set_reason(std::string(verdict.reason));
  response->set_retry_class(RetryClassOf(verdict.recovery));
  response->set_remedy(std::string(verdict.remedy));
  response->set_known(verdict.known);
  if (verdict.retry_after.has_value()) SetDuration(*verdict.retry_after, response->mutable_retry_delay());
  response->mutable_row()->set_code(std::string(told.row_code));
  response->mutable_row()->set_text(std::string(told.row_text));
  response->mutable_row()->set_http_status(std::string(told.row_http_status));
  response->mutable_row()->set_section(std::string(told.section));
}

async::Task<google::rpc::Status> CheckSignature(const DiagnosticsContext& diagnostics, gateway::Shard& home,
                                                const v1::CheckSignatureRequest& request,
                                                v1::CheckSignatureResponse* response, std::stop_token stop) {
  absl::StatusOr<signing::SignedUrl> url = signing::ParseSignedUrl(request.url());
  if (!url.ok()) {
    co_return errors::InvalidRequest({{"url", std::string(url.status().message())}}, kCheckSignature);
  }
  Examination examination{.url = *std::move(url),
                          .key = secrets::Secret(request.partner_key()),
                          .own_key = request.partner_key().empty(),
                          .sent = diagnostics.rpc.clock.Now()};
  if (examination.own_key) examination.key = diagnostics.custody.signer.partner_key();
  if (request.has_sent_time()) examination.sent = absl::FromUnixSeconds(request.sent_time().seconds());
  const auto known = diagnostics.by_path.find(examination.url.path.Reveal());
  if (known != diagnostics.by_path.end()) examination.endpoint = known->second;

  // Some hundred hashes and some reads: too long for an event loop.
  absl::StatusOr<signing::Diagnosis> diagnosis =
      co_await diagnostics.rpc.query_threads.Run(home.loop, [&]() -> absl::StatusOr<signing::Diagnosis> {
        if (stop.stop_requested()) return absl::CancelledError();
        return Examine(diagnostics, request, examination);
      });
  if (absl::IsCancelled(diagnosis.status())) {
    co_return tokens::StatusOf(tokens::StoppedWaiting(), kCheckSignature);
  }
  if (!diagnosis.ok()) co_return TooManyQueries(diagnostics.rpc, kCheckSignature);
  Fill(*diagnosis, response);
  if (examination.endpoint != nullptr) response->set_operation(examination.endpoint->operation);
  co_return google::rpc::Status();
}

}  // namespace firstmile::rpc
