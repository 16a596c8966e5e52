// The contract for fuzz targets: operations by number, and messages of their types.
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

// Every unary rpc has a number; larger numbers wrap around.
Operation OperationAt(std::uint8_t number);

// The number of the rpc `service`.`rpc`.
std::uint8_t NumberOf(absl::string_view service, absl::string_view rpc);

std::unique_ptr<google::protobuf::Message> NewMessage(const google::protobuf::Descriptor* type);

// A request parsed from the valid part of `bytes`.
std::unique_ptr<google::protobuf::Message> RequestFrom(const Operation& operation, absl::string_view bytes);

// False when a text in `message` is not UTF-8, so that clients could not read it.
bool CanBeRead(const google::protobuf::Message& message);

}  // namespace firstmile::fuzzing
