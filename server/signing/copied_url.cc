#include "signing/copied_url.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace firstmile::signing {
namespace {

constexpr FindingText kSwallowed = {
    "PARAMETER_SWALLOWED",
    "and what follows it became one character, as web pages show it: the URL lacks that parameter.",
    "Send the URL as the program made it, and copy it from the program or its log rather than from a page; a "
    "page must write each & as &amp;."};
constexpr FindingText kEscaped = {"AMPERSAND_ESCAPED",
                                  "The URL has & escaped as in HTML or JSON, &amp; or \\u0026.",
                                  "Undo the escaping where the URL is read from a page, a template or JSON."};
constexpr FindingText kBlank = {
    "BLANK_IN_URL", "there is a blank or a line break, which no URL has.",
    "Trim values where they are read, percent-encode a blank that belongs to one, and "
    "copy the URL in one piece."};

// HTML entities that browsers replace even without a semicolon, and that may begin a parameter's name.
struct Entity {
  absl::string_view name;
  absl::string_view character;  // UTF-8
  absl::string_view encoded;    // the same, percent-encoded
  absl::string_view latin1;     // the character's Latin-1 byte, percent-encoded
};
constexpr Entity kEntities[] = {
    {"times", "\xC3\x97", "%C3%97", "%D7"},  {"para", "\xC2\xB6", "%C2%B6", "%B6"},
    {"not", "\xC2\xAC", "%C2%AC", "%AC"},    {"curren", "\xC2\xA4", "%C2%A4", "%A4"},
    {"sect", "\xC2\xA7", "%C2%A7", "%A7"},   {"reg", "\xC2\xAE", "%C2%AE", "%AE"},
    {"copy", "\xC2\xA9", "%C2%A9", "%A9"},   {"cent", "\xC2\xA2", "%C2%A2", "%A2"},
    {"deg", "\xC2\xB0", "%C2%B0", "%B0"},    {"micro", "\xC2\xB5", "%C2%B5", "%B5"},
    {"middot", "\xC2\xB7", "%C2%B7", "%B7"}, {"macr", "\xC2\xAF", "%C2%AF", "%AF"},
    {"divide", "\xC3\xB7", "%C3%B7", "%F7"}, {"plusmn", "\xC2\xB1", "%C2%B1", "%B1"},
    {"pound", "\xC2\xA3", "%C2%A3", "%A3"},  {"yen", "\xC2\xA5", "%C2%A5", "%A5"},
    {"uml", "\xC2\xA8", "%C2%A8", "%A8"},    {"acute", "\xC2\xB4", "%C2%B4", "%B4"},
    {"cedil", "\xC2\xB8", "%C2%B8", "%B8"},  {"ordf", "\xC2\xAA", "%C2%AA", "%AA"},
    {"ordm", "\xC2\xBA", "%C2%BA", "%BA"},   {"eth", "\xC3\xB0", "%C3%B0", "%F0"},
    {"thorn", "\xC3\xBE", "%C3%BE", "%FE"},  {"brvbar", "\xC2\xA6", "%C2%A6", "%A6"},
};

// Never sent unencoded; the last ones are invisible.
constexpr absl::string_view kBlanks[] = {" ",
                                         "\t",
                                         "\r",
                                         "\n",
                                         "\v",
                                         "\f",
                                         "\xC2\xA0",
                                         "\xC2\xAD",      // soft hyphen
                                         "\xE2\x80\x82",  // en space, em space, thin space
                                         "\xE2\x80\x83",
                                         "\xE2\x80\x89",
                                         "\xE2\x80\x8B",  // zero width
                                         "\xE2\x80\xA8",  // line and paragraph separator
                                         "\xE2\x80\xA9",
                                         "\xE2\x80\xAF",  // narrow no-break space
                                         "\xE2\x81\xA0",  // word joiner
                                         "\xE3\x80\x80",  // ideographic space
                                         "\xEF\xBB\xBF"};

// Removed at the ends of common parameters, whose values never have them there.
constexpr absl::string_view kEncodedBlanks[] = {"%20",       "%09",       "%0A",       "%0D",      "%C2%A0",
                                                "%E2%80%8B", "%E2%81%A0", "%E3%80%80", "%EF%BB%BF"};

constexpr absl::string_view kAmpersands[] = {"&amp;", "\\u0026", "&#38;", "&#038;", "&#x26;"};

constexpr absl::string_view kCommonNames[] = {"partner_id", "timestamp",   "access_token",
                                              "shop_id",    "merchant_id", "sign"};

bool Consume(absl::string_view* text, absl::string_view prefix) {
  if (prefix.empty() || !absl::StartsWithIgnoreCase(*text, prefix)) return false;
  text->remove_prefix(prefix.size());
  return true;
}

template <typename Prefixes>
bool ConsumeAny(absl::string_view* text, const Prefixes& prefixes) {
  return std::any_of(std::begin(prefixes), std::end(prefixes),
                     [text](absl::string_view prefix) { return Consume(text, prefix); });
}

// The rest of a parameter's name and its equals sign.
bool GoesOnAsAName(absl::string_view text) {
  const auto* const end = std::find_if(text.begin(), text.end(), [](char c) {
    return !absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '_';
  });
  return end != text.end() && *end == '=';
}

// The name of the common parameter after `text`'s leading ampersand; empty: none.
absl::string_view CommonNameAt(absl::string_view text) {
  for (const absl::string_view name : kCommonNames) {
    if (absl::StartsWith(text, name) && absl::StartsWith(text.substr(name.size()), "=")) return name;
  }
  return "";
}

class Undoer {
 public:
  secrets::Secret Query(absl::string_view query);
  secrets::Secret WithoutBlanks(absl::string_view text);
  std::vector<Finding> findings() && { return std::move(findings_); }

