#include "endpoints/field_rule.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "endpoints/request_rules.h"
#include "endpoints/text_form.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/time_util.h"

namespace firstmile::endpoints {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

absl::Status DoesNotFit(const FieldDescriptor& field, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(field.full_name(), ": ", why));
}

// Includes bytes fields.
bool IsText(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_STRING;
}

bool IsMessage(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
}

bool IsEnum(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM;
}

bool IsTime(const FieldDescriptor& field) {
  return field.message_type() == google::protobuf::Timestamp::descriptor();
}

bool IsSingleEnum(const FieldDescriptor* field) {
  return field != nullptr && !field->is_repeated() && IsEnum(*field);
}

bool IsSingleText(const FieldDescriptor* field) {
  return field != nullptr && !field->is_repeated() && IsText(*field);
}

bool IsInteger(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_INT32 ||
         field.cpp_type() == FieldDescriptor::CPPTYPE_INT64;
}

bool IsFloating(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE ||
         field.cpp_type() == FieldDescriptor::CPPTYPE_FLOAT;
}

std::string TextOf(const Message& message, const FieldDescriptor* field) {
  return message.GetReflection()->GetString(message, field);
}

std::int64_t IntegerOf(const Message& message, const FieldDescriptor& field) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  return field.cpp_type() == FieldDescriptor::CPPTYPE_INT32 ? reflection.GetInt32(message, &field)
                                                            : reflection.GetInt64(message, &field);
}

std::int64_t ElementOf(const Message& message, const FieldDescriptor& field, int index) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  return field.cpp_type() == FieldDescriptor::CPPTYPE_INT32
             ? reflection.GetRepeatedInt32(message, &field, index)
             : reflection.GetRepeatedInt64(message, &field, index);
}

double NumberOf(const Message& message, const FieldDescriptor& field) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  return field.cpp_type() == FieldDescriptor::CPPTYPE_FLOAT ? double{reflection.GetFloat(message, &field)}
                                                            : reflection.GetDouble(message, &field);
}

// What a list contains, for messages: order_list contains orders, shop_ids contains shop ids.
std::string PluralOf(const FieldDescriptor& list) {
  absl::string_view name = list.name();
  const bool suffix = absl::ConsumeSuffix(&name, "_list");
  return absl::StrCat(absl::StrReplaceAll(name, {{"_", " "}}), suffix ? "s" : "");
}

}  // namespace

FieldRule::FieldRule(const FieldDescriptor& field)
    : field_(&field), check_(field.options().GetExtension(firstmile::mapping::check)) {}

absl::StatusOr<FieldRule> FieldRule::Compile(const FieldDescriptor& field, int depth) {
  FieldRule rule(field);
  absl::Status status = rule.CheckDeclaredBounds();
  if (status.ok()) status = rule.CheckDeclaration();
  if (status.ok()) status = rule.FindSiblings();
  if (!status.ok()) return status;
  absl::StatusOr<ElementKeys> keys = ElementKeys::Compile(field, rule.check_);
  if (!keys.ok()) return keys.status();
  rule.keys_ = *std::move(keys);
  if (!IsMessage(field) || IsTime(field)) return rule;
  absl::StatusOr<std::shared_ptr<const MessageRules>> nested =
      MessageRules::Compile(*field.message_type(), depth + 1);
  if (!nested.ok()) return nested.status();
  if ((*nested)->ChecksAnything()) rule.message_ = *std::move(nested);
  return rule;
}

absl::Status FieldRule::CheckDeclaredBounds() const {
  if (check_.items_max() < 0) return DoesNotFit(*field_, "(check).items_max is negative");
  if (check_.items_max() > 0 && !field_->is_repeated()) {
    return DoesNotFit(*field_, "(check).items_max is for lists");
  }
  if (check_.items_max() == 0 && field_->is_repeated()) {
    return DoesNotFit(*field_, "a list needs a limit, (check).items_max");
  }
  if (field_->is_map()) return DoesNotFit(*field_, "a map has no place in a request; use a list of messages");
  if (check_.bytes_max() < 0) return DoesNotFit(*field_, "(check).bytes_max is negative");
  if (check_.bytes_max() > 0 && !IsText(*field_)) {
    return DoesNotFit(*field_, "(check).bytes_max is for texts");
  }
  return absl::OkStatus();
}

