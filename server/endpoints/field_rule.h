// The check of one request field, compiled from (check).
//
// Immutable after compiling; safe to share between threads. Internal to RequestRules.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "endpoints/element_keys.h"
#include "errors/status.h"
#include "firstmile/mapping/options.pb.h"

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
class Message;
}  // namespace google::protobuf

namespace firstmile::endpoints {

// Collects the violations of one request, one per field, up to limits on their number and bytes.
class Violations {
 public:
  void Add(std::string field, std::string description);
  // True when no more are accepted.
  bool Full() const;
  std::vector<errors::Violation> Release() { return std::move(violations_); }

 private:
  std::vector<errors::Violation> violations_;
  std::size_t bytes_ = 0;  // of all texts
};

class MessageRules;

class FieldRule {
 public:
  static absl::StatusOr<FieldRule> Compile(const google::protobuf::FieldDescriptor& field, int depth);

  // `prefix` is the path of `message` with a trailing dot, empty for the request itself.
  void Check(const google::protobuf::Message& message, const std::string& prefix, Violations* out) const;

  bool ChecksAnything() const;

  // Most bytes of the field's text, or of each text in a list; 0: not a text field.
  std::size_t bytes_max() const;

 private:
  explicit FieldRule(const google::protobuf::FieldDescriptor& field);

  absl::Status CheckDeclaredBounds() const;
  absl::Status CheckDeclaration() const;
  absl::Status FindSiblings();
  absl::Status FindMembers();
  std::string MemberNames() const;
  bool IsGiven(const google::protobuf::Message& message) const;
  bool IsRequired(const google::protobuf::Message& message) const;
  std::string MissingText() const;
  void CheckList(const google::protobuf::Message& message, const std::string& path, Violations* out) const;
  void CheckElement(const google::protobuf::Message& message, int index, const std::string& path,
                    Violations* out) const;
  void CheckText(const google::protobuf::Message& message, const std::string& path, Violations* out) const;
  void CheckInteger(std::int64_t given, const std::string& path, Violations* out) const;
  void CheckTime(const google::protobuf::Message& message, const std::string& path, Violations* out) const;
  void CheckKnown(int given, const std::string& path, Violations* out) const;
  // Returns false when no permitted member is set.
  bool CheckMembers(const google::protobuf::Message& message, const std::string& path, Violations* out) const;
  void CheckRange(const google::protobuf::Message& message, const std::string& path, Violations* out) const;
  void CheckFinite(const google::protobuf::Message& message, const std::string& path, Violations* out) const;
  void CheckLength(const std::string& text, const std::string& path, Violations* out) const;
  void CheckForm(const std::string& text, const std::string& path, Violations* out) const;
  void CheckDate(const google::protobuf::Message& message, const std::string& path, Violations* out) const;
  void CheckAfter(const google::protobuf::Message& message, const std::string& prefix, Violations* out) const;

  const google::protobuf::FieldDescriptor* field_;
  firstmile::mapping::FieldCheck check_;
  const google::protobuf::FieldDescriptor* earlier_ = nullptr;      // of (check).after
  const google::protobuf::FieldDescriptor* unless_ = nullptr;       // of (check).required_unless
  const google::protobuf::FieldDescriptor* alternative_ = nullptr;  // of (check).required_without
  const google::protobuf::FieldDescriptor* emptied_by_ = nullptr;   // of (check).empty_when
  std::vector<const google::protobuf::FieldDescriptor*> members_;   // of (check).members
  ElementKeys keys_;                                                // of (check).unique_by and among
  std::shared_ptr<const MessageRules> message_;                     // for a message field
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
