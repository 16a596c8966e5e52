// The contract's services, as linked into the program.
//
// Pure functions over the descriptor pool; safe from any thread.
#pragma once

#include <vector>

namespace google::protobuf {
class MethodDescriptor;
class ServiceDescriptor;
}  // namespace google::protobuf

namespace firstmile::testing {

// Every service of the package firstmile.v1, new ones included; sorted by name.
std::vector<const google::protobuf::ServiceDescriptor*> ContractServices();

// Their rpcs that the contract maps onto a call of Shopee.
std::vector<const google::protobuf::MethodDescriptor*> UnaryMethods();
std::vector<const google::protobuf::MethodDescriptor*> StreamMethods();

}  // namespace firstmile::testing
