// Every number of the configuration does what its comment in config.proto says: bounds, unit and default.
#include <google/protobuf/compiler/importer.h>
#include <google/protobuf/stubs/common.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <regex>
#include <sstream>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "app/settings.h"
#include "support/temp_file.h"

namespace firstmile::app {
namespace {

using ::firstmile::testing::WriteTempFile;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Ids have no default and no greatest value: config_test.cc has their cases.
bool IsId(const FieldDescriptor& field) {
  return field.name() == "partner_id" || field.name() == "shop_id";
}

bool IsNumber(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_INT32 ||
         field.cpp_type() == FieldDescriptor::CPPTYPE_INT64;
}

struct NoErrors final : google::protobuf::compiler::MultiFileErrorCollector {
#if GOOGLE_PROTOBUF_VERSION >= 4022000
  void RecordError(absl::string_view file, int line, int, absl::string_view message) override {
    ADD_FAILURE() << file << ":" << line << ": " << message;
  }
#else
  void AddError(const std::string& file, int line, int, const std::string& message) override {
    ADD_FAILURE() << file << ":" << line << ": " << message;
  }
#endif
};

// The comments of config.proto, on one line each, by path.
class Comments {
 public:
  Comments() : importer_(&tree_, &errors_) {
    tree_.MapPath("", FIRSTMILE_SERVER_PROTO_DIR);
    const auto* file = importer_.Import("firstmile/config/v1/config.proto");
    if (file != nullptr) Walk(*file->FindMessageTypeByName("ServerConfig"), "");
  }
  const std::map<std::string, std::string>& of_numbers() const { return of_numbers_; }

 private:
  void Walk(const Descriptor& type, const std::string& path) {
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      const std::string name = absl::StrCat(path, path.empty() ? "" : ".", field.name());
      if (field.message_type() != nullptr && !field.is_repeated()) Walk(*field.message_type(), name);
      if (!IsNumber(field) || IsId(field)) continue;
      google::protobuf::SourceLocation place;
      ASSERT_TRUE(field.GetSourceLocation(&place)) << name;
      of_numbers_[name] = std::regex_replace(place.leading_comments, std::regex(R"(\s+)"), " ");
    }
  }

  NoErrors errors_;
  google::protobuf::compiler::DiskSourceTree tree_;
  google::protobuf::compiler::Importer importer_;
  std::map<std::string, std::string> of_numbers_;
};

const std::map<std::string, std::string>& DocumentedNumbers() {
  static const Comments comments;
  return comments.of_numbers();
}

// The smallest configuration, with the store that the field belongs to.
config::v1::ServerConfig Base(absl::string_view field) {
  config::v1::ServerConfig config;
  config.mutable_upstream()->set_base_url("https://partner.shopeemobile.com");
  config.mutable_partner()->set_partner_id(1);
  config.mutable_partner()->set_partner_key_file(WriteTempFile("partner.key", std::string(64, 'k')));
  config.mutable_tokens()->set_encryption_key_file(WriteTempFile("encryption.key", std::string(64, 'a')));
  if (absl::StartsWith(field, "tokens.redis")) {
    config.mutable_tokens()->mutable_redis();
  } else {
    config.mutable_tokens()->mutable_sqlite()->set_path("/nowhere/tokens.db");
  }
  return config;
}

void Set(config::v1::ServerConfig* config, const std::string& path, std::int64_t value) {
  Message* message = config;
  const std::vector<std::string> names = absl::StrSplit(path, '.');
  for (std::size_t i = 0; i + 1 < names.size(); ++i) {
    message = message->GetReflection()->MutableMessage(message,
                                                       message->GetDescriptor()->FindFieldByName(names[i]));
  }
  const FieldDescriptor* field = message->GetDescriptor()->FindFieldByName(names.back());
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_INT32) {
    message->GetReflection()->SetInt32(message, field, static_cast<std::int32_t>(value));
  } else {
    message->GetReflection()->SetInt64(message, field, value);
  }
}

enum class Form { kText, kJson };

std::string Print(const config::v1::ServerConfig& config, Form form) {
  std::string text;
  if (form == Form::kText) {
    google::protobuf::TextFormat::PrintToString(config, &text);
    return text;
  }
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.preserve_proto_field_names = true;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(config, &text, options).ok());
  return text;
}

// 1 for the first line; the name stands once in the text.
int LineOf(const std::string& text, const std::string& name) {
  int line = 1;
  for (const absl::string_view each : absl::StrSplit(text, '\n')) {
    if (std::regex_search(std::string(each), std::regex(absl::StrCat("^ *\"?", name, "\"?:")))) return line;
    ++line;
  }
  return 0;
}

// What the sidecar says of a file with this value in the field; empty when it takes it.
std::string Refusal(const std::string& field, std::int64_t value, Form form, std::string* expected_begin) {
  config::v1::ServerConfig config = Base(field);
  Set(&config, field, value);
  const std::string text = Print(config, form);
  const std::string path = WriteTempFile(form == Form::kText ? "number.textproto" : "number.json", text);
  const std::string name = field.substr(field.rfind('.') + 1);
  *expected_begin = absl::StrCat(path, ":", LineOf(text, name), ": ", field, ": ");
  const absl::StatusOr<ConfigFile> file = ReadConfigFile(path);
  EXPECT_TRUE(file.ok()) << file.status().message();
  return file.ok() ? std::string(ResolveSettings(*file, {}).status().message()) : "";
}

