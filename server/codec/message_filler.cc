#include "codec/message_filler.h"

#include <cstdint>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "codec/json_value.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

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

// False when `value` is beyond the field's range.
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

absl::string_view ExpectedInteger(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return "a 32-bit integer";
    case FieldDescriptor::CPPTYPE_UINT32:
      return "an unsigned 32-bit integer";
    default:
      return "a 64-bit integer";
  }
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

absl::Status MessageFiller::Wrong(const JsonPath* path, absl::string_view expected, element value) const {
  const std::string text = JsonPath::Text(path);
  return absl::InternalError(absl::StrCat(payload_, text.empty() ? "" : ".", text, ": expected ", expected,
                                          ", got ", KindOf(value), " that is none"));
}

absl::Status MessageFiller::TooMany(const JsonPath* path, std::size_t limit, absl::string_view what) const {
  return absl::InternalError(
      absl::StrCat(payload_, ".", JsonPath::Text(path), ": more than ", limit, " ", what, " in one answer"));
}

void MessageFiller::PassOn(absl::string_view root, const JsonPath& where, element value) {
  ++report_->unknown_fields;
  if (unmodeled_ == nullptr || passed_on_ == kUnmodeledMax) return;
  std::string path = absl::StrCat(root, JsonPath::Text(&where));
  std::string json = simdjson::minify(value);
  const std::size_t bytes = path.size() + json.size();
  if (bytes > kUnmodeledBytesMax - passed_on_bytes_) return;
  ++passed_on_;
  passed_on_bytes_ += bytes;
  Message* entry = response_->GetReflection()->AddMessage(response_, unmodeled_);
  const google::protobuf::Descriptor& type = *unmodeled_->message_type();
  entry->GetReflection()->SetString(entry, type.map_key(), std::move(path));
  entry->GetReflection()->SetString(entry, type.map_value(), std::move(json));
}

absl::Status MessageFiller::FillMessage(const MessagePlan& plan, simdjson::dom::object object,
                                        const JsonPath* path, Message* message) {
  std::size_t position = 0;
  for (const auto& [name, value] : object) {
    absl::Status status =
        FillMember(plan, absl::string_view(name.data(), name.size()), value, path, &position, message);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status MessageFiller::FillMember(const MessagePlan& plan, absl::string_view name, element value,
                                       const JsonPath* parent, std::size_t* position, Message* message) {
  const JsonPath path{.parent = parent, .member = name};
  const Member* member = plan.Find(name, position);
  if (member == nullptr) {
    PassOn("", path, value);
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

absl::Status MessageFiller::FillField(const Target& target, element value, const JsonPath* path) {
  // A member that the text repeats replaces the earlier one.
  if (target.action->message != nullptr) {
    target.action->reflection->ClearField(target.message, target.action->field);
  }
  return FillValue(target, value, path);
}

absl::Status MessageFiller::FillList(const Target& target, element value, const JsonPath* path) {
  target.action->reflection->ClearField(target.message, target.action->field);
  if (Presence(value) == Reading::kNothing) return absl::OkStatus();
  if (!value.is_array()) return FillValue(target, value, path);
  std::size_t index = 0;
  for (const element item : value.get_array().value_unsafe()) {
    const JsonPath item_path{.parent = path, .index = index++};
    if (++elements_ > kElementsMax) return TooMany(path, kElementsMax, "list elements");
    if (absl::Status status = FillValue(target, item, &item_path); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status MessageFiller::FillValue(const Target& target, element value, const JsonPath* path) {
  switch (target.action->field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return FillSubMessage(target, value, path);
    case FieldDescriptor::CPPTYPE_STRING:
      return FillText(target, value, path);
    case FieldDescriptor::CPPTYPE_ENUM:
      FillEnum(target, value);
      return absl::OkStatus();
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      return FillNumber(target, value, path);
    case FieldDescriptor::CPPTYPE_BOOL: {
      bool truth = false;
      const Reading reading = ReadBool(value, &truth);
      if (reading == Reading::kWrong) return Wrong(path, "a truth value", value);
      if (reading == Reading::kNothing) return absl::OkStatus();
      Store(target.message, *target.action, truth, &Reflection::SetBool, &Reflection::AddBool);
      return absl::OkStatus();
    }
    default:
      return FillInteger(target, value, path);
  }
}

absl::Status MessageFiller::FillInteger(const Target& target, element value, const JsonPath* path) {
  std::int64_t number = 0;
  const Reading reading = ReadInteger(value, &number);
  if (reading == Reading::kNothing) return absl::OkStatus();
  if (reading == Reading::kValue && StoreInteger(target.message, *target.action, number)) {
    return absl::OkStatus();
  }
  return Wrong(path, ExpectedInteger(*target.action->field), value);
}

absl::Status MessageFiller::FillNumber(const Target& target, element value, const JsonPath* path) {
  double number = 0;
  const Reading reading = ReadNumber(value, &number);
  if (reading == Reading::kWrong) return Wrong(path, "a number", value);
  if (reading == Reading::kNothing) return absl::OkStatus();
  if (target.action->field->cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE) {
    Store(target.message, *target.action, number, &Reflection::SetDouble, &Reflection::AddDouble);
  } else {
    Store(target.message, *target.action, static_cast<float>(number), &Reflection::SetFloat,
          &Reflection::AddFloat);
  }
  return absl::OkStatus();
}

absl::Status MessageFiller::FillSubMessage(const Target& target, element value, const JsonPath* path) {
  if (!value.is_object()) {
    return Presence(value) == Reading::kNothing ? absl::OkStatus() : Wrong(path, "an object", value);
  }
  const Reflection& reflection = *target.action->reflection;
  const FieldDescriptor* field = target.action->field;
  Message* message = field->is_repeated() ? reflection.AddMessage(target.message, field)
                                          : reflection.MutableMessage(target.message, field);
  return FillMessage(*target.action->message, value.get_object().value_unsafe(), path, message);
}

absl::Status MessageFiller::FillText(const Target& target, element value, const JsonPath* path) {
  std::string scratch;
  const absl::string_view text = ViewText(value, &scratch);
  if (text.size() > kTextBytesMax) {
    return Wrong(path, absl::StrCat("a text of at most ", kTextBytesMax, " bytes"), value);
  }
  if (text.empty()) return absl::OkStatus();
  Store(target.message, *target.action, std::string(text), &Reflection::SetString, &Reflection::AddString);
  return absl::OkStatus();
}

void MessageFiller::FillEnum(const Target& target, element value) {
  std::string scratch;
  const absl::string_view text = ViewText(value, &scratch);
  if (text.empty()) return;
  const std::optional<int> number = target.action->texts->Find(text);
  if (!number.has_value()) ++report_->unknown_enum_values;
  Store(target.message, *target.action, number.value_or(0), &Reflection::SetEnumValue,
        &Reflection::AddEnumValue);
}

}  // namespace firstmile::codec
