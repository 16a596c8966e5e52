#include "codec/json_message_decoder.h"

#include <cstdint>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "codec/json_value.h"
#include "errors/secret_parameters.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/time_util.h"

namespace firstmile::codec {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using simdjson::dom::element;

// Sets a single field or adds an element to a list.
template <typename T>
void Store(Message* message, const FieldAction& action, T value,
           void (Reflection::*set)(Message*, const FieldDescriptor*, T) const,
           void (Reflection::*add)(Message*, const FieldDescriptor*, T) const) {
  (action.reflection->*(action.field->is_repeated() ? add : set))(message, action.field, std::move(value));
}

template <typename T>
bool Fits(std::int64_t value) {
  return value >= std::int64_t{std::numeric_limits<T>::min()} &&
         value <= std::int64_t{std::numeric_limits<T>::max()};
}

// Returns false when `value` is out of the field's range.
bool StoreInteger(Message* message, const FieldAction& action, std::int64_t value) {
  switch (action.field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      if (!Fits<std::int32_t>(value)) return false;
      Store(message, action, static_cast<std::int32_t>(value), &Reflection::SetInt32, &Reflection::AddInt32);
      return true;
    case FieldDescriptor::CPPTYPE_UINT32:
      if (!Fits<std::uint32_t>(value)) return false;
      Store(message, action, static_cast<std::uint32_t>(value), &Reflection::SetUInt32,
            &Reflection::AddUInt32);
      return true;
    default:
      Store(message, action, value, &Reflection::SetInt64, &Reflection::AddInt64);
      return true;
  }
}

// The answer to a token call may arrive in place of another.
std::string MinifiedWithoutSecrets(absl::string_view name, element value) {
  const std::string named = absl::StrCat("\"", name, "\":");
  return errors::WithoutSecretMembers(absl::StrCat(named, simdjson::minify(value))).substr(named.size());
}

bool IsInsideList(const JsonPath* path) {
  return path != nullptr && (path->index != JsonPath::kNoIndex || IsInsideList(path->parent));
}

}  // namespace

std::string JsonPath::Text(const JsonPath* path) {
  if (path == nullptr) return "";
  std::string text = Text(path->parent);
  if (path->index != kNoIndex) {
    absl::StrAppend(&text, "[", path->index, "]");
  } else {
    absl::StrAppend(&text, text.empty() ? "" : ".", path->member);
  }
  return text;
}

absl::Status JsonMessageDecoder::Wrong(const JsonPath* path, absl::string_view expected,
                                       element value) const {
  const std::string text = JsonPath::Text(path);
  return absl::InternalError(absl::StrCat(payload_, text.empty() ? "" : ".", text, ": expected ", expected,
                                          ", got ", KindOf(value), " that is not one"));
}

absl::Status JsonMessageDecoder::TooMany(const JsonPath* path, std::size_t limit,
                                         absl::string_view what) const {
  return absl::InternalError(
      absl::StrCat(payload_, ".", JsonPath::Text(path), ": more than ", limit, " ", what, " in one answer"));
}

void JsonMessageDecoder::AddUnmodeled(absl::string_view root, const JsonPath& where, element value) {
  ++report_->unknown_fields;
  const int limit = where.parent == nullptr ? kUnmodeledMax : kUnmodeledMax - kUnmodeledOfThePage;
  if (header_ == nullptr || passed_on_ >= limit) return;
  std::string path = absl::StrCat(root, JsonPath::Text(&where));
  std::string json = MinifiedWithoutSecrets(where.member, value);
  const std::size_t bytes = path.size() + json.size();
  if (bytes > kUnmodeledBytesMax - passed_on_bytes_) return;
  ++passed_on_;
  passed_on_bytes_ += bytes;
  (*header_->mutable_unmodeled_fields())[std::move(path)] = std::move(json);
}

void JsonMessageDecoder::AddOddValue(const JsonPath& path, element value) {
  ++report_->odd_values;
  AddUnmodeled("", path, value);
}

