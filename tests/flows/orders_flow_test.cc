// The grouping, order and pace of a flow, over shops that answer when the test says so.
#include "flows/orders_flow.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <future>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "support/manual_clock.h"
#include "support/run_task.h"
#include "transport/stoppable_event.h"

namespace firstmile::flows {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

// Binds every order but those whose name begins with "refused". Calls of a held shop wait for Release.
class FakeShops final : public ShopCaller {
 public:
  explicit FakeShops(transport::EventLoop& loop) : loop_(loop) {}

  async::Task<gateway::CallReport> Call(const google::protobuf::Message& request,
                                        google::protobuf::Message* response,
                                        gateway::CallContext context) override {
    const auto& bind = static_cast<const v1::BindFirstMileTrackingNumberRequest&>(request);
    calls.push_back(bind);
    gateway::CallReport report;
    report.attempts = 1;
    if (held.contains(bind.shop_id())) {
      transport::StoppableEvent answered(loop_, context.stop);
      waiting_.push_back(&answered);
      const bool was_answered = co_await answered;
      if (!was_answered) {
        report.status.set_code(1);
        co_return report;
      }
    }
    if (const auto failure = failures.find(bind.shop_id()); failure != failures.end())
      co_return failure->second;
    Answer(bind, static_cast<v1::BindFirstMileTrackingNumberResponse*>(response));
    co_return report;
  }

  void Release() {
    waiting_.front()->Set();
    waiting_.pop_front();
  }

  std::vector<v1::BindFirstMileTrackingNumberRequest> calls;
  std::set<std::int64_t> held;
  std::map<std::int64_t, gateway::CallReport> failures;

 private:
  static void Answer(const v1::BindFirstMileTrackingNumberRequest& bind,
                     v1::BindFirstMileTrackingNumberResponse* response) {
    response->mutable_header()->set_request_id("r");
    for (const v1::OrderKey& order : bind.order_list()) {
      v1::OrderOutcome& outcome = *response->add_outcomes();
      outcome.set_order_sn(order.order_sn());
      outcome.set_package_number(order.package_number());
      const bool refused = order.order_sn().starts_with("refused");
      outcome.set_state(refused ? v1::OUTCOME_STATE_FAILED : v1::OUTCOME_STATE_SUCCEEDED);
    }
  }

  transport::EventLoop& loop_;
  std::deque<transport::StoppableEvent*> waiting_;
};

// Takes events at once, or as slowly as the test does.
class FakeCaller final : public EventWriter {
 public:
  FakeCaller(transport::EventLoop& loop, std::stop_token stop) : loop_(loop), stop_(std::move(stop)) {}

  async::Task<bool> Write(const google::protobuf::Message& event) override {
    events.push_back(static_cast<const v1::BindOrdersResponse&>(event));
    if (slow) {
      transport::StoppableEvent taken(loop_, stop_);
      reading_.push_back(&taken);
      co_await taken;
    }
    co_return !stop_.stop_requested();
  }

  void Read() {
    reading_.front()->Set();
    reading_.pop_front();
  }

  std::vector<v1::BindOrdersResponse> events;
  bool slow = false;

 private:
  transport::EventLoop& loop_;
  const std::stop_token stop_;
  std::deque<transport::StoppableEvent*> reading_;
};

class OrdersFlowTest : public ::testing::Test {
 protected:
  OrdersFlowTest() {
    request_.set_first_mile_tracking_number("CNF1");
    request_.set_shipment_method("pickup");
    request_.set_region("CN");
    request_.set_logistics_channel_id(813);
  }
  ~OrdersFlowTest() override { loop_.Stop(); }

  void AddOrders(std::int64_t shop, int count) {
    for (int i = 0; i < count; ++i) AddOrder(shop, absl::StrCat("order", i));
  }
  void AddOrder(std::int64_t shop, const std::string& order_sn) {
    v1::FlowOrder& order = *request_.add_order_list();
    order.set_shop_id(shop);
    order.set_order_sn(order_sn);
  }