 private:
  bool TakeEntity();
  bool TakeAmpersand();
  bool TakeBlanks();
  bool TakeEncodedBlanks();
  void AddBlankFinding();
  bool EndsACommonValue() const;
  void Add(const FindingText& text, absl::string_view subject);

  absl::string_view rest_;
  std::string out_;
  std::vector<Finding> findings_;
};

void Undoer::Add(const FindingText& text, absl::string_view subject) {
  const std::string explanation =
      subject.empty() ? std::string(text.explanation) : absl::StrCat(subject, " ", text.explanation);
  const bool known = std::any_of(findings_.begin(), findings_.end(), [&](const Finding& finding) {
    return finding.code == text.code && finding.explanation == explanation;
  });
  if (known) return;
  findings_.push_back({std::string(text.code), Certainty::kProven, explanation, std::string(text.remedy)});
}

bool Undoer::TakeEntity() {
  for (const Entity& entity : kEntities) {
    for (const absl::string_view form : {entity.character, entity.encoded, entity.latin1}) {
      absl::string_view after = rest_;
      if (!Consume(&after, form) || !GoesOnAsAName(after)) continue;
      absl::StrAppend(&out_, "&", entity.name);
      rest_ = after;
      Add(kSwallowed, absl::StrCat("&", entity.name));
      return true;
    }
  }
  return false;
}

bool Undoer::TakeAmpersand() {
  if (!ConsumeAny(&rest_, kAmpersands)) return false;
  while (Consume(&rest_, "amp;")) continue;  // escaped more than once
  out_.push_back('&');
  Add(kEscaped, "");
  return true;
}

void Undoer::AddBlankFinding() {
  absl::string_view next = rest_;
  if (Consume(&next, "&") && !CommonNameAt(next).empty()) {
    return Add(kBlank, absl::StrCat("Before &", CommonNameAt(next)));
  }
  Add(kBlank, "Within the URL");
}

bool Undoer::TakeBlanks() {
  if (!ConsumeAny(&rest_, kBlanks)) return false;
  while (ConsumeAny(&rest_, kBlanks)) continue;
  AddBlankFinding();
  return true;
}

// Blanks in the signature have a separate finding.
bool Undoer::EndsACommonValue() const {
  const std::size_t begin = out_.rfind('&');
  const absl::string_view parameter =
      absl::string_view(out_).substr(begin == std::string::npos ? 0 : begin + 1);
  const absl::string_view name = CommonNameAt(parameter);
  return !name.empty() && name != "sign";
}

bool Undoer::TakeEncodedBlanks() {
  absl::string_view after = rest_;
  while (ConsumeAny(&after, kEncodedBlanks)) continue;
  const bool any = after.size() < rest_.size();
  const bool at_an_end = after.empty() || after.front() == '&' || absl::EndsWith(out_, "=");
  if (!any || !EndsACommonValue() || !at_an_end) return false;
  rest_ = after;
  AddBlankFinding();
  return true;
}

secrets::Secret Undoer::Query(absl::string_view query) {
  rest_ = query;
  out_.clear();
  out_.reserve(query.size() * 3 + 1);  // growing would leave pieces of the query in freed memory
  while (!rest_.empty()) {
    if (TakeEntity() || TakeAmpersand() || TakeBlanks() || TakeEncodedBlanks()) continue;
    out_.push_back(rest_.front());
    rest_.remove_prefix(1);
  }
  return secrets::Secret(std::move(out_));
}

secrets::Secret Undoer::WithoutBlanks(absl::string_view text) {
  rest_ = text;
  out_.clear();
  while (!rest_.empty()) {
    if (TakeBlanks()) continue;
    out_.push_back(rest_.front());
    rest_.remove_prefix(1);
  }
  return secrets::Secret(std::move(out_));
}

}  // namespace

CopiedUrl Uncopied(const SignedUrl& url) {
  Undoer undoer;
  std::string scheme(url.scheme.Reveal());
  if (!scheme.empty()) absl::StrAppend(&scheme, "://", url.host.Reveal());
  const secrets::Secret origin = undoer.WithoutBlanks(scheme);
  const secrets::Secret path = undoer.WithoutBlanks(url.path.Reveal());
  const secrets::Secret query = undoer.Query(url.query.Reveal());
  std::vector<Finding> findings = std::move(undoer).findings();
  if (findings.empty()) return {url, {}};
  const secrets::Secret whole{absl::StrCat(origin.Reveal(), path.Reveal(), "?", query.Reveal())};
  absl::StatusOr<SignedUrl> before = ParseSignedUrl(whole.Reveal());
  if (!before.ok()) return {url, {}};
  return {*std::move(before), std::move(findings)};
}

std::vector<const FindingText*> AllCopyFindingTexts() {
  return {&kSwallowed, &kEscaped, &kBlank};
}

}  // namespace firstmile::signing
