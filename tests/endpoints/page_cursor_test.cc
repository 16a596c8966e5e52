#include "endpoints/page_cursor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "endpoints/endpoint_table.h"
#include "endpoints/page_cases.pb.h"
#include "firstmile/v1/first_mile_orders.pb.h"
#include "google/protobuf/descriptor.h"

namespace firstmile::endpoints {
namespace {

using firstmile::v1::GetUnbindOrderListRequest;
using firstmile::v1::GetUnbindOrderListResponse;
using ::testing::ElementsAre;

const EndpointTable& Table() {
  static const auto* const table = [] {
    const auto& pool = *google::protobuf::DescriptorPool::generated_pool();
    return new EndpointTable(EndpointTable::Build({pool.FindServiceByName("firstmile.test.Lists"),
                                                   pool.FindServiceByName("firstmile.v1.FirstMileService")})
                                 .value());
  }();
  return *table;
}

template <typename Request, typename Response>
PageCursor CursorOf() {
  return PageCursor::Compile(*Table().FindByRequest(Request::descriptor()), *Request::descriptor(),
                             *Response::descriptor())
      .value();
}

const PageCursor kUnbound = CursorOf<GetUnbindOrderListRequest, GetUnbindOrderListResponse>();
const PageCursor kNested = CursorOf<test::ListNestedRequest, test::ListNestedResponse>();
const PageCursor kNumbered = CursorOf<test::ListNumberedRequest, test::ListNumberedResponse>();
const PageCursor kCounted = CursorOf<test::ListCountedRequest, test::ListCountedResponse>();

TEST(PageCursor, IsPutIntoTheRequest) {
  GetUnbindOrderListRequest request;
  kUnbound.Set(&request, "10");
  EXPECT_EQ(request.cursor(), "10");
  EXPECT_EQ(kUnbound.Get(request), "10");
}

TEST(PageCursor, IsReadOnlyWhenThereIsMore) {
  const GetUnbindOrderListRequest request;
  GetUnbindOrderListResponse page;
  page.set_next_cursor("10");
  EXPECT_EQ(kUnbound.Next(request, page).kind, NextPage::Kind::kNone);
  page.set_more(true);
  EXPECT_EQ(kUnbound.Next(request, page).kind, NextPage::Kind::kAt);
  EXPECT_EQ(kUnbound.Next(request, page).cursor, "10");
}

TEST(PageCursor, IsMissedWhenMoreComesWithoutIt) {
  GetUnbindOrderListResponse page;
  page.set_more(true);
  EXPECT_EQ(kUnbound.Next(GetUnbindOrderListRequest(), page).kind, NextPage::Kind::kNowhere);
}

TEST(PageCursor, DecidesWhereMoreCannotBeRead) {
  GetUnbindOrderListResponse page;
  (*page.mutable_header()->mutable_unmodeled_fields())["more"] = "\"maybe\"";
  EXPECT_EQ(kUnbound.Next(GetUnbindOrderListRequest(), page).kind, NextPage::Kind::kUnknown);
  page.set_next_cursor("10");
  EXPECT_EQ(kUnbound.Next(GetUnbindOrderListRequest(), page).kind, NextPage::Kind::kAt);
}

TEST(PageCursor, CanStandInAMessageInside) {
  test::ListNestedRequest request;
  request.mutable_pagination()->set_page_size(5);
  kNested.Set(&request, "1,2");
  EXPECT_EQ(request.pagination().cursor(), "1,2");
  EXPECT_EQ(request.pagination().page_size(), 5);
  EXPECT_EQ(kNested.bytes_max(), 512U);
  test::ListNestedResponse page;
  EXPECT_EQ(kNested.Next(request, page).kind, NextPage::Kind::kNone);
  page.mutable_pagination()->set_more(true);
  page.mutable_pagination()->set_next_cursor("3,4");
  EXPECT_EQ(kNested.Next(request, page).cursor, "3,4");
  page.Clear();
  (*page.mutable_header()->mutable_unmodeled_fields())["pagination.more"] = "[]";
  EXPECT_EQ(kNested.Next(request, page).kind, NextPage::Kind::kUnknown);
}

TEST(PageCursor, IsThePagesNumberWherePagesAreNumbered) {
  test::ListNumberedRequest request;
  EXPECT_EQ(kNumbered.Get(request), "");
  test::ListNumberedResponse page;
  EXPECT_EQ(kNumbered.Next(request, page).kind, NextPage::Kind::kNone);
  page.set_more(true);
  EXPECT_EQ(kNumbered.Next(request, page).cursor, "2");
  kNumbered.Set(&request, "2");
  EXPECT_EQ(request.page_no(), 2);
  EXPECT_EQ(kNumbered.Get(request), "2");
  EXPECT_EQ(kNumbered.Next(request, page).cursor, "3");
}

TEST(PageCursor, OfNumberedPagesIsAPositiveNumber) {
  for (const char* good : {"", "1", "2147483647"}) EXPECT_TRUE(kNumbered.CanBe(good)) << good;
  for (const char* bad : {"0", "-1", "x", "2147483648", "1,2"}) EXPECT_FALSE(kNumbered.CanBe(bad)) << bad;
  EXPECT_TRUE(kUnbound.CanBe("x"));
}

TEST(PageCursor, ComesFromTheTotalCountWhereNothingElseTells) {
  test::ListCountedRequest request;
  test::ListCountedResponse page;
  EXPECT_EQ(kCounted.Next(request, page).kind, NextPage::Kind::kNone);
  page.set_total_count(10);  // as many as a page has when its request does not say
  EXPECT_EQ(kCounted.Next(request, page).kind, NextPage::Kind::kNone);
  page.set_total_count(11);
  EXPECT_EQ(kCounted.Next(request, page).cursor, "2");
  request.set_page_no(2);
  EXPECT_EQ(kCounted.Next(request, page).kind, NextPage::Kind::kNone);
  request.set_page_size(5);
  EXPECT_EQ(kCounted.Next(request, page).cursor, "3");
  (*page.mutable_header()->mutable_unmodeled_fields())["total_count"] = "\"many\"";
  EXPECT_EQ(kCounted.Next(request, page).kind, NextPage::Kind::kUnknown);
}

TEST(PageCursor, CountsTheRowsOfThePageSizeThatIsSent) {
  const PageCursor by_default =
      CursorOf<test::ListCountedByDefaultRequest, test::ListCountedByDefaultResponse>();
  test::ListCountedByDefaultRequest request;
  test::ListCountedByDefaultResponse page;
  page.set_total_count(100);
  EXPECT_EQ(by_default.Next(request, page).kind, NextPage::Kind::kNone);
  page.set_total_count(101);
  EXPECT_EQ(by_default.Next(request, page).cursor, "2");
}

TEST(PageCursor, NeedsItsFields) {
  const Endpoint& cursors = *Table().FindByRequest(test::ListNestedRequest::descriptor());
  const Endpoint& numbers = *Table().FindByRequest(test::ListNumberedRequest::descriptor());
  const auto& request = *test::OwnRequest::descriptor();
  const auto& response = *test::ListNumberedResponse::descriptor();
  for (const Endpoint* source : {&cursors, &numbers}) {
    const auto pages = PageCursor::Compile(*source, request, response);
    ASSERT_FALSE(pages.ok());
    EXPECT_NE(pages.status().message().find("firstmile.test.OwnRequest"), std::string::npos)
        << pages.status();
  }
}

TEST(StreamEndpoint, OfAPublicListHasOneSubjectAndOneCursor) {
  const StreamEndpoint& stream = *Table().FindStreamByRequest(test::StreamNumberedRequest::descriptor());
  test::StreamNumberedRequest request;
  request.set_resume_cursor("3");
  request.set_page_size(20);
  EXPECT_THAT(stream.Subjects(request), ElementsAre(subjects::Partner()));
  const auto first = stream.FirstRequest(request, {});
  EXPECT_EQ(static_cast<const test::ListNumberedRequest&>(*first).page_no(), 3);
  EXPECT_EQ(static_cast<const test::ListNumberedRequest&>(*first).page_size(), 20);
  test::StreamNumberedResponse frame;
  stream.SetPosition(&frame, {}, "4", false);
  EXPECT_EQ(frame.resume_cursor(), "4");
}

TEST(StreamEndpoint, RefusesACursorThatTheListCannotHave) {
  const StreamEndpoint& stream = *Table().FindStreamByRequest(test::StreamNumberedRequest::descriptor());
  test::StreamNumberedRequest request;
  request.set_resume_cursor("page 3");
  const auto violations = stream.Check(request);
  ASSERT_EQ(violations.size(), 1U);
  EXPECT_EQ(violations[0].field, "resume_cursor");
}

TEST(EndpointTable, LeavesOutWhatTheSidecarImplementsItself) {
  EXPECT_EQ(Table().FindByRequest(test::OwnRequest::descriptor()), nullptr);
}

}  // namespace
}  // namespace firstmile::endpoints
