#include "endpoints/field_rule.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "absl/time/civil_time.h"
#include "endpoints/request_rules.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "text/clean_text.h"

namespace firstmile::endpoints {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Deepest nesting of a request message.
constexpr int kNestingMax = 8;

// Most bytes of a wrong value that a violation repeats.
constexpr std::size_t kQuotedMax = 40;

absl::Status DoesNotFit(const FieldDescriptor& field, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(field.full_name(), ": ", why));
}

// Also bytes.
bool IsText(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_STRING;
}

bool IsMessage(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
}

bool IsSingleText(const FieldDescriptor* field) {
  return field != nullptr && !field->is_repeated() && IsText(*field);
}

// The field itself, or the values of a map.
const FieldDescriptor& ValueOf(const FieldDescriptor& field) {
  return field.is_map() ? *field.message_type()->map_value() : field;
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

// What a list holds, for people: order_list holds orders, shop_ids holds shop ids.
std::string PluralOf(const FieldDescriptor& list) {
  absl::string_view name = list.name();
  const bool suffix = absl::ConsumeSuffix(&name, "_list");
  return absl::StrCat(absl::StrReplaceAll(name, {{"_", " "}}), suffix ? "s" : "");
}

std::string Quoted(absl::string_view text) {
  return absl::StrCat("\"", text::CleanText(text, kQuotedMax), "\"");
}

bool IsDigits(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Strictly YYYY-MM-DD and a day of the calendar.
bool IsDate(absl::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  int year = 0;
  int month = 0;
  int day = 0;
  const bool digits =
      IsDigits(text.substr(0, 4)) && IsDigits(text.substr(5, 2)) && IsDigits(text.substr(8, 2));
  if (!digits || !absl::SimpleAtoi(text.substr(0, 4), &year) ||
      !absl::SimpleAtoi(text.substr(5, 2), &month) || !absl::SimpleAtoi(text.substr(8, 2), &day)) {
    return false;
  }
  // CivilDay turns the 30th of February into a day of March.
  const absl::CivilDay civil(year, month, day);
  return civil.month() == month && civil.day() == day;
}

}  // namespace

void Violations::Add(std::string field, std::string description) {
  if (Full()) return;
  const auto same = [&field](const errors::Violation& violation) { return violation.field == field; };
  if (std::any_of(violations_.begin(), violations_.end(), same)) return;
  violations_.push_back({std::move(field), std::move(description)});
}

bool Violations::Full() const {
  return violations_.size() >= RequestRules::kViolationsMax;
}

FieldRule::FieldRule(const FieldDescriptor& field)
    : field_(&field), check_(field.options().GetExtension(firstmile::v1::check)) {}

absl::StatusOr<FieldRule> FieldRule::Compile(const FieldDescriptor& field, int depth) {
  FieldRule rule(field);
  absl::Status status = rule.CheckDeclaredBounds();
  if (status.ok()) status = rule.CheckDeclaration();
  if (status.ok()) status = rule.FindSiblings();
  if (!status.ok()) return status;
  if (!IsMessage(field) || field.is_map()) return rule;
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
  if (field_->is_map() && (!IsInteger(*field_->message_type()->map_key()) || IsMessage(ValueOf(*field_)))) {
    return DoesNotFit(*field_, "only maps from integers to numbers or texts can be checked");
  }
  if (check_.bytes_max() < 0) return DoesNotFit(*field_, "(check).bytes_max is negative");
  if (check_.bytes_max() > 0 && !IsText(ValueOf(*field_))) {
    return DoesNotFit(*field_, "(check).bytes_max is for texts");
  }
  return absl::OkStatus();
}

absl::Status FieldRule::CheckDeclaration() const {
  const bool ranged = !field_->is_repeated() && (IsInteger(*field_) || IsFloating(*field_));
  if ((check_.min() != 0 || check_.max() != 0) && !ranged) {
    return DoesNotFit(*field_, "(check).min and max are for single numbers");
  }
  if (check_.max() != 0 && check_.min() > check_.max()) {
    return DoesNotFit(*field_, "(check).min is above (check).max");
  }
  if (check_.date() && !IsSingleText(field_)) return DoesNotFit(*field_, "(check).date is for single texts");
  const bool emptiness = field_->is_repeated() || field_->has_presence() || IsSingleText(field_) ||
                         IsInteger(*field_) || field_->cpp_type() == FieldDescriptor::CPPTYPE_ENUM;
  if ((check_.required() || check_.has_required_unless()) && !emptiness) {
    return DoesNotFit(*field_, "(check).required cannot tell an absent value from zero here");
  }
  return absl::OkStatus();
}

std::size_t FieldRule::bytes_max() const {
  return IsText(ValueOf(*field_)) ? RequestRules::BytesMaxOf(*field_) : 0;
}

absl::Status FieldRule::FindSiblings() {
  const google::protobuf::Descriptor& type = *field_->containing_type();
  if (!check_.after().empty()) {
    earlier_ = type.FindFieldByName(check_.after());
    const bool dates =
        IsSingleText(earlier_) && earlier_->options().GetExtension(firstmile::v1::check).date();
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
  return absl::OkStatus();
}

bool FieldRule::ChecksAnything() const {
  const bool declared = check_.ByteSizeLong() > 0;
  return declared || bytes_max() > 0 || message_ != nullptr ||
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
  return unless_ != nullptr && TextOf(message, unless_) != check_.required_unless().value();
}

std::string FieldRule::MissingText() const {
  if (unless_ != nullptr) {
    return absl::StrCat("must be given unless ", unless_->name(), " is ", check_.required_unless().value());
  }
  if (field_->is_repeated()) return absl::StrCat("must not be empty: give the ", PluralOf(*field_));
  if (check_.date()) return "must be given, as YYYY-MM-DD";
  if (IsSingleText(field_)) return "must not be empty";
  if (IsInteger(*field_) && !field_->has_presence()) return "must be a positive number, 0 given";
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
  if (IsInteger(*field_) || IsFloating(*field_)) CheckRange(message, path, out);
  if (IsFloating(*field_)) CheckFinite(message, path, out);
  if (IsText(*field_)) CheckLength(TextOf(message, field_), path, out);
  if (check_.date()) CheckDate(message, path, out);
  if (earlier_ != nullptr) CheckAfter(message, prefix, out);
  if (message_ == nullptr) return;
  message_->Check(message.GetReflection()->GetMessage(message, field_), absl::StrCat(path, "."), out);
}

void FieldRule::CheckList(const Message& message, const std::string& path, Violations* out) const {
  const int size = message.GetReflection()->FieldSize(message, field_);
  if (size > check_.items_max()) {
    return out->Add(path, absl::StrCat("at most ", check_.items_max(), " ", PluralOf(*field_), " per call, ",
                                       size, " given"));
  }
  if (field_->is_map()) return CheckEntries(message, path, out);
  for (int i = 0; i < size && !out->Full(); ++i) CheckElement(message, i, path, out);
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
  } else if (check_.required() && IsInteger(*field_) && ElementOf(message, *field_, index) <= 0) {
    out->Add(element,
             absl::StrCat("must be a positive number, ", ElementOf(message, *field_, index), " given"));
  }
}

void FieldRule::CheckEntries(const Message& message, const std::string& path, Violations* out) const {
  if (bytes_max() == 0) return;
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  const FieldDescriptor& key = *field_->message_type()->map_key();
  for (int i = 0; i < reflection.FieldSize(message, field_) && !out->Full(); ++i) {
    const Message& entry = reflection.GetRepeatedMessage(message, field_, i);
    CheckLength(TextOf(entry, &ValueOf(*field_)), absl::StrCat(path, "[", IntegerOf(entry, key), "]"), out);
  }
}

void FieldRule::CheckRange(const Message& message, const std::string& path, Violations* out) const {
  const bool id = check_.required() && IsInteger(*field_) && !field_->has_presence();
  if (id && IntegerOf(message, *field_) < 0) {
    return out->Add(path, absl::StrCat("must be a positive number, ", IntegerOf(message, *field_), " given"));
  }
  if (check_.max() == 0) return;
  const std::string range = absl::StrCat("must be from ", check_.min(), " to ", check_.max(), ", ");
  if (IsInteger(*field_)) {
    const std::int64_t given = IntegerOf(message, *field_);
    if (given < check_.min() || given > check_.max()) out->Add(path, absl::StrCat(range, given, " given"));
    return;
  }
  const double given = NumberOf(message, *field_);
  const bool inside =
      given >= static_cast<double>(check_.min()) && given <= static_cast<double>(check_.max());
  if (!inside) out->Add(path, absl::StrCat(range, given, " given"));
}

void FieldRule::CheckFinite(const Message& message, const std::string& path, Violations* out) const {
  const double given = NumberOf(message, *field_);
  if (!std::isfinite(given)) out->Add(path, absl::StrCat("must be a finite number, ", given, " given"));
}

void FieldRule::CheckLength(const std::string& text, const std::string& path, Violations* out) const {
  if (text.size() <= bytes_max()) return;
  out->Add(path, absl::StrCat("must be at most ", bytes_max(), " bytes, ", text.size(), " given"));
}

void FieldRule::CheckDate(const Message& message, const std::string& path, Violations* out) const {
  const std::string given = TextOf(message, field_);
  if (!IsDate(given)) out->Add(path, absl::StrCat("must be a date as YYYY-MM-DD, ", Quoted(given), " given"));
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
  // Dates of this form sort as texts do.
  if (!IsDate(from) || !IsDate(to) || from < to) return;
  out->Add(path, absl::StrCat("must lie after ", earlier_->name(), " (", from, "), ", to, " given"));
}

absl::StatusOr<std::shared_ptr<const MessageRules>> MessageRules::Compile(
    const google::protobuf::Descriptor& type, int depth) {
  if (depth > kNestingMax) {
    return absl::InvalidArgumentError(
        absl::StrCat(type.full_name(), ": nested deeper than ", kNestingMax, " levels"));
  }
  auto rules = std::make_shared<MessageRules>();
  for (int i = 0; i < type.field_count(); ++i) {
    absl::StatusOr<FieldRule> rule = FieldRule::Compile(*type.field(i), depth);
    if (!rule.ok()) return rule.status();
    if (rule->ChecksAnything()) rules->rules_.push_back(*std::move(rule));
  }
  return std::shared_ptr<const MessageRules>(std::move(rules));
}

void MessageRules::Check(const Message& message, const std::string& prefix, Violations* out) const {
  for (const FieldRule& rule : rules_) rule.Check(message, prefix, out);
}

}  // namespace firstmile::endpoints