std::map<std::string, NumberRule, std::less<>> AllRules() {
  std::map<std::string, NumberRule, std::less<>> rules;
  for (const char* store : {"tokens.sqlite", "tokens.redis"}) {
    ConfigFile file = NoConfigFile();
    file.config = Base(store);
    rules.merge(NumberRules(file));
  }
  return rules;
}

// Of "1", or of a field beside this one whose default it is.
std::int64_t BoundOf(const std::string& word, const std::string& field,
                     const std::map<std::string, NumberRule, std::less<>>& rules) {
  std::int64_t number = 0;
  if (absl::SimpleAtoi(word, &number)) return number;
  const auto found = rules.find(field.substr(0, field.rfind('.') + 1) + word);
  EXPECT_NE(found, rules.end()) << field << ": no field " << word;
  return found == rules.end() ? 0 : found->second.otherwise.value_or(0);
}

TEST(ConfigNumbers, TheFileHasEveryNumberAndTheSidecarReadsEach) {
  const auto rules = AllRules();
  EXPECT_GT(DocumentedNumbers().size(), 30U);
  for (const auto& [field, comment] : DocumentedNumbers()) EXPECT_TRUE(rules.contains(field)) << field;
  EXPECT_EQ(DocumentedNumbers().size(), rules.size());
}

TEST(ConfigNumbers, TheDocumentedRangeIsTheOneThatIsChecked) {
  const auto rules = AllRules();
  const std::regex range(R"(\b(\d+|[a-z]+(?:_[a-z]+)+) to (\d+|[a-z]+(?:_[a-z]+)+)( ms| s| bytes| MiB)?\b)");
  for (const auto& [field, comment] : DocumentedNumbers()) {
    std::smatch found;
    ASSERT_TRUE(std::regex_search(comment, found, range)) << field << ":" << comment;
    const auto rule = rules.find(field);
    ASSERT_NE(rule, rules.end()) << field;
    EXPECT_EQ(BoundOf(found[1], field, rules), rule->second.min) << field;
    EXPECT_EQ(BoundOf(found[2], field, rules), rule->second.max) << field;
    const std::map<std::string, std::string> units = {
        {"_ms", " ms"}, {"_s", " s"}, {"_bytes", " bytes"}, {"_mib", " MiB"}};
    for (const auto& [end, unit] : units) {
      EXPECT_EQ(absl::EndsWith(field, end), found[3] == unit) << field << ":" << comment;
    }
  }
}

TEST(ConfigNumbers, TheDocumentedDefaultIsTheOneThatIsUsed) {
  const auto rules = AllRules();
  const std::map<std::string, std::string> halves = {
      {"connections.max_connections_per_peer", "max_connections"},
      {"limits.max_calls_per_caller", "max_calls"}};
  const std::regex number(R"(Default: (\d+))");
  for (const auto& [field, comment] : DocumentedNumbers()) {
    const std::optional<std::int64_t> otherwise = rules.find(field)->second.otherwise;
    std::smatch found;
    if (const auto half = halves.find(field); half != halves.end()) {
      EXPECT_TRUE(absl::StrContains(comment, "Default: half of " + half->second)) << comment;
      EXPECT_EQ(otherwise, BoundOf(half->second, field, rules) / 2) << field;
    } else if (field == "upstream.max_attempt_ms") {
      EXPECT_TRUE(absl::StrContains(comment, "Default: what the operation allows")) << comment;
      EXPECT_EQ(otherwise, std::nullopt);
    } else {
      ASSERT_TRUE(std::regex_search(comment, found, number)) << field << ":" << comment;
      EXPECT_EQ(absl::StrCat(otherwise.value_or(-1)), found[1].str()) << field;
    }
  }
}

TEST(ConfigNumbers, AValueBeyondItsRangeIsRefusedWithFileLineFieldRangeAndValue) {
  for (const auto& [field, rule] : AllRules()) {
    std::vector<std::int64_t> beyond = {rule.min - 1, rule.max + 1, -1};
    if (rule.min > 0) beyond.push_back(0);
    for (const std::int64_t value : beyond) {
      for (const Form form : {Form::kText, Form::kJson}) {
        std::string begin;
        const std::string refusal = Refusal(field, value, form, &begin);
        EXPECT_EQ(refusal, absl::StrCat(begin, "must be ", rule.min, " to ", rule.max, ", got ", value));
      }
    }
  }
}

TEST(ConfigNumbers, TheEndsOfTheRangeAreTaken) {
  for (const auto& [field, rule] : AllRules()) {
    for (const std::int64_t value : {rule.min, rule.max}) {
      std::string begin;
      EXPECT_FALSE(absl::StrContains(Refusal(field, value, Form::kText, &begin), absl::StrCat(field, ":")))
          << field << " " << value;
    }
  }
}

}  // namespace
}  // namespace firstmile::app
