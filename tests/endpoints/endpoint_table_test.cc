#include "endpoints/endpoint_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "endpoints/service_cases.pb.h"
#include "firstmile/v1/first_mile_numbers.pb.h"
#include "firstmile/v1/first_mile_orders.pb.h"
#include "firstmile/v1/logistics_tracking.pb.h"
#include "firstmile/v1/merchant_shops.pb.h"
#include "google/protobuf/descriptor.h"

namespace firstmile::endpoints {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

absl::StatusOr<EndpointTable> BuildContract() {
  std::vector<const google::protobuf::ServiceDescriptor*> services;
  for (const char* name : {"AccountHealthService", "AuthService", "FirstMileService", "LogisticsService",
                           "MerchantService", "OrderService", "PlatformPushService", "ShopService"}) {
    services.push_back(google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
        absl::StrCat("firstmile.v1.", name)));
  }
  return EndpointTable::Build(services);
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
  EXPECT_EQ(table->endpoints().size(), 69U);
  std::set<std::string> paths;
  for (const Endpoint* endpoint : table->endpoints()) paths.insert(endpoint->path);
  EXPECT_EQ(paths.size(), 69U);
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
  EXPECT_EQ(bind->effect, firstmile::mapping::EFFECT_WRITE);
  EXPECT_EQ(bind->payload, firstmile::mapping::PAYLOAD_KIND_RESPONSE);
  EXPECT_EQ(bind->timeout, absl::Seconds(20));
}

TEST(EndpointTable, ReadsTheSubjectOfARequest) {
  const auto table = BuildContract();
  ASSERT_TRUE(table.ok()) << table.status();
  firstmile::v1::GetTrackingNumberRequest request;
  request.set_shop_id(14701711);
  EXPECT_EQ(table->FindByRequest(request.GetDescriptor())->SubjectOf(request), subjects::Shop(14701711));
}

TEST(EndpointTable, AMerchantIsNoShopOfTheSameNumber) {
  const auto table = BuildContract();
  ASSERT_TRUE(table.ok()) << table.status();
  firstmile::v1::GetShopListByMerchantRequest request;
  request.set_merchant_id(14701711);
  const Endpoint* endpoint = table->FindByRequest(request.GetDescriptor());
  ASSERT_NE(endpoint, nullptr);
  EXPECT_EQ(endpoint->scope, firstmile::v1::AUTH_SCOPE_MERCHANT);
  EXPECT_EQ(endpoint->SubjectOf(request), subjects::Merchant(14701711));
  EXPECT_NE(endpoint->SubjectOf(request), subjects::Shop(14701711));
}

TEST(EndpointTable, KnowsNoOtherRequest) {
  const auto table = BuildContract();
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_EQ(table->FindByRequest(test::Shop::descriptor()), nullptr);
  EXPECT_EQ(table->FindStreamByRequest(firstmile::v1::GetDetailRequest::descriptor()), nullptr);
}

TEST(EndpointTable, APublicCallIsThePartners) {
  const auto table = BuildCase("PublicCall");
  ASSERT_TRUE(table.ok()) << table.status();
  const auto* service = test::Shop::descriptor()->file()->FindServiceByName("PublicCall");
  const Endpoint& call = table->Unary(*service->method(0));
  EXPECT_EQ(call.subject, nullptr);
  EXPECT_EQ(call.SubjectOf(test::Anybody()), subjects::Partner());
  EXPECT_EQ(call.timeout, absl::Milliseconds(1500));
}

TEST(EndpointTable, CompilesAnRpcOnlyWhenItIsUsed) {
  const google::protobuf::FileDescriptor& file = *test::Shop::descriptor()->file();
  const auto* unusable = file.FindServiceByName("WithoutScope");
  const auto* usable = file.FindServiceByName("PublicCall");
  const EndpointTable table = EndpointTable::CompiledAtFirstUse({unusable, usable});
  EXPECT_EQ(table.Unary(*usable->method(0)).operation, "PublicCall/Call");
  EXPECT_THROW(table.Unary(*unusable->method(0)), absl::BadStatusOrAccess);
}

TEST(EndpointTable, FindsACallByItsPath) {
  const auto table = BuildContract();
  ASSERT_TRUE(table.ok()) << table.status();
  const Endpoint* found = table->FindByPath("/api/v2/order/get_order_list");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->operation, "OrderService/GetOrderList");
  EXPECT_EQ(table->FindByPath("/api/v2/order/get_order"), nullptr);
  EXPECT_EQ(table->Paths().size(), 69U);
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
  EXPECT_THAT(FaultOf("MerchantCallOfAShop"), HasSubstr("merchant_id"));
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
