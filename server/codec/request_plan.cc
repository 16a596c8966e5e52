#include "codec/request_plan.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "codec/json_writer.h"
#include "codec/wire_options.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/timestamp.pb.h"

namespace firstmile::codec {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// Deepest nesting of a request body; Shopee's deepest has three levels.
constexpr int kNestingMax = 8;

// A time is sent as a number.
bool IsScalar(const FieldDescriptor& field) {
  if (field.message_type() == google::protobuf::Timestamp::descriptor()) return true;
  return field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE && field.type() != FieldDescriptor::TYPE_BYTES;
}

bool IsQuoted(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_STRING ||
         (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM && !WireOf(field).as_number());
}

bool IsList(const FieldDescriptor& field) {
  return field.is_repeated();
}

bool IsPlainNumber(const FieldDescriptor& field) {
  return !IsList(field) && (field.cpp_type() == FieldDescriptor::CPPTYPE_INT32 ||
                            field.cpp_type() == FieldDescriptor::CPPTYPE_INT64);
}

absl::Status CheckType(const FieldDescriptor& field, Placement placement, int depth) {
  if (field.is_map()) return DoesNotFit(field, "a map has no form in a request");
  if (field.type() == FieldDescriptor::TYPE_BYTES)
    return DoesNotFit(field, "bytes have no form in a request");
  if (depth >= kNestingMax)
    return DoesNotFit(field, absl::StrCat("nested deeper than ", kNestingMax, " levels"));
  if (placement == Placement::kBody) return absl::OkStatus();
  if (!IsScalar(field)) return DoesNotFit(field, "a message cannot travel in a query");
  if (IsList(field) && !WireOf(field).comma_joined()) {
    return DoesNotFit(field, "a list in a query needs (wire).comma_joined");
  }
  return absl::OkStatus();
}

absl::Status CheckOptions(const FieldDescriptor& field, Placement placement) {
  const firstmile::mapping::WireField& wire = WireOf(field);
  if (wire.comma_joined() && !(IsList(field) && IsScalar(field))) {
    return DoesNotFit(field, "(wire).comma_joined is for lists of plain values");
  }
  const bool texts = IsList(field) && field.cpp_type() == FieldDescriptor::CPPTYPE_STRING;
  const bool number =
      IsPlainNumber(field) && placement == Placement::kQuery && wire.default_values_size() == 1;
  if (!wire.default_values().empty() && !texts && !number) {
    return DoesNotFit(field,
                      "(wire).default_values is for lists of texts, one of them for a number in a query");
  }
  const bool nullable = IsScalar(field) && !IsList(field) && placement == Placement::kBody;
  if (wire.null_when_absent() && !nullable) {
    return DoesNotFit(field, "(wire).null_when_absent is for plain fields of a JSON body");
  }
  if (wire.as_number() && field.cpp_type() != FieldDescriptor::CPPTYPE_ENUM) {
    return DoesNotFit(field, "(wire).as_number is for enums");
  }
  if (!wire.send_empty().empty() && (IsScalar(field) || !IsList(field))) {
    return DoesNotFit(field, "(wire).send_empty is for lists of messages");
  }
  if (wire.has_outcomes()) return DoesNotFit(field, "(wire).outcomes is for answers");
  if (wire.is_present()) return DoesNotFit(field, "(wire).is_present is for answers");
  if (!wire.also().empty()) return DoesNotFit(field, "(wire).also is for answers");
  if (!wire.echo_of().empty()) return DoesNotFit(field, "(wire).echo_of is for answers");
  return absl::OkStatus();
}

absl::Status CheckSendEmpty(const FieldDescriptor& list) {
  for (const std::string& name : WireOf(list).send_empty()) {
    const FieldDescriptor* field = list.message_type()->FindFieldByName(name);
    if (field == nullptr || field->is_repeated() || field->cpp_type() != FieldDescriptor::CPPTYPE_STRING) {
      return DoesNotFit(list,
                        absl::StrCat("(wire).send_empty names ", name, ", which is no text of the elements"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::shared_ptr<const RequestPlan>> RequestPlan::Compile(
    const Descriptor& message, Placement placement, const std::vector<std::string>& send_empty, int depth) {
  auto plan = std::make_shared<RequestPlan>();
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    const firstmile::mapping::WireField& wire = WireOf(field);
    if (wire.subject()) continue;
    if (absl::Status status = CheckType(field, placement, depth); !status.ok()) return status;
    if (absl::Status status = CheckOptions(field, placement); !status.ok()) return status;
    Parameter parameter{.field = &field,
                        .name = WireName(field),
                        .comma_joined = wire.comma_joined(),
                        .null_when_absent = wire.null_when_absent(),
                        .quoted = IsQuoted(field),
                        .default_values = {wire.default_values().begin(), wire.default_values().end()}};
    AppendJsonString(parameter.name, &parameter.json_name);
    parameter.json_name.push_back(':');
    parameter.send_when_empty = std::count(send_empty.begin(), send_empty.end(), field.name()) > 0;
    const auto same_name = [&parameter](const Parameter& other) { return other.name == parameter.name; };
    if (std::any_of(plan->parameters_.begin(), plan->parameters_.end(), same_name)) {
      return DoesNotFit(field, "another field has the same name on the wire");
    }
    if (!IsScalar(field)) {
      if (absl::Status status = CheckSendEmpty(field); !status.ok()) return status;
      absl::StatusOr<std::shared_ptr<const RequestPlan>> nested = Compile(
          *field.message_type(), placement, {wire.send_empty().begin(), wire.send_empty().end()}, depth + 1);
      if (!nested.ok()) return nested.status();
      parameter.message = *std::move(nested);
    }
    plan->parameters_.push_back(std::move(parameter));
  }
  return std::shared_ptr<const RequestPlan>(std::move(plan));
}

}  // namespace firstmile::codec