absl::Status FieldRule::CheckDeclaration() const {
  const bool ranged = IsInteger(*field_) || (IsFloating(*field_) && !field_->is_repeated());
  if ((check_.min() != 0 || check_.max() != 0) && !ranged) {
    return DoesNotFit(*field_, "(check).min and max are for numbers");
  }
  if (check_.min() != 0 && check_.max() == 0) return DoesNotFit(*field_, "(check).min needs (check).max");
  if (check_.max() != 0 && check_.min() > check_.max()) {
    return DoesNotFit(*field_, "(check).min is above (check).max");
  }
  const bool of_text = check_.has_empty_when() || !check_.required_without().empty();
  if (of_text && !IsSingleText(field_)) return DoesNotFit(*field_, "this (check) is for single texts");
  const bool formed = check_.form() != firstmile::mapping::TEXT_FORM_UNSPECIFIED;
  if (formed && !IsText(*field_)) return DoesNotFit(*field_, "(check).form is for texts");
  if (check_.date() && !IsSingleText(field_)) return DoesNotFit(*field_, "(check).date is for single texts");
  const bool emptiness = field_->is_repeated() || field_->has_presence() || IsSingleText(field_) ||
                         IsInteger(*field_) || field_->cpp_type() == FieldDescriptor::CPPTYPE_ENUM;
  if ((check_.required() || check_.has_required_unless()) && !emptiness) {
    return DoesNotFit(*field_, "(check).required cannot tell an absent value from zero here");
  }
  return absl::OkStatus();
}

std::size_t FieldRule::bytes_max() const {
  return IsText(*field_) ? RequestRules::BytesMaxOf(*field_) : 0;
}

absl::Status FieldRule::FindSiblings() {
  const google::protobuf::Descriptor& type = *field_->containing_type();
  if (!check_.after().empty()) {
    earlier_ = type.FindFieldByName(check_.after());
    const bool dates =
        IsSingleText(earlier_) && earlier_->options().GetExtension(firstmile::mapping::check).date();
    if (!dates || !check_.date() || earlier_ == field_) {
      return DoesNotFit(*field_,
                        absl::StrCat("(check).after needs two dates, and ", check_.after(), " is none"));
    }
  }
  if (check_.has_required_unless()) {
    unless_ = type.FindFieldByName(check_.required_unless().field());
    if (!IsSingleText(unless_) || unless_ == field_) {
      return DoesNotFit(*field_, "(check).required_unless names no text field beside this one");
    }
  }
  if (!check_.required_without().empty()) {
    alternative_ = type.FindFieldByName(check_.required_without());
    if (!IsSingleText(alternative_) || alternative_ == field_) {
      return DoesNotFit(*field_, "(check).required_without names no text field beside this one");
    }
  }
  if (check_.has_empty_when()) {
    emptied_by_ = type.FindFieldByName(check_.empty_when().field());
    const bool known = IsSingleEnum(emptied_by_) &&
                       emptied_by_->enum_type()->FindValueByName(check_.empty_when().value()) != nullptr;
    if (!known) return DoesNotFit(*field_, "(check).empty_when names no enum field with that value");
  }
  return FindMembers();
}

// (check).members are fields of the message's only oneof.
absl::Status FieldRule::FindMembers() {
  for (const std::string& name : check_.members()) {
    const FieldDescriptor* member = IsMessage(*field_) && !field_->is_repeated()
                                        ? field_->message_type()->FindFieldByName(name)
                                        : nullptr;
    if (member == nullptr || member->real_containing_oneof() == nullptr ||
        field_->message_type()->real_oneof_decl_count() != 1) {
      return DoesNotFit(*field_, absl::StrCat("(check).members: ", name, " is no member of the only oneof"));
    }
    members_.push_back(member);
  }
  return absl::OkStatus();
}

bool FieldRule::ChecksAnything() const {
  if (IsTime(*field_)) return true;
  const bool declared = check_.ByteSizeLong() > 0;
  return declared || bytes_max() > 0 || message_ != nullptr || IsEnum(*field_) ||
         (IsFloating(*field_) && !field_->is_repeated());
}

bool FieldRule::IsGiven(const Message& message) const {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  if (field_->is_repeated()) return reflection.FieldSize(message, field_) > 0;
  if (IsSingleText(field_)) return !TextOf(message, field_).empty();
  return reflection.HasField(message, field_);
}

bool FieldRule::IsRequired(const Message& message) const {
  if (check_.required()) return true;
  if (alternative_ != nullptr) return TextOf(message, alternative_).empty();
  return unless_ != nullptr && TextOf(message, unless_) != check_.required_unless().value();
}

