#include "endpoints/element_keys.h"

#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace firstmile::endpoints {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool IsId(const FieldDescriptor* field) {
  return field != nullptr && field->type() == FieldDescriptor::TYPE_INT64;
}

// A text for comparing two values of a field.
std::string ValueOf(const Message& message, const FieldDescriptor& field) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(reflection.GetInt64(message, &field));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return reflection.GetMessage(message, &field).SerializeAsString();
    default:
      return reflection.GetString(message, &field);
  }
}

bool CanBeCompared(const FieldDescriptor* field) {
  if (field == nullptr || field->is_repeated()) return false;
  return IsId(field) || field->type() == FieldDescriptor::TYPE_STRING ||
         field->type() == FieldDescriptor::TYPE_MESSAGE;
}

absl::flat_hash_set<std::int64_t> IdsIn(const Message& message, const FieldDescriptor& field) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  if (!field.is_repeated()) return {reflection.GetInt64(message, &field)};
  absl::flat_hash_set<std::int64_t> ids;
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    ids.insert(reflection.GetRepeatedInt64(message, &field, i));
  }
  return ids;
}

}  // namespace

absl::StatusOr<ElementKeys> ElementKeys::Compile(const FieldDescriptor& list,
                                                 const firstmile::mapping::FieldCheck& check) {
  const auto wrong = [&list](absl::string_view why) {
    return absl::InvalidArgumentError(absl::StrCat(list.full_name(), ": ", why));
  };
  ElementKeys keys;
  keys.list_ = &list;
  if (check.unique_by().empty() && !check.has_among()) return keys;
  const bool messages = list.is_repeated() && !list.is_map() && list.message_type() != nullptr;
  if (!messages) return wrong("(check).unique_by and among are for lists of messages");
  if (!check.unique_by().empty()) {
    keys.unique_ = list.message_type()->FindFieldByName(check.unique_by());
    if (!CanBeCompared(keys.unique_)) return wrong("(check).unique_by names no field that can be compared");
  }
  if (check.has_among()) {
    keys.key_ = list.message_type()->FindFieldByName(check.among().key());
    keys.among_ = list.containing_type()->FindFieldByName(check.among().field());
    const bool ids = IsId(keys.key_) && !keys.key_->is_repeated() && IsId(keys.among_);
    if (!ids) return wrong("(check).among needs an id in the elements, and one or more beside the list");
  }
  return keys;
}

void ElementKeys::Check(const Message& message, const std::string& path, const Report& report) const {
  if (unique_ != nullptr) CheckUnique(message, path, report);
  if (key_ != nullptr) CheckAmong(message, path, report);
}

void ElementKeys::CheckUnique(const Message& message, const std::string& path, const Report& report) const {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  absl::flat_hash_map<std::string, int> first;
  for (int i = 0; i < reflection.FieldSize(message, list_); ++i) {
    const std::string value = ValueOf(reflection.GetRepeatedMessage(message, list_, i), *unique_);
    const auto [earlier, is_new] = first.emplace(value, i);
    if (is_new) continue;
    report(absl::StrCat(path, "[", i, "].", unique_->name()),
           absl::StrCat("is the same as that of ", list_->name(), "[", earlier->second, "]; give each once"));
  }
}

void ElementKeys::CheckAmong(const Message& message, const std::string& path, const Report& report) const {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  const absl::flat_hash_set<std::int64_t> ids = IdsIn(message, *among_);
  for (int i = 0; i < reflection.FieldSize(message, list_); ++i) {
    const Message& element = reflection.GetRepeatedMessage(message, list_, i);
    const std::int64_t id = element.GetReflection()->GetInt64(element, key_);
    if (ids.contains(id)) continue;
    report(absl::StrCat(path, "[", i, "].", key_->name()),
           absl::StrCat("must be in ", among_->name(), " too; ", id, " is not"));
  }
}

}  // namespace firstmile::endpoints
