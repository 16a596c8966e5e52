#include "support/redis_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <hiredis/hiredis.h>
#include <poll.h>
#include <signal.h>  // kill is POSIX's, not the standard library's
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <memory>
#include <utility>

namespace firstmile::testing {
namespace {

constexpr int kAskSeconds = 10;

// Longest startup time, and the polling interval when the server logs nothing.
constexpr std::chrono::seconds kReadyLimit{30};
constexpr int kAskAgainMs = 10;

// A port that was just free.
int FreePort() {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  auto* const general = reinterpret_cast<sockaddr*>(&address);
  EXPECT_EQ(bind(descriptor, general, length), 0);
  EXPECT_EQ(getsockname(descriptor, general, &length), 0);
  close(descriptor);
  return ntohs(address.sin_port);
}

std::string TextOf(const redisReply& reply) {
  if (reply.type == REDIS_REPLY_INTEGER) return std::to_string(reply.integer);
  if (reply.str != nullptr) return {reply.str, reply.len};
  std::string text;
  for (std::size_t i = 0; i < reply.elements; ++i) {
    text += (i == 0 ? "" : " ") + TextOf(*reply.element[i]);
  }
  return text;
}

// An error is an answer too, except while the server loads its data from disk.
bool AnswersPing(const std::string& unix_path) {
  const timeval limit{.tv_sec = kAskSeconds, .tv_usec = 0};
  const std::unique_ptr<redisContext, void (*)(redisContext*)> context(
      redisConnectUnixWithTimeout(unix_path.c_str(), limit), redisFree);
  if (context == nullptr || context->err != 0) return false;
  redisSetTimeout(context.get(), limit);
  const std::unique_ptr<redisReply, void (*)(void*)> reply(
      static_cast<redisReply*>(redisCommand(context.get(), "PING")), freeReplyObject);
  return reply != nullptr && TextOf(*reply).rfind("LOADING", 0) != 0;
}

}  // namespace

RedisServer::RedisServer(std::vector<std::string> arguments, Listen listen)
    : arguments_(std::move(arguments)) {
  if (listen == Listen::kTcp) port_ = FreePort();
  Start();
}

std::vector<std::string> RedisServer::CommandLine() const {
  std::vector<std::string> line = {"redis-server",
                                   "--port",
                                   std::to_string(port_),
                                   "--bind",
                                   "127.0.0.1",
                                   "--unixsocket",
                                   unix_path_,
                                   "--dir",
                                   folder_.path(),
                                   "--save",
                                   "",
                                   "--appendonly",
                                   "no",
                                   "--daemonize",
                                   "no",
                                   "--logfile",
                                   ""};
  line.insert(line.end(), arguments_.begin(), arguments_.end());
  return line;
}

void RedisServer::Start() {
  ASSERT_EQ(process_, 0) << "it runs already";
  std::vector<std::string> line = CommandLine();
  std::vector<char*> words;
  words.reserve(line.size() + 1);
  for (std::string& word : line) words.push_back(word.data());
  words.push_back(nullptr);
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
  process_ = fork();
  if (process_ == 0) {  // only async-signal-safe calls in the child of a threaded process
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(ends[1], STDOUT_FILENO);
    execvp(words.front(), words.data());
    _exit(127);
  }
  close(ends[1]);
  output_ = ends[0];
  AwaitReady();
}

// The server is ready when it answers; its log texts differ between versions. Later log lines stay in the
// pipe, which holds far more than a test produces.
void RedisServer::AwaitReady() {
  std::string log;
  const auto limit = std::chrono::steady_clock::now() + kReadyLimit;
  while (!AnswersPing(unix_path_)) {
    ASSERT_LT(std::chrono::steady_clock::now(), limit) << "redis-server does not answer: " << log;
    pollfd output{.fd = output_, .events = POLLIN, .revents = 0};
    if (poll(&output, 1, kAskAgainMs) == 0) continue;
    std::array<char, 4096> piece;
    const ssize_t length = read(output_, piece.data(), piece.size());
    ASSERT_GT(length, 0) << "redis-server did not start (Debian has it in the package redis-server): " << log;
    log.append(piece.data(), static_cast<std::size_t>(length));
  }
}

void RedisServer::Kill() {
  if (process_ <= 0) return;
  kill(process_, SIGKILL);
  EXPECT_EQ(waitpid(process_, nullptr, 0), process_);
  process_ = 0;
  close(output_);
}

void RedisServer::Pause() {
  ASSERT_EQ(kill(process_, SIGSTOP), 0);
  ASSERT_EQ(waitpid(process_, nullptr, WUNTRACED), process_);
}

void RedisServer::Resume() {
  ASSERT_EQ(kill(process_, SIGCONT), 0);
  ASSERT_EQ(waitpid(process_, nullptr, WCONTINUED), process_);
}

std::string RedisServer::Ask(const std::vector<std::string>& command) const {
  const timeval limit{.tv_sec = kAskSeconds, .tv_usec = 0};
  const std::unique_ptr<redisContext, void (*)(redisContext*)> context(
      redisConnectUnixWithTimeout(unix_path_.c_str(), limit), redisFree);
  redisSetTimeout(context.get(), limit);
  std::vector<const char*> words;
  std::vector<std::size_t> lengths;
  for (const std::string& word : command) {
    words.push_back(word.data());
    lengths.push_back(word.size());
  }
  const std::unique_ptr<redisReply, void (*)(void*)> reply(
      static_cast<redisReply*>(
          redisCommandArgv(context.get(), static_cast<int>(words.size()), words.data(), lengths.data())),
      freeReplyObject);
  EXPECT_NE(reply, nullptr) << context->errstr;
  return reply == nullptr ? "" : TextOf(*reply);
}

}  // namespace firstmile::testing
