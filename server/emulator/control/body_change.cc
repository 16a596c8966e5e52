#include "emulator/control/body_change.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <span>
#include <string_view>

namespace emulator::control {
namespace {

namespace json = boost::json;
using Path = std::span<const std::string_view>;

constexpr std::string_view kAnyDepth = "**";

// Most bytes that the changes of one answer put into it: with "**" each may multiply what those before it
// made.
constexpr std::size_t kMostNewBytes = std::size_t{16} << 20;
constexpr std::size_t kMemberBytes = 64;  // of a member in memory, beside its name and value

std::vector<std::string_view> SplitPath(std::string_view at) {
  std::vector<std::string_view> parts;
  while (!at.empty()) {
    const std::size_t dot = at.find('.');
    std::string_view part = at.substr(0, dot);
    if (part.ends_with("[]")) part.remove_suffix(2);  // as the reference writes lists
    if (!part.empty()) parts.push_back(part);
    at = dot == std::string_view::npos ? std::string_view() : at.substr(dot + 1);
  }
  return parts;
}

void Retype(json::value& value) {
  if (value.is_number() || value.is_bool()) value = json::serialize(value);
}

class Change {
 public:
  // `room` is what may still be put in, and outlives the change.
  Change(const BodyChange& change, std::size_t& room)
      : kind_(change.kind), bytes_(change.value.size() + change.at.size() + kMemberBytes), room_(room) {
    boost::system::error_code error;
    value_ = json::parse(change.value, error);
  }

  void Apply(json::value& node, Path path) const {
    if (json::array* list = node.if_array()) {
      for (json::value& element : *list) Apply(element, path);
      if (kind_ == BodyChange::Kind::kRetype && OnlyAnyDepth(path)) {
        for (json::value& element : *list) Retype(element);
      }
      return;
    }
    json::object* object = node.if_object();
    if (object == nullptr || path.empty()) return;
    if (path[0] == kAnyDepth) {
      ApplyAnyDepth(node, *object, path);
    } else if (path.size() == 1) {
      ApplyHere(*object, path[0]);
    } else if (json::value* next = object->if_contains(path[0])) {
      Apply(*next, path.subspan(1));
    }
  }

 private:
  static bool OnlyAnyDepth(Path path) { return path.size() == 1 && path[0] == kAnyDepth; }

  // Children first, so that what is added here is not entered.
  void ApplyAnyDepth(json::value& node, json::object& object, Path path) const {
    for (auto& member : object) {
      Apply(member.value(), path);
      if (OnlyAnyDepth(path) && kind_ == BodyChange::Kind::kRetype) Retype(member.value());
    }
    if (path.size() > 1) Apply(node, path.subspan(1));
  }

  bool TakeRoom() const {
    if (room_ < bytes_) return false;
    room_ -= bytes_;
    return true;
  }

  void ApplyHere(json::object& object, std::string_view name) const {
    json::value* member = object.if_contains(name);
    switch (kind_) {
      case BodyChange::Kind::kAdd:
        if (TakeRoom()) object[name] = value_;
        return;
      case BodyChange::Kind::kDrop:
        object.erase(name);
        return;
      case BodyChange::Kind::kSet:
        if (member != nullptr && TakeRoom()) *member = value_;
        return;
      case BodyChange::Kind::kRetype:
        if (member != nullptr) RetypeAll(*member);
        return;
    }
  }

  static void RetypeAll(json::value& value) {
    if (json::array* list = value.if_array()) {
      for (json::value& element : *list) Retype(element);
    }
    Retype(value);
  }

  const BodyChange::Kind kind_;
  const std::size_t bytes_;  // of one member that is put in
  std::size_t& room_;
  json::value value_;
};

}  // namespace

std::string ChangeBody(const std::vector<BodyChange>& changes, const std::string& body) {
  boost::system::error_code error;
  json::value root = json::parse(body, error);
  if (error) return body;
  std::size_t room = kMostNewBytes;
  for (const BodyChange& change : changes) {
    const std::vector<std::string_view> path = SplitPath(change.at);
    Change(change, room).Apply(root, path);
  }
  return json::serialize(root);
}

}  // namespace emulator::control
