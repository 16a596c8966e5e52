#include <algorithm>
#include <chrono>

#include "fault_fixture.h"
#include "token_client.h"

namespace emulator_test {
namespace {

using emulator::Fault;
using namespace std::chrono_literals;

TEST_F(FaultTest, AnswersAsScripted) {
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

TEST_F(FaultTest, MatchesTheShopInTheBodyOfATokenCall) {
  Fault fault;
  fault.shop_id = kShop;
  emulator_.SetFault(fault);
  const PartnerCaller partner{emulator_.port(), kNow};
  for (const std::string& path : {kTokenGet, kRefresh}) {
    const auto status = [&](const std::string& body) {
      return Connection(emulator_.port()).Send("POST", TargetOf(path, partner.Common(path)), body).status;
    };
    EXPECT_EQ(status(R"({"shop_id":600000,"partner_id":2001887})"), 500) << path;
    EXPECT_EQ(status(R"({"shop_id":600001,"partner_id":2001887})"), 200) << path;
    EXPECT_EQ(status(R"({"merchant_id":600000,"partner_id":2001887})"), 200) << path;
    EXPECT_EQ(status("no JSON"), 200) << path;
  }
}

TEST_F(FaultTest, SkipsRequestsAndStopsAfterItsTimes) {
  Fault fault;
  fault.skip = 2;
  fault.times = 1;
  emulator_.SetFault(fault);
  std::vector<int> statuses;
  for (int i = 0; i < 5; ++i) statuses.push_back(shop_.GetRaw(kChannels).status);
  EXPECT_EQ(statuses, (std::vector<int>{200, 200, 500, 200, 200}));
}

TEST_F(FaultTest, TheFirstMatchingFaultActs) {
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

TEST_F(FaultTest, TruncatesTheBody) {
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

TEST_F(FaultTest, AnUnansweredCallTakesEffectIfScripted) {
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

class MutationTest : public FaultTest {
 protected:
  void Change(emulator::BodyChange::Kind kind, const std::string& at, const std::string& value = "null") {
    Fault fault;
    fault.action = Fault::Action::kMutate;
    fault.changes = {{kind, at, value}};
    emulator_.SetFault(fault);
  }

  boost::json::object UnboundList() {
    return shop_.Get(kFirstMile + "get_unbind_order_list",
                     {{"response_optional_fields", "logistics_status"}, {"page_size", "2"}});
  }
};

TEST_F(MutationTest, TurnsNumbersIntoStrings) {
  Change(emulator::BodyChange::Kind::kRetype, "**");
  const auto answer = shop_.Get(kChannels);
  const auto& channel = List(Response(answer), "logistics_channel_list")[0].get_object();
  EXPECT_EQ(Text(channel, "logistics_channel_id"), "813");
  EXPECT_EQ(Text(answer, "error"), "");
}

TEST_F(MutationTest, RetypesOneMember) {
  Change(emulator::BodyChange::Kind::kRetype, "response.more");
  EXPECT_EQ(Text(Response(UnboundList()), "more"), "true");
}

TEST_F(MutationTest, DropsAMemberOfEveryElement) {
  Change(emulator::BodyChange::Kind::kDrop, "response.order_list[].order_sn");
  const auto answer = UnboundList();
  const auto& list = List(Response(answer), "order_list");
  ASSERT_EQ(list.size(), 2U);
  for (const auto& element : list) {
    EXPECT_FALSE(element.get_object().contains("order_sn"));
    EXPECT_TRUE(element.get_object().contains("logistics_status"));
  }
}

TEST_F(MutationTest, AddsUnknownMembersAtEveryDepth) {
  Change(emulator::BodyChange::Kind::kAdd, "**.novelty", R"({"deep":[1]})");
  const auto answer = UnboundList();
  EXPECT_TRUE(answer.contains("novelty"));
  EXPECT_TRUE(Response(answer).contains("novelty"));
  EXPECT_TRUE(List(Response(answer), "order_list")[1].get_object().contains("novelty"));
  EXPECT_EQ(answer.at("novelty").get_object().size(), 1U) << "added members are not entered";
}

TEST_F(MutationTest, ChangesThatMultiplyEachOtherAreBounded) {
  Fault fault;
  fault.action = Fault::Action::kMutate;
  for (int i = 0; i < 100; ++i) {
    fault.changes.push_back({emulator::BodyChange::Kind::kAdd, "**.m" + std::to_string(i), "{}"});
  }
  emulator_.SetFault(fault);
  const HttpReply grown = shop_.GetRaw(kChannels);
  EXPECT_EQ(grown.status, 200);
  EXPECT_LT(grown.body.size(), std::size_t{16} << 20);
}

TEST_F(MutationTest, ReplacesExistingMembersOnly) {
  Change(emulator::BodyChange::Kind::kSet, "**.logistics_status", R"("LOGISTICS_TELEPORTED")");
  const auto answer = UnboundList();
  EXPECT_EQ(Text(List(Response(answer), "order_list")[0].get_object(), "logistics_status"),
            "LOGISTICS_TELEPORTED");
  EXPECT_FALSE(answer.contains("logistics_status"));
}

TEST_F(MutationTest, TheCallStillTakesEffect) {
  Change(emulator::BodyChange::Kind::kSet, "response");
  EXPECT_TRUE(shop_.Post(kGenerate, kTwenty).at("response").is_null());
  EXPECT_FALSE(NothingWasGenerated());
}

TEST_F(MutationTest, LeavesAFileUnchanged) {
  Change(emulator::BodyChange::Kind::kAdd, "**.novelty");
  const HttpReply file = shop_.PostRaw(kFirstMile + "get_waybill",
                                       R"({"first_mile_tracking_number_list":["CNF877146678717210312"]})");
  EXPECT_TRUE(file.body.starts_with("%PDF"));
}

TEST_F(FaultTest, SendsASlowBodyCompletely) {
  const std::string whole = shop_.GetRaw(kChannels).body;
  Fault fault;
  fault.action = Fault::Action::kSlowBody;
  fault.bytes = whole.size() / 4 + 1;
  fault.delay = 30ms;
  emulator_.SetFault(fault);
  const auto start = std::chrono::steady_clock::now();
  Connection connection(emulator_.port());
  const HttpReply slow = connection.Send("GET", shop_.Target(kChannels));
  EXPECT_EQ(slow.body.size(), whole.size());
  EXPECT_GE(std::chrono::steady_clock::now() - start, 4 * 30ms);
  emulator_.ClearFaults();
  EXPECT_EQ(connection.Send("GET", shop_.Target(kChannels)).status, 200) << "the connection stays open";
}

TEST_F(FaultTest, AScriptedErrorHasShopeesEnvelope) {
  Fault fault;
  fault.action = Fault::Action::kError;
  fault.status = 200;
  fault.error = "error_data";
  fault.message = "data not exist";
  emulator_.SetFault(fault);
  const auto answer = shop_.Post(kGenerate, kTwenty);
  EXPECT_EQ(Text(answer, "error"), "error_data");
  EXPECT_EQ(Text(answer, "message"), "data not exist");
  EXPECT_EQ(Text(answer, "request_id").size(), 32U);
  EXPECT_EQ(emulator_.Journal().back().error, "error_data");
  EXPECT_TRUE(NothingWasGenerated());
}

std::string Pattern(uint64_t seed) {
  emulator::Options options;
  options.now = [] { return kNow; };
  options.fault_seed = seed;
  emulator::Emulator emulator(options);
  Fault fault;
  fault.probability = 0.5;
  emulator.SetFault(fault);
  std::string pattern;
  for (int i = 0; i < 64; ++i) {
    pattern += Caller(emulator.port(), kNow).GetRaw(kChannels).status == 500 ? 'x' : '.';
  }
  return pattern;
}

TEST(FaultProbabilityTest, DependsOnTheSeedOnly) {
  const std::string pattern = Pattern(7);
  const auto hits = std::count(pattern.begin(), pattern.end(), 'x');
  EXPECT_GT(hits, 16);
  EXPECT_LT(hits, 48);
  EXPECT_EQ(pattern, Pattern(7));
  EXPECT_NE(pattern, Pattern(8));
}

TEST_F(FaultTest, CutsTheHead) {
  Fault fault;
  fault.action = Fault::Action::kCutHead;
  fault.bytes = 20;
  emulator_.SetFault(fault);
  Connection connection(emulator_.port());
  connection.SendRaw("GET " + shop_.Target(kChannels) + " HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(connection.ReadToEnd(), "HTTP/1.1 200 OK\r\nSer");
  EXPECT_EQ(shop_.PostRaw(kGenerate, kTwenty).status, 0);
  EXPECT_FALSE(NothingWasGenerated()) << "the call takes effect";
}

TEST_F(FaultTest, SendsASlowBodyUpToCloseAfterAndCloses) {
  Fault fault;
  fault.action = Fault::Action::kSlowBody;
  fault.bytes = 3;
  fault.close_after = 7;
  emulator_.SetFault(fault);
  Connection connection(emulator_.port());
  connection.SendRaw("GET " + shop_.Target(kChannels) + " HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string bytes = connection.ReadToEnd();
  EXPECT_EQ(bytes.size() - bytes.find("\r\n\r\n") - 4, 9U) << "whole drops: " << bytes;
}

TEST_F(FaultTest, SendsNoMediaTypeIfItIsEmpty) {
  Fault fault;
  fault.status = 200;
  fault.content_type.clear();
  fault.body = "<html>";
  emulator_.SetFault(fault);
  Connection connection(emulator_.port());
  connection.SendRaw("GET " + shop_.Target(kChannels) + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(connection.ReadToEnd().find("Content-Type"), std::string::npos);
}

TEST_F(FaultTest, OneFaultCanBeRemoved) {
  emulator_.SetFault(Fault());
  Connection control(emulator_.port());
  const auto before = control.Send("GET", "/_emulator/faults").Json();
  const auto id = List(before, "faults")[0].get_object().at("id").as_int64();
  EXPECT_EQ(control.Send("DELETE", "/_emulator/faults?id=" + std::to_string(id)).status, 200);
  EXPECT_EQ(control.Send("DELETE", "/_emulator/faults?id=" + std::to_string(id)).status, 404);
  EXPECT_EQ(shop_.GetRaw(kChannels).status, 200);
}

}  // namespace
}  // namespace emulator_test
