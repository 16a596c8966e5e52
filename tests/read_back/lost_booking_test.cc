// A booking whose answer was lost is distinguished from earlier bindings.
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "read_back/call_with_read_back_fixture.h"

namespace firstmile::read_back {
namespace {

using ::firstmile::testing::Answer;
using ::firstmile::testing::Failure;
using gateway::CallReport;
using gateway::ReadBack;
using transport::HttpFailure;

TEST_F(CallWithReadBackTest, ABookingIsDistinguishedFromAnEarlierBindingWithOneOfItsOrders) {
  transport_.Then(Failure(HttpFailure::kNoAnswer));
  transport_.Then(Bindings(R"({"binding_id":"OLD","status":"ORDER_CREATED"},{"binding_id":"NEW"})"));
  transport_.Then(On("OLD", R"({"order_sn":"A"},{"order_sn":"Z"})"));
  transport_.Then(On("NEW", R"({"order_sn":"B"})"));
  transport_.Then(On("NEW", R"({"order_sn":"B"})"));
  const CallReport report = Call(book_, &booked_);
  EXPECT_EQ(report.status.code(), 0) << report.status.message();
  EXPECT_EQ(booked_.binding_id(), "NEW");
  EXPECT_EQ(booked_.outcomes(0).state(), v1::OUTCOME_STATE_UNREPORTED);
  EXPECT_EQ(booked_.outcomes(1).state(), v1::OUTCOME_STATE_SUCCEEDED);
}

TEST_F(CallWithReadBackTest, BindingsOfWhichAnyMayBeTheBookingAreNamed) {
  transport_.Then(Failure(HttpFailure::kNoAnswer));
  transport_.Then(
      Bindings(R"({"binding_id":"ONE"},{"binding_id":"TWO"},{"binding_id":"GONE","status":"DELIVERED"})"));
  transport_.Then(On("ONE", R"({"order_sn":"A"})"));
  transport_.Then(On("TWO", R"({"order_sn":"B"})"));
  transport_.Then(On("GONE", ""));
  const CallReport report = Call(book_, &booked_);
  EXPECT_EQ(Reason(report), "WRITE_OUTCOME_UNKNOWN");
  EXPECT_EQ(Info(report).metadata().at("candidateBindings"), "ONE,TWO");
  EXPECT_EQ(booked_.ByteSizeLong(), 0U);
}

TEST_F(CallWithReadBackTest, ABindingWithAPartOfTheOrdersMayBeOfBefore) {
  transport_.Then(Failure(HttpFailure::kNoAnswer));
  transport_.Then(Bindings(R"({"binding_id":"ONE"})"));
  transport_.Then(On("ONE", R"({"order_sn":"A"})"));
  const CallReport report = Call(book_, &booked_);
  EXPECT_EQ(Reason(report), "WRITE_OUTCOME_UNKNOWN");
  EXPECT_EQ(Info(report).metadata().at("candidateBindings"), "ONE");
}

TEST_F(CallWithReadBackTest, ABindingOfAnEarlierDayIsOfBefore) {
  const absl::CivilDay today = absl::ToCivilDay(clock_.Now() - absl::Hours(1), absl::UTCTimeZone());
  const auto binding = [](const char* id, absl::CivilDay day) {
    return absl::StrCat(R"({"binding_id":")", id, R"(","declare_date":")", absl::FormatCivilTime(day),
                        R"("})");
  };
  transport_.Then(Failure(HttpFailure::kNoAnswer));
  transport_.Then(Bindings(absl::StrCat(binding("OLD", today - 1), ",", binding("NEW", today))));
  transport_.Then(On("OLD", R"({"order_sn":"A"})"));
  for (int read_back = 0; read_back < 2; ++read_back) transport_.Then(On("NEW", R"({"order_sn":"B"})"));
  const CallReport report = Call(book_, &booked_);
  EXPECT_EQ(report.status.code(), 0) << report.status.message();
  EXPECT_EQ(booked_.binding_id(), "NEW");

  transport_.Then(Failure(HttpFailure::kNoAnswer));
  for (int read_back = 0; read_back < 2; ++read_back) {
    transport_.Then(Bindings(binding("OLD", today - 1)));
    transport_.Then(On("OLD", R"({"order_sn":"A"},{"order_sn":"B"})"));
  }
  EXPECT_EQ(Reason(Call(book_, &booked_)), "WRITE_NOT_APPLIED");
}

TEST_F(CallWithReadBackTest, UnknownElementsOfABookingNameTheCandidateBindings) {
  transport_.Then(Answer(
      R"({"request_id":"r","error":"","response":{"binding_id":"","fail_list":[)"
      R"({"order_sn":"A","fail_error":"error_network"},{"order_sn":"B","fail_error":"error_network"}]}})"));
  transport_.Then(Bindings(R"({"binding_id":"ONE"},{"binding_id":"TWO"})"));
  transport_.Then(On("ONE", R"({"order_sn":"A"})"));
  transport_.Then(On("TWO", R"({"order_sn":"B"})"));
  EXPECT_EQ(Call(book_, &booked_).read_back, ReadBack::kUnknown);
  ASSERT_EQ(booked_.outcomes_size(), 2);
  EXPECT_EQ(booked_.outcomes(0).state(), v1::OUTCOME_STATE_UNKNOWN);
  ASSERT_EQ(booked_.header().warnings_size(), 1);
  EXPECT_NE(booked_.header().warnings(0).text().find("ONE, TWO"), std::string::npos);
}

TEST_F(CallWithReadBackTest, WithBindingsOfBeforeAloneNothingWasBooked) {
  transport_.Then(Failure(HttpFailure::kNoAnswer));
  for (int read_back = 0; read_back < 2; ++read_back) {
    transport_.Then(Bindings(R"({"binding_id":"OLD"},{"binding_id":"GONE","status":"CANCELED"})"));
    transport_.Then(On("OLD", R"({"order_sn":"A"},{"order_sn":"Z"})"));
    transport_.Then(On("GONE", ""));
  }
  EXPECT_EQ(Reason(Call(book_, &booked_)), "WRITE_NOT_APPLIED");
}

}  // namespace
}  // namespace firstmile::read_back
