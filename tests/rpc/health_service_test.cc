// Health reports for load balancers and probes, and the limit on watchers.
#include "rpc/health_service.h"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace firstmile::rpc {
namespace {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

class HealthServiceTest : public ::testing::Test {
 protected:
  // A Watch call and its last state.
  struct Watch {
    explicit Watch(HealthServiceTest& test, const std::string& service = "") : Watch(*test.stub_, service) {}
    explicit Watch(grpc::health::v1::Health::Stub& stub, const std::string& service = "") {
      HealthCheckRequest request;
      request.set_service(service);
      reader = stub.Watch(&context, request);
    }
    HealthCheckResponse::ServingStatus Next() {
      HealthCheckResponse response;
      EXPECT_TRUE(reader->Read(&response));
      return response.status();
    }
    grpc::StatusCode End() {
      HealthCheckResponse response;
      EXPECT_FALSE(reader->Read(&response));
      return reader->Finish().error_code();
    }

    grpc::ClientContext context;
    std::unique_ptr<grpc::ClientReader<HealthCheckResponse>> reader;
  };

  HealthServiceTest() {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&health_);
    server_ = builder.BuildAndStart();
    address_ = absl::StrCat("127.0.0.1:", port);
    stub_ = NewConnection();
  }
  ~HealthServiceTest() override {
    health_.EndWatchers();
    server_->Shutdown();
  }

  std::unique_ptr<grpc::health::v1::Health::Stub> NewConnection() const {
    grpc::ChannelArguments alone;
    alone.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::health::v1::Health::NewStub(
        grpc::CreateCustomChannel(address_, grpc::InsecureChannelCredentials(), alone));
  }

  grpc::StatusCode Check(const std::string& service, HealthCheckResponse* response) {
    grpc::ClientContext context;
    HealthCheckRequest request;
    request.set_service(service);
    return stub_->Check(&context, request, response).error_code();
  }

  listener::ConnectionRegistry connections_;
  HealthService health_{{"a.Service"}, connections_};
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
  std::unique_ptr<grpc::health::v1::Health::Stub> stub_;
};

TEST_F(HealthServiceTest, CheckReportsTheStateOfKnownServices) {
  HealthCheckResponse response;
  EXPECT_EQ(Check("a.Service", &response), grpc::StatusCode::OK);
  EXPECT_EQ(response.status(), HealthCheckResponse::NOT_SERVING);
  health_.SetServing(true);
  EXPECT_EQ(Check("", &response), grpc::StatusCode::OK);
  EXPECT_EQ(response.status(), HealthCheckResponse::SERVING);
  EXPECT_EQ(Check("another.Service", &response), grpc::StatusCode::NOT_FOUND);
}

TEST_F(HealthServiceTest, WatchReportsEachChange) {
  Watch watch(*this, "a.Service");
  EXPECT_EQ(watch.Next(), HealthCheckResponse::NOT_SERVING);
  health_.SetServing(true);
  EXPECT_EQ(watch.Next(), HealthCheckResponse::SERVING);
  health_.SetServing(false);
  EXPECT_EQ(watch.Next(), HealthCheckResponse::NOT_SERVING);
}

TEST_F(HealthServiceTest, WatchOfAnUnknownServiceStaysAndHearsNothing) {
  Watch watch(*this, "another.Service");
  EXPECT_EQ(watch.Next(), HealthCheckResponse::SERVICE_UNKNOWN);
  health_.SetServing(true);
  health_.EndWatchers();
  EXPECT_EQ(watch.End(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(HealthServiceTest, WatchersAreBoundedAndCheckIsNot) {
  std::vector<std::unique_ptr<Watch>> watchers;
  for (std::size_t i = 0; i < HealthService::kWatchersMax; ++i) {
    watchers.push_back(std::make_unique<Watch>(*this));
    EXPECT_EQ(watchers.back()->Next(), HealthCheckResponse::NOT_SERVING);
  }
  EXPECT_EQ(Watch(*this).End(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  HealthCheckResponse response;
  EXPECT_EQ(Check("", &response), grpc::StatusCode::OK);

  watchers.front()->context.TryCancel();
  EXPECT_EQ(watchers.front()->End(), grpc::StatusCode::CANCELLED);
  for (;;) {  // until the server has noticed
    Watch next(*this);
    HealthCheckResponse told;
    if (next.reader->Read(&told)) break;
    ASSERT_EQ(next.reader->Finish().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  }
}

TEST_F(HealthServiceTest, AConnectionWithAThousandWatchersKeepsNoOtherFromWatching) {
  std::vector<std::unique_ptr<Watch>> greedy;
  for (std::size_t i = 0; i < HealthService::kWatchersMax; ++i) {
    greedy.push_back(std::make_unique<Watch>(*this));
    EXPECT_EQ(greedy.back()->Next(), HealthCheckResponse::NOT_SERVING);
  }
  const auto other = NewConnection();
  Watch honest(*other);
  EXPECT_EQ(honest.Next(), HealthCheckResponse::NOT_SERVING);
  EXPECT_EQ(Watch(*this).End(), grpc::StatusCode::RESOURCE_EXHAUSTED) << "the greedy one gets none back";
  health_.SetServing(true);
  EXPECT_EQ(honest.Next(), HealthCheckResponse::SERVING);
}

TEST_F(HealthServiceTest, AtTheEndWatchersAreSentAway) {
  Watch watch(*this);
  EXPECT_EQ(watch.Next(), HealthCheckResponse::NOT_SERVING);
  health_.EndWatchers();
  EXPECT_EQ(watch.End(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(Watch(*this).End(), grpc::StatusCode::UNAVAILABLE);
}

}  // namespace
}  // namespace firstmile::rpc
