// How a server-streaming rpc repeats a unary one: field pairs resolved once at start.
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
#include "endpoints/request_rules.h"

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
class Message;
class MethodDescriptor;
}  // namespace google::protobuf

namespace google::rpc {
class Status;
}

namespace firstmile::endpoints {

struct Endpoint;

// A page stream sends frames {shop_id, resume_cursor, page | failure, last}; a file stream sends chunks.
class StreamEndpoint {
 public:
  // Fails with kInvalidArgument and the field's name when the two rpcs do not fit together.
  static absl::StatusOr<StreamEndpoint> Compile(const google::protobuf::MethodDescriptor& stream,
                                                const Endpoint& source,
                                                const google::protobuf::Descriptor& source_request,
                                                const google::protobuf::Descriptor& source_response);

  const std::string& operation() const { return operation_; }
  const Endpoint& source() const { return *source_; }
  const RequestRules& rules() const { return rules_; }

  // True for frames of pages, false for chunks of a file.
  bool pages() const { return page_ != nullptr; }

  // Shops that the request names, without repeats, in its order.
  std::vector<std::int64_t> Shops(const google::protobuf::Message& stream_request) const;

  // The unary request that fetches the first page of `shop`, from its resume cursor where one is given.
  std::unique_ptr<google::protobuf::Message> FirstRequest(const google::protobuf::Message& stream_request,
                                                          std::int64_t shop) const;

  // Most bytes of a cursor that a request may have.
  std::size_t cursor_bytes_max() const { return cursor_bytes_max_; }

  // Cursor of a unary request; paging sources only.
  std::string Cursor(const google::protobuf::Message& source_request) const;
  void SetCursor(google::protobuf::Message* source_request, std::string cursor) const;

  // Cursor of the page after this one; empty when `more` is false. `more` without a cursor gives an empty
  // cursor and sets *stuck.
  std::string NextCursor(const google::protobuf::Message& page, bool* stuck) const;

  // The frame's page, made on first use.
  google::protobuf::Message* MutablePage(google::protobuf::Message* frame) const;
  google::rpc::Status* MutableFailure(google::protobuf::Message* frame) const;
  void SetPosition(google::protobuf::Message* frame, std::int64_t shop, absl::string_view resume_cursor,
                   bool last) const;

 private:
  StreamEndpoint() = default;

  absl::Status CompileRequest(const google::protobuf::Descriptor& request,
                              const google::protobuf::Descriptor& source_request);
  absl::Status CompilePaging(const google::protobuf::Descriptor& source_request,
                             const google::protobuf::Descriptor& source_response);
  absl::Status CompileFrame(const google::protobuf::Descriptor& frame,
                            const google::protobuf::Descriptor& source_response);
  std::string ResumeCursor(const google::protobuf::Message& stream_request, std::int64_t shop) const;

  std::string operation_;
  const Endpoint* source_ = nullptr;
  RequestRules rules_;
  const google::protobuf::Message* source_request_prototype_ = nullptr;

  // Stream request field -> unary request field of the same name.
  std::vector<std::pair<const google::protobuf::FieldDescriptor*, const google::protobuf::FieldDescriptor*>>
      copied_;
  const google::protobuf::FieldDescriptor* shops_ = nullptr;  // shop_id or shop_ids
  const google::protobuf::FieldDescriptor* resume_cursors_ =
      nullptr;  // map of shop to cursor; null for one shop
  const google::protobuf::FieldDescriptor* source_subject_ = nullptr;
  const google::protobuf::FieldDescriptor* cursor_ = nullptr;  // in the unary request
  std::size_t cursor_bytes_max_ = 0;
  const google::protobuf::FieldDescriptor* more_ = nullptr;         // in the unary response
  const google::protobuf::FieldDescriptor* next_cursor_ = nullptr;  // in the unary response
  const google::protobuf::FieldDescriptor* page_ = nullptr;         // in the frame
  const google::protobuf::FieldDescriptor* failure_ = nullptr;
  const google::protobuf::FieldDescriptor* frame_shop_ = nullptr;
  const google::protobuf::FieldDescriptor* resume_cursor_ = nullptr;
  const google::protobuf::FieldDescriptor* last_ = nullptr;
};

}  // namespace firstmile::endpoints
