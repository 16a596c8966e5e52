#include "endpoints/stream_endpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "endpoints/endpoint_table.h"
#include "firstmile/v1/first_mile_streams.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/rpc/status.pb.h"

namespace firstmile::endpoints {
namespace {

using firstmile::v1::GetUnbindOrderListRequest;
using firstmile::v1::GetUnbindOrderListResponse;
using firstmile::v1::StreamUnbindOrdersRequest;
using firstmile::v1::StreamUnbindOrdersResponse;
using ::testing::ElementsAre;

const EndpointTable& Table() {
  static const EndpointTable* table = new EndpointTable(
      EndpointTable::Build({google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
                               "firstmile.v1.FirstMileService")})
          .value());
  return *table;
}

template <typename Request>
const StreamEndpoint& StreamOf() {
  return *Table().FindStreamByRequest(Request::descriptor());
}

TEST(StreamEndpoint, KnowsItsSource) {
  const StreamEndpoint& stream = StreamOf<StreamUnbindOrdersRequest>();
  EXPECT_EQ(stream.operation(), "FirstMileService/StreamUnbindOrders");
  EXPECT_EQ(stream.source().operation, "FirstMileService/GetUnbindOrderList");
  EXPECT_TRUE(stream.pages());
  EXPECT_FALSE(StreamOf<firstmile::v1::DownloadWaybillRequest>().pages());
}

TEST(StreamEndpoint, ListsEachShopOnce) {
  StreamUnbindOrdersRequest request;
  for (const std::int64_t shop : {5, 3, 5, 4, 3}) request.add_shop_ids(shop);
  EXPECT_THAT(StreamOf<StreamUnbindOrdersRequest>().Shops(request), ElementsAre(5, 3, 4));
  firstmile::v1::StreamFirstMileDetailRequest single;
  single.set_shop_id(9);
  EXPECT_THAT(StreamOf<firstmile::v1::StreamFirstMileDetailRequest>().Shops(single), ElementsAre(9));
}

TEST(StreamEndpoint, CopiesTheRequestForOneShop) {
  StreamUnbindOrdersRequest request;
  request.add_shop_ids(5);
  request.set_page_size(20);
  request.add_response_optional_fields("package_number");
  const auto first = StreamOf<StreamUnbindOrdersRequest>().FirstRequest(request, 5);
  const auto& unary = static_cast<const GetUnbindOrderListRequest&>(*first);
  EXPECT_EQ(unary.shop_id(), 5);
  EXPECT_EQ(unary.page_size(), 20);
  EXPECT_EQ(unary.cursor(), "");
  EXPECT_THAT(unary.response_optional_fields(), ElementsAre("package_number"));
}

TEST(StreamEndpoint, LeavesAbsentFieldsAbsent) {
  const auto first = StreamOf<StreamUnbindOrdersRequest>().FirstRequest(StreamUnbindOrdersRequest(), 5);
  EXPECT_FALSE(static_cast<const GetUnbindOrderListRequest&>(*first).has_page_size());
}

TEST(StreamEndpoint, ResumesEachShopAtItsOwnCursor) {
  const StreamEndpoint& stream = StreamOf<StreamUnbindOrdersRequest>();
  StreamUnbindOrdersRequest request;
  (*request.mutable_resume_cursors())[5] = "50";
  (*request.mutable_resume_cursors())[6] = "60";
  EXPECT_EQ(stream.Cursor(*stream.FirstRequest(request, 6)), "60");
  EXPECT_EQ(stream.Cursor(*stream.FirstRequest(request, 7)), "");
}

TEST(StreamEndpoint, ResumesASingleShopAtTheCursorOfTheRequest) {
  const StreamEndpoint& stream = StreamOf<firstmile::v1::StreamFirstMileDetailRequest>();
  firstmile::v1::StreamFirstMileDetailRequest request;
  request.set_first_mile_tracking_number("CNF1");
  request.set_cursor("100");
  const auto first = stream.FirstRequest(request, 1);
  EXPECT_EQ(stream.Cursor(*first), "100");
  EXPECT_EQ(static_cast<const firstmile::v1::GetDetailRequest&>(*first).first_mile_tracking_number(), "CNF1");
}

TEST(StreamEndpoint, MovesTheCursor) {
  const StreamEndpoint& stream = StreamOf<StreamUnbindOrdersRequest>();
  GetUnbindOrderListRequest request;
  stream.SetCursor(&request, "10");
  EXPECT_EQ(stream.Cursor(request), "10");
}

TEST(StreamEndpoint, ReadsTheNextCursorOnlyWhenThereIsMore) {
  const StreamEndpoint& stream = StreamOf<StreamUnbindOrdersRequest>();
  GetUnbindOrderListResponse page;
  bool stuck = true;
  page.set_next_cursor("10");
  EXPECT_EQ(stream.NextCursor(page, &stuck), "");
  EXPECT_FALSE(stuck);
  page.set_more(true);
  EXPECT_EQ(stream.NextCursor(page, &stuck), "10");
  EXPECT_FALSE(stuck);
}

TEST(StreamEndpoint, SaysWhenMoreComesWithoutACursor) {
  GetUnbindOrderListResponse page;
  page.set_more(true);
  bool stuck = false;
  EXPECT_EQ(StreamOf<StreamUnbindOrdersRequest>().NextCursor(page, &stuck), "");
  EXPECT_TRUE(stuck);
}

TEST(StreamEndpoint, FillsAFrame) {
  const StreamEndpoint& stream = StreamOf<StreamUnbindOrdersRequest>();
  StreamUnbindOrdersResponse frame;
  static_cast<GetUnbindOrderListResponse*>(stream.MutablePage(&frame))->set_request_id("r");
  stream.SetPosition(&frame, 5, "20", true);
  EXPECT_EQ(frame.page().request_id(), "r");
  EXPECT_EQ(frame.shop_id(), 5);
  EXPECT_EQ(frame.resume_cursor(), "20");
  EXPECT_TRUE(frame.last());
}

TEST(StreamEndpoint, AFailureTakesThePlaceOfThePage) {
  const StreamEndpoint& stream = StreamOf<StreamUnbindOrdersRequest>();
  StreamUnbindOrdersResponse frame;
  stream.MutablePage(&frame);
  stream.MutableFailure(&frame)->set_code(14);
  EXPECT_FALSE(frame.has_page());
  EXPECT_EQ(frame.failure().code(), 14);
}

TEST(StreamEndpoint, ChecksItsOwnRequest) {
  const auto violations = StreamOf<StreamUnbindOrdersRequest>().rules().Check(StreamUnbindOrdersRequest());
  ASSERT_EQ(violations.size(), 1U);
  EXPECT_EQ(violations[0].field, "shop_ids");
}

}  // namespace
}  // namespace firstmile::endpoints
