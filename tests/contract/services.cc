#include "contract/services.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor_database.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "endpoints/endpoint_table.h"

namespace firstmile::testing {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

constexpr char kPackage[] = "firstmile.v1";

std::vector<const MethodDescriptor*> Methods(bool streams) {
  std::vector<const MethodDescriptor*> methods;
  for (const ServiceDescriptor* service : ContractServices()) {
    for (const MethodDescriptor* method : endpoints::UpstreamMethods(*service)) {
      if ((method->server_streaming() || method->client_streaming()) == streams) methods.push_back(method);
    }
  }
  return methods;
}

}  // namespace

std::vector<const ServiceDescriptor*> ContractServices() {
  std::vector<std::string> files;
  EXPECT_TRUE(DescriptorPool::internal_generated_database()->FindAllFileNames(&files));
  std::vector<const ServiceDescriptor*> services;
  for (const std::string& name : files) {
    const FileDescriptor* file = DescriptorPool::generated_pool()->FindFileByName(name);
    if (file == nullptr || file->package() != kPackage) continue;
    for (int i = 0; i < file->service_count(); ++i) services.push_back(file->service(i));
  }
  std::sort(services.begin(), services.end(),
            [](const ServiceDescriptor* one, const ServiceDescriptor* other) {
              return one->full_name() < other->full_name();
            });
  return services;
}

std::vector<const MethodDescriptor*> UnaryMethods() {
  return Methods(false);
}

std::vector<const MethodDescriptor*> StreamMethods() {
  return Methods(true);
}

}  // namespace firstmile::testing
