#include "app/config_file.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <boost/json/stream_parser.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace firstmile::app {
namespace {

using google::protobuf::TextFormat;

absl::Status Invalid(absl::string_view path, int line, absl::string_view reason) {
  const std::string one_line = absl::StrReplaceAll(reason, {{"\n", " "}});
  return absl::InvalidArgumentError(absl::StrCat(path, ":", line, ": ", one_line));
}

int LineAt(absl::string_view text, std::size_t offset) {
  return 1 +
         static_cast<int>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
}

// Parsers quote what they stumble over, which may be a token. A complaint keeps the names of fields and loses
// values.
std::string WithoutTextValue(const std::string& complaint) {
  if (absl::StrContains(complaint, "no field named")) return complaint;
  return complaint.substr(0, std::min(complaint.find(", got"), complaint.find(": ")));
}

std::string WithoutJsonValue(absl::string_view complaint) {
  const std::vector<absl::string_view> parts = absl::StrSplit(complaint, '"');
  std::string kept;
  for (std::size_t i = 0; i < parts.size(); i += 2)
    absl::StrAppend(&kept, i == 0 ? "" : "the value given", parts[i]);
  return kept;
}

// Keeps the first complaint; later ones follow from it.
class FirstError final : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int, const std::string& message) override {
    if (message_.empty()) {
      line_ = line + 1;
      message_ = message;
    }
  }
  int line() const { return line_; }
  const std::string& message() const { return message_; }

 private:
  int line_ = 1;
  std::string message_;
};

// The line of a field such as shop_tokens[2].shop_id in the tree that the text parser left behind; 0 when
// absent.
int LineInTree(TextFormat::ParseInfoTree* tree, absl::string_view field_path) {
  const google::protobuf::Descriptor* type = firstmile::config::v1::ServerConfig::descriptor();
  int line = 0;
  for (absl::string_view part : absl::StrSplit(field_path, '.')) {
    const std::pair<absl::string_view, absl::string_view> name_index =
        absl::StrSplit(part, absl::MaxSplits('[', 1));
    const google::protobuf::FieldDescriptor* field = type->FindFieldByName(std::string(name_index.first));
    if (field == nullptr || tree == nullptr) return line;
    int index = field->is_repeated() ? 0 : -1;
    if (!name_index.second.empty() &&
        !absl::SimpleAtoi(name_index.second.substr(0, name_index.second.find(']')), &index)) {
      return line;
    }
    const TextFormat::ParseLocation location = tree->GetLocation(field, index);
    if (location.line < 0) return line;
    line = location.line + 1;
    tree = tree->GetTreeForNested(field, index);
    type = field->message_type();
    if (type == nullptr) return line;
  }
  return line;
}

absl::StatusOr<ConfigFile> ParseText(const std::string& path, const std::string& text) {
  ConfigFile file;
  auto tree = std::make_shared<TextFormat::ParseInfoTree>();
  FirstError error;
  TextFormat::Parser parser;
  parser.RecordErrorsTo(&error);
  parser.WriteLocationsTo(tree.get());
  if (!parser.ParseFromString(text, &file.config))
    return Invalid(path, error.line(), WithoutTextValue(error.message()));
  file.locate = [path, tree](absl::string_view field) {
    const int line = LineInTree(tree.get(), field);
    return line > 0 ? absl::StrCat(path, ":", line, ": ") : absl::StrCat(path, ": ");
  };
  return file;
}

// JSON carries no locations through the parser: the first line that has the field's name is shown.
int LineOfJsonName(const std::string& text, absl::string_view name) {
  const std::size_t at = text.find(absl::StrCat("\"", name, "\""));
  return at == std::string::npos ? 0 : LineAt(text, at);
}

absl::Status CheckJsonSyntax(const std::string& path, const std::string& text) {
  boost::json::stream_parser parser;
  boost::json::error_code error;
  const std::size_t read = parser.write_some(text.data(), text.size(), error);
  if (!error) parser.finish(error);
  if (error) return Invalid(path, LineAt(text, std::min(read, text.size())), error.message());
  return absl::OkStatus();
}

// "(server) bogus: Cannot find field." -> bogus
int LineOfJsonComplaint(const std::string& text, absl::string_view complaint) {
  for (absl::string_view word : absl::StrSplit(complaint, absl::ByAnyChar(": .()[]'\""), absl::SkipEmpty())) {
    if (const int line = LineOfJsonName(text, word); line > 0) return line;
  }
  return 1;
}

absl::StatusOr<ConfigFile> ParseJson(const std::string& path, const std::string& text) {
  if (absl::Status syntax = CheckJsonSyntax(path, text); !syntax.ok()) return syntax;
  ConfigFile file;
  const auto parsed = google::protobuf::util::JsonStringToMessage(text, &file.config);
  if (!parsed.ok()) {
    const std::string reason = parsed.ToString();
    return Invalid(path, LineOfJsonComplaint(text, reason), WithoutJsonValue(reason));
  }
  file.locate = [path, text](absl::string_view field) {
    const absl::string_view name = field.substr(field.rfind('.') + 1);
    const int line = LineOfJsonName(text, name);
    return line > 0 ? absl::StrCat(path, ":", line, ": ") : absl::StrCat(path, ": ");
  };
  return file;
}

}  // namespace

absl::StatusOr<ConfigFile> ReadConfigFile(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  if (!stream.is_open() || stream.bad()) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot read the configuration file ", path, ": ", std::strerror(errno)));
  }
  const bool json = absl::StartsWith(absl::StripLeadingAsciiWhitespace(text), "{");
  return json ? ParseJson(path, text) : ParseText(path, text);
}

ConfigFile NoConfigFile() {
  return ConfigFile{.config = {}, .locate = [](absl::string_view) { return std::string(); }};
}

}  // namespace firstmile::app
