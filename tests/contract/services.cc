#include "contract/services.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor_database.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

namespace firstmile::testing {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

constexpr char kPackage[] = "firstmile.v1";

// What the sidecar does itself; an rpc there may take several calls of the platform, or none.
constexpr std::array<const char*, 2> kOwnServices = {"AuthService", "DiagnosticsService"};

bool IsOwn(const ServiceDescriptor& service) {
  return std::find(kOwnServices.begin(), kOwnServices.end(), service.name()) != kOwnServices.end();
}

std::vector<const MethodDescriptor*> Methods(bool streams) {
  std::vector<const MethodDescriptor*> methods;
  for (const ServiceDescriptor* service : ContractServices()) {
    for (int i = 0; i < service->method_count(); ++i) {
      const MethodDescriptor* method = service->method(i);
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
    for (int i = 0; i < file->service_count(); ++i) {
      if (!IsOwn(*file->service(i))) services.push_back(file->service(i));
    }
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
