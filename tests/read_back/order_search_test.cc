#include "read_back/order_search.h"

#include <gtest/gtest.h>

namespace firstmile::read_back {
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
  search.Add("A", "7");
  search.Add("B", "");
  EXPECT_TRUE(search.all());
}

TEST_F(OrderSearchTest, PackagesOfOneOrderAreDistinct) {
  Want("A", "1");
  Want("A", "2");
  OrderSearch search(wanted_);
  search.Add("A", "2");
  EXPECT_EQ(search.found(), 1U);
  EXPECT_EQ(search.FillOutcomes(true, &outcomes_), 1);
  EXPECT_EQ(outcomes_[0].state(), v1::OUTCOME_STATE_UNREPORTED);
  EXPECT_EQ(outcomes_[1].state(), v1::OUTCOME_STATE_SUCCEEDED);
  EXPECT_EQ(outcomes_[1].package_number(), "2");
}

TEST_F(OrderSearchTest, ARowWithoutAPackageStandsForOnePackageOfItsOrder) {
  Want("A", "1");
  Want("A", "2");
  Want("A", "3");
  OrderSearch search(wanted_);
  search.Add("A", "1");
  search.Add("A", "");
  EXPECT_EQ(search.found(), 1U);
  EXPECT_FALSE(search.is_clear());
  EXPECT_EQ(search.FillOutcomes(true, &outcomes_), 1);
  EXPECT_EQ(outcomes_[1].state(), v1::OUTCOME_STATE_UNREPORTED);
  EXPECT_EQ(search.FillOutcomes(false, &outcomes_), 0) << "it is unknown which of them is gone";
  search.Add("A", "");
  EXPECT_TRUE(search.is_clear());
  EXPECT_TRUE(search.all());
  EXPECT_EQ(search.FillOutcomes(true, &outcomes_), 3);
}

TEST_F(OrderSearchTest, ARowThatComesTwiceCountsOnce) {
  Want("A");
  OrderSearch search(wanted_);
  search.Add("A", "");
  search.Add("A", "");
  search.Add("B", "");
  EXPECT_EQ(search.found(), 1U);
}

TEST_F(OrderSearchTest, WhatIsGoneFromAListIsDoneWhenItWasToGo) {
  Want("A");
  Want("B");
  OrderSearch search(wanted_);
  search.Add("A", "");
  EXPECT_EQ(search.FillOutcomes(false, &outcomes_), 1);
  EXPECT_EQ(outcomes_[0].state(), v1::OUTCOME_STATE_UNREPORTED);
  EXPECT_EQ(outcomes_[1].state(), v1::OUTCOME_STATE_SUCCEEDED);
}

}  // namespace
}  // namespace firstmile::read_back
