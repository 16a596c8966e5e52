// Wrong base strings that contain a part of the body.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "signing/body_members.h"
#include "signing/wrong_bases.h"

namespace firstmile::signing::wrong_bases {
namespace {

// The values of one or more members, concatenated in every order.
Secrets JoinedInEveryOrder(const std::vector<BodyMember>& members) {
  struct Start {
    std::string text;
    unsigned used;  // a bit for each member
  };
  Secrets joined;
  std::vector<Start> starts = {{"", 0}};
  while (!starts.empty()) {
    const Start start = std::move(starts.back());
    starts.pop_back();
    for (std::size_t i = 0; i < members.size(); ++i) {
      const unsigned bit = 1U << i;
      if ((start.used & bit) != 0) continue;
      starts.push_back({absl::StrCat(start.text, members[i].value.Reveal()), start.used | bit});
      joined.push_back(secrets::Secret(starts.back().text));
    }
  }
  return joined;
}

}  // namespace

Secrets BodySigned(const SignCase& c) {
  const absl::string_view body = c.question.body;
  if (body.empty()) return {};
  const secrets::Secret right = BaseOf(c.parts);
  const SignedUrl& url = c.question.url;
  const secrets::Secret whole =
      secrets::Secret(absl::StrCat(url.scheme.Reveal(), "://", url.host.Reveal(), c.parts.path));
  Secrets bases;
  bases.push_back(secrets::Secret(absl::StrCat(right.Reveal(), body)));
  bases.push_back(secrets::Secret(absl::StrCat(right.Reveal(), "|", body)));
  // Push messages and the first API version are signed like this.
  bases.push_back(secrets::Secret(absl::StrCat(whole.Reveal(), "|", body)));
  bases.push_back(secrets::Secret(absl::StrCat(c.parts.path, "|", body)));
  return bases;
}

// Members after the base string, or before its timestamp, in any number and order; or as name=value pairs.
Secrets BodyMembersSigned(const SignCase& c) {
  const std::vector<BodyMember> members = MembersOf(c.question.body);
  if (members.empty()) return {};
  const std::string head = absl::StrCat(c.parts.partner_id, c.parts.path);
  const std::string tail = absl::StrCat(c.parts.timestamp, c.parts.token, c.parts.id);
  Secrets bases;
  for (const secrets::Secret& text : JoinedInEveryOrder(members)) {
    bases.push_back(secrets::Secret(absl::StrCat(head, tail, text.Reveal())));
    bases.push_back(secrets::Secret(absl::StrCat(head, text.Reveal(), tail)));
  }
  for (const char* joint : {"&", ""}) {
    std::vector<std::string> pairs;
    pairs.reserve(members.size());
    for (const BodyMember& member : members) {
      pairs.push_back(absl::StrCat(member.name, "=", member.value.Reveal()));
    }
    bases.push_back(secrets::Secret(absl::StrCat(head, tail, absl::StrJoin(pairs, joint))));
    std::sort(pairs.begin(), pairs.end());
    bases.push_back(secrets::Secret(absl::StrCat(head, tail, absl::StrJoin(pairs, joint))));
  }
  return bases;
}

}  // namespace firstmile::signing::wrong_bases
