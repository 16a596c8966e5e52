// The messages of one rpc, made from its descriptor, and their bytes in gRPC's buffers.
//
// Immutable; safe to share between threads.
#pragma once

#include <grpcpp/support/byte_buffer.h>

#include <memory>
#include <utility>
#include <vector>

#include "errors/status.h"

namespace google::protobuf {
class Message;
class MethodDescriptor;
}  // namespace google::protobuf

namespace firstmile::rpc {

// A request as it came.
class ReceivedRequest {
 public:
  ReceivedRequest(std::unique_ptr<google::protobuf::Message> message, bool readable)
      : message_(std::move(message)), readable_(readable) {}

  // Empty when the request cannot be read.
  const google::protobuf::Message& message() const { return *message_; }

  // What is wrong with it: that it cannot be read, or what the rules find (RequestRules, StreamEndpoint).
  template <typename Rules>
  std::vector<errors::Violation> Check(const Rules& rules) const {
    return readable_ ? rules.Check(*message_) : std::vector<errors::Violation>{Unreadable()};
  }

 private:
  errors::Violation Unreadable() const;

  std::unique_ptr<google::protobuf::Message> message_;
  bool readable_;
};

class MethodMessages {
 public:
  explicit MethodMessages(const google::protobuf::MethodDescriptor& method);

  // Empties `bytes`, so that a request is not held twice.
  ReceivedRequest ReadRequest(const grpc::ByteBuffer& bytes) const;

  std::unique_ptr<google::protobuf::Message> NewResponse() const;

 private:
  const google::protobuf::Message* request_;
  const google::protobuf::Message* response_;
};

grpc::ByteBuffer BytesOf(const google::protobuf::Message& message);

}  // namespace firstmile::rpc
