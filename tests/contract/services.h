// What the contract consists of, as the linked program knows it.
//
// Pure functions over the descriptor pool; safe from any thread.
#pragma once

#include <vector>

namespace google::protobuf {
class MethodDescriptor;
class ServiceDescriptor;
}  // namespace google::protobuf

namespace firstmile::testing {

// Every service of the package firstmile.v1 whose rpcs are calls of the platform, also one that nobody has
// heard of yet; sorted by name. Left out are the sidecar's own, by name.
std::vector<const google::protobuf::ServiceDescriptor*> ContractServices();

std::vector<const google::protobuf::MethodDescriptor*> UnaryMethods();
std::vector<const google::protobuf::MethodDescriptor*> StreamMethods();

}  // namespace firstmile::testing
