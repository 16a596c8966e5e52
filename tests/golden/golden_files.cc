#include "golden/golden_files.h"

#include <google/protobuf/message.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace firstmile::testing {
namespace {

namespace fs = std::filesystem;

constexpr const char* kAnswerFiles[] = {"wire_response.json", "wire_response.html", "wire_response.txt",
                                        "wire_response.pdf"};

std::vector<fs::path> FoldersIn(const fs::path& folder) {
  std::vector<fs::path> folders;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (entry.is_directory()) folders.push_back(entry.path());
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

// Reads lines such as `status: 403` and `content-type: text/html`.
void ReadHead(const std::string& text, transport::HttpResponse* response) {
  for (absl::string_view line : absl::StrSplit(text, '\n', absl::SkipWhitespace())) {
    const std::pair<absl::string_view, absl::string_view> field =
        absl::StrSplit(line, absl::MaxSplits(':', 1));
    const absl::string_view value = absl::StripAsciiWhitespace(field.second);
    if (field.first == "content-type") response->content_type = std::string(value);
    if (field.first == "status" && !absl::SimpleAtoi(value, &response->status)) response->status = 0;
  }
}

}  // namespace

std::vector<GoldenCase> GoldenCase::FindAll(const fs::path& root) {
  std::vector<GoldenCase> cases;
  for (const fs::path& service : FoldersIn(root)) {
    for (const fs::path& rpc : FoldersIn(service)) {
      for (const fs::path& folder : FoldersIn(rpc)) cases.emplace_back(folder);
    }
  }
  return cases;
}

std::optional<std::string> GoldenCase::Read(const std::string& file) const {
  std::ifstream stream(folder_ / file, std::ios::binary);
  if (!stream) return std::nullopt;
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

void GoldenCase::Update(const std::string& file, const std::optional<std::string>& text) const {
  if (!text.has_value()) {
    fs::remove(folder_ / file);
    return;
  }
  std::ofstream(folder_ / file, std::ios::binary | std::ios::trunc) << *text;
}

std::optional<transport::HttpResponse> GoldenCase::Answer() const {
  for (const char* file : kAnswerFiles) {
    std::optional<std::string> body = Read(file);
    if (!body.has_value()) continue;
    transport::HttpResponse response{
        .status = 200, .content_type = "application/json", .body = *std::move(body)};
    ReadHead(Read("wire_response.head").value_or(""), &response);
    return response;
  }
  return std::nullopt;
}

std::string WireText(const transport::HttpRequest& request, absl::string_view base_url) {
  absl::string_view url = request.url.Reveal();
  if (!absl::ConsumePrefix(&url, base_url)) return absl::StrCat("not for ", base_url);
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(url, absl::MaxSplits('?', 1));
  std::vector<absl::string_view> query = absl::StrSplit(parts.second, '&', absl::SkipEmpty());
  std::sort(query.begin(), query.end());
  std::string text = absl::StrCat(request.post ? "POST " : "GET ", parts.first, "\n");
  for (absl::string_view parameter : query) absl::StrAppend(&text, parameter, "\n");
  absl::StrAppend(&text, "\n");
  if (!request.body.empty()) absl::StrAppend(&text, request.body, "\n");
  return text;
}

std::string MessageText(const google::protobuf::Message& message) {
  google::protobuf::TextFormat::Printer printer;
  printer.SetExpandAny(true);
  printer.SetUseUtf8StringEscaping(true);
  std::string text;
  EXPECT_TRUE(printer.PrintToString(message, &text));
  return absl::StrCat("# proto-message: ", message.GetDescriptor()->full_name(), "\n", text);
}

bool ParseMessage(const std::string& text, google::protobuf::Message* message) {
  return google::protobuf::TextFormat::ParseFromString(text, message);
}

}  // namespace firstmile::testing
