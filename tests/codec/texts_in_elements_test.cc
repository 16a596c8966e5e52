// Texts that Shopee puts into the elements of a list instead of beside it.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "codec/decode.h"
#include "firstmile/v1/order_bookings.pb.h"

namespace firstmile::codec {
namespace {

using firstmile::v1::GetBookingListRequest;
using firstmile::v1::GetBookingListResponse;

Decoded<GetBookingListResponse> Decode(const std::string& payload) {
  auto decoded = DecodeBody<GetBookingListResponse>(
      absl::StrCat(R"({"error":"","response":{)", payload, "}}"), GetBookingListRequest());
  EXPECT_TRUE(decoded.status.ok()) << decoded.status;
  return decoded;
}

std::string CursorIn(const std::string& payload) {
  return Decode(payload).response.next_cursor();
}

TEST(TextsInElements, AreThoseOfTheLastElementThatHasOne) {
  EXPECT_EQ(CursorIn(R"("booking_list":[{"next_cursor":"10"},{"next_cursor":20},{"next_cursor":null},{}])"),
            "20");
}

TEST(TextsInElements, GiveWayToATextBesideTheList) {
  EXPECT_EQ(CursorIn(R"("next_cursor":"30","booking_list":[{"next_cursor":"20"}])"), "30");
  EXPECT_EQ(CursorIn(R"("booking_list":[{"next_cursor":"20"}],"next_cursor":"30")"), "30");
  EXPECT_EQ(CursorIn(R"("next_cursor":"","booking_list":[{"next_cursor":"20"}])"), "20");
}

TEST(TextsInElements, MayBeInAListOfOneThatIsItsElement) {
  EXPECT_EQ(CursorIn(R"("booking_list":{"booking_sn":"A","next_cursor":"20"})"), "20");
}

TEST(TextsInElements, AreNotUnmodeledMembersOfTheElements) {
  EXPECT_EQ(Decode(R"("booking_list":[{"booking_sn":"A","next_cursor":"20"}])").report.unknown_fields, 0U);
}

TEST(TextsInElements, AreEmptyWhereNoElementHasOne) {
  EXPECT_EQ(CursorIn(R"("booking_list":[{"booking_sn":"A"},7,null])"), "");
  EXPECT_EQ(CursorIn(R"("booking_list":[])"), "");
}

}  // namespace
}  // namespace firstmile::codec
