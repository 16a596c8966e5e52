#include "flows/order_search.h"

#include <gtest/gtest.h>

namespace firstmile::flows {
namespace {

class OrderSearchTest : public ::testing::Test {
 protected:
  void Want(const std::string& order_sn, const std::string& package_number = "") {
    v1::OrderKey* key = wanted_.Add();
    key->set_order_sn(order_sn);
    key->set_package_number(package_number);
  }

  OrderSearch::Keys wanted_;
  google::protobuf::RepeatedPtrField<v1::OrderOutcome> outcomes_;
};

TEST_F(OrderSearchTest, ASideWithoutAPackageStandsForTheOrdersOnlyOne) {
  Want("A");
  Want("B", "1");
  OrderSearch search(wanted_);
  search.Note("A", "7");
  search.Note("B", "");
  EXPECT_TRUE(search.all());
}

TEST_F(OrderSearchTest, PackagesOfOneOrderAreDistinct) {
  Want("A", "1");
  Want("A", "2");
  OrderSearch search(wanted_);
  search.Note("A", "2");
  EXPECT_EQ(search.found(), 1U);
  EXPECT_EQ(search.FillOutcomes(true, &outcomes_), 1);
  EXPECT_EQ(outcomes_[0].state(), v1::OUTCOME_STATE_UNREPORTED);
  EXPECT_EQ(outcomes_[1].state(), v1::OUTCOME_STATE_SUCCEEDED);
  EXPECT_EQ(outcomes_[1].package_number(), "2");
}

TEST_F(OrderSearchTest, ARowThatComesTwiceCountsOnce) {
  Want("A");
  OrderSearch search(wanted_);
  search.Note("A", "");
  search.Note("A", "");
  search.Note("B", "");
  EXPECT_EQ(search.found(), 1U);
}

TEST_F(OrderSearchTest, WhatIsGoneFromAListIsDoneWhenItWasToGo) {
  Want("A");
  Want("B");
  OrderSearch search(wanted_);
  search.Note("A", "");
  EXPECT_EQ(search.FillOutcomes(false, &outcomes_), 1);
  EXPECT_EQ(outcomes_[0].state(), v1::OUTCOME_STATE_UNREPORTED);
  EXPECT_EQ(outcomes_[1].state(), v1::OUTCOME_STATE_SUCCEEDED);
}

}  // namespace
}  // namespace firstmile::flows
