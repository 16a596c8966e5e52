#include "endpoints/endpoint_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "endpoints/service_cases.pb.h"
#include "firstmile/v1/first_mile_service.pb.h"
#include "firstmile/v1/logistics_service.pb.h"
#include "google/protobuf/descriptor.h"

namespace firstmile::endpoints {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const google::protobuf::ServiceDescriptor* Contract(const std::string& service) {
  // Named here, so that the linker keeps the files that hold the services.
  EXPECT_NE(firstmile::v1::GetUnbindOrderListRequest::descriptor(), nullptr);
  EXPECT_NE(firstmile::v1::GetTrackingNumberRequest::descriptor(), nullptr);
  return google::protobuf::DescriptorPool::generated_pool()->FindServiceByName("firstmile.v1." + service);
}

absl::StatusOr<EndpointTable> BuildContract() {
  return EndpointTable::Build({Contract("FirstMileService"), Contract("LogisticsService")});
}

absl::StatusOr<EndpointTable> BuildCase(const std::string& service) {
  const google::protobuf::FileDescriptor* file = test::Shop::descriptor()->file();
  return EndpointTable::Build({file->FindServiceByName(service)});
}

std::string FaultOf(const std::string& service) {
  const absl::Status status = BuildCase(service).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << service;
  EXPECT_THAT(std::string(status.message()), StartsWith(service + "/")) << service;
  return std::string(status.message());
}

TEST(EndpointTable, HoldsTheWholeContract) {
  const auto table = BuildContract();
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_EQ(table->endpoints().size(), 21U);
  std::set<std::string> paths;
  for (const Endpoint* endpoint : table->endpoints()) paths.insert(endpoint->path);
  EXPECT_EQ(paths.size(), 21U);
}

TEST(EndpointTable, KnowsTheFactsOfACall) {
  const auto table = BuildContract();
  ASSERT_TRUE(table.ok()) << table.status();
  const Endpoint* bind =
      table->FindByRequest(firstmile::v1::BindFirstMileTrackingNumberRequest::descriptor());
  ASSERT_NE(bind, nullptr);
  EXPECT_EQ(bind->operation, "FirstMileService/BindFirstMileTrackingNumber");
  EXPECT_EQ(bind->verb, HttpVerb::kPost);
  EXPECT_EQ(bind->path, "/api/v2/first_mile/bind_first_mile_tracking_number");
  EXPECT_EQ(bind->scope, firstmile::v1::AUTH_SCOPE_SHOP);
  EXPECT_EQ(bind->effect, firstmile::v1::EFFECT_WRITE);
  EXPECT_EQ(bind->payload, firstmile::v1::PAYLOAD_KIND_RESPONSE);
  EXPECT_EQ(bind->timeout, absl::Seconds(20));
}

TEST(EndpointTable, ReadsTheSubjectOfARequest) {
  const auto table = BuildContract();
  ASSERT_TRUE(table.ok()) << table.status();
  firstmile::v1::GetTrackingNumberRequest request;
  request.set_shop_id(14701711);
  EXPECT_EQ(table->FindByRequest(request.GetDescriptor())->SubjectOf(request), 14701711);
}

TEST(EndpointTable, KnowsNoOtherRequest) {
  const auto table = BuildContract();
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_EQ(table->FindByRequest(test::Shop::descriptor()), nullptr);
  EXPECT_EQ(table->FindStreamByRequest(firstmile::v1::GetDetailRequest::descriptor()), nullptr);
}

TEST(EndpointTable, APublicCallHasNoSubject) {
  const auto table = BuildCase("PublicCall");
  ASSERT_TRUE(table.ok()) << table.status();
  const Endpoint* call = table->FindByRequest(test::Anybody::descriptor());
  ASSERT_NE(call, nullptr);
  EXPECT_EQ(call->subject, nullptr);
  EXPECT_EQ(call->SubjectOf(test::Anybody()), 0);
  EXPECT_EQ(call->timeout, absl::Milliseconds(1500));
}

TEST(EndpointTable, RefusesAnRpcWithoutItsFacts) {
  EXPECT_THAT(FaultOf("WithoutOption"), HasSubstr("(upstream)"));
  EXPECT_THAT(FaultOf("WithoutPath"), HasSubstr("path"));
  EXPECT_THAT(FaultOf("WithoutScope"), HasSubstr("scope"));
  EXPECT_THAT(FaultOf("WithoutEffect"), HasSubstr("effect"));
  EXPECT_THAT(FaultOf("WithoutPayload"), HasSubstr("payload"));
  EXPECT_THAT(FaultOf("WithoutTimeout"), HasSubstr("timeout"));
}

TEST(EndpointTable, RefusesAPathThatCannotBeSigned) {
  EXPECT_THAT(FaultOf("WrongPath"), HasSubstr("/api/v1/x"));
  EXPECT_THAT(FaultOf("PathWithQuery"), HasSubstr("/api/v2/x?y=1"));
}

TEST(EndpointTable, RefusesAScopeThatDoesNotFitTheSubject) {
  EXPECT_THAT(FaultOf("WithoutSubject"), HasSubstr("subject"));
  EXPECT_THAT(FaultOf("PublicWithSubject"), HasSubstr("subject"));
  EXPECT_THAT(FaultOf("WithTwoSubjects"), HasSubstr("two"));
  EXPECT_THAT(FaultOf("WithTextSubject"), HasSubstr("int64"));
}

TEST(EndpointTable, NamesTheFieldThatDoesNotFit) {
  EXPECT_THAT(FaultOf("MessageInQuery"), AllOf(StartsWith("MessageInQuery/Call"), HasSubstr("Listing.x")));
}

TEST(EndpointTable, RefusesTwoRpcsForOneRequest) {
  EXPECT_THAT(FaultOf("SameRequestTwice"), HasSubstr("Second"));
}

TEST(EndpointTable, RefusesStreamsThatDoNotFitTheirSource) {
  EXPECT_THAT(FaultOf("ClientStream"), HasSubstr("client stream"));
  EXPECT_THAT(FaultOf("StreamWithoutOption"), HasSubstr("(upstream_stream)"));
  EXPECT_THAT(FaultOf("StreamWithoutSource"), HasSubstr("source"));
  EXPECT_THAT(FaultOf("StreamOfStrayField"), HasSubstr("StrayStream.stray"));
  EXPECT_THAT(FaultOf("StreamOfRetypedField"), HasSubstr("RetypedStream.cursor"));
  EXPECT_THAT(FaultOf("StreamWithoutPage"), HasSubstr("`page`"));
  EXPECT_THAT(FaultOf("PagingWithoutMore"), HasSubstr("`more`"));
}

}  // namespace
}  // namespace firstmile::endpoints
