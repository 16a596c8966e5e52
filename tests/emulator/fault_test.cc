#include <chrono>

#include "fixture.h"

namespace emulator_test {
namespace {

using emulator::Fault;
using namespace std::chrono_literals;

const std::string kGenerate = kFirstMile + "generate_first_mile_tracking_number";
const std::string kChannels = kFirstMile + "get_channel_list";
const std::string kTwenty = R"({"declare_date":"2026-11-20","quantity":20})";

class FaultTest : public EmulatorTest {
 protected:
  // Whether the day's numbers are still there, so that no earlier call took effect.
  bool NothingWasGenerated() {
    emulator_.ClearFaults();
    return Text(shop_.Post(kGenerate, kTwenty), "error").empty();
  }
};

TEST_F(FaultTest, AnswersWithWhatWasScripted) {
  Fault fault;
  fault.status = 502;
  fault.content_type = "text/html";
  fault.body = "<html>Bad Gateway</html>";
  fault.headers = {{"Retry-After", "3"}};
  emulator_.SetFault(fault);
  const HttpReply reply = shop_.PostRaw(kGenerate, kTwenty);
  EXPECT_EQ(reply.status, 502);
  EXPECT_EQ(reply.content_type, "text/html");
  EXPECT_EQ(reply.body, "<html>Bad Gateway</html>");
  EXPECT_TRUE(NothingWasGenerated());
}

TEST_F(FaultTest, AnswersWithAnErrorAfterTheEffect) {
  Fault fault;
  fault.after_effect = true;
  emulator_.SetFault(fault);
  EXPECT_EQ(shop_.PostRaw(kGenerate, kTwenty).status, 500);
  EXPECT_FALSE(NothingWasGenerated());
}

TEST_F(FaultTest, MatchesPathAndShop) {
  Fault fault;
  fault.path = kChannels;
  fault.shop_id = 600001;
  emulator_.SetFault(fault);
  EXPECT_EQ(As(600001).GetRaw(kChannels).status, 500);
  EXPECT_EQ(shop_.GetRaw(kChannels).status, 200);
  EXPECT_EQ(As(600001).GetRaw(kFirstMile + "get_transit_warehouse_list").status, 200);
}

TEST_F(FaultTest, SkipsAndCounts) {
  Fault fault;
  fault.skip = 2;
  fault.times = 1;
  emulator_.SetFault(fault);
  std::vector<int> statuses;
  for (int i = 0; i < 5; ++i) statuses.push_back(shop_.GetRaw(kChannels).status);
  EXPECT_EQ(statuses, (std::vector<int>{200, 200, 500, 200, 200}));
}

TEST_F(FaultTest, FaultsActInTheirOrder) {
  for (const int status : {501, 502}) {
    Fault fault;
    fault.status = status;
    fault.times = 1;
    emulator_.SetFault(fault);
  }
  EXPECT_EQ(shop_.GetRaw(kChannels).status, 501);
  EXPECT_EQ(shop_.GetRaw(kChannels).status, 502);
  EXPECT_EQ(shop_.GetRaw(kChannels).status, 200);
}

TEST_F(FaultTest, ClosesBeforeTheEffect) {
  Fault fault;
  fault.action = Fault::Action::kClose;
  emulator_.SetFault(fault);
  EXPECT_EQ(shop_.PostRaw(kGenerate, kTwenty).status, 0);
  EXPECT_TRUE(NothingWasGenerated());
}

TEST_F(FaultTest, ClosesAfterTheEffect) {
  Fault fault;
  fault.action = Fault::Action::kClose;
  fault.after_effect = true;
  emulator_.SetFault(fault);
  EXPECT_EQ(shop_.PostRaw(kGenerate, kTwenty).status, 0);
  EXPECT_FALSE(NothingWasGenerated());
}

TEST_F(FaultTest, CutsTheBodyShort) {
  Fault fault;
  fault.action = Fault::Action::kTruncate;
  fault.bytes = 7;
  emulator_.SetFault(fault);
  Connection connection(emulator_.port());
  connection.SendRaw("GET " + shop_.Target(kChannels) + " HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string bytes = connection.ReadToEnd();
  const std::size_t body = bytes.find("\r\n\r\n") + 4;
  EXPECT_EQ(bytes.size() - body, 7U);
  EXPECT_GT(std::stoul(bytes.substr(bytes.find("Content-Length: ") + 16)), 100U);
}

TEST_F(FaultTest, DelaysAnAnswer) {
  Fault fault;
  fault.action = Fault::Action::kDelay;
  fault.delay = 150ms;
  fault.times = 1;
  emulator_.SetFault(fault);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(shop_.GetRaw(kChannels).status, 200);
  EXPECT_GE(std::chrono::steady_clock::now() - start, 150ms);
}

TEST_F(FaultTest, ASilentCallMayHaveHadItsEffect) {
  Fault fault;
  fault.action = Fault::Action::kNeverAnswer;
  fault.after_effect = true;
  emulator_.SetFault(fault);
  Connection connection(emulator_.port());
  connection.SendRaw("POST " + shop_.Target(kGenerate) + " HTTP/1.1\r\nContent-Type: application/json\r\n" +
                     "Content-Length: " + std::to_string(kTwenty.size()) + "\r\n\r\n" + kTwenty);
  Connection observer(emulator_.port());
  while (emulator_.Journal().empty() || emulator_.Journal()[0].status == 0)
    observer.Send("GET", "/_emulator/");
  EXPECT_EQ(emulator_.counters().in_flight, 1);
  EXPECT_FALSE(NothingWasGenerated());
}

}  // namespace
}  // namespace emulator_test
