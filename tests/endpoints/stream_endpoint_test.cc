#include "endpoints/stream_endpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "endpoints/cursor_trail.h"
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
  EXPECT_THAT(StreamOf<StreamUnbindOrdersRequest>().Subjects(request),
              ElementsAre(subjects::Shop(5), subjects::Shop(3), subjects::Shop(4)));
  firstmile::v1::StreamFirstMileDetailRequest single;
  single.set_shop_id(9);
  EXPECT_THAT(StreamOf<firstmile::v1::StreamFirstMileDetailRequest>().Subjects(single),
              ElementsAre(subjects::Shop(9)));
}

void AddResume(std::int64_t shop, const std::string& cursor,
               google::protobuf::RepeatedPtrField<firstmile::v1::StreamResume>* resume) {
  firstmile::v1::StreamResume* entry = resume->Add();
  entry->set_shop_id(shop);
  entry->set_resume_cursor(cursor);
}

TEST(StreamEndpoint, CopiesTheRequestForOneShop) {
  StreamUnbindOrdersRequest request;
  request.add_shop_ids(5);
  request.set_page_size(20);
  request.add_response_optional_fields("package_number");
  const auto first = StreamOf<StreamUnbindOrdersRequest>().FirstRequest(request, subjects::Shop(5));
  const auto& unary = static_cast<const GetUnbindOrderListRequest&>(*first);
  EXPECT_EQ(unary.shop_id(), 5);
  EXPECT_EQ(unary.page_size(), 20);
  EXPECT_EQ(unary.cursor(), "");
  EXPECT_THAT(unary.response_optional_fields(), ElementsAre("package_number"));
}

TEST(StreamEndpoint, LeavesAPageSizeThatIsNotGivenToShopee) {
  const auto first =
      StreamOf<StreamUnbindOrdersRequest>().FirstRequest(StreamUnbindOrdersRequest(), subjects::Shop(5));
  EXPECT_EQ(static_cast<const GetUnbindOrderListRequest&>(*first).page_size(), 0);
}

TEST(StreamEndpoint, ResumesEachShopAtItsOwnCursor) {
  const StreamEndpoint& stream = StreamOf<StreamUnbindOrdersRequest>();
  StreamUnbindOrdersRequest request;
  AddResume(5, "50", request.mutable_resume());
  AddResume(6, "60", request.mutable_resume());
  EXPECT_EQ(stream.cursor().Get(*stream.FirstRequest(request, subjects::Shop(6))), "60");
  EXPECT_EQ(stream.cursor().Get(*stream.FirstRequest(request, subjects::Shop(7))), "");
}

TEST(StreamEndpoint, ResumesASingleShopAtTheCursorOfTheRequest) {
  const StreamEndpoint& stream = StreamOf<firstmile::v1::StreamFirstMileDetailRequest>();
  firstmile::v1::StreamFirstMileDetailRequest request;
  request.set_first_mile_tracking_number("CNF1");
  AddResume(1, "100", request.mutable_resume());
  const auto first = stream.FirstRequest(request, subjects::Shop(1));
  EXPECT_EQ(stream.cursor().Get(*first), "100");
  EXPECT_EQ(static_cast<const firstmile::v1::GetDetailRequest&>(*first).first_mile_tracking_number(), "CNF1");
}

TEST(CursorTrail, NoticesEveryCircleSoonAndNothingElse) {
  for (int begin = 0; begin < 20; ++begin) {
    for (int circle = 1; circle < 20; ++circle) {
      CursorTrail trail("");
      int steps = 1;
      while (!trail.LeadsBack(absl::StrCat(steps <= begin ? steps : begin + (steps - begin) % circle))) {
        ASSERT_LT(++steps, 4 * (begin + circle) + 4) << begin << " " << circle;
      }
      EXPECT_GT(steps, circle);
    }
  }
  CursorTrail trail("0");
  for (int i = 1; i < 10'000; ++i) ASSERT_FALSE(trail.LeadsBack(absl::StrCat(i)));
}

TEST(CursorTrail, NoticesACursorThatDoesNotMoveAtOnce) {
  CursorTrail trail("5");
  EXPECT_TRUE(trail.LeadsBack("5"));
  EXPECT_FALSE(trail.LeadsBack("6"));
  EXPECT_FALSE(trail.LeadsBack("7"));
  EXPECT_TRUE(trail.LeadsBack("7"));
}

TEST(StreamEndpoint, FillsAFrame) {
  const StreamEndpoint& stream = StreamOf<StreamUnbindOrdersRequest>();
  StreamUnbindOrdersResponse frame;
  static_cast<GetUnbindOrderListResponse*>(stream.MutablePage(&frame))->mutable_header()->set_request_id("r");
  stream.SetPosition(&frame, subjects::Shop(5), "20", true);
  EXPECT_EQ(frame.page().header().request_id(), "r");
  EXPECT_EQ(frame.shop_id(), 5);
  EXPECT_EQ(frame.resume_cursor(), "20");
  EXPECT_TRUE(frame.last());
}

TEST(StreamEndpoint, AFailureReplacesThePage) {
  const StreamEndpoint& stream = StreamOf<StreamUnbindOrdersRequest>();
  StreamUnbindOrdersResponse frame;
  stream.MutablePage(&frame);
  stream.MutableFailure(&frame)->set_code(firstmile::v1::CANONICAL_CODE_UNAVAILABLE);
  EXPECT_FALSE(frame.has_page());
  EXPECT_EQ(frame.failure().code(), firstmile::v1::CANONICAL_CODE_UNAVAILABLE);
}

TEST(StreamEndpoint, ChecksItsOwnRequest) {
  const auto violations = StreamOf<StreamUnbindOrdersRequest>().Check(StreamUnbindOrdersRequest());
  ASSERT_EQ(violations.size(), 1U);
  EXPECT_EQ(violations[0].field, "shop_ids");
}

}  // namespace
}  // namespace firstmile::endpoints
