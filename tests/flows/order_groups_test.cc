#include "flows/order_groups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "flows/order_outcomes.h"

namespace firstmile::flows {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

FlowOrders OrdersOf(std::initializer_list<std::int64_t> shops) {
  FlowOrders orders;
  for (const std::int64_t shop : shops) orders.Add()->set_shop_id(shop);
  return orders;
}

TEST(OrderGroups, KeepTheOrderOfShopsAndOfEachShopsOrders) {
  const std::vector<OrdersOfShop> shops = GroupByShop(OrdersOf({7, 3, 7, 5, 3, 7}));
  ASSERT_EQ(shops.size(), 3U);
  EXPECT_EQ(shops[0].shop_id, 7);
  EXPECT_THAT(shops[0].orders, ElementsAre(0, 2, 5));
  EXPECT_EQ(shops[1].shop_id, 3);
  EXPECT_THAT(shops[1].orders, ElementsAre(1, 4));
  EXPECT_EQ(shops[2].shop_id, 5);
  EXPECT_THAT(shops[2].orders, ElementsAre(3));
}

TEST(OrderGroups, OfNoOrdersAreNone) {
  EXPECT_THAT(GroupByShop({}), IsEmpty());
}

class OutcomesTest : public ::testing::Test {
 protected:
  OutcomesTest() {
    for (const char* order : {"A", "B"}) orders_.Add()->set_order_sn(order);
    report_.status.set_code(14);
    report_.attempts = 1;
  }

  OrderKeys orders_;
  gateway::CallReport report_;
  v1::FlowCall call_;
  v1::FlowCounts counts_;
};

TEST_F(OutcomesTest, ACallThatFailsGivesEachOrderItsFailure) {
  FailAll(orders_, report_, &call_);
  ASSERT_EQ(call_.outcomes_size(), 2);
  EXPECT_EQ(call_.outcomes(1).order_sn(), "B");
  EXPECT_EQ(call_.outcomes(1).state(), v1::OUTCOME_STATE_FAILED);
  EXPECT_EQ(call_.outcomes(1).failure().code(), v1::CANONICAL_CODE_UNAVAILABLE);
  Count(call_, report_, &counts_);
  EXPECT_EQ(counts_.refused(), 2);
  EXPECT_EQ(counts_.calls(), 1);
}

TEST_F(OutcomesTest, ACallWithAnUnknownOutcomeLeavesItsOrdersUnknown) {
  report_.unknown_outcome = gateway::UnknownOutcome::kAnswerLost;
  report_.read_back = gateway::ReadBack::kUnknown;
  FailAll(orders_, report_, &call_);
  EXPECT_EQ(call_.outcomes(0).state(), v1::OUTCOME_STATE_UNKNOWN);
  Count(call_, report_, &counts_);
  EXPECT_EQ(counts_.unknown(), 2);
}

TEST_F(OutcomesTest, ACallThatTheReadBackFoundWithoutEffectFailed) {
  report_.unknown_outcome = gateway::UnknownOutcome::kAnswerLost;
  report_.read_back = gateway::ReadBack::kNotApplied;
  FailAll(orders_, report_, &call_);
  EXPECT_EQ(call_.outcomes(0).state(), v1::OUTCOME_STATE_FAILED);
}

TEST_F(OutcomesTest, OrdersOfACallThatWasNotSentAreNotTried) {
  report_.attempts = 0;
  FailAll(orders_, report_, &call_);
  Count(call_, report_, &counts_);
  EXPECT_EQ(counts_.not_tried(), 2);
  EXPECT_EQ(counts_.calls(), 0);
}

TEST_F(OutcomesTest, EachOrderOfAnAnswerCountsByItsState) {
  for (const v1::OutcomeState state :
       {v1::OUTCOME_STATE_SUCCEEDED, v1::OUTCOME_STATE_SUCCEEDED, v1::OUTCOME_STATE_FAILED,
        v1::OUTCOME_STATE_UNREPORTED, v1::OUTCOME_STATE_UNKNOWN}) {
    call_.add_outcomes()->set_state(state);
  }
  Count(call_, {}, &counts_);
  EXPECT_EQ(counts_.succeeded(), 2);
  EXPECT_EQ(counts_.refused(), 1);
  EXPECT_EQ(counts_.unknown(), 2);
  EXPECT_EQ(counts_.calls(), 1);
}

}  // namespace
}  // namespace firstmile::flows
