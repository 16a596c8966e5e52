#include "absl/strings/str_cat.h"
#include "signing/sign_mistakes.h"
#include "signing/wrong_bases.h"

namespace firstmile::signing {
namespace {

// If several mistakes give the same text, the first row is reported.
constexpr BaseMistake kMistakes[] = {
    {{"SIGNED_AS_PUBLIC",
      "The URL is signed without token and id, but the call needs both in its base string.",
      "Sign partner_id, path, timestamp, access_token and the id of the shop or merchant, in this order."},
     wrong_bases::AsPublic,
     true,
     true},
    {{"SIGNED_AS_SHOP", "The URL is signed with token and shop_id, but the call is not a shop call.",
      "Sign what the call's kind needs: a public call neither token nor id, a merchant call its "
      "merchant_id."},
     wrong_bases::AsShop,
     true,
     true},
    {{"SIGNED_AS_MERCHANT",
      "The URL is signed with token and merchant_id, but the call is not a merchant call.",
      "Sign what the call's kind needs: a public call neither token nor id, a shop call its shop_id."},
     wrong_bases::AsMerchant,
     true,
     true},
    {{"TOKEN_AND_ID_SWAPPED_IN_BASE", "The base string has the id before the token.",
      "Put access_token before shop_id or merchant_id in the base string."},
     wrong_bases::TokenAndIdSwapped,
     true},
    {{"OTHER_ID_SIGNED", "The URL is signed with another shop's or merchant's id than it contains.",
      "Sign the same shop_id or merchant_id that the query contains."},
     wrong_bases::OtherIdSigned,
     true},
    {{"ID_NOT_SIGNED", "The shop's or merchant's id is missing from the base string.",
      "Append shop_id or merchant_id to the base string, after access_token."},
     wrong_bases::IdMissing,
     true,
     true},
    {{"TOKEN_NOT_SIGNED", "The access token is missing from the base string.",
      "Insert access_token between timestamp and the id in the base string."},
     wrong_bases::TokenMissing,
     true,
     true},
    {{"PATH_WITH_HOST", "The base string has the host before the path.",
      "Sign only the path, starting with /api/v2/."},
     wrong_bases::HostIncluded,
     true},
    {{"PATH_PREFIX", "The path in the base string does not start with /api/v2/, but the URL's does.",
      "Sign the whole path, starting with /api/v2/, exactly as it is sent."},
     wrong_bases::PrefixMissing,
     true},
    {{"PATH_TRAILING_SLASH", "The paths in the base string and in the URL differ by a trailing slash.",
      "Sign and send the path without a trailing slash."},
     wrong_bases::TrailingSlash,
     true},
    {{"PATH_WITH_QUERY", "The base string has the query, or its question mark, after the path.",
      "Sign only the path, without the question mark and the query."},
     wrong_bases::QueryIncluded,
     true},
    {{"PATH_LETTER_CASE", "The paths in the base string and in the URL differ in upper and lower case.",
      "Sign the path exactly as it is sent."},
     wrong_bases::PathCase,
     false},
    {{"PATH_ENCODED", "The base string has the path with percent-encoded slashes.",
      "Sign the path as it is sent, without encoding it."},
     wrong_bases::PathEncoded,
     false},
    {{"PATH_OF_ANOTHER_CALL", "The URL is signed for the path of another call.",
      "Sign the path of the call that is sent."},
     wrong_bases::PathOfAnotherCall,
     false},
    {{"REDIRECT_SIGNED", "The base string has the redirect URL instead of the path.",
      "Sign partner_id, the path /api/v2/shop/auth_partner or that of the page that is opened, and "
      "timestamp; "
      "the redirect address is a parameter that is not signed."},
     wrong_bases::RedirectSigned,
     true},
    {{"TOKEN_ENCODED_IN_BASE", "The base string has the token percent-encoded.",
      "Sign the token as Shopee gave it, and percent-encode it in the query only."},
     wrong_bases::TokenEncoded,
     true},
    {{"TOKEN_WITH_SPACE_IN_BASE",
      "The token in the base string is surrounded by quotes, a word or white space.",
      "Sign the bare token, and trim it where it is read."},
     wrong_bases::TokenSpaced,
     true},
    {{"OTHER_TOKEN_SIGNED", "The base string has the refresh token or a code instead of the access token.",
      "Sign the access token that the query contains."},
     wrong_bases::RefreshTokenSigned,
     false},
    {{"PARAMETERS_SIGNED", "The base string ends with business parameters.",
      "Omit business parameters from the base string: they are not signed."},
     wrong_bases::ParametersSigned,
     true},
    {{"BODY_SIGNED", "The base string contains the body.",
      "Omit the body from the base string: it is not signed."},
     wrong_bases::BodySigned,
     true},
    {{"BODY_MEMBERS_SIGNED",
      "The base string contains members of the body, such as code, shop_id or refresh_token.",
      "Leave the members of the body out of the base string: a call for tokens signs partner_id, path and "
      "timestamp alone."},
     wrong_bases::BodyMembersSigned,
     false},
    {{"WHOLE_QUERY_SIGNED",
      "The base string is the query including its parameter names, as on other platforms.",
      "Sign only the values of partner_id, path, timestamp, access_token and id, concatenated."},
     wrong_bases::WholeQuerySigned,
     false},
    {{"PARTS_SEPARATED", "The base string has separators between its parts.",
      "Concatenate the parts of the base string without separators."},
     wrong_bases::PartsSeparated,
     true},
    {{"LITERAL_NULL", "The base string has a text such as None or null instead of a token or id.",
      "Omit token and id from the base string of a public call, and include both for every other call."},
     wrong_bases::LiteralNull,
     false},
    {{"SIGNED_WITH_ANOTHER_TIME", "The URL is signed with another timestamp than it contains.",
      "Read the clock once per call, in Unix seconds of UTC, and use it for base string and query."},
     wrong_bases::AnotherTime,
     false},
    {{"KEY_IN_BASE", "The base string contains the partner key.",
      "Use the partner key as the key of HMAC-SHA256 only."},
     wrong_bases::KeyInBase,
     true},
    {{"ORDER_OF_PARTS", "The parts of the base string are in another order.",
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
