#include "emulator/key_file.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <sstream>
#include <string_view>
#include <utility>

namespace emulator {
namespace {

constexpr std::string_view kBlanks = " \t\r\n\v\f";
constexpr std::array<std::string_view, 3> kByteOrderMarks = {"\xEF\xBB\xBF", "\xFF\xFE", "\xFE\xFF"};

void Strip(std::string& text) {
  text.erase(0, std::min(text.find_first_not_of(kBlanks), text.size()));
  text.erase(text.find_last_not_of(kBlanks) + 1);
}

// A key is ASCII, so in UTF-16 every second byte is zero.
bool TakeUtf16(std::string& bytes) {
  const bool marked = bytes.starts_with(kByteOrderMarks[1]) || bytes.starts_with(kByteOrderMarks[2]);
  const auto zeros = std::count(bytes.begin(), bytes.end(), '\0');
  if (!marked && (zeros == 0 || zeros != static_cast<std::ptrdiff_t>(bytes.size() / 2))) return false;
  if (marked) bytes.erase(0, 2);
  std::erase(bytes, '\0');
  return true;
}

bool TakeByteOrderMark(std::string& text) {
  if (!text.starts_with(kByteOrderMarks[0])) return false;
  text.erase(0, kByteOrderMarks[0].size());
  return true;
}

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// Takes the line that assigns a PARTNER_KEY, or else the first that is neither a comment nor a heading.
bool TakeLine(std::string& text) {
  if (text.find('\n') == std::string::npos) return false;
  std::istringstream lines(text);
  std::string found;
  for (std::string line; std::getline(lines, line);) {
    Strip(line);
    if (line.empty() || std::string_view("#;[").find(line.front()) != std::string_view::npos) continue;
    std::string name = Lower(line.substr(0, line.find_first_of("=:")));
    Strip(name);
    const bool is_key = name.ends_with("partner_key");
    if (found.empty() || is_key) found = line;
    if (is_key) break;
  }
  text = found;
  return true;
}

// A '#' after a blank starts a comment, since a key contains no blanks.
bool TakeComment(std::string& text) {
  const std::size_t at = text.find('#');
  if (at == std::string::npos || at == 0 || kBlanks.find(text[at - 1]) == std::string_view::npos)
    return false;
  text.erase(at);
  return true;
}

bool TakePunctuation(std::string& text) {
  const bool any = text.size() > 1 && (text.back() == ';' || text.back() == ',');
  if (any) text.pop_back();
  return any;
}

// Where the name begins, after `export`, `set` or `$env:`.
std::size_t BeginOfName(const std::string& text) {
  const std::string lower = Lower(text.substr(0, 7));
  for (const std::string_view word : {"export", "set"}) {
    const bool blank = text.size() > word.size() && kBlanks.find(text[word.size()]) != std::string_view::npos;
    if (blank && lower.starts_with(word)) return word.size();
  }
  constexpr std::string_view kPowerShell = "$env:";
  return lower.starts_with(kPowerShell) ? kPowerShell.size() : 0;
}

// `NAME=` or `NAME: `.
bool TakeName(std::string& text) {
  const std::size_t begin = BeginOfName(text);
  const std::size_t equals = text.find_first_of("=:", begin);
  if (equals == std::string::npos || text.find_first_not_of('=', equals) == std::string::npos) return false;
  if (text[equals] == ':' && kBlanks.find(text[equals + 1]) == std::string_view::npos) return false;
  std::string name = text.substr(begin, equals - begin);
  Strip(name);
  const bool is_name = !name.empty() && !std::isdigit(static_cast<unsigned char>(name.front())) &&
                       std::all_of(name.begin(), name.end(), [](char c) {
                         return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
                       });
  if (is_name) text.erase(0, equals + 1);
  return is_name;
}

bool TakeQuotes(std::string& text) {
  if (text.size() < 2 || text.front() != text.back()) return false;
  if (text.front() != '"' && text.front() != '\'' && text.front() != '`') return false;
  text = text.substr(1, text.size() - 2);
  return true;
}

}  // namespace

KeyFile ParseKeyFile(std::string bytes) {
  using Step = std::pair<bool (*)(std::string&), const char*>;
  constexpr std::array<Step, 9> kSteps = {{{TakeUtf16, "UTF-16"},
                                           {TakeByteOrderMark, "a byte-order mark"},
                                           {TakeLine, "several lines"},
                                           {TakeComment, "a comment"},
                                           {TakePunctuation, "punctuation behind it"},
                                           {TakeQuotes, "quotes"},
                                           {TakeName, "a NAME= before it"},
                                           {TakeQuotes, "quotes"},
                                           {TakeName, "a NAME= before it"}}};
  KeyFile file{std::move(bytes), {}};
  for (const auto& [take, name] : kSteps) {
    if (take != TakeUtf16) Strip(file.key);
    if (take(file.key)) file.removed.emplace_back(name);
  }
  Strip(file.key);
  return file;
}

std::optional<KeyFile> ReadKeyFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  KeyFile read = ParseKeyFile(bytes.str());
  if (!file || read.key.empty()) return std::nullopt;
  return read;
}

}  // namespace emulator
