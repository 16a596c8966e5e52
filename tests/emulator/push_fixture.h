// An emulator that sends its pushes to a real receiver.
#pragma once

#include <boost/json/parse.hpp>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "fixture.h"
#include "push_receiver.h"
#include "token_client.h"

namespace emulator_test {

namespace json = boost::json;

inline const std::string kPush = "/api/v2/push/";
inline const std::string kShip = kLogistics + "ship_order";
inline constexpr std::chrono::seconds kLongTime{30};

// A base class, so that the receiver outlives the emulator.
class HasReceiver {
 protected:
  PushReceiver receiver_;
};

class PushTest : protected HasReceiver, public EmulatorTest {
 protected:
  PushTest() : PushTest(emulator::Options()) {}
  explicit PushTest(emulator::Options options) : EmulatorTest(WithReceiver(std::move(options))) {}

  PartnerCaller Partner() const { return {emulator_.port(), now_.load()}; }

  HttpReply Control(const std::string& verb, const std::string& page, const json::object& body = {}) {
    return Connection(emulator_.port())
        .Send(verb, "/_emulator/" + page, body.empty() ? "" : json::serialize(body));
  }
  void SendByHand(int count = 1) {
    for (int i = 0; i < count; ++i)
      ASSERT_EQ(Control("POST", "push", {{"code", 3}, {"shop_id", kShop}}).status, 200);
  }
  void Settle() { EXPECT_TRUE(emulator_.WaitForPushes(kLongTime)); }

  // All received pushes, parsed, oldest first, once no push is due or in flight.
  std::vector<json::object> Came() {
    Settle();
    std::vector<json::object> came;
    for (const ReceivedPush& push : receiver_.WaitFor(0)) came.push_back(json::parse(push.body).as_object());
    return came;
  }
  std::vector<json::object> CameOf(int code) {
    std::vector<json::object> came = Came();
    std::erase_if(came, [code](const json::object& push) { return push.at("code") != code; });
    return came;
  }

  void Ship(const std::string& sn) {
    const json::object body = {{"order_sn", sn}, {"dropoff", {{"branch_id", 1}}}};
    ASSERT_EQ(Text(shop_.Post(kShip, json::serialize(body)), "error"), "");
  }

 private:
  emulator::Options WithReceiver(emulator::Options options) {
    options.push_url = receiver_.url();
    return options;
  }
};

}  // namespace emulator_test
