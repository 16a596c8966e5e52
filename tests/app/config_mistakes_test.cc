// Mistakes in the configuration, as text and as JSON: the refusal names line, field and what was expected,
// and repeats no text of the file, since a key or a token may be in any field.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "app/config_file.h"
#include "app/settings.h"
#include "support/temp_file.h"

namespace firstmile::app {
namespace {

using ::firstmile::testing::WriteTempFile;

std::string MistakeIn(const std::string& text) {
  const std::string path = WriteTempFile("mistake.config", text);
  const absl::StatusOr<ConfigFile> file = ReadConfigFile(path);
  if (file.ok()) return "";
  return absl::StrReplaceAll(file.status().message(), {{path, "FILE"}});
}

struct Case {
  std::string text;
  std::string mistake;
};

TEST(ConfigText, TellsEachMistakeByLineFieldAndExpectation) {
  for (const auto& [text, mistake] : std::vector<Case>{
           {"upstream {\n base_url: 5\n}",
            "FILE:2: upstream.base_url: expected a quoted string, got a number"},
           {"upstream {\n base_url 'x' }",
            "FILE:2: upstream.base_url: expected a colon and a quoted string, got a quoted string"},
           {"upstream { base_url: 'x\n}",
            "FILE:1: upstream.base_url: a quote without its end, or a character that means nothing here"},
           {"log {\n\n level: 'info'\n level: 'debug' }", "FILE:4: log.level: is given twice"},
           {"log { levle: 'info' }", "FILE:1: log: there is no field levle; expected one of level, format"},
           {"server { event_loops: 99999999999 }",
            "FILE:1: server.event_loops: expected a whole number of at most 32 bits, got a number"},
           {"server { reflection: 2 }", "FILE:1: server.reflection: expected true or false, got a number"},
           {"server { reflection: yes }",
            "FILE:1: server.reflection: expected true or false, got a word without quotes"},
           {"server {\n", "FILE:2: server: the file ends before }"},
           {"}", "FILE:1: expected the name of a field, got a sign"},
           {"server: 1", "FILE:1: server: expected fields in braces { }, got a number"},
           {"shop_tokens { shop_id: 1 }\nshop_tokens { shop_id: 1.5 }",
            "FILE:2: shop_tokens[1].shop_id: expected a whole number, got a number with a fraction"},
           {"listen: ['a', 2]", "FILE:1: listen[1]: expected a quoted string, got a number"},
           {"listen: ['a' 'b'", "FILE:1: listen: expected a comma or ], got the end of the file"},
           {"tokens { sqlite { path: 'x' }\n redis { } }",
            "FILE:2: tokens.redis: only one of sqlite and redis may be given"},
           {"retry { initial_backoff_ms: -99999999999 }",
            "FILE:1: retry.initial_backoff_ms: expected a whole number of at most 32 bits, got a number"}}) {
    EXPECT_EQ(MistakeIn(text), mistake);
  }
}

TEST(ConfigJson, TellsEachMistakeByLineFieldAndExpectation) {
  for (const auto& [text, mistake] : std::vector<Case>{
           {"{\"upstream\": {\n \"base_url\": 5}}",
            "FILE:2: upstream.base_url: expected a quoted string, got a number"},
           {"{\"log\": {\n \"levle\": \"info\"}}",
            "FILE:2: log: there is no field levle; expected one of level, format"},
           {"{\"log\": {\"level\": \"info\",\n\"level\": \"info\"}}", "FILE:2: log.level: is given twice"},
           {"{\"log\": {},\n\"log\": {}}", "FILE:2: log: is given twice"},
           {"{\"listen\": [],\n\"listen\": []}", "FILE:2: listen: is given twice"},
           {"{\"server\": {\"event_loops\": 1,\n\"eventLoops\": 1}}",
            "FILE:2: server.event_loops: is given twice"},
           {"{\"server\": {\"event_loops\": 99999999999}}",
            "FILE:1: server.event_loops: expected a whole number of at most 32 bits, got a number"},
           {"{\"server\": {\"event_loops\": 1.5}}",
            "FILE:1: server.event_loops: expected a whole number of at most 32 bits, got a number"},
           {"{\"server\": {\"reflection\": 1}}",
            "FILE:1: server.reflection: expected true or false, got a number"},
           {"{\"server\": 1}", "FILE:1: server: expected fields in braces { }, got a number"},
           {"{\"server\": []}", "FILE:1: server: expected fields in braces { }, got a list"},
           {"{\"listen\": {}}", "FILE:1: listen: expected a list [ ] of a quoted string, got an object"},
           {"{\"listen\": \"a\"}",
            "FILE:1: listen: expected a list [ ] of a quoted string, got a quoted string"},
           {"{\"listen\": [\"a\",\n [\"b\"]]}", "FILE:2: listen[1]: expected a quoted string, got a list"},
           {"{\"shop_tokens\": [{\"shop_id\": 1},\n {\"shop_id\": \"x\"}]}",
            "FILE:2: shop_tokens[1].shop_id: expected a whole number, got a quoted string"},
           {"{\"tokens\": {\"sqlite\": {},\n \"redis\": {}}}",
            "FILE:2: tokens.redis: only one of sqlite and redis may be given"},
           {"{} x", "FILE:1: there is text after the last brace"},
           {"{\n}\n[", "FILE:3: there is text after the last brace"},
           {"{\n}\n\n5", "FILE:4: there is text after the last brace"},
           {"{\n}\n{\"listen\": \"a\"}", "FILE:3: there is text after the last brace"},
           {"{\"log\": {\"level\": \"info\" \"format\"}}",
            "FILE:1: log.level: this is not JSON: a comma, colon, quote or bracket is missing or "
            "not needed"}}) {
    EXPECT_EQ(MistakeIn(text), mistake);
  }
}

TEST(ConfigJson, IsReadLikeText) {
  const std::string text = WriteTempFile(
      "same.textproto",
      "listen: 'a' listen: 'b' upstream { base_url: 'https://x' allow_plain_http: true max_body_bytes: "
      "5000000000 "
      "max_connections: 0 } shop_tokens { shop_id: 1 access_token: 't' } shop_tokens { shop_id: 2 } "
      "server { "
      "event_loops: 2 } tokens { sqlite { path: 'p' } }");
  const std::string json = WriteTempFile("same.json", R"({
    "listen": ["a", "b"],
    "upstream": {"baseUrl": "https:\/\/x", "allow_plain_http": true, "max_body_bytes": "5000000000",
                 "max_connections": 0, "connect_timeout_ms": null},
    "shop_tokens": [{"shop_id": 1, "access_token": "\u0074"}, {"shopId": 2e0}],
    "server": {"event_loops": 2}, "tokens": {"sqlite": {"path": "p"}}})");
  const absl::StatusOr<ConfigFile> one = ReadConfigFile(text);
  const absl::StatusOr<ConfigFile> other = ReadConfigFile(json);
  ASSERT_TRUE(one.ok()) << one.status().message();
  ASSERT_TRUE(other.ok()) << other.status().message();
  EXPECT_EQ(one->config.SerializeAsString(), other->config.SerializeAsString());
  EXPECT_EQ(other->locate("shop_tokens[1].access_token"), json + ":5: ");
  EXPECT_EQ(other->locate("server.event_loops"), json + ":6: ");
  EXPECT_EQ(other->locate("limits.max_rate"), json + ": ");
}

// The types that our JSON reader fills.
void ExpectKnownTypes(const google::protobuf::Descriptor& type) {
  using google::protobuf::FieldDescriptor;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      EXPECT_FALSE(field.is_map()) << field.name();
      ExpectKnownTypes(*field.message_type());
      continue;
    }
    EXPECT_TRUE(field.type() == FieldDescriptor::TYPE_STRING || field.type() == FieldDescriptor::TYPE_BOOL ||
                field.type() == FieldDescriptor::TYPE_INT32 || field.type() == FieldDescriptor::TYPE_INT64 ||
                field.type() == FieldDescriptor::TYPE_ENUM)
        << field.name() << ": teach config_json.cc this type";
  }
}

