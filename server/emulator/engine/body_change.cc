#include "emulator/engine/body_change.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <span>
#include <string_view>

namespace emulator::engine {
namespace {

namespace json = boost::json;
using Path = std::span<const std::string_view>;

constexpr std::string_view kAnyDepth = "**";

// Maximum of the bytes that the changes add to one answer: with "**" each may multiply the additions of those
// before it.
constexpr std::size_t kMaxNewBytes = std::size_t{16} << 20;
constexpr std::size_t kMemberBytes = 64;  // overhead of a member in memory

std::vector<std::string_view> SplitPath(std::string_view at) {
  std::vector<std::string_view> parts;
  while (!at.empty()) {
    const std::size_t dot = at.find('.');
    std::string_view part = at.substr(0, dot);
    if (part.ends_with("[]")) part.remove_suffix(2);  // the reference's notation for lists
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
  // `bytes_left`: how many bytes may still be added; must outlive the change.
  Change(const BodyChange& change, std::size_t& bytes_left)
      : kind_(change.kind),
        bytes_(change.value.size() + change.at.size() + kMemberBytes),
        bytes_left_(bytes_left) {
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

  // Children first, so that members added here are not entered.
  void ApplyAnyDepth(json::value& node, json::object& object, Path path) const {
    for (auto& member : object) {
      Apply(member.value(), path);
      if (OnlyAnyDepth(path) && kind_ == BodyChange::Kind::kRetype) Retype(member.value());
    }
    if (path.size() > 1) Apply(node, path.subspan(1));
  }

  bool TakeBytes() const {
    if (bytes_left_ < bytes_) return false;
    bytes_left_ -= bytes_;
    return true;
  }

  void ApplyHere(json::object& object, std::string_view name) const {
    json::value* member = object.if_contains(name);
    switch (kind_) {
      case BodyChange::Kind::kAdd:
        if (TakeBytes()) object[name] = value_;
        return;
      case BodyChange::Kind::kDrop:
        object.erase(name);
        return;
      case BodyChange::Kind::kSet:
        if (member != nullptr && TakeBytes()) *member = value_;
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
  const std::size_t bytes_;  // of one added member
  std::size_t& bytes_left_;
  json::value value_;
};

}  // namespace

std::string ChangeBody(const std::vector<BodyChange>& changes, const std::string& body) {
  boost::system::error_code error;
  json::value root = json::parse(body, error);
  if (error) return body;
  std::size_t bytes_left = kMaxNewBytes;
  for (const BodyChange& change : changes) {
    const std::vector<std::string_view> path = SplitPath(change.at);
    Change(change, bytes_left).Apply(root, path);
  }
  return json::serialize(root);
}

}  // namespace emulator::engine
