#include "endpoints/endpoint_table.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace firstmile::endpoints {
namespace {

using firstmile::mapping::UpstreamCall;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;

// Part of the signature, so it is the same on every host.
constexpr absl::string_view kPathPrefix = "/api/v2/";

std::string OperationOf(const MethodDescriptor& method) {
  return absl::StrCat(method.service()->name(), "/", method.name());
}

absl::Status DoesNotFit(const MethodDescriptor& method, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(OperationOf(method), ": ", why));
}

const std::string& PathOf(const UpstreamCall& call) {
  return call.has_get() ? call.get() : call.post();
}

absl::Status CheckFacts(const MethodDescriptor& method, const UpstreamCall& call) {
  if (call.endpoint_case() == UpstreamCall::ENDPOINT_NOT_SET) return DoesNotFit(method, "no path");
  const std::string& path = PathOf(call);
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

absl::StatusOr<std::unique_ptr<const Endpoint>> CompileEndpoint(const MethodDescriptor& method) {
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
  return std::unique_ptr<const Endpoint>(
      new Endpoint{.operation = OperationOf(method),
                   .verb = call.has_get() ? HttpVerb::kGet : HttpVerb::kPost,
                   .path = PathOf(call),
                   .scope = call.scope(),
                   .effect = call.effect(),
                   .payload = call.payload(),
                   .paging = call.paging(),
                   .timeout = absl::Milliseconds(call.timeout_ms()),
                   .subject = *subject,
                   .rules = *std::move(rules),
                   .encoder = *std::move(encoder),
                   .decoder = *std::move(decoder)});
}

// The unary rpc that a stream repeats; null when the service has none of that name.
const MethodDescriptor* SourceOf(const MethodDescriptor& stream) {
  const std::string& name = stream.options().GetExtension(firstmile::mapping::upstream_stream).source();
  const MethodDescriptor* source = stream.service()->FindMethodByName(name);
  return source == nullptr || source->server_streaming() || source->client_streaming() ? nullptr : source;
}

}  // namespace

subjects::SubjectKind Endpoint::subject_kind() const {
  return KindOf(scope);
}

subjects::Subject Endpoint::SubjectOf(const google::protobuf::Message& request) const {
  if (subject == nullptr) return subjects::Partner();
  return {KindOf(scope), request.GetReflection()->GetInt64(request, subject)};
}

std::vector<const MethodDescriptor*> UpstreamMethods(const google::protobuf::ServiceDescriptor& service) {
  std::vector<const MethodDescriptor*> methods;
  for (int i = 0; i < service.method_count(); ++i) {
    const MethodDescriptor* method = service.method(i);
    if (!method->options().GetExtension(firstmile::mapping::own)) methods.push_back(method);
  }
  return methods;
}

absl::StatusOr<EndpointTable> EndpointTable::Build(
    absl::Span<const google::protobuf::ServiceDescriptor* const> services) {
  EndpointTable table;
  std::vector<const MethodDescriptor*> streams;
  for (const google::protobuf::ServiceDescriptor* service : services) {
    for (const MethodDescriptor* method : UpstreamMethods(*service)) {
      if (method->client_streaming()) return DoesNotFit(*method, "a client stream has no REST call");
      if (method->server_streaming()) {
        streams.push_back(method);
      } else if (absl::Status status = table.AddUnary(*method); !status.ok()) {
        return status;
      }
    }
  }
  for (const MethodDescriptor* stream : streams) {
    if (absl::Status status = table.AddStream(*stream); !status.ok()) return status;
  }
  return table;
}

absl::Status EndpointTable::AddUnary(const MethodDescriptor& method) {
  absl::StatusOr<std::unique_ptr<const Endpoint>> endpoint = CompileEndpoint(method);
  if (!endpoint.ok()) return endpoint.status();
  if (!unary_.emplace(method.input_type(), *std::move(endpoint)).second) {
    return DoesNotFit(method, "another rpc takes the same request");
  }
  return absl::OkStatus();
}

absl::Status EndpointTable::AddStream(const MethodDescriptor& method) {
  if (!method.options().HasExtension(firstmile::mapping::upstream_stream)) {
    return DoesNotFit(method, "no option (upstream_stream)");
  }
  const MethodDescriptor* source = SourceOf(method);
  if (source == nullptr) return DoesNotFit(method, "its source is no unary rpc of this service");
  absl::StatusOr<StreamEndpoint> stream = StreamEndpoint::Compile(
      method, *FindByRequest(source->input_type()), *source->input_type(), *source->output_type());
  if (!stream.ok()) return WithOperation(method, stream.status());
  auto owned = std::make_unique<const StreamEndpoint>(*std::move(stream));
  if (!streams_.emplace(method.input_type(), std::move(owned)).second) {
    return DoesNotFit(method, "another rpc takes the same request");
  }
  return absl::OkStatus();
}

const Endpoint* EndpointTable::FindByRequest(const Descriptor* request) const {
  const auto found = unary_.find(request);
  return found == unary_.end() ? nullptr : found->second.get();
}

const StreamEndpoint* EndpointTable::FindStreamByRequest(const Descriptor* request) const {
  const auto found = streams_.find(request);
  return found == streams_.end() ? nullptr : found->second.get();
}

std::vector<const Endpoint*> EndpointTable::endpoints() const {
  std::vector<const Endpoint*> all;
  for (const auto& [request, endpoint] : unary_) all.push_back(endpoint.get());
  std::sort(all.begin(), all.end(),
            [](const Endpoint* one, const Endpoint* other) { return one->operation < other->operation; });
  return all;
}

}  // namespace firstmile::endpoints
