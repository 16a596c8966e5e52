#include "codec/echoes.h"

#include <cstdint>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "codec/json_value.h"
#include "codec/wire_options.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace firstmile::codec {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool IsText(const FieldDescriptor& field) {
  return field.type() == FieldDescriptor::TYPE_STRING;
}

bool IsInteger(const FieldDescriptor& field) {
  return field.type() == FieldDescriptor::TYPE_INT64 && !field.is_repeated();
}

bool AreComparable(const FieldDescriptor& one, const FieldDescriptor& other) {
  return (IsText(one) && IsText(other)) || (IsInteger(one) && IsInteger(other));
}

// An integer as its digits; 0 names nothing.
absl::string_view TextIn(const Message& message, const FieldDescriptor* field, int index,
                         std::string* scratch) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  if (IsInteger(*field)) {
    const std::int64_t number = reflection.GetInt64(message, field);
    *scratch = number == 0 ? "" : absl::StrCat(number);
    return *scratch;
  }
  return field->is_repeated() ? reflection.GetRepeatedStringReference(message, field, index, scratch)
                              : reflection.GetStringReference(message, field, scratch);
}

// True when the request names nothing, or has `named` among others.
bool IsAskedFor(const Message& request, const FieldDescriptor* asked, absl::string_view named) {
  const int count = asked->is_repeated() ? request.GetReflection()->FieldSize(request, asked) : 1;
  bool any = false;
  std::string scratch;
  for (int i = 0; i < count; ++i) {
    const absl::string_view text = Trimmed(TextIn(request, asked, i, &scratch));
    if (text.empty()) continue;
    if (NamesTheSame(text, named)) return true;
    any = true;
  }
  return !any;
}

// Rejects the option in nested messages, where it would be ignored.
absl::Status CheckDeeper(const Descriptor& type, std::set<const Descriptor*>* seen) {
  if (!seen->insert(&type).second) return absl::OkStatus();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (!WireOf(field).echo_of().empty()) {
      return DoesNotFit(field, "(wire).echo_of stands in the response or the elements of its lists only");
    }
    if (field.message_type() == nullptr) continue;
    if (absl::Status status = CheckDeeper(*field.message_type(), seen); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace

bool NamesTheSame(absl::string_view one, absl::string_view other) {
  return absl::EqualsIgnoreCase(Trimmed(one), Trimmed(other));
}

absl::Status AboutAnother(absl::string_view path, absl::string_view what) {
  return absl::FailedPreconditionError(
      absl::StrCat(path, ": the answer names another ", what, " than the request"));
}

bool IsAboutAnother(const absl::Status& status) {
  return absl::IsFailedPrecondition(status);
}

absl::StatusOr<Echoes> Echoes::Compile(const Descriptor& request, const Descriptor& response) {
  Echoes echoes;
  for (int i = 0; i < response.field_count(); ++i) {
    const FieldDescriptor& field = *response.field(i);
    absl::Status status = echoes.Add(request, nullptr, field);
    if (status.ok() && field.message_type() != nullptr) status = echoes.AddInside(request, field);
    if (!status.ok()) return status;
  }
  return echoes;
}

absl::Status Echoes::AddInside(const Descriptor& request, const FieldDescriptor& field) {
  const Descriptor& type = *field.message_type();
  std::set<const Descriptor*> seen;
  if (!field.is_repeated()) return CheckDeeper(type, &seen);
  seen.insert(&type);
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& inner = *type.field(i);
    absl::Status status = Add(request, &field, inner);
    if (status.ok() && inner.message_type() != nullptr) status = CheckDeeper(*inner.message_type(), &seen);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Echoes::Add(const Descriptor& request, const FieldDescriptor* list,
                         const FieldDescriptor& field) {
  const std::string& name = WireOf(field).echo_of();
  if (name.empty()) return absl::OkStatus();
  const FieldDescriptor* asked = request.FindFieldByName(name);
  if (asked == nullptr || !AreComparable(*asked, field) || field.is_repeated()) {
    return DoesNotFit(field,
                      absl::StrCat("(wire).echo_of: ", name, " is no such text or integer of the request"));
  }
  echoes_.push_back({list, &field, asked});
  return absl::OkStatus();
}

absl::Status Echoes::Check(const Message& request, const Message& response, absl::string_view payload) const {
  std::string scratch;
  for (const Echo& echo : echoes_) {
    const google::protobuf::Reflection& reflection = *response.GetReflection();
    const int count = echo.list == nullptr ? 1 : reflection.FieldSize(response, echo.list);
    for (int i = 0; i < count; ++i) {
      const Message& holder =
          echo.list == nullptr ? response : reflection.GetRepeatedMessage(response, echo.list, i);
      const absl::string_view named = Trimmed(TextIn(holder, echo.field, 0, &scratch));
      if (named.empty() || IsAskedFor(request, echo.asked, named)) continue;
      const std::string at = echo.list == nullptr ? "" : absl::StrCat(".", echo.list->name(), "[", i, "]");
      return AboutAnother(absl::StrCat(payload, at, ".", WireName(*echo.field)), WireName(*echo.field));
    }
  }
  return absl::OkStatus();
}

}  // namespace firstmile::codec
