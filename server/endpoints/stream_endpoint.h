// How a server-streaming rpc repeats a unary one: field pairs, resolved once.
//
// Immutable after Compile; safe to share between threads.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "endpoints/page_cursor.h"
#include "endpoints/request_rules.h"
#include "subjects/subject.h"

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
class Message;
class MethodDescriptor;
}  // namespace google::protobuf

namespace firstmile::v1 {
class Failure;
}  // namespace firstmile::v1

namespace firstmile::endpoints {

struct Endpoint;

// A page stream sends frames {shop_id or merchant_id, resume_cursor, page, last}; with several shops or
// merchants, a failure can replace the page. A public list's frames have no id. A file stream sends chunks.
class StreamEndpoint {
 public:
  // Fails with kInvalidArgument and the field's name when the two rpcs do not fit together.
  static absl::StatusOr<StreamEndpoint> Compile(const google::protobuf::MethodDescriptor& stream,
                                                const Endpoint& source,
                                                const google::protobuf::Descriptor& source_request,
                                                const google::protobuf::Descriptor& source_response);

  const std::string& operation() const { return operation_; }
  const Endpoint& source() const { return *source_; }
  // Checks the request's fields and its resume cursors.
  std::vector<errors::Violation> Check(const google::protobuf::Message& stream_request) const;

  // True for frames of pages, false for chunks of a file.
  bool pages() const { return page_ != nullptr; }

  // The shops or merchants that the request names, without duplicates, in its order. One with id 0 for a
  // public list.
  std::vector<subjects::Subject> Subjects(const google::protobuf::Message& stream_request) const;

  // The unary request for the first page of `subject`, from its resume cursor if one is given.
  std::unique_ptr<google::protobuf::Message> FirstRequest(const google::protobuf::Message& stream_request,
                                                          subjects::Subject subject) const;

  // For an answer of the unary rpc.
  std::unique_ptr<google::protobuf::Message> NewAnswer() const;

  const PageCursor& cursor() const { return cursor_; }

  // The frame's page, created on first use.
  google::protobuf::Message* MutablePage(google::protobuf::Message* frame) const;
  // REQUIRES: a stream of several shops or merchants.
  v1::Failure* MutableFailure(google::protobuf::Message* frame) const;
  void SetPosition(google::protobuf::Message* frame, subjects::Subject subject,
                   absl::string_view resume_cursor, bool last) const;

  // A file's chunk; its type and size belong to the first one. REQUIRES: !pages().
  void SetChunk(google::protobuf::Message* frame, std::string chunk) const;
  void SetFile(google::protobuf::Message* frame, const std::string& content_type,
               std::int64_t total_bytes) const;

 private:
  StreamEndpoint() = default;

  absl::Status CompileRequest(const google::protobuf::Descriptor& request,
                              const google::protobuf::Descriptor& source_request);
  absl::Status CompileResume(const google::protobuf::FieldDescriptor& field);
  absl::Status CompileFrame(const google::protobuf::Descriptor& frame,
                            const google::protobuf::Descriptor& source_response);
  absl::Status CompilePosition(const google::protobuf::Descriptor& frame);
  absl::Status CompileChunk(const google::protobuf::Descriptor& frame);
  std::string ResumeCursor(const google::protobuf::Message& stream_request, std::int64_t id) const;

  std::string operation_;
  const Endpoint* source_ = nullptr;
  RequestRules rules_;
  const google::protobuf::Message* source_request_prototype_ = nullptr;
  const google::protobuf::Message* source_response_prototype_ = nullptr;

  // Stream request field -> unary request field of the same name.
  std::vector<std::pair<const google::protobuf::FieldDescriptor*, const google::protobuf::FieldDescriptor*>>
      copied_;
  using Field = const google::protobuf::FieldDescriptor*;
  Field subjects_ = nullptr;   // shop_id, shop_ids, merchant_id or merchant_ids; null for a public list
  Field resume_ = nullptr;     // a list of StreamResume or MerchantStreamResume
  Field resume_id_ = nullptr;  // in its elements
  Field resume_cursor_of_ = nullptr;  // in its elements, or in the request
  PageCursor cursor_;
  Field page_ = nullptr;  // in the frame, as the following
  Field failure_ = nullptr;
  Field frame_id_ = nullptr;
  Field resume_cursor_ = nullptr;
  Field last_ = nullptr;
  Field content_type_ = nullptr;
  Field total_bytes_ = nullptr;
  Field chunk_ = nullptr;
};

}  // namespace firstmile::endpoints
