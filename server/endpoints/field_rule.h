// The check of one request field, compiled from (check).
//
// Immutable after compiling; safe to share between threads. Part of RequestRules.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "errors/status.h"
#include "firstmile/v1/options.pb.h"

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
class Message;
}  // namespace google::protobuf

namespace firstmile::endpoints {

// Collects violations of one request, one per field, up to a limit.
class Violations {
 public:
  void Add(std::string field, std::string description);
  bool Full() const;
  std::vector<errors::Violation> Release() { return std::move(violations_); }

 private:
  std::vector<errors::Violation> violations_;
};

class MessageRules;

class FieldRule {
 public:
  static absl::StatusOr<FieldRule> Compile(const google::protobuf::FieldDescriptor& field, int depth);

  // `prefix` is the path of `message` with its dot, empty for the request itself.
  void Check(const google::protobuf::Message& message, const std::string& prefix, Violations* out) const;

  bool ChecksAnything() const;

  // Most bytes of the field's text, of each text of a list, or of each value of a map; 0: it holds no text.
  std::size_t bytes_max() const;

 private:
  explicit FieldRule(const google::protobuf::FieldDescriptor& field);

  absl::Status CheckDeclaredBounds() const;
  absl::Status CheckDeclaration() const;
  absl::Status FindSiblings();
  bool IsGiven(const google::protobuf::Message& message) const;
  bool IsRequired(const google::protobuf::Message& message) const;
  std::string MissingText() const;
  void CheckList(const google::protobuf::Message& message, const std::string& path, Violations* out) const;
  void CheckElement(const google::protobuf::Message& message, int index, const std::string& path,
                    Violations* out) const;
  void CheckEntries(const google::protobuf::Message& message, const std::string& path, Violations* out) const;
  void CheckRange(const google::protobuf::Message& message, const std::string& path, Violations* out) const;
  void CheckFinite(const google::protobuf::Message& message, const std::string& path, Violations* out) const;
  void CheckLength(const std::string& text, const std::string& path, Violations* out) const;
  void CheckDate(const google::protobuf::Message& message, const std::string& path, Violations* out) const;
  void CheckAfter(const google::protobuf::Message& message, const std::string& prefix, Violations* out) const;

  const google::protobuf::FieldDescriptor* field_;
  firstmile::v1::FieldCheck check_;
  const google::protobuf::FieldDescriptor* earlier_ = nullptr;  // of (check).after
  const google::protobuf::FieldDescriptor* unless_ = nullptr;   // of (check).required_unless
  std::shared_ptr<const MessageRules> message_;                 // of a message field
};

class MessageRules {
 public:
  static absl::StatusOr<std::shared_ptr<const MessageRules>> Compile(const google::protobuf::Descriptor& type,
                                                                     int depth);

  void Check(const google::protobuf::Message& message, const std::string& prefix, Violations* out) const;

  bool ChecksAnything() const { return !rules_.empty(); }

 private:
  std::vector<FieldRule> rules_;
};

}  // namespace firstmile::endpoints