absl::Status JsonMessageDecoder::FillMessage(const MessagePlan& plan, simdjson::dom::object object,
                                             const JsonPath* path, Message* message) {
  std::size_t position = 0;
  for (const auto& [name, value] : object) {
    absl::Status status =
        FillMember(plan, absl::string_view(name.data(), name.size()), value, path, &position, message);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status JsonMessageDecoder::FillMember(const MessagePlan& plan, absl::string_view name, element value,
                                            const JsonPath* parent, std::size_t* position, Message* message) {
  const JsonPath path{.parent = parent, .member = name};
  const Member* member = plan.Find(name, position);
  if (member == nullptr) {
    AddUnmodeled("", path, value);
    return absl::OkStatus();
  }
  for (const FieldAction& action : member->actions) {
    const Target target{message, &action};
    absl::Status status =
        action.field->is_repeated() ? FillList(target, value, &path) : FillField(target, value, &path);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status JsonMessageDecoder::FillField(const Target& target, element value, const JsonPath* path) {
  if (target.action->is_presence) {
    const bool present = value.is_array() || value.is_object() || Presence(value) == Reading::kValue;
    target.action->reflection->SetBool(target.message, target.action->field, present);
    return absl::OkStatus();
  }
  // A repeated member replaces the earlier one.
  if (target.action->message != nullptr || target.action->is_time) {
    target.action->reflection->ClearField(target.message, target.action->field);
  }
  return FillValue(target, value, path);
}

absl::Status JsonMessageDecoder::FillList(const Target& target, element value, const JsonPath* path) {
  if (Presence(value) == Reading::kNothing) return absl::OkStatus();
  target.action->reflection->ClearField(target.message, target.action->field);
  if (!value.is_array()) {
    const bool rows = target.action->message != nullptr && !value.is_object();
    // The requested rows are required; a list inside one row is not.
    return rows && !IsInsideList(path) ? Wrong(path, "a list", value) : FillValue(target, value, path);
  }
  std::size_t index = 0;
  for (const element item : value.get_array().value_unsafe()) {
    const JsonPath item_path{.parent = path, .index = index++};
    if (++elements_ > kElementsMax) return TooMany(path, kElementsMax, "list elements");
    if (absl::Status status = FillValue(target, item, &item_path); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status JsonMessageDecoder::FillValue(const Target& target, element value, const JsonPath* path) {
  switch (target.action->field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (!target.action->is_time) return FillSubMessage(target, value, path);
      FillTime(target, value, path);
      break;
    case FieldDescriptor::CPPTYPE_STRING:
      return FillText(target, value, path);
    case FieldDescriptor::CPPTYPE_ENUM:
      FillEnum(target, value);
      break;
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      FillNumber(target, value, path);
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      FillBool(target, value, path);
      break;
    default:
      FillInteger(target, value, path);
  }
  return absl::OkStatus();
}

void JsonMessageDecoder::FillBool(const Target& target, element value, const JsonPath* path) {
  bool truth = false;
  const Reading reading = ReadBool(value, &truth);
  if (reading == Reading::kWrong) return AddOddValue(*path, value);
  if (reading == Reading::kNothing) return;
  Store(target.message, *target.action, truth, &Reflection::SetBool, &Reflection::AddBool);
}

void JsonMessageDecoder::FillInteger(const Target& target, element value, const JsonPath* path) {
  std::int64_t number = 0;
  const Reading reading = ReadInteger(value, &number);
  if (reading == Reading::kNothing) return;
  const bool held = reading == Reading::kValue && StoreInteger(target.message, *target.action, number);
  if (!held) AddOddValue(*path, value);
}

void JsonMessageDecoder::FillNumber(const Target& target, element value, const JsonPath* path) {
  double number = 0;
  const Reading reading = ReadNumber(value, &number);
  if (reading == Reading::kWrong) return AddOddValue(*path, value);
  if (reading == Reading::kNothing) return;
  if (target.action->field->cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE) {
    Store(target.message, *target.action, number, &Reflection::SetDouble, &Reflection::AddDouble);
  } else {
    Store(target.message, *target.action, static_cast<float>(number), &Reflection::SetFloat,
          &Reflection::AddFloat);
  }
}

absl::Status JsonMessageDecoder::FillSubMessage(const Target& target, element value, const JsonPath* path) {
  if (!value.is_object()) {
    if (Presence(value) != Reading::kNothing) AddOddValue(*path, value);
    return absl::OkStatus();
  }
  const Reflection& reflection = *target.action->reflection;
  const FieldDescriptor* field = target.action->field;
  Message* message = field->is_repeated() ? reflection.AddMessage(target.message, field)
                                          : reflection.MutableMessage(target.message, field);
  return FillMessage(*target.action->message, value.get_object().value_unsafe(), path, message);
}

// Zero means that Shopee knows no time. Values in milliseconds and other unusable ones are set aside.
void JsonMessageDecoder::FillTime(const Target& target, element value, const JsonPath* path) {
  std::int64_t seconds = 0;
  const Reading reading = ReadInteger(value, &seconds);
  if (reading == Reading::kNothing || (reading == Reading::kValue && seconds == 0)) return;
  const bool is_time = reading == Reading::kValue && seconds > 0 &&
                       seconds <= google::protobuf::util::TimeUtil::kTimestampMaxSeconds;
  if (!is_time) return AddOddValue(*path, value);
  const Reflection& reflection = *target.action->reflection;
  const FieldDescriptor* field = target.action->field;
  Message* time = field->is_repeated() ? reflection.AddMessage(target.message, field)
                                       : reflection.MutableMessage(target.message, field);
  static_cast<google::protobuf::Timestamp*>(time)->set_seconds(seconds);
}

absl::Status JsonMessageDecoder::FillText(const Target& target, element value, const JsonPath* path) {
  std::string scratch;
  const absl::string_view text = ViewText(value, &scratch);
  if (text.size() > kTextBytesMax) {
    return Wrong(path, absl::StrCat("a text of at most ", kTextBytesMax, " bytes"), value);
  }
  if (text.empty()) return absl::OkStatus();
  Store(target.message, *target.action, std::string(text), &Reflection::SetString, &Reflection::AddString);
  return absl::OkStatus();
}

void JsonMessageDecoder::FillEnum(const Target& target, element value) {
  std::string scratch;
  const absl::string_view text = ViewText(value, &scratch);
  if (text.empty()) return;
  const std::optional<int> number = target.action->texts->Find(text);
  if (!number.has_value()) ++report_->unknown_enum_values;
  Store(target.message, *target.action, number.value_or(0), &Reflection::SetEnumValue,
        &Reflection::AddEnumValue);
}

}  // namespace firstmile::codec
