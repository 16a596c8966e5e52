#include "signing/body_members.h"

#include <simdjson.h>

namespace firstmile::signing {
namespace {

// Returns false for a value that is neither text nor number.
bool ValueOf(const simdjson::dom::element& element, std::string* value) {
  std::string_view text;
  if (element.get_string().get(text) == simdjson::SUCCESS) {
    value->assign(text);
    return true;
  }
  if (!element.is_number()) return false;
  value->assign(simdjson::to_string(element));
  return true;
}

}  // namespace

std::vector<BodyMember> MembersOf(absl::string_view body) {
  std::vector<BodyMember> members;
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(body.data(), body.size(), true).get_object().get(object) != simdjson::SUCCESS)
    return members;
  for (const auto& [name, element] : object) {
    std::string value;
    if (members.size() == kBodyMembersMax) break;
    if (!ValueOf(element, &value)) continue;
    members.push_back({std::string(name), secrets::Secret(std::move(value))});
  }
  return members;
}

}  // namespace firstmile::signing