TEST(ConfigJson, KnowsTheTypesOfTheConfiguration) {
  ExpectKnownTypes(*config::v1::ServerConfig::descriptor());
}

// A key of any usual shape, at any position of a file that has every kind of field.
TEST(Config, RepeatsNoSecretWhereverItStands) {
  const std::string secrets[] = {"canary_key_0123456789abcdef", "canarycanarycanarycanarycanary",
                                 "63616e61727963616e617279",    "canary+/canarycanary==",
                                 "shpk-canary-canary",          "CANARY0CANARY1CANARY2"};
  const std::string text =
      "listen: \"unix:/tmp/x\"\nupstream {\n base_url: \"https://x\"\n allow_plain_http: true\n "
      "connect_timeout_ms: "
      "3\n}\n"
      "shop_tokens {\n shop_id: 1\n access_token: \"t\"\n}\nserver <\n event_loops: 2,\n reflection: "
      "false;\n>\n";
  const std::string json =
      "{\n\"listen\": [\"unix:/tmp/x\"],\n\"upstream\": {\n\"base_url\": "
      "\"https://x\",\n\"allow_plain_http\": true,\n"
      "\"connect_timeout_ms\": 3},\n\"shop_tokens\": [{\"shop_id\": 1,\n\"access_token\": "
      "\"t\"}],\n\"server\": "
      "{\"event_loops\": 2}\n}\n";
  int mistakes = 0;
  for (const std::string& file : {text, json}) {
    for (const std::string& secret : secrets) {
      for (const std::string& form :
           {secret, absl::StrCat("\"", secret, "\""), absl::StrCat("'", secret, "'"),
            absl::StrCat(secret, ": 1"), absl::StrCat("\"", secret, "\": 1,"), absl::StrCat(": ", secret),
            absl::StrCat("\"", secret)}) {
        for (std::size_t at = 0; at <= file.size(); ++at) {
          std::string broken = file;
          broken.insert(at, form);
          const std::string mistake = MistakeIn(broken);
          mistakes += mistake.empty() ? 0 : 1;
          EXPECT_FALSE(absl::StrContains(mistake, secret)) << mistake;
          if (mistake.empty()) continue;
          EXPECT_FALSE(absl::StrContains(mistake, "\n")) << mistake;
        }
      }
    }
  }
  EXPECT_GT(mistakes, 15'000);
}

// Where a path or a name of a variable is asked for, some give the secret.
TEST(Config, RepeatsNoSecretThatStandsForAPathOrAName) {
  constexpr char kSecret[] = "4a6f686e63616e61727963616e617279";
  const std::string good = "upstream { base_url: 'https://x' } partner { partner_id: 1 ";
  for (const std::string& text :
       {absl::StrCat(good, "partner_key_file: '", kSecret, "' }"),
        absl::StrCat(good, "partner_key_env: '", kSecret, "' }"),
        absl::StrCat(good, "} shop_tokens { shop_id: 1 access_token_file: '", kSecret, "' }"),
        absl::StrCat(good, "} tokens { sqlite { path: 'p' } encryption_key_file: '", kSecret, "=' }"),
        absl::StrCat(good, "} tokens { sqlite { path: 'p' } encryption_key_env: '", kSecret, "' }"),
        absl::StrCat(good, "} tokens { redis { password_file: '", kSecret, "' } }"),
        absl::StrCat(good, "} tokens { redis { password_env: '", kSecret, "' } }"),
        absl::StrCat(good, "} tokens { redis { address: 'redis://:", kSecret, "@redis:6379' } }"),
        absl::StrCat(good, "} tokens { redis { address: '", kSecret, "' } }"),
        absl::StrCat(good, "} log { level: '", kSecret, "' }"),
        absl::StrCat("upstream { base_url: 'https://", kSecret, "@x' }"),
        absl::StrCat("upstream { base_url: '", kSecret, "' }")}) {
    const absl::StatusOr<ConfigFile> file = ReadConfigFile(WriteTempFile("name.config", text));
    ASSERT_TRUE(file.ok()) << file.status().message();
    const absl::Status status = ResolveSettings(*file, {}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_FALSE(absl::StrContains(status.message(), kSecret)) << status.message();
  }
}

}  // namespace
}  // namespace firstmile::app
