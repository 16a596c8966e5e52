#include <sys/resource.h>

#include <chrono>
#include <thread>

#include "fixture.h"

namespace emulator_test {
namespace {

using namespace std::chrono_literals;

const std::string kPath = kLogistics + "get_tracking_number";
const Params kQuestion = {{"order_sn", "201214JASXYXY6"}};

// Waits until the condition holds, at most ten seconds.
template <typename Condition>
bool Eventually(Condition condition) {
  for (int i = 0; i < 1000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

class HttpTest : public EmulatorTest {
 protected:
  std::string Request(const std::string& extra_head = "") {
    return "GET " + shop_.Target(kPath, kQuestion) + " HTTP/1.1\r\nHost: x\r\n" + extra_head + "\r\n";
  }
};

TEST_F(HttpTest, KeepsConnectionsAlive) {
  Connection connection(emulator_.port());
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(connection.Send("GET", shop_.Target(kPath, kQuestion)).status, 200);
  }
  EXPECT_EQ(emulator_.counters().accepted, 1U);
  EXPECT_EQ(emulator_.RequestCount(kPath), 50U);
}

TEST_F(HttpTest, ClosesOnConnectionClose) {
  Connection connection(emulator_.port());
  connection.SendRaw(Request("Connection: close\r\n"));
  EXPECT_NE(connection.ReadToEnd().find("Connection: close"), std::string::npos);
}

TEST_F(HttpTest, AnswersPipelinedRequestsInOrder) {
  Connection connection(emulator_.port());
  std::string requests;
  for (const char* sn : {"201214JASXYXY6", "NOSUCHORDER000", "2411010FMDEMO0"}) {
    requests += "GET " + shop_.Target(kPath, {{"order_sn", sn}}) + " HTTP/1.1\r\nHost: x\r\n\r\n";
  }
  connection.SendRaw(requests);
  EXPECT_EQ(Text(Response(connection.Read().Json()), "tracking_number"), "MY200448706479IT");
  EXPECT_EQ(Text(connection.Read().Json(), "error"), "logistics.invalid_error");
  EXPECT_EQ(Text(Response(connection.Read().Json()), "tracking_number"), "MY000000000001IT");
}

TEST_F(HttpTest, AnswersPipelinedRequestsInOrderWithLatency) {
  emulator_.SetLatency(20ms);
  Connection connection(emulator_.port());
  std::string requests;
  for (int i = 0; i < 5; ++i) requests += Request();
  connection.SendRaw(requests);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(connection.Read().status, 200);
}

TEST_F(HttpTest, AcceptsARequestByteByByte) {
  Connection connection(emulator_.port());
  for (const char c : Request()) connection.SendRaw(std::string(1, c));
  EXPECT_EQ(connection.Read().status, 200);
}

TEST_F(HttpTest, AcceptsAChunkedBodyAndExpectContinue) {
  Connection connection(emulator_.port());
  const std::string path = kFirstMile + "generate_first_mile_tracking_number";
  connection.SendRaw(
      "POST " + shop_.Target(path) +
      " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
      "Expect: 100-continue\r\n\r\n");
  EXPECT_EQ(connection.Read(true).status, 100);
  connection.SendRaw("10\r\n{\"declare_date\":\r\n");
  connection.SendRaw("d\r\n\"2026-11-20\"}\r\n0\r\n\r\n");
  EXPECT_EQ(Text(connection.Read().Json(), "error"), "");
}

TEST_F(HttpTest, AnswersHeadWithoutABody) {
  Connection connection(emulator_.port());
  const HttpReply head = connection.Send("HEAD", shop_.Target(kPath, kQuestion));
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(connection.Send("GET", shop_.Target(kPath, kQuestion)).status, 200);
}

TEST_F(HttpTest, SurvivesGarbage) {
  for (const std::string& garbage :
       {std::string("\0\1\2\3\r\n\r\n", 8), std::string("GET\r\n\r\n"),
        std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc", 9), std::string("GET / HTTP/9.9\r\n\r\n"),
        std::string("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"),
        std::string("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")}) {
    Connection connection(emulator_.port());
    connection.SendRaw(garbage + "\r\n\r\n");
    const int status = connection.Read().status;
    EXPECT_EQ(status, 400) << garbage;
  }
  EXPECT_EQ(shop_.GetRaw(kPath, kQuestion).status, 200);
}

TEST_F(HttpTest, LimitsTheHeader) {
  Connection fits(emulator_.port());
  fits.SendRaw(Request("X-Long: " + std::string(15'000, 'a') + "\r\n"));
  EXPECT_EQ(fits.Read().status, 200);
  Connection over(emulator_.port());
  over.SendRaw(Request("X-Long: " + std::string(17'000, 'a') + "\r\n"));
  EXPECT_EQ(over.Read().status, 431);
}

TEST_F(HttpTest, LimitsTheBody) {
  const std::string path = kFirstMile + "get_waybill";
  Connection fits(emulator_.port());
  EXPECT_EQ(fits.Send("POST", shop_.Target(path), std::string(4 * 1024 * 1024, ' ')).status, 200);
  Connection over(emulator_.port());
  EXPECT_EQ(over.Send("POST", shop_.Target(path), std::string(4 * 1024 * 1024 + 1, ' ')).status, 413);
}

TEST_F(HttpTest, AddsLatencyWithoutHoldingAThread) {
  constexpr std::size_t kClients = 500;
  emulator_.SetLatency(1000ms);
  std::vector<std::unique_ptr<Connection>> connections;
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < kClients; ++i) {
    connections.push_back(std::make_unique<Connection>(emulator_.port()));
    connections.back()->SendRaw(Request());
  }
  for (auto& connection : connections) ASSERT_EQ(connection->Read().status, 200);
  const auto took = std::chrono::steady_clock::now() - start;
  EXPECT_GE(took, 1000ms);
  EXPECT_LT(took, 20s) << "one after another they would take 500 s";
  EXPECT_GT(emulator_.counters().max_in_flight, 100);
  EXPECT_TRUE(Eventually([&] { return emulator_.counters().in_flight == 0; }));
}

TEST_F(HttpTest, NoticesAClientThatClosesWhileItWaits) {
  emulator_.SetLatency(1h);
  const std::string path = kFirstMile + "generate_first_mile_tracking_number";
  {
    Connection connection(emulator_.port());
    const std::string body = R"({"declare_date":"2026-11-20","quantity":20})";
    connection.SendRaw("POST " + shop_.Target(path) + " HTTP/1.1\r\nContent-Type: application/json\r\n" +
                       "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    ASSERT_TRUE(Eventually([&] { return emulator_.counters().in_flight == 1; }));
  }
  ASSERT_TRUE(Eventually([&] { return emulator_.counters().in_flight == 0; }));
  EXPECT_EQ(emulator_.counters().abandoned, 1U);
  EXPECT_TRUE(Eventually([&] { return emulator_.counters().connections == 0; }));
  emulator_.SetLatency(0ms);
  EXPECT_EQ(Text(shop_.Post(path, R"({"declare_date":"2026-11-20","quantity":20})"), "error"), "")
      << "the abandoned call had no effect";
}

TEST_F(HttpTest, NeverAnswersIfConfigured) {
  emulator_.SetNeverAnswer(true);
  Connection connection(emulator_.port());
  connection.SendRaw(Request());
  ASSERT_TRUE(Eventually([&] { return emulator_.counters().in_flight == 1; }));
  EXPECT_EQ(Connection(emulator_.port()).Send("GET", "/_emulator/counters").status, 200)
      << "the control API still answers";
  connection.Close();
  EXPECT_TRUE(Eventually([&] { return emulator_.counters().in_flight == 0; }));
}

TEST_F(HttpTest, StopsWhileCallsWait) {
  emulator_.SetLatency(1h);
  Connection connection(emulator_.port());
  connection.SendRaw(Request());
  ASSERT_TRUE(Eventually([&] { return emulator_.counters().in_flight == 1; }));
  emulator_.Stop();
  EXPECT_EQ(connection.Read().status, 0);
  emulator_.Stop();
}

TEST(HttpThreadsTest, SeveralEventLoopsServeOneWorld) {
  emulator::Options options;
  options.threads = 3;
  options.now = [] { return kNow; };
  emulator::Emulator emulator(options);
  std::vector<std::thread> clients;
  for (int i = 0; i < 6; ++i) {
    clients.emplace_back([&emulator] {
      const Caller caller(emulator.port(), kNow);
      Connection connection(emulator.port());
      for (int call = 0; call < 200; ++call) {
        ASSERT_EQ(connection.Send("GET", caller.Target(kPath, kQuestion)).status, 200);
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(emulator.RequestCount(kPath), 1200U);
}

TEST(HttpLimitsTest, ClosesConnectionsBeyondTheLimit) {
  emulator::Options options;
  options.max_connections = 2;
  emulator::Emulator emulator(options);
  Connection first(emulator.port());
  Connection second(emulator.port());
  EXPECT_EQ(first.Send("GET", "/_emulator/").status, 200);
  EXPECT_EQ(second.Send("GET", "/_emulator/").status, 200);
  EXPECT_EQ(Connection(emulator.port()).ReadToEnd(), "");
}

emulator::Options QuicklyIdle() {
  emulator::Options options;
  options.idle_timeout = 50ms;
  return options;
}

class HttpIdleTest : public EmulatorTest {
 protected:
  HttpIdleTest() : EmulatorTest(QuicklyIdle()) {}
};

TEST_F(HttpIdleTest, ClosesAConnectionWithoutARequest) {
  Connection never(emulator_.port());
  EXPECT_EQ(never.ReadToEnd(), "");
  Connection once(emulator_.port());
  EXPECT_EQ(once.Send("GET", shop_.Target(kPath, kQuestion)).status, 200);
  EXPECT_EQ(once.ReadToEnd(), "");
  EXPECT_TRUE(Eventually([&] { return emulator_.counters().connections == 0; }));
}

TEST_F(HttpIdleTest, ClosesAConnectionWithAnUnfinishedRequest) {
  Connection connection(emulator_.port());
  connection.SendRaw("POST /api/v2/ HTTP/1.1\r\nContent-Length: 100\r\n\r\n{");
  EXPECT_EQ(connection.ReadToEnd(), "");
}

TEST_F(HttpIdleTest, WaitingForAnAnswerIsNotIdle) {
  emulator_.SetLatency(300ms);
  Connection connection(emulator_.port());
  EXPECT_EQ(connection.Send("GET", shop_.Target(kPath, kQuestion)).status, 200);
  EXPECT_EQ(connection.ReadToEnd(), "");
}

TEST(HttpPortTest, ReportsAPortInUse) {
  emulator::Emulator first;
  emulator::Options options;
  options.port = first.port();
  try {
    emulator::Emulator second(options);
    FAIL() << "two emulators on one port";
  } catch (const std::runtime_error& error) {
    EXPECT_EQ(std::string(error.what()),
              "cannot listen on 127.0.0.1:" + std::to_string(first.port()) + ": the port is in use");
  }
}

}  // namespace
}  // namespace emulator_test