std::string FieldRule::MissingText() const {
  if (alternative_ != nullptr) {
    return absl::StrCat("give at least one of ", alternative_->name(), " and ", field_->name());
  }
  if (!members_.empty()) return absl::StrCat("must be given: ", MemberNames());
  if (unless_ != nullptr) {
    return absl::StrCat("must be given unless ", unless_->name(), " is ", check_.required_unless().value());
  }
  if (field_->is_repeated()) return absl::StrCat("must not be empty: give the ", PluralOf(*field_));
  if (check_.date()) return "must be given, as YYYY-MM-DD";
  if (IsSingleText(field_)) return "must not be empty";
  if (IsInteger(*field_) && !field_->has_presence()) return "must be a positive number; got 0";
  return "must be given";
}

void FieldRule::Check(const Message& message, const std::string& prefix, Violations* out) const {
  const std::string path = absl::StrCat(prefix, field_->name());
  if (!IsGiven(message)) {
    if (IsRequired(message)) out->Add(path, MissingText());
    if (earlier_ != nullptr) CheckAfter(message, prefix, out);
    return;
  }
  if (field_->is_repeated()) return CheckList(message, path, out);
  if (IsEnum(*field_)) CheckKnown(message.GetReflection()->GetEnumValue(message, field_), path, out);
  if (IsInteger(*field_) || IsFloating(*field_)) CheckRange(message, path, out);
  if (IsFloating(*field_)) CheckFinite(message, path, out);
  if (IsText(*field_)) CheckText(message, path, out);
  if (IsTime(*field_)) CheckTime(message, path, out);
  if (check_.date()) CheckDate(message, path, out);
  if (earlier_ != nullptr) CheckAfter(message, prefix, out);
  if (!members_.empty() && !CheckMembers(message, path, out)) return;
  if (message_ == nullptr) return;
  message_->Check(message.GetReflection()->GetMessage(message, field_), absl::StrCat(path, "."), out);
}

void FieldRule::CheckList(const Message& message, const std::string& path, Violations* out) const {
  const int size = message.GetReflection()->FieldSize(message, field_);
  if (size > check_.items_max()) {
    return out->Add(path, absl::StrCat("must have at most ", check_.items_max(), " ", PluralOf(*field_),
                                       " per call; got ", size));
  }
  for (int i = 0; i < size && !out->Full(); ++i) CheckElement(message, i, path, out);
  keys_.Check(message, path, [out](std::string field, std::string description) {
    out->Add(std::move(field), std::move(description));
  });
}

void FieldRule::CheckElement(const Message& message, int index, const std::string& path,
                             Violations* out) const {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  const std::string element = absl::StrCat(path, "[", index, "]");
  if (message_ != nullptr) {
    message_->Check(reflection.GetRepeatedMessage(message, field_, index), absl::StrCat(element, "."), out);
  } else if (IsText(*field_)) {
    std::string scratch;
    const std::string& text = reflection.GetRepeatedStringReference(message, field_, index, &scratch);
    if (check_.required() && text.empty()) out->Add(element, "must not be empty");
    CheckLength(text, element, out);
    CheckForm(text, element, out);
  } else if (IsInteger(*field_)) {
    CheckInteger(ElementOf(message, *field_, index), element, out);
  } else if (IsEnum(*field_)) {
    CheckKnown(reflection.GetRepeatedEnumValue(message, field_, index), element, out);
  }
}

// A required id must be positive, whatever its range says.
void FieldRule::CheckInteger(std::int64_t given, const std::string& path, Violations* out) const {
  const bool id = check_.required() && !field_->has_presence();
  const std::int64_t min = id ? std::max<std::int64_t>(check_.min(), 1) : check_.min();
  if (check_.max() == 0) {
    if (given < min && id) out->Add(path, absl::StrCat("must be a positive number; got ", given));
    return;
  }
  if (given >= min && given <= check_.max()) return;
  // 0 of a field without presence is a field that was not given.
  const bool has_default = !id && min == 0 && !field_->has_presence() && !field_->is_repeated();
  out->Add(path, absl::StrCat("must be from ", has_default ? 1 : min, " to ", check_.max(),
                              has_default ? " (0 means the default)" : "", "; got ", given));
}

