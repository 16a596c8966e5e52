// One unary rpc and the REST call behind it, compiled from the rpc's option and the fields of its messages.
//
// Immutable after Compile; safe to share between threads.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "codec/request_encoder.h"
#include "codec/response_decoder.h"
#include "endpoints/request_rules.h"
#include "firstmile/mapping/options.pb.h"
#include "subjects/subject.h"

namespace google::protobuf {
class FieldDescriptor;
class MethodDescriptor;
}  // namespace google::protobuf

namespace firstmile::endpoints {

enum class HttpVerb { kGet, kPost };

struct Endpoint {
  // Fails with kInvalidArgument and the method's name when its option is missing or leaves a field
  // unspecified, the path does not start with /api/v2/, the timeout is not positive, the subject field is
  // missing or belongs to another scope, or a field option does not fit.
  static absl::StatusOr<Endpoint> Compile(const google::protobuf::MethodDescriptor& method);

  std::string operation;  // "FirstMileService/GetDetail": for logs, metrics and errors
  HttpVerb verb;
  std::string path;  // starts with /api/v2/
  firstmile::v1::AuthScope scope;
  firstmile::mapping::Effect effect;
  firstmile::mapping::PayloadKind payload;
  firstmile::mapping::PagingStyle paging;
  absl::Duration timeout;  // per attempt

  const google::protobuf::FieldDescriptor* subject = nullptr;  // null for AUTH_SCOPE_PUBLIC
  RequestRules rules;
  codec::RequestEncoder encoder;
  codec::ResponseDecoder decoder;

  subjects::SubjectKind subject_kind() const;

  // The subject whose token and id sign the call: the partner for a public call; id 0 when the request does
  // not name it.
  subjects::Subject SubjectOf(const google::protobuf::Message& request) const;
};

// "FirstMileService/GetDetail", from names alone.
std::string OperationOf(const google::protobuf::MethodDescriptor& method);

// kInvalidArgument: the operation and why its options cannot be used.
absl::Status DoesNotFit(const google::protobuf::MethodDescriptor& method, absl::string_view why);

// The path of the method's option; empty without one.
const std::string& PathOf(const google::protobuf::MethodDescriptor& method);

}  // namespace firstmile::endpoints
