// Reflection v1: enough for a tool to discover everything, error details included.
#include <gtest/gtest.h>

#include <google/protobuf/compiler/importer.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/descriptor_database.h>

#include "absl/strings/match.h"

#include "grpc/reflection/v1/reflection.grpc.pb.h"
#include "support/sidecar_fixture.h"

namespace firstmile::rpc {
namespace {

using grpc::reflection::v1::ServerReflectionRequest;
using grpc::reflection::v1::ServerReflectionResponse;

class ReflectionTest : public ::firstmile::testing::SidecarTest {
 protected:
  void SetUp() override {
    StartSidecar();
    stub_ = grpc::reflection::v1::ServerReflection::NewStub(channel_);
  }

  ServerReflectionResponse Ask(const ServerReflectionRequest& request) {
    grpc::ClientContext context;
    auto stream = stub_->ServerReflectionInfo(&context);
    ServerReflectionResponse response;
    stream->Write(request);
    EXPECT_TRUE(stream->Read(&response));
    stream->WritesDone();
    EXPECT_TRUE(stream->Finish().ok());
    return response;
  }
  static std::vector<std::string> Files(const ServerReflectionResponse& response) {
    std::vector<std::string> names;
    for (const std::string& bytes : response.file_descriptor_response().file_descriptor_proto()) {
      google::protobuf::FileDescriptorProto file;
      EXPECT_TRUE(file.ParseFromString(bytes));
      names.push_back(file.name());
    }
    return names;
  }

  std::unique_ptr<grpc::reflection::v1::ServerReflection::Stub> stub_;
};

TEST_F(ReflectionTest, ListsTheServices) {
  ServerReflectionRequest request;
  request.set_list_services("");
  const ServerReflectionResponse services = Ask(request);
  std::vector<std::string> names;
  for (const auto& service : services.list_services_response().service()) names.push_back(service.name());
  EXPECT_EQ(names,
            (std::vector<std::string>{
                "firstmile.v1.AuthService", "firstmile.v1.DiagnosticsService", "firstmile.v1.FlowService",
                "firstmile.v1.AccountHealthService", "firstmile.v1.FirstMileService",
                "firstmile.v1.LogisticsService", "firstmile.v1.MerchantService", "firstmile.v1.OrderService",
                "firstmile.v1.PlatformPushService", "firstmile.v1.ShopService", "grpc.health.v1.Health",
                "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"}));
}

TEST_F(ReflectionTest, EveryListedServiceCanBeDescribed) {
  ServerReflectionRequest list;
  list.set_list_services("");
  const ServerReflectionResponse services = Ask(list);
  for (const auto& service : services.list_services_response().service()) {
    ServerReflectionRequest request;
    request.set_file_containing_symbol(service.name());
    EXPECT_FALSE(Files(Ask(request)).empty()) << service.name();
  }
}

TEST_F(ReflectionTest, AFileComesWithItsImportsAndTheErrorDetailsAreKnown) {
  ServerReflectionRequest request;
  request.set_file_containing_symbol("google.rpc.ErrorInfo");
  EXPECT_EQ(Files(Ask(request)),
            (std::vector<std::string>{"google/rpc/error_details.proto", "google/protobuf/duration.proto"}));
  request.set_file_by_filename("google/rpc/status.proto");
  EXPECT_EQ(Files(Ask(request)),
            (std::vector<std::string>{"google/rpc/status.proto", "google/protobuf/any.proto"}));
}

TEST_F(ReflectionTest, ShowsNothingOfHowRpcsMapOntoRestCalls) {
  ServerReflectionRequest request;
  request.set_all_extension_numbers_of_type("google.protobuf.MethodOptions");
  EXPECT_EQ(Ask(request).all_extension_numbers_response().extension_number_size(), 0);
  for (const char* file : {"firstmile/mapping/options.proto", "firstmile/config/v1/config.proto",
                           "firstmile/storage/v1/token_record.proto"}) {
    request.set_file_by_filename(file);
    EXPECT_EQ(Ask(request).error_response().error_code(), grpc::StatusCode::NOT_FOUND) << file;
  }
}

// Clients are built from proto/.
TEST_F(ReflectionTest, ShowsTheContractAsItIsPublished) {
  google::protobuf::compiler::DiskSourceTree disk;
  disk.MapPath("", FIRSTMILE_PUBLIC_PROTO_DIR);
  google::protobuf::DescriptorPoolDatabase known(*google::protobuf::DescriptorPool::generated_pool());
  google::protobuf::compiler::SourceTreeDescriptorDatabase sources(&disk, &known);
  google::protobuf::DescriptorPool published(&sources);
  ServerReflectionRequest request;
  request.set_file_containing_symbol("firstmile.v1.FirstMileService");
  int files = 0;
  const ServerReflectionResponse response = Ask(request);
  for (const std::string& bytes : response.file_descriptor_response().file_descriptor_proto()) {
    google::protobuf::FileDescriptorProto shown;
    ASSERT_TRUE(shown.ParseFromString(bytes));
    if (!absl::StartsWith(shown.name(), "firstmile/")) continue;
    const google::protobuf::FileDescriptor* file = published.FindFileByName(shown.name());
    ASSERT_NE(file, nullptr) << shown.name();
    google::protobuf::FileDescriptorProto expected;
    file->CopyTo(&expected);
    EXPECT_EQ(shown.DebugString(), expected.DebugString());
    ++files;
  }
  EXPECT_GT(files, 8);
}

TEST_F(ReflectionTest, WhatIsUnknownIsNotFound) {
  ServerReflectionRequest request;
  request.set_file_containing_symbol("no.such.Symbol");
  EXPECT_EQ(Ask(request).error_response().error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(Ask({}).error_response().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace firstmile::rpc
