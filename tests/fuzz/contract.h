// The contract as fuzz targets use it: an operation by number, and messages of its types.
//
// Pure functions over the linked contract; safe from any thread.
#pragma once

#include <google/protobuf/message.h>

#include <cstdint>
#include <memory>

#include "absl/strings/string_view.h"

#include "endpoints/endpoint_table.h"

namespace firstmile::fuzzing {

struct Operation {
  const endpoints::Endpoint* endpoint;
  const google::protobuf::MethodDescriptor* method;
};

// Every unary rpc has a number; beyond the last it starts again.
Operation OperationAt(std::uint8_t number);

// Of the rpc `service`.`rpc`.
std::uint8_t NumberOf(absl::string_view service, absl::string_view rpc);

std::unique_ptr<google::protobuf::Message> NewMessage(const google::protobuf::Descriptor* type);

// A request that was read as far as `bytes` make sense.
std::unique_ptr<google::protobuf::Message> RequestFrom(const Operation& operation, absl::string_view bytes);

// False when a text in `message` is no UTF-8, so that clients could not read it.
bool CanBeRead(const google::protobuf::Message& message);

}  // namespace firstmile::fuzzing
