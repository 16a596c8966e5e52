#include "absl/strings/str_cat.h"
#include "signing/sign_mistakes.h"
#include "signing/wrong_bases.h"

namespace firstmile::signing {
namespace {

// Of mistakes that give the same text, the first row is told.
constexpr BaseMistake kMistakes[] = {
    {{"SIGNED_AS_PUBLIC",
      "The URL is signed without token and id, and the call needs both in its base string.",
      "Sign partner_id, path, timestamp, access_token and the id of the shop or merchant, in this order."},
     wrong_bases::AsPublic,
     true},
    {{"SIGNED_AS_SHOP", "The URL is signed with token and shop_id, and this call is no shop call.",
      "Sign what the call's kind needs: a public call neither token nor id, a merchant call its "
      "merchant_id."},
     wrong_bases::AsShop,
     true},
    {{"SIGNED_AS_MERCHANT",
      "The URL is signed with token and merchant_id, and this call is no merchant call.",
      "Sign what the call's kind needs: a public call neither token nor id, a shop call its shop_id."},
     wrong_bases::AsMerchant,
     true},
    {{"TOKEN_AND_ID_SWAPPED_IN_BASE", "The base string has the id before the token.",
      "Put access_token before shop_id or merchant_id in the base string."},
     wrong_bases::TokenAndIdSwapped,
     true},
    {{"OTHER_ID_SIGNED", "The URL is signed with the id of another shop or merchant than it carries.",
      "Sign the same shop_id or merchant_id that stands in the query."},
     wrong_bases::OtherIdSigned,
     true},
    {{"ID_NOT_SIGNED", "The base string lacks the id of the shop or merchant.",
      "Append shop_id or merchant_id to the base string, after access_token."},
     wrong_bases::IdMissing,
     true},
    {{"TOKEN_NOT_SIGNED", "The base string lacks the access token.",
      "Put access_token between timestamp and the id into the base string."},
     wrong_bases::TokenMissing,
     true},
    {{"PATH_WITH_HOST", "The base string has the host in front of the path.",
      "Sign the path alone, from /api/v2/ on."},
     wrong_bases::HostIncluded,
     true},
    {{"PATH_PREFIX", "The path in the base string does not start with /api/v2/ as that of the URL does.",
      "Sign the whole path, from /api/v2/ on, exactly as it is sent."},
     wrong_bases::PrefixMissing,
     true},
    {{"PATH_TRAILING_SLASH", "The paths of the base string and of the URL differ by a slash at the end.",
      "Sign and send the path without a slash at its end."},
     wrong_bases::TrailingSlash,
     true},
    {{"PATH_WITH_QUERY", "The base string has the query, or its question mark, behind the path.",
      "Sign the path alone, without the question mark and what follows."},
     wrong_bases::QueryIncluded,
     true},
    {{"PATH_LETTER_CASE", "The paths of the base string and of the URL differ in upper and lower case.",
      "Sign the path exactly as it is sent."},
     wrong_bases::PathCase,
     false},
    {{"PATH_ENCODED", "The base string has the path with its slashes percent-encoded.",
      "Sign the path as it is sent, without encoding it."},
     wrong_bases::PathEncoded,
     false},
    {{"PATH_OF_ANOTHER_CALL", "The URL is signed for the path of another call.",
      "Sign the path of the call that is sent."},
     wrong_bases::PathOfAnotherCall,
     false},
    {{"TOKEN_ENCODED_IN_BASE", "The base string has the token percent-encoded.",
      "Sign the token as the platform gave it, and percent-encode it in the query only."},
     wrong_bases::TokenEncoded,
     true},
    {{"TOKEN_WITH_SPACE_IN_BASE", "The token in the base string has quotes, a word or white space around it.",
      "Sign the bare token, and trim it where it is read."},
     wrong_bases::TokenSpaced,
     true},
    {{"OTHER_TOKEN_SIGNED",
      "The base string has the refresh token or a code in the place of the access token.",
      "Sign the access token that stands in the query."},
     wrong_bases::RefreshTokenSigned,
     false},
    {{"PARAMETERS_SIGNED", "The base string has business parameters at its end.",
      "Leave business parameters out of the base string: they are not signed."},
     wrong_bases::ParametersSigned,
     true},
    {{"BODY_SIGNED", "The body is part of the base string.",
      "Leave the body out of the base string: it is not signed."},
     wrong_bases::BodySigned,
     true},
    {{"WHOLE_QUERY_SIGNED", "The base string is the query with its names, as other platforms have it.",
      "Sign the bare values of partner_id, path, timestamp, access_token and id, one behind the other."},
     wrong_bases::WholeQuerySigned,
     false},
    {{"PARTS_SEPARATED", "The parts of the base string have a separator between them.",
      "Put the parts of the base string together without anything between them."},
     wrong_bases::PartsSeparated,
     true},
    {{"LITERAL_NULL", "The base string has a text such as None or null in the place of a token or id.",
      "Leave token and id out of a public call's base string, and give both to every other."},
     wrong_bases::LiteralNull,
     false},
    {{"SIGNED_WITH_ANOTHER_TIME", "The URL is signed with another timestamp than it carries.",
      "Read the clock once per call, in Unix seconds of UTC, and use it for base string and query."},
     wrong_bases::AnotherTime,
     false},
    {{"KEY_IN_BASE", "The partner key is part of the base string.",
      "Use the partner key as the key of HMAC-SHA256 only."},
     wrong_bases::KeyInBase,
     true},
    {{"ORDER_OF_PARTS", "The parts of the base string stand in another order.",
      "Put them in this order: partner_id, path, timestamp, access_token, shop_id or merchant_id."},
     wrong_bases::OrderWrong,
     false},
};

}  // namespace

SignParts PartsOf(const SignedUrl& url, SignScope scope) {
  SignParts parts{.partner_id = url.ValueOf("partner_id"),
                  .path = url.path.Reveal(),
                  .timestamp = url.ValueOf("timestamp"),
                  .token = "",
                  .id = ""};
  if (scope == SignScope::kPublic) return parts;
  parts.token = url.ValueOf("access_token");
  parts.id = url.ValueOf(SubjectParameterOf(scope));
  return parts;
}

secrets::Secret BaseOf(const SignParts& parts) {
  return secrets::Secret(absl::StrCat(parts.partner_id, parts.path, parts.timestamp, parts.token, parts.id));
}

absl::Span<const BaseMistake> BaseMistakes() {
  return kMistakes;
}

}  // namespace firstmile::signing
