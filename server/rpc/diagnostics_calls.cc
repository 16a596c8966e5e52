#include "rpc/diagnostics_calls.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "errors/failure.h"
#include "errors/status.h"
#include "rpc/token_findings.h"
#include "rpc/too_many_queries.h"
#include "signing/signature_diagnosis.h"
#include "tokens/token_refusals.h"

namespace firstmile::rpc {
namespace {

constexpr absl::string_view kCheckSignature = "DiagnosticsService/CheckSignature";

v1::RetryClass ProtoRetryClassOf(errors::RetryClass retry_class) {
  switch (retry_class) {
    case errors::RetryClass::kNone:
      return v1::RETRY_CLASS_NONE;
    case errors::RetryClass::kRefreshToken:
      return v1::RETRY_CLASS_REFRESH_TOKEN;
    case errors::RetryClass::kBackOff:
      return v1::RETRY_CLASS_BACK_OFF;
    case errors::RetryClass::kCorrectClock:
      return v1::RETRY_CLASS_CORRECT_CLOCK;
    case errors::RetryClass::kRetryRead:
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

v1::SignatureFindingCode CodeOf(const signing::Finding& finding) {
  auto code = v1::SIGNATURE_FINDING_CODE_UNSPECIFIED;
  v1::SignatureFindingCode_Parse(absl::StrCat("SIGNATURE_FINDING_CODE_", finding.code), &code);
  return code;
}

void SetDuration(absl::Duration from, google::protobuf::Duration* to) {
  absl::Duration rest;
  to->set_seconds(absl::IDivDuration(from, absl::Seconds(1), &rest));
  to->set_nanos(static_cast<std::int32_t>(absl::ToInt64Nanoseconds(rest)));
}

// One signature check, with everything that it refers to.
struct Examination {
  signing::SignedUrl url;
  secrets::Secret key;
  bool own_key = false;
  absl::Time sent;
  bool sent_is_known = false;
  const endpoints::Endpoint* endpoint = nullptr;
};

signing::Diagnosis Examine(const DiagnosticsContext& diagnostics, const v1::CheckSignatureRequest& request,
                           const Examination& examination) {
  const std::vector<std::string> paths = diagnostics.rpc.endpoints.Paths();
  const std::vector<absl::string_view> known_paths(paths.begin(), paths.end());
  signing::SignatureCheck question{.url = examination.url,
                                   .key = examination.key,
                                   .sent = examination.sent,
                                   .sent_is_known = examination.sent_is_known,
                                   .body = request.body()};
  question.scope = ScopeOf(request.scope());
  if (!question.scope.has_value() && examination.endpoint != nullptr) {
    question.scope = ScopeOf(examination.endpoint->scope);
  }
  if (examination.own_key) question.partner_id = diagnostics.tokens.signer.partner_id();
  question.other_ids = {request.other_ids().data(), static_cast<std::size_t>(request.other_ids_size())};
  question.known_paths = known_paths;
  signing::Diagnosis diagnosis = signing::Diagnose(question);
  const signing::SignedUrl& url = diagnosis.uncopied.has_value() ? *diagnosis.uncopied : examination.url;
  AddTokenFindings(diagnostics.tokens, url, question.other_ids, &diagnosis);
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
    v1::SignatureFinding* shown = response->add_findings();
    shown->set_code(CodeOf(finding));
    shown->set_certainty(CertaintyOf(finding.certainty));
    shown->set_explanation(finding.explanation);
    shown->set_remedy(finding.remedy);
  }
}

}  // namespace

void ExplainError(const v1::ExplainErrorRequest& request, absl::Time now,
                  v1::ExplainErrorResponse* response) {
  const errors::Explanation shown =
      errors::Explain(request.error(), request.message(), request.http_status(), now);
  const errors::ErrorClass& error_class = shown.error_class;
  response->set_code(static_cast<v1::CanonicalCode>(error_class.code));
  response->set_reason(errors::ReasonOf(error_class.reason));
  response->set_retry_class(ProtoRetryClassOf(error_class.retry_class));
  response->set_remedy(std::string(error_class.remedy));
  response->set_known(error_class.known);
  if (error_class.retry_after.has_value())
    SetDuration(*error_class.retry_after, response->mutable_retry_delay());
  response->mutable_row()->set_code(std::string(shown.row_code));
  response->mutable_row()->set_text(std::string(shown.row_text));
  response->mutable_row()->set_http_status(std::string(shown.row_http_status));
  response->mutable_row()->set_section(std::string(shown.section));
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
                          .sent = diagnostics.rpc.clock.Now(),
                          .sent_is_known = request.has_sent_time()};
  if (examination.own_key) examination.key = diagnostics.tokens.signer.partner_key();
  if (request.has_sent_time()) examination.sent = absl::FromUnixSeconds(request.sent_time().seconds());
  examination.endpoint = diagnostics.rpc.endpoints.FindByPath(examination.url.path.Reveal());

  // Hundreds of hashes and some reads: too long for an event loop.
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
