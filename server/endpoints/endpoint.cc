#include "endpoints/endpoint.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace firstmile::endpoints {
namespace {

using firstmile::mapping::UpstreamCall;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;

// Part of the signature, so it is the same on every host.
constexpr absl::string_view kPathPrefix = "/api/v2/";

absl::Status CheckFacts(const MethodDescriptor& method, const UpstreamCall& call) {
  if (call.endpoint_case() == UpstreamCall::ENDPOINT_NOT_SET) return DoesNotFit(method, "no path");
  const std::string& path = PathOf(method);
  const bool plain = path.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_/") == std::string::npos;
  if (!absl::StartsWith(path, kPathPrefix) || path.size() == kPathPrefix.size() || !plain) {
    return DoesNotFit(method, absl::StrCat("the path ", path, " is not ", kPathPrefix, " and plain names"));
  }
  if (call.scope() == firstmile::v1::AUTH_SCOPE_UNSPECIFIED) return DoesNotFit(method, "no scope");
  if (call.effect() == firstmile::mapping::EFFECT_UNSPECIFIED) return DoesNotFit(method, "no effect");
  if (call.payload() == firstmile::mapping::PAYLOAD_KIND_UNSPECIFIED) return DoesNotFit(method, "no payload");
  if (call.timeout_ms() <= 0) return DoesNotFit(method, "the timeout is not positive");
  return absl::OkStatus();
}

subjects::SubjectKind KindOf(firstmile::v1::AuthScope scope) {
  switch (scope) {
    case firstmile::v1::AUTH_SCOPE_MERCHANT:
      return subjects::SubjectKind::kMerchant;
    case firstmile::v1::AUTH_SCOPE_PUBLIC:
      return subjects::SubjectKind::kPartner;
    default:
      return subjects::SubjectKind::kShop;
  }
}

// Null when the request has no subject.
absl::StatusOr<const FieldDescriptor*> FindSubject(const MethodDescriptor& method) {
  const FieldDescriptor* subject = nullptr;
  for (int i = 0; i < method.input_type()->field_count(); ++i) {
    const FieldDescriptor* field = method.input_type()->field(i);
    if (!field->options().GetExtension(firstmile::mapping::wire).subject()) continue;
    if (subject != nullptr) return DoesNotFit(method, "two fields are (wire).subject");
    if (field->type() != FieldDescriptor::TYPE_INT64 || field->is_repeated()) {
      return DoesNotFit(method, absl::StrCat(field->name(), ": a subject is one int64"));
    }
    subject = field;
  }
  return subject;
}

absl::StatusOr<const FieldDescriptor*> SubjectFor(const MethodDescriptor& method,
                                                  firstmile::v1::AuthScope scope) {
  absl::StatusOr<const FieldDescriptor*> subject = FindSubject(method);
  if (!subject.ok()) return subject;
  const bool wanted = scope != firstmile::v1::AUTH_SCOPE_PUBLIC;
  if (wanted && *subject == nullptr)
    return DoesNotFit(method, "the scope needs a field that is (wire).subject");
  if (!wanted && *subject != nullptr) return DoesNotFit(method, "a public call has no subject");
  if (wanted && (*subject)->name() != subjects::ParameterOf(KindOf(scope))) {
    return DoesNotFit(method, absl::StrCat((*subject)->name(), ": the scope signs with ",
                                           subjects::ParameterOf(KindOf(scope))));
  }
  return subject;
}

absl::Status WithOperation(const MethodDescriptor& method, const absl::Status& status) {
  return DoesNotFit(method, status.message());
}

}  // namespace

const std::string& PathOf(const MethodDescriptor& method) {
  const UpstreamCall& call = method.options().GetExtension(firstmile::mapping::upstream);
  return call.has_get() ? call.get() : call.post();
}

std::string OperationOf(const MethodDescriptor& method) {
  return absl::StrCat(method.service()->name(), "/", method.name());
}

absl::Status DoesNotFit(const MethodDescriptor& method, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(OperationOf(method), ": ", why));
}

absl::StatusOr<Endpoint> Endpoint::Compile(const MethodDescriptor& method) {
  if (!method.options().HasExtension(firstmile::mapping::upstream))
    return DoesNotFit(method, "no option (upstream)");
  const UpstreamCall& call = method.options().GetExtension(firstmile::mapping::upstream);
  if (absl::Status status = CheckFacts(method, call); !status.ok()) return status;
  absl::StatusOr<const FieldDescriptor*> subject = SubjectFor(method, call.scope());
  if (!subject.ok()) return subject.status();
  const auto placement = call.has_get() ? codec::Placement::kQuery : codec::Placement::kBody;
  absl::StatusOr<RequestRules> rules = RequestRules::Compile(*method.input_type());
  if (!rules.ok()) return WithOperation(method, rules.status());
  absl::StatusOr<codec::RequestEncoder> encoder =
      codec::RequestEncoder::Compile(*method.input_type(), placement);
  if (!encoder.ok()) return WithOperation(method, encoder.status());
  absl::StatusOr<codec::ResponseDecoder> decoder =
      codec::ResponseDecoder::Compile(*method.input_type(), *method.output_type(), call.payload());
  if (!decoder.ok()) return WithOperation(method, decoder.status());
  return Endpoint{.operation = OperationOf(method),
                  .verb = call.has_get() ? HttpVerb::kGet : HttpVerb::kPost,
                  .path = PathOf(method),
                  .scope = call.scope(),
                  .effect = call.effect(),
                  .payload = call.payload(),
                  .paging = call.paging(),
                  .timeout = absl::Milliseconds(call.timeout_ms()),
                  .subject = *subject,
                  .rules = *std::move(rules),
                  .encoder = *std::move(encoder),
                  .decoder = *std::move(decoder)};
}

subjects::SubjectKind Endpoint::subject_kind() const {
  return KindOf(scope);
}

subjects::Subject Endpoint::SubjectOf(const google::protobuf::Message& request) const {
  if (subject == nullptr) return subjects::Partner();
  return {KindOf(scope), request.GetReflection()->GetInt64(request, subject)};
}

}  // namespace firstmile::endpoints
