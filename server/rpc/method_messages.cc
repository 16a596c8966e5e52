#include "rpc/method_messages.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <grpcpp/support/proto_buffer_reader.h>
#include <grpcpp/support/proto_buffer_writer.h>

#include "absl/strings/str_cat.h"

namespace firstmile::rpc {
namespace {

using google::protobuf::Message;

const Message* PrototypeOf(const google::protobuf::Descriptor* type) {
  return google::protobuf::MessageFactory::generated_factory()->GetPrototype(type);
}

}  // namespace

MethodMessages::MethodMessages(const google::protobuf::MethodDescriptor& method)
    : request_(PrototypeOf(method.input_type())), response_(PrototypeOf(method.output_type())) {}

ReceivedRequest MethodMessages::ReadRequest(const grpc::ByteBuffer& bytes) const {
  std::unique_ptr<Message> request(request_->New());
  // gRPC keeps the buffer until the end of the call, hands it out as const, and does not read it again.
  auto& buffer = const_cast<grpc::ByteBuffer&>(bytes);
  grpc::ProtoBufferReader reader(&buffer);
  const bool readable = reader.status().ok() && request->ParseFromZeroCopyStream(&reader);
  buffer.Clear();
  if (!readable) request->Clear();
  return {std::move(request), readable};
}

std::unique_ptr<Message> MethodMessages::NewResponse() const {
  return std::unique_ptr<Message>(response_->New());
}

errors::Violation ReceivedRequest::Unreadable() const {
  return {.field = "request",
          .description = absl::StrCat("no valid ", message_->GetDescriptor()->full_name(),
                                      ": generate the client from this contract, and send texts as UTF-8")};
}

grpc::ByteBuffer BytesOf(const Message& message) {
  const int size = static_cast<int>(message.ByteSizeLong());
  grpc::ByteBuffer bytes;
  grpc::ProtoBufferWriter writer(&bytes, grpc::kProtoBufferWriterMaxBufferLength, size);
  message.SerializeToZeroCopyStream(&writer);
  return bytes;
}

}  // namespace firstmile::rpc
