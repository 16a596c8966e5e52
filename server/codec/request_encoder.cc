#include "codec/request_encoder.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "codec/json_writer.h"
#include "codec/request_plan.h"
#include "codec/wire_options.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/timestamp.pb.h"

namespace firstmile::codec {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// One value of a message: a field, or an element of a list.
class Value {
 public:
  static constexpr int kNoIndex = -1;

  Value(const Message& message, const FieldDescriptor& field, int index = kNoIndex)
      : message_(message), reflection_(*message.GetReflection()), field_(field), index_(index) {}

  // As unquoted text. The field is no message but a time.
  std::string Text() const;

  const Message& SubMessage() const {
    return index_ == kNoIndex ? reflection_.GetMessage(message_, &field_)
                              : reflection_.GetRepeatedMessage(message_, &field_, index_);
  }

 private:
  template <typename T>
  T Get(T (Reflection::*single)(const Message&, const FieldDescriptor*) const,
        T (Reflection::*element)(const Message&, const FieldDescriptor*, int) const) const {
    return index_ == kNoIndex ? (reflection_.*single)(message_, &field_)
                              : (reflection_.*element)(message_, &field_, index_);
  }
  std::string EnumText() const;

  const Message& message_;
  const Reflection& reflection_;
  const FieldDescriptor& field_;
  int index_;
};

std::string Value::EnumText() const {
  const int number = Get(&Reflection::GetEnumValue, &Reflection::GetRepeatedEnumValue);
  const google::protobuf::EnumValueDescriptor* value = field_.enum_type()->FindValueByNumber(number);
  std::vector<std::string> texts;
  if (value != nullptr) texts = WireTexts(*value);
  return texts.empty() ? absl::StrCat(number) : texts.front();
}

std::string Value::Text() const {
  switch (field_.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return Get(&Reflection::GetString, &Reflection::GetRepeatedString);
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(Get(&Reflection::GetInt32, &Reflection::GetRepeatedInt32));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(Get(&Reflection::GetInt64, &Reflection::GetRepeatedInt64));
    case FieldDescriptor::CPPTYPE_UINT32:
      return absl::StrCat(Get(&Reflection::GetUInt32, &Reflection::GetRepeatedUInt32));
    case FieldDescriptor::CPPTYPE_UINT64:
      return absl::StrCat(Get(&Reflection::GetUInt64, &Reflection::GetRepeatedUInt64));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return DecimalText(Get(&Reflection::GetDouble, &Reflection::GetRepeatedDouble));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return DecimalText(Get(&Reflection::GetFloat, &Reflection::GetRepeatedFloat));
    case FieldDescriptor::CPPTYPE_BOOL:
      return Get(&Reflection::GetBool, &Reflection::GetRepeatedBool) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumText();
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return absl::StrCat(static_cast<const google::protobuf::Timestamp&>(SubMessage()).seconds());
  }
  return "";
}

// Whether a value is sent: present if the field has presence, otherwise nonzero; or a default.
bool IsGiven(const Message& message, const Parameter& parameter) {
  const FieldDescriptor& field = *parameter.field;
  const Reflection& reflection = *message.GetReflection();
  if (field.is_repeated()) {
    return reflection.FieldSize(message, &field) > 0 || !parameter.default_values.empty();
  }
  if (!reflection.HasField(message, &field)) return !parameter.default_values.empty();
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_STRING) return true;
  std::string scratch;
  return !reflection.GetStringReference(message, &field, &scratch).empty();
}

std::string JoinedText(const Message& message, const Parameter& parameter) {
  const int size = message.GetReflection()->FieldSize(message, parameter.field);
  if (size == 0) return absl::StrJoin(parameter.default_values, ",");
  std::string joined;
  for (int i = 0; i < size; ++i) {
    absl::StrAppend(&joined, i == 0 ? "" : ",", Value(message, *parameter.field, i).Text());
  }
  return joined;
}

std::string QueryText(const Message& message, const Parameter& parameter) {
  if (parameter.comma_joined) return JoinedText(message, parameter);
  const bool absent = !message.GetReflection()->HasField(message, parameter.field);
  if (absent && !parameter.default_values.empty()) return parameter.default_values.front();
  return Value(message, *parameter.field).Text();
}

void AppendObject(const RequestPlan& plan, const Message& message, std::string* out);

void AppendValue(const Parameter& parameter, const Value& value, std::string* out) {
  if (parameter.message != nullptr) {
    AppendObject(*parameter.message, value.SubMessage(), out);
  } else if (parameter.quoted) {
    AppendJsonString(value.Text(), out);
  } else {
    out->append(value.Text());
  }
}

void AppendList(const Parameter& parameter, const Message& message, std::string* out) {
  const int size = message.GetReflection()->FieldSize(message, parameter.field);
  out->push_back('[');
  for (int i = 0; i < size; ++i) {
    if (i > 0) out->push_back(',');
    AppendValue(parameter, Value(message, *parameter.field, i), out);
  }
  for (std::size_t i = 0; size == 0 && i < parameter.default_values.size(); ++i) {
    if (i > 0) out->push_back(',');
    AppendJsonString(parameter.default_values[i], out);
  }
  out->push_back(']');
}

// Appends the member's value; `given`: it was set, otherwise it is sent all the same.
void AppendMember(const Parameter& parameter, const Message& message, bool given, std::string* out) {
  if (!given) {
    out->append(parameter.null_when_absent ? "null" : "\"\"");
  } else if (parameter.comma_joined) {
    AppendJsonString(JoinedText(message, parameter), out);
  } else if (parameter.field->is_repeated()) {
    AppendList(parameter, message, out);
  } else {
    AppendValue(parameter, Value(message, *parameter.field), out);
  }
}

void AppendObject(const RequestPlan& plan, const Message& message, std::string* out) {
  char separator = '{';
  for (const Parameter& parameter : plan.parameters()) {
    const bool given = IsGiven(message, parameter);
    if (!given && !parameter.null_when_absent && !parameter.send_when_empty) continue;
    out->push_back(separator);
    separator = ',';
    out->append(parameter.json_name);
    AppendMember(parameter, message, given, out);
  }
  out->append(separator == '{' ? "{}" : "}");
}

}  // namespace

RequestEncoder::RequestEncoder(std::shared_ptr<const RequestPlan> plan, Placement placement)
    : plan_(std::move(plan)), placement_(placement) {}

absl::StatusOr<RequestEncoder> RequestEncoder::Compile(const google::protobuf::Descriptor& request,
                                                       Placement placement) {
  absl::StatusOr<std::shared_ptr<const RequestPlan>> plan = RequestPlan::Compile(request, placement, {}, 0);
  if (!plan.ok()) return plan.status();
  return RequestEncoder(*std::move(plan), placement);
}

WireRequest RequestEncoder::Encode(const Message& request) const {
  WireRequest wire;
  if (placement_ == Placement::kBody) {
    AppendObject(*plan_, request, &wire.body);
    return wire;
  }
  for (const Parameter& parameter : plan_->parameters()) {
    if (IsGiven(request, parameter)) wire.query.emplace_back(parameter.name, QueryText(request, parameter));
  }
  return wire;
}

}  // namespace firstmile::codec
