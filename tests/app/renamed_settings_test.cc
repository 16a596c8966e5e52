// Names of earlier versions: each is refused with the name of now, and the change log lists each once.
#include "app/renamed_settings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "app/settings.h"
#include "gateway/call_report.h"
#include "ops/log_names.h"
#include "rpc/incoming_call.h"
#include "support/markdown_rows.h"
#include "support/temp_file.h"

namespace firstmile::app {
namespace {

using ::firstmile::testing::ReadPage;
using ::firstmile::testing::Rows;
using ::firstmile::testing::TablesOf;
using ::firstmile::testing::WriteTempFile;

std::string MistakeIn(const std::string& text) {
  const std::string path = WriteTempFile("renamed.config", text);
  return absl::StrReplaceAll(ReadConfigFile(path).status().message(), {{path, "FILE"}});
}

std::pair<std::string, std::string> Split(absl::string_view path) {
  const std::size_t dot = path.rfind('.');
  return dot == path.npos ? std::pair<std::string, std::string>("", path)
                          : std::pair<std::string, std::string>(path.substr(0, dot), path.substr(dot + 1));
}

std::string CamelCase(const std::string& name) {
  std::string camel;
  for (std::size_t i = 0; i < name.size(); ++i) {
    camel += name[i] == '_' ? static_cast<char>(std::toupper(name[++i])) : name[i];
  }
  return camel;
}

TEST(RenamedSettings, EachIsRefusedWithItsLineAndTheNameOfNow) {
  ASSERT_GE(RenamedSettings().size(), 8U);
  for (const RenamedSetting& setting : RenamedSettings()) {
    const auto [parent, name] = Split(setting.old_name);
    const std::string reason = setting.new_name.empty()
                                   ? absl::StrCat("was removed in 0.2: ", setting.advice)
                                   : absl::StrCat("was renamed to ", setting.new_name, " in 0.2");
    const std::string text = parent.empty() ? absl::StrCat("\n\n", name, " { }")
                                            : absl::StrCat("\n", parent, " {\n ", name, ": 1 }");
    EXPECT_EQ(MistakeIn(text), absl::StrCat("FILE:3: ", setting.old_name, ": ", reason));
    for (const std::string& spelled : {name, CamelCase(name)}) {
      const std::string json = parent.empty()
                                   ? absl::StrCat("{\n\n\"", spelled, "\": {}}")
                                   : absl::StrCat("{\n\"", parent, "\": {\n\"", spelled, "\": 1}}");
      EXPECT_EQ(MistakeIn(json), absl::StrCat("FILE:3: ", setting.old_name, ": ", reason));
    }
  }
}

TEST(RenamedSettings, TheNameOfNowIsAFieldBesideIt) {
  for (const RenamedSetting& setting : RenamedSettings()) {
    if (setting.new_name.empty()) continue;
    const google::protobuf::Descriptor* type = config::v1::ServerConfig::descriptor();
    const std::string parent = Split(setting.old_name).first;
    if (!parent.empty()) type = type->FindFieldByName(parent)->message_type();
    EXPECT_NE(type->FindFieldByName(std::string(setting.new_name)), nullptr) << setting.old_name;
  }
}

TEST(RenamedSettings, TheLevelWarnIsRefusedWithWarning) {
  const std::string path = WriteTempFile("level.config",
                                         "upstream { base_url: 'https://x' }\nlog {\n level: 'warn' }\n"
                                         "partner { partner_id: 1 partner_key_file: '" +
                                             WriteTempFile("level.key", "key") + "' }");
  const absl::StatusOr<ConfigFile> file = ReadConfigFile(path);
  ASSERT_TRUE(file.ok()) << file.status().message();
  EXPECT_EQ(ResolveSettings(*file, {}).status().message(),
            path + ":3: log.level: warn was renamed to warning in 0.2");
}

TEST(RenamedSettings, TheOldVariableWithTheKeysIsNamedWhenTheKeysAreMissing) {
  const absl::StatusOr<ConfigFile> file = ReadConfigFile(WriteTempFile(
      "variable.config",
      "upstream { base_url: 'https://x' }\n"
      "partner { partner_id: 1 partner_key_file: '" +
          WriteTempFile("variable.key", "key") + "' }\ntokens { sqlite { path: '/nowhere/x' } }"));
  ASSERT_TRUE(file.ok()) << file.status().message();
  constexpr char kSaid[] = "FIRSTMILE_SEALING_KEY was renamed to FIRSTMILE_ENCRYPTION_KEY in 0.2";
  EXPECT_FALSE(absl::StrContains(ResolveSettings(*file, {}).status().message(), "SEALING"));
  setenv("FIRSTMILE_SEALING_KEY", std::string(64, 'a').c_str(), 1);
  const absl::Status status = ResolveSettings(*file, {}).status();
  unsetenv("FIRSTMILE_SEALING_KEY");
  EXPECT_TRUE(absl::StrContains(status.message(), kSaid)) << status.message();
  EXPECT_FALSE(absl::StrContains(status.message(), std::string(64, 'a')));
}

class ChangeLog : public ::testing::Test {
 protected:
  // The rows with `columns` cells below a heading of the section of 0.2.
  Rows RowsOf(const std::string& heading, std::size_t columns) const {
    Rows rows;
    const auto found = tables_.find(heading);
    EXPECT_NE(found, tables_.end()) << heading;
    if (found == tables_.end()) return rows;
    std::copy_if(found->second.begin(), found->second.end(), std::back_inserter(rows),
                 [columns](const auto& row) { return row.size() == columns; });
    return rows;
  }

