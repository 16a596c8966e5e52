#include "emulator/world/json_entry.h"

#include <absl/strings/str_cat.h>

#include <algorithm>

namespace emulator::world {

namespace json = boost::json;

JsonEntry::JsonEntry(const json::value& value, std::string name) : name_(std::move(name)) {
  if (!value.is_object()) throw WrongEntry(name_ + " must be an object");
  object_ = &value.get_object();
}

void JsonEntry::AllowOnly(std::initializer_list<std::string_view> members) const {
  for (const auto& member : *object_) {
    const std::string_view key = member.key();
    if (std::find(members.begin(), members.end(), key) == members.end()) Refuse(key, "is unknown");
  }
}

void JsonEntry::Refuse(std::string_view member, std::string_view rule) const {
  throw WrongEntry(absl::StrCat(name_, ": ", std::string(member), " ", std::string(rule)));
}

std::string JsonEntry::Text(std::string_view member, std::string_view otherwise) const {
  const json::value* value = object_->if_contains(member);
  if (value == nullptr) return std::string(otherwise);
  if (!value->is_string()) Refuse(member, "must be a string");
  return std::string(value->get_string());
}

int64_t JsonEntry::Integer(std::string_view member, int64_t least, int64_t most,
                           std::optional<int64_t> otherwise) const {
  const json::value* value = object_->if_contains(member);
  if (value == nullptr && otherwise) return *otherwise;
  if (value == nullptr) Refuse(member, "is required");
  if (!value->is_int64() || value->get_int64() < least || value->get_int64() > most) {
    Refuse(member, absl::StrCat("must be an integer from ", least, " to ", most));
  }
  return value->get_int64();
}

bool JsonEntry::Flag(std::string_view member, bool otherwise) const {
  const json::value* value = object_->if_contains(member);
  if (value == nullptr) return otherwise;
  if (!value->is_bool()) Refuse(member, "must be true or false");
  return value->get_bool();
}

const json::array& JsonEntry::List(std::string_view member) const {
  static const json::array* const kNone = new json::array();
  const json::value* value = object_->if_contains(member);
  if (value == nullptr) return *kNone;
  if (!value->is_array()) Refuse(member, "must be a list");
  return value->get_array();
}

}  // namespace emulator::world