  std::future<gateway::CallReport> Start() { return testing::StartOnLoop(loop_, Run()); }
  gateway::CallReport RunToEnd() { return Start().get(); }

  // What was posted before, and what follows from it.
  void OnLoop(std::function<void()> work) {
    loop_.Post(std::move(work));
    for (int i = 0; i < 3; ++i) testing::Settle(loop_);
  }

  std::vector<std::string> CallSizes() const {
    std::vector<std::string> sizes;
    for (const auto& call : shops_.calls)
      sizes.push_back(absl::StrCat(call.shop_id(), ":", call.order_list_size()));
    return sizes;
  }

  testing::ManualClock clock_;
  transport::EventLoop loop_{clock_, "test"};
  std::stop_source stop_;
  v1::BindOrdersRequest request_;
  FakeShops shops_{loop_};
  FakeCaller caller_{loop_, stop_.get_token()};
  int shops_in_parallel_ = 8;

 private:
  async::Task<gateway::CallReport> Run() {
    const BindWrite write(request_, shops_);
    OrdersEventsAs<v1::BindOrdersResponse> events(caller_);
    gateway::CallContext context{.stop = stop_.get_token(), .access_token = {}};
    OrdersFlow flow(request_.order_list(), write, events, context, shops_in_parallel_);
    co_return co_await flow.Run();
  }
};

TEST_F(OrdersFlowTest, FourHundredOrdersOfTwoShopsAreEightCalls) {
  for (int i = 0; i < 200; ++i) {
    AddOrder(1, absl::StrCat("a", i));
    AddOrder(2, absl::StrCat("b", i));
  }
  RunToEnd();
  EXPECT_THAT(CallSizes(),
              UnorderedElementsAre("1:50", "1:50", "1:50", "1:50", "2:50", "2:50", "2:50", "2:50"));
  ASSERT_EQ(caller_.events.size(), 9U);
  EXPECT_EQ(caller_.events.back().summary().succeeded(), 400);
  EXPECT_EQ(caller_.events.back().summary().calls(), 8);
}

TEST_F(OrdersFlowTest, TheLastCallOfAShopHasTheRest) {
  AddOrders(1, 101);
  RunToEnd();
  EXPECT_THAT(CallSizes(), ElementsAre("1:50", "1:50", "1:1"));
}

TEST_F(OrdersFlowTest, AShopsOrdersKeepTheOrderOfTheRequest) {
  AddOrders(1, 60);
  RunToEnd();
  std::vector<std::string> seen;
  for (const auto& event : caller_.events)
    for (const auto& outcome : event.call().outcomes()) seen.push_back(outcome.order_sn());
  ASSERT_EQ(seen.size(), 60U);
  for (int i = 0; i < 60; ++i) EXPECT_EQ(seen[static_cast<std::size_t>(i)], absl::StrCat("order", i));
}

TEST_F(OrdersFlowTest, ACallNamesTheNumberAndThePackages) {
  AddOrder(1, "A");
  request_.mutable_order_list(0)->set_package_number("P");
  request_.set_weight(2.5);
  request_.set_warehouse_id("ECP03");
  RunToEnd();
  const auto& call = shops_.calls.at(0);
  EXPECT_EQ(call.first_mile_tracking_number(), "CNF1");
  EXPECT_EQ(call.shipment_method(), "pickup");
  EXPECT_EQ(call.region(), "CN");
  EXPECT_EQ(call.logistics_channel_id(), 813);
  EXPECT_EQ(call.warehouse_id(), "ECP03");
  EXPECT_EQ(call.weight(), 2.5);
  EXPECT_FALSE(call.has_volume());
  EXPECT_EQ(call.order_list(0).package_number(), "P");
}

TEST_F(OrdersFlowTest, ARefusedOrderStopsNoOther) {
  AddOrder(1, "refused");
  AddOrders(1, 60);
  RunToEnd();
  const v1::FlowCounts& summary = caller_.events.back().summary();
  EXPECT_EQ(summary.orders(), 61);
  EXPECT_EQ(summary.refused(), 1);
  EXPECT_EQ(summary.succeeded(), 60);
}

TEST_F(OrdersFlowTest, AShopThatFailsStopsNoOther) {
  gateway::CallReport unauthorized;
  unauthorized.status.set_code(9);
  shops_.failures.emplace(1, unauthorized);
  AddOrders(1, 2);
  AddOrders(2, 3);
  RunToEnd();
  const v1::FlowCounts& summary = caller_.events.back().summary();
  EXPECT_EQ(summary.not_tried(), 2);
  EXPECT_EQ(summary.succeeded(), 3);
  const auto& failed = caller_.events.front().call();
  EXPECT_EQ(failed.failure().code(), v1::CANONICAL_CODE_FAILED_PRECONDITION);
  EXPECT_EQ(failed.outcomes_size(), 2);
}

TEST_F(OrdersFlowTest, CountsGrowWithEachCall) {
  AddOrders(1, 120);
  RunToEnd();
  ASSERT_EQ(caller_.events.size(), 4U);
  EXPECT_EQ(caller_.events[0].call().so_far().succeeded(), 50);
  EXPECT_EQ(caller_.events[1].call().so_far().succeeded(), 100);
  EXPECT_EQ(caller_.events[2].call().so_far().succeeded(), 120);
}

TEST_F(OrdersFlowTest, ShopsRunSideBySideUpToTheLimitAndAShopsCallsDoNot) {
  shops_in_parallel_ = 2;
  for (const std::int64_t shop : {1, 2, 3}) {
    shops_.held.insert(shop);
    AddOrders(shop, 51);
  }
  std::future<gateway::CallReport> flow = Start();
  EXPECT_THAT(CallSizes(), ElementsAre("1:50", "2:50"));
  OnLoop([this] { shops_.Release(); });
  EXPECT_THAT(CallSizes(), ElementsAre("1:50", "2:50", "1:1"));
  for (int i = 0; i < 5; ++i) OnLoop([this] { shops_.Release(); });
  flow.get();
  EXPECT_EQ(caller_.events.back().summary().succeeded(), 153);
}

TEST_F(OrdersFlowTest, ACallerThatDoesNotReadHoldsTheNextCallBack) {
  caller_.slow = true;
  AddOrders(1, 100);
  std::future<gateway::CallReport> flow = Start();
  OnLoop([] {});
  EXPECT_EQ(shops_.calls.size(), 1U);
  OnLoop([this] { caller_.Read(); });
  EXPECT_EQ(shops_.calls.size(), 2U);
  OnLoop([this] { caller_.Read(); });
  OnLoop([this] { caller_.Read(); });
  flow.get();
}

TEST_F(OrdersFlowTest, ACancelReachesTheCurrentCallAndNoFurtherOneIsMade) {
  shops_.held.insert(1);
  AddOrders(1, 100);
  std::future<gateway::CallReport> flow = Start();
  stop_.request_stop();
  flow.get();
  EXPECT_EQ(shops_.calls.size(), 1U);
  for (const auto& event : caller_.events) EXPECT_FALSE(event.has_summary());
}

TEST_F(OrdersFlowTest, ACallWithoutTimeEndsTheFlowAfterItsEvent) {
  gateway::CallReport late;
  late.status.set_code(4);
  shops_.failures.emplace(1, late);
  AddOrders(1, 100);
  EXPECT_EQ(RunToEnd().status.code(), 4);
  EXPECT_EQ(shops_.calls.size(), 1U);
  ASSERT_EQ(caller_.events.size(), 1U);
  EXPECT_EQ(caller_.events[0].call().failure().code(), v1::CANONICAL_CODE_DEADLINE_EXCEEDED);
}

TEST_F(OrdersFlowTest, TheReportAddsUpTheCalls) {
  AddOrders(1, 100);
  EXPECT_EQ(RunToEnd().attempts, 2);
}

}  // namespace
}  // namespace firstmile::flows