  const std::map<std::string, Rows> tables_ = TablesOf(ReadPage(FIRSTMILE_DOCS_DIR "/CHANGELOG.md"));
};

TEST_F(ChangeLog, ListsEachRenamedFieldAndValueOnce) {
  Rows fields;
  for (const RenamedSetting& setting : RenamedSettings()) {
    const std::string parent = Split(setting.old_name).first;
    const std::string now = absl::StrCat(parent, parent.empty() ? "" : ".", setting.new_name);
    fields.push_back({std::string(setting.old_name), setting.new_name.empty() ? "removed" : now});
  }
  EXPECT_EQ(RowsOf("Configuration", 2), fields);
  Rows values;
  Rows variables;
  for (const RenamedWord& word : RenamedWords()) {
    if (word.field.empty()) {
      variables.push_back({std::string(word.old_name), std::string(word.new_name)});
    } else {
      values.push_back({std::string(word.field), std::string(word.old_name), std::string(word.new_name)});
    }
  }
  EXPECT_EQ(RowsOf("Configuration", 3), values);
  EXPECT_EQ(RowsOf("Environment", 2), variables);
}

TEST_F(ChangeLog, NamesMetricsThatAreThereNowAndWereBefore) {
  std::set<std::string> now;
  const std::string golden = ReadPage(FIRSTMILE_METRICS_GOLDEN);
  for (const absl::string_view line : absl::StrSplit(golden, '\n')) {
    if (!absl::StartsWith(line, " ")) now.insert(std::string(line.substr(0, line.find(' '))));
  }
  std::set<std::string> before;
  const Rows rows = RowsOf("Metrics", 2);
  EXPECT_GE(rows.size(), 7U);
  for (const auto& row : rows) {
    EXPECT_TRUE(before.insert(row[0]).second) << row[0] << " is listed twice";
    EXPECT_FALSE(now.contains(row[0])) << row[0];
    EXPECT_TRUE(row[1] == "removed" || now.contains(row[1])) << row[1];
  }
  for (const auto& row : RowsOf("Metrics", 3)) EXPECT_TRUE(now.contains(row[0])) << row[0];
}

TEST_F(ChangeLog, NamesLogEventsThatAreThereNowAndWereBefore) {
  const std::set<absl::string_view> now(std::begin(ops::kLogEvents), std::end(ops::kLogEvents));
  std::set<std::string> before;
  const Rows rows = RowsOf("Log events", 2);
  EXPECT_GE(rows.size(), 4U);
  for (const auto& row : rows) {
    EXPECT_TRUE(before.insert(row[0]).second) << row[0] << " is listed twice";
    EXPECT_FALSE(now.contains(row[0])) << row[0];
    EXPECT_TRUE(row[1] == "removed" || now.contains(row[1])) << row[1];
  }
  const std::set<absl::string_view> fields(std::begin(ops::kLogFields), std::end(ops::kLogFields));
  for (const auto& row : RowsOf("Log fields", 3)) EXPECT_TRUE(fields.contains(row[0])) << row[0];
}

TEST_F(ChangeLog, NamesTheValuesThatTheTrailerHasNow) {
  std::set<absl::string_view> now;
  for (const auto read_back :
       {gateway::ReadBack::kApplied, gateway::ReadBack::kNotApplied, gateway::ReadBack::kUnknown}) {
    now.insert(gateway::NameOf(read_back));
  }
  const Rows rows = RowsOf("Trailers", 3);
  EXPECT_FALSE(rows.empty());
  for (const auto& row : rows) {
    EXPECT_EQ(row[0], rpc::kReadBackTrailer);
    EXPECT_FALSE(now.contains(row[1])) << row[1];
    EXPECT_TRUE(now.contains(row[2])) << row[2];
  }
}

}  // namespace
}  // namespace firstmile::app