void FieldRule::CheckRange(const Message& message, const std::string& path, Violations* out) const {
  if (IsInteger(*field_)) return CheckInteger(IntegerOf(message, *field_), path, out);
  if (check_.max() == 0) return;
  const double given = NumberOf(message, *field_);
  const bool inside =
      given >= static_cast<double>(check_.min()) && given <= static_cast<double>(check_.max());
  if (inside) return;
  out->Add(path, absl::StrCat("must be from ", check_.min(), " to ", check_.max(), "; got ", given));
}

// Other times could not be printed: a Timestamp ends with the year 9999.
void FieldRule::CheckTime(const Message& message, const std::string& path, Violations* out) const {
  const auto& time =
      static_cast<const google::protobuf::Timestamp&>(message.GetReflection()->GetMessage(message, field_));
  if (time.seconds() >= 0 && time.seconds() <= google::protobuf::util::TimeUtil::kTimestampMaxSeconds) return;
  out->Add(path,
           absl::StrCat("must be a time from 1970 to 9999; got ", time.seconds(), " seconds since 1970"));
}

// Rejects enum values that this version does not know.
void FieldRule::CheckKnown(int given, const std::string& path, Violations* out) const {
  if (field_->enum_type()->FindValueByNumber(given) != nullptr) return;
  out->Add(path, absl::StrCat("must be a value of ", field_->enum_type()->name(),
                              " that this version knows; got ", given));
}

bool FieldRule::CheckMembers(const Message& message, const std::string& path, Violations* out) const {
  const Message& part = message.GetReflection()->GetMessage(message, field_);
  const google::protobuf::OneofDescriptor& oneof = *members_.front()->real_containing_oneof();
  const FieldDescriptor* given = part.GetReflection()->GetOneofFieldDescriptor(part, &oneof);
  if (std::find(members_.begin(), members_.end(), given) != members_.end()) return true;
  if (given == nullptr) {
    out->Add(path, absl::StrCat("must be given: ", MemberNames()));
  } else {
    out->Add(absl::StrCat(path, ".", given->name()),
             absl::StrCat("is not accepted here; give ", MemberNames()));
  }
  return false;
}

std::string FieldRule::MemberNames() const {
  return absl::StrJoin(check_.members(), " or ");
}

void FieldRule::CheckText(const Message& message, const std::string& path, Violations* out) const {
  const std::string text = TextOf(message, field_);
  CheckLength(text, path, out);
  CheckForm(text, path, out);
  if (emptied_by_ == nullptr) return;
  const google::protobuf::EnumValueDescriptor& by = *message.GetReflection()->GetEnum(message, emptied_by_);
  if (by.name() != check_.empty_when().value()) return;
  out->Add(path, absl::StrCat("must be empty when ", emptied_by_->name(), " is ", by.name()));
}

void FieldRule::CheckFinite(const Message& message, const std::string& path, Violations* out) const {
  const double given = NumberOf(message, *field_);
  if (!std::isfinite(given)) out->Add(path, absl::StrCat("must be a finite number; got ", given));
}

void FieldRule::CheckLength(const std::string& text, const std::string& path, Violations* out) const {
  if (text.size() <= bytes_max()) return;
  out->Add(path, absl::StrCat("must be at most ", bytes_max(), " bytes; got ", text.size()));
}

void FieldRule::CheckForm(const std::string& text, const std::string& path, Violations* out) const {
  if (std::string fault = FaultOf(text, check_.form()); !fault.empty()) out->Add(path, std::move(fault));
}

void FieldRule::CheckDate(const Message& message, const std::string& path, Violations* out) const {
  const std::string given = TextOf(message, field_);
  if (!IsDate(given)) out->Add(path, absl::StrCat("must be a date as YYYY-MM-DD; got ", Quoted(given)));
}

void FieldRule::CheckAfter(const Message& message, const std::string& prefix, Violations* out) const {
  const std::string from = TextOf(message, earlier_);
  const std::string to = TextOf(message, field_);
  const std::string path = absl::StrCat(prefix, field_->name());
  if (from.empty() != to.empty()) {
    const FieldDescriptor* missing = from.empty() ? earlier_ : field_;
    const FieldDescriptor* given = from.empty() ? field_ : earlier_;
    return out->Add(absl::StrCat(prefix, missing->name()),
                    absl::StrCat("must be given together with ", given->name(), ", as YYYY-MM-DD"));
  }
  // Dates in this format sort like texts.
  if (!IsDate(from) || !IsDate(to) || from < to) return;
  out->Add(path, absl::StrCat("must be after ", earlier_->name(), " (", from, "); got ", to));
}

}  // namespace firstmile::endpoints
