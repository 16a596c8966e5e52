// Replies of Redis, or of another server in its place: records, lists and errors of the token store.
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <mutex>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "fuzz/fuzz.h"
#include "tokens/stores/redis_store.h"

namespace firstmile::fuzzing {
namespace {

constexpr int kListed = 4;
constexpr absl::string_view kCanary = "c4nary-7f3a51";

// Accepts the connection's handshake, and answers later commands with the test's bytes. Exists as long as the
// process.
class FakeRedis {
 public:
  FakeRedis()
      : path_(absl::StrCat("/tmp/firstmile-fuzz-", getpid(), ".sock")),
        listener_(socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    path_.copy(address.sun_path, sizeof(address.sun_path) - 1);
    unlink(path_.c_str());
    Promise(bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 &&
                listen(listener_, 8) == 0,
            "the test has a socket");
    std::thread([this] { Serve(); }).detach();
    std::atexit([] { unlink(absl::StrCat("/tmp/firstmile-fuzz-", getpid(), ".sock").c_str()); });
  }

  const std::string& path() const { return path_; }

  void Answer(std::string bytes) {
    const std::lock_guard lock(mutex_);
    bytes_ = std::move(bytes);
  }

 private:
  [[noreturn]] void Serve() {
    for (;;) {
      const int connection = accept(listener_, nullptr, nullptr);
      char question[4096];
      if (recv(connection, question, sizeof(question), 0) > 0) Send(connection, "+OK\r\n");
      if (recv(connection, question, sizeof(question), 0) > 0) {
        const std::lock_guard lock(mutex_);
        Send(connection, bytes_);
      }
      close(connection);
    }
  }
  static void Send(int connection, const std::string& bytes) {
    static_cast<void>(!send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL));
  }

  const std::string path_;
  const int listener_;
  std::mutex mutex_;
  std::string bytes_;
};

void CheckError(const absl::Status& status) {
  Promise(IsOneLine(status.message()) && status.message().size() <= 1024, "an error is one short line",
          status.ToString());
  Promise(!absl::StrContains(status.message(), kCanary), "an error repeats nothing that was stored",
          status.ToString());
}

void CheckRead(tokens::RedisStore& store) {
  const auto record = store.Read("shop/00000000000000600000");
  if (!record.ok()) return CheckError(record.status());
  Promise(!record->has_value() || (*record)->version != tokens::kAbsent,
          "a record that is there has a version");
}

void CheckList(tokens::RedisStore& store) {
  const auto page = store.List("shop/5", kListed);
  if (!page.ok()) return CheckError(page.status());
  Promise(page->size() <= kListed, "no more records than were asked for");
  std::string last = "shop/5";
  for (const auto& [key, record] : *page) {
    Promise(key > last, "keys ascend, so that a walk through a store ends", key);
    Promise(record.version != tokens::kAbsent, "a record that is there has a version");
    last = key;
  }
}

void CheckWrite(tokens::RedisStore& store) {
  const auto version = store.Write("shop/00000000000000600000", "bytes", 7);
  if (!version.ok()) return CheckError(version.status());
  Promise(*version > 7, "versions grow");
}

void CheckDurability(tokens::RedisStore& store) {
  const auto problem = store.DurabilityProblem();
  if (!problem.ok()) return CheckError(problem.status());
  Promise(IsOneLine(*problem), "a problem is one line", *problem);
}

}  // namespace
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static auto* const redis = new FakeRedis();
  Input input(data, size);
  const std::uint8_t question = input.Byte();
  redis->Answer(std::string(input.Rest()));
  firstmile::redis::Options options;
  options.unix_path = redis->path();
  options.connect_timeout = options.command_timeout = absl::Minutes(1);  // no wait occurs: the server closes
  const auto store = firstmile::tokens::RedisStore::Open(options);
  Promise(store.ok(), "the test has a connection", store.status().ToString());
  constexpr void (*kChecks[])(firstmile::tokens::RedisStore&) = {CheckRead, CheckList, CheckWrite,
                                                                 CheckDurability};
  kChecks[question % std::size(kChecks)](**store);
  return 0;
}

}  // namespace firstmile::fuzzing
