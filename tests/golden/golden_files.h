// The files of one golden case, and the formats of messages and HTTP requests in them.
//
// A GoldenCase belongs to one test. The functions are pure.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "transport/http_transport.h"

namespace google::protobuf {
class Message;
}

namespace firstmile::testing {

// tests/golden/<Service>/<Rpc>/<case>/
class GoldenCase {
 public:
  explicit GoldenCase(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // Every case below `root`, sorted.
  static std::vector<GoldenCase> FindAll(const std::filesystem::path& root);

  std::string name() const { return folder_.filename(); }
  std::string rpc() const { return folder_.parent_path().filename(); }
  std::string service() const { return folder_.parent_path().parent_path().filename(); }

  // The file's text; empty when it does not exist.
  std::optional<std::string> Read(const std::string& file) const;

  // Writes the file, or deletes it when `text` is empty.
  void Update(const std::string& file, const std::optional<std::string>& text) const;

  // wire_response.{json,html,txt,pdf} with its head; empty when there is none.
  std::optional<transport::HttpResponse> Answer() const;

 private:
  std::filesystem::path folder_;
};

// Verb, path and the query as sent, one line per parameter, sorted by name; then the body as sent. Scheme and
// host are left out; they are `base_url`.
std::string WireText(const transport::HttpRequest& request, absl::string_view base_url);

// Starts with the message's name; an error's details are decoded.
std::string MessageText(const google::protobuf::Message& message);

// Returns false when `text` cannot be parsed; the parser prints the reason on stderr.
bool ParseMessage(const std::string& text, google::protobuf::Message* message);

}  // namespace firstmile::testing
