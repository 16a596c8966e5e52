// The program as a process: flags, files, signals, exit codes.
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <string>
#include <vector>

#include "client.h"
#include "emulator/emulator.h"
#include "push_receiver.h"
#include "token_client.h"

namespace emulator_test {
namespace {

class Program {
 public:
  explicit Program(std::vector<std::string> arguments, const std::string& program = EMULATOR_BINARY) {
    arguments.insert(arguments.begin(), program);
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    int out[2];
    EXPECT_EQ(pipe(out), 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    posix_spawn_file_actions_adddup2(&actions, out[1], 2);
    posix_spawn_file_actions_addclose(&actions, out[0]);
    EXPECT_EQ(posix_spawn(&pid_, program.c_str(), &actions, nullptr, argv.data(), environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    close(out[1]);
    output_ = fdopen(out[0], "r");
  }

  ~Program() {
    if (pid_ > 0) Finish(SIGKILL);
    std::fclose(output_);
  }

  std::string Line() {
    std::array<char, 512> line{};
    return std::fgets(line.data(), line.size(), output_) == nullptr ? "" : line.data();
  }

  // Sends a signal (0: none) and returns the exit code; 128 + n if a signal ended the program.
  int Finish(int signal = 0) {
    if (signal != 0) kill(pid_, signal);
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  pid_t pid_ = -1;
  FILE* output_ = nullptr;
};

uint16_t PortIn(const std::string& line) {
  const std::size_t colon = line.rfind(':');
  return colon == std::string::npos ? uint16_t{0} : static_cast<uint16_t>(std::stoi(line.substr(colon + 1)));
}

TEST(Binary, ServesUntilASignalEndsIt) {
  for (const int signal : {SIGINT, SIGTERM}) {
    Program program({"--listen", "127.0.0.1:0", "--orders=20", "--shops=2"});
    const std::string line = program.Line();
    EXPECT_EQ(line.substr(0, 44), "shopee-emulator listens on http://127.0.0.1:");
    const Caller caller(PortIn(line), time(nullptr));
    const boost::json::object answer =
        caller.Get("/api/v2/first_mile/get_unbind_order_list", {{"page_size", "100"}});
    EXPECT_EQ(List(Response(answer), "order_list").size(), 20U);
    EXPECT_EQ(program.Finish(signal), 0);
  }
}

TEST(Binary, WritesItsPortToAFile) {
  const std::string path = testing::TempDir() + "emulator_port_" + std::to_string(getpid());
  Program program({"--listen=127.0.0.1:0", "--port_file", path});
  const uint16_t port = PortIn(program.Line());
  std::ifstream file(path);
  int written = 0;
  file >> written;
  EXPECT_EQ(written, port);
  std::remove(path.c_str());
}

TEST(Binary, ReadsThePartnerKeyFromAFile) {
  const std::string path = testing::TempDir() + "emulator_key_" + std::to_string(getpid());
  std::ofstream(path) << "shpk0123456789abcdef0123456789abcdef0123456789abcdef0123456789ab\n";
  Program program({"--listen=127.0.0.1:0", "--partner-id=77", "--partner_key_file", path});
  Caller caller(PortIn(program.Line()), time(nullptr));
  caller.partner_id = "77";
  caller.key = "shpk0123456789abcdef0123456789abcdef0123456789abcdef0123456789ab";
  EXPECT_EQ(Text(caller.Get("/api/v2/first_mile/get_channel_list"), "error"), "");
  std::remove(path.c_str());
}

TEST(Binary, AcceptsAClockAndASeedFile) {
  const std::string path = testing::TempDir() + "emulator_seed_" + std::to_string(getpid());
  std::ofstream(path) << R"({"shops":[{"shop_id":700000,"orders":[{"order_sn":"SEED1"}]}]})";
  Program program({"--listen=127.0.0.1:0", "--clock=manual", "--seed=7", "--seed_file", path});
  const uint16_t port = PortIn(program.Line());
  const boost::json::object clock = Connection(port).Send("GET", "/_emulator/clock").Json();
  EXPECT_EQ(Text(clock, "mode"), "manual");
  const boost::json::object answer = Caller(port, clock.at("now").as_int64(), 700000)
                                         .Get("/api/v2/order/get_shipment_list", {{"page_size", "10"}});
  EXPECT_EQ(List(Response(answer), "order_list").size(), 1U);
  std::remove(path.c_str());
}

TEST(Binary, AppliesTheRateLimitOfItsFlags) {
  Program program(
      {"--listen=127.0.0.1:0", "--rate_limit=7", "--rate_limit_by=path", "--rate_limit_window=sliding"});
  const HttpReply reply = Connection(PortIn(program.Line())).Send("GET", "/_emulator/rate_limit");
  EXPECT_EQ(reply.body, R"({"rate_limits":[{"per_second":7,"path":"each","window":"sliding"}]})"
                        "\n");
}

TEST(Binary, ReturnsTheSamePairForASpentRefreshTokenDuringTheGraceOfItsFlag) {
  Program program({"--listen=127.0.0.1:0", "--spent_refresh_grace=14400"});
  const PartnerCaller partner{PortIn(program.Line()), time(nullptr)};
  const boost::json::object pair = partner.Refresh(FirstRefreshToken(600000), "shop_id", 600000);
  EXPECT_EQ(Text(pair, "error"), "");
  const boost::json::object again = partner.Refresh(FirstRefreshToken(600000), "shop_id", 600000);
  EXPECT_EQ(Text(again, "refresh_token"), Text(pair, "refresh_token"));
}

TEST(Binary, SendsPushesToTheCallbackOfItsFlag) {
  PushReceiver receiver;
  Program program({"--listen=127.0.0.1:0", "--push_url", receiver.url()});
  Connection(PortIn(program.Line())).Send("POST", "/_emulator/authorize", R"({"shop_id":600000})");
  const ReceivedPush push = receiver.WaitFor(1).front();
  EXPECT_EQ(push.authorization, HmacHex(kDemoKey, receiver.url() + "|" + push.body));
}

TEST(Binary, ReportsAPortInUseInOneLine) {
  const emulator::Emulator other;
  const std::string address = "127.0.0.1:" + std::to_string(other.port());
  Program program({"--listen", address});
  EXPECT_EQ(program.Line(), "shopee-emulator: cannot listen on " + address + ": the port is in use\n");
  EXPECT_EQ(program.Line(), "");
  EXPECT_EQ(program.Finish(), 1);
}

TEST(Binary, ExitsWith64OnWrongFlags) {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"--colour=red"},
                                             {"--listen"},
                                             {"--listen=nowhere"},
                                             {"--listen=127.0.0.1:70000"},
                                             {"--orders=many"},
                                             {"--rate_limit=-1"},
                                             {"--rate_limit_window=round"},
                                             {"--shops=0"},
                                             {"--threads=0"},
                                             {"--idle_seconds=-1"},
                                             {"--spent_refresh_grace=-1"},
                                             {"--clock=sideways"},
                                             {"--clock=x0"},
                                             {"--push_url=https://127.0.0.1/"},
                                             {"serve"}}) {
    Program program(arguments);
    EXPECT_EQ(program.Line().substr(0, 17), "shopee-emulator: ");
    EXPECT_EQ(program.Finish(), 64) << arguments[0];
  }
}

TEST(Binary, NamesTheFlagTheValueAndWhatIsExpected) {
  EXPECT_EQ(Program({"--threads=0"}).Line(),
            "shopee-emulator: invalid value for --threads: 0 (event loops; 1 to 64) (try --help)\n");
}

TEST(Binary, WarnsWhenItListensBeyondLoopback) {
  Program program({"--listen=0.0.0.0:0"});
  EXPECT_NE(program.Line().find("warning: 0.0.0.0 is not a loopback address"), std::string::npos);
  EXPECT_EQ(program.Finish(SIGTERM), 0);
}

TEST(Binary, AcceptsNoMoreConnectionsThanTheLimitOfOpenFilesAllows) {
  Program program({"-c", "ulimit -n 40; exec " EMULATOR_BINARY " --listen=127.0.0.1:0"}, "/bin/sh");
  EXPECT_EQ(program.Line(),
            "shopee-emulator: warning: the limit of open files (ulimit -Hn) allows only 8 connections\n");
  const uint16_t port = PortIn(program.Line());
  std::vector<std::unique_ptr<Connection>> connections;
  for (int i = 0; i < 8; ++i) {
    connections.push_back(std::make_unique<Connection>(port));
    EXPECT_EQ(connections.back()->Send("GET", "/_emulator/counters").status, 200);
  }
  EXPECT_EQ(Connection(port).ReadToEnd(), "") << "closed at once";
}

TEST(Binary, ExplainsItsFlags) {
  Program program({"--help"});
  EXPECT_NE(program.Line().find("shopee-emulator"), std::string::npos);
  EXPECT_EQ(program.Finish(), 0);
}

}  // namespace
}  // namespace emulator_test
