// What a shop in trouble leaves to the others.
#include <deque>
#include <future>

#include "support/sidecar_fixture.h"

namespace firstmile::app {
namespace {

constexpr std::int64_t kHanging = emulator::kFirstShopId;
constexpr std::int64_t kHealthy = emulator::kFirstShopId + 1;
constexpr int kPlaces = 8;

class BulkheadTest : public ::firstmile::testing::SidecarTest {
 protected:
  struct Call {
    grpc::ClientContext context;
    v1::FirstMileServiceGetChannelListRequest request;
    v1::FirstMileServiceGetChannelListResponse response;
    std::promise<grpc::Status> end;
  };

  ~BulkheadTest() override {
    for (Call& call : calls_) call.context.TryCancel();
    WaitForAll();
  }

  Call& Ask(std::int64_t shop, std::chrono::milliseconds deadline) {
    Call& call = calls_.emplace_back();
    call.request.set_shop_id(shop);
    call.context.set_deadline(std::chrono::system_clock::now() + deadline);
    first_mile_->async()->GetChannelList(
        &call.context, &call.request, &call.response,
        [&call](grpc::Status status) { call.end.set_value(std::move(status)); });
    return call;
  }
  void WaitForAll() {
    for (Call& call : calls_) call.end.get_future().wait();
    calls_.clear();
  }
  void HangShop() {
    emulator::Fault fault;
    fault.shop_id = kHanging;
    fault.action = emulator::Fault::Action::kNeverAnswer;
    emulator_.SetFault(fault);
  }

  std::deque<Call> calls_;
};

TEST_F(BulkheadTest, AShopWhoseCallsHangLeavesTheConnectionsToTheOthers) {
  settings_.upstream_connections_max = kPlaces;
  settings_.limits.limiter.in_flight_per_shop = kPlaces;
  StartSidecar();
  HangShop();
  for (int i = 0; i < kPlaces; ++i) Ask(kHanging, std::chrono::milliseconds(1500));
  WaitForAll();
  for (int i = 0; i < kPlaces; ++i) Ask(kHanging, std::chrono::minutes(1));
  Await([](const emulator::Counters& now) { return now.in_flight > 0; });
  for (int i = 0; i < 20; ++i) {  // longer than the hanging shop needs to take all that it is given
    const grpc::Status status = Ask(kHealthy, std::chrono::seconds(5)).end.get_future().get();
    calls_.pop_back();
    ASSERT_TRUE(status.ok()) << status.error_message();
  }
  Await([](const emulator::Counters& now) { return now.in_flight == 1; });  // the hanging shop's
}

}  // namespace
}  // namespace firstmile::app
