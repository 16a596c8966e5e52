#include "redis/connection.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>  // thread signal masks are POSIX
#include <sys/time.h>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace firstmile::redis {
namespace {

// hiredis writes to sockets without MSG_NOSIGNAL, so a server that disconnects would end the process. Blocks
// the signal in this thread, and discards one that was raised meanwhile.
class WithoutSigpipe {
 public:
  WithoutSigpipe() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  WithoutSigpipe(const WithoutSigpipe&) = delete;
  WithoutSigpipe& operator=(const WithoutSigpipe&) = delete;
  ~WithoutSigpipe() {
    if (sigismember(&before_, SIGPIPE) == 1) return;
    const timespec at_once{};
    sigtimedwait(&pipe_, nullptr, &at_once);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t pipe_;
  sigset_t before_;
};

// The first word of Redis's errors is a code in capital letters; anything else is free text.
absl::string_view CodeOf(absl::string_view error) {
  constexpr std::size_t kCodeBytesMax = 32;
  std::size_t end = 0;
  while (end < error.size() && absl::ascii_isupper(static_cast<unsigned char>(error[end]))) ++end;
  return end > 0 && end <= kCodeBytesMax ? error.substr(0, end) : "ERR";
}

// Nested deeper than any reply to our commands and scripts. hiredis 1 reads nested lists without a limit and
// frees them recursively; the stack overflows at some 100,000 levels.
constexpr int kNestingMax = 8;

// Per list; our longest, a page of records, has 3,000. hiredis allocates as many as the server claims.
constexpr std::size_t kElementsMax = std::size_t{1} << 16;

// hiredis's default functions for creating replies; the same for all readers.
const redisReplyObjectFunctions& Hiredis() {
  static const redisReplyObjectFunctions functions = [] {
    redisReader* reader = redisReaderCreate();
    const redisReplyObjectFunctions found = *reader->fn;
    redisReaderFree(reader);
    return found;
  }();
  return functions;
}

// `Count` is int in hiredis 0.14 and std::size_t later.
template <typename Count>
void* CreateBoundedArray(const redisReadTask* task, Count count) {
  int depth = 0;
  for (const redisReadTask* outer = task->parent; outer != nullptr; outer = outer->parent) ++depth;
  const bool bounded = depth < kNestingMax && static_cast<std::size_t>(count) <= kElementsMax;
  return bounded ? Hiredis().createArray(task, count) : nullptr;
}

void BoundLists(redisReader& reader) {
  static redisReplyObjectFunctions bounded = [] {
    redisReplyObjectFunctions functions = Hiredis();
    functions.createArray = CreateBoundedArray;
    return functions;
  }();
  reader.fn = &bounded;
}

absl::Duration LeftOf(Deadline deadline) {
  return absl::FromChrono(deadline - std::chrono::steady_clock::now());
}

bool Contains(absl::string_view text, absl::string_view part) {
  return text.find(part) != absl::string_view::npos;
}

}  // namespace

std::string AddressOf(const Options& options) {
  return options.unix_path.empty() ? absl::StrCat(options.host, ":", options.port)
                                   : absl::StrCat("unix:", options.unix_path);
}

absl::Status ErrorOf(absl::string_view error, const std::string& address) {
  const absl::string_view code = CodeOf(error);
  const std::string what = absl::StrCat("redis at ", address, " answers ", code);
  if (code == "NOAUTH" || code == "WRONGPASS") {
    return absl::PermissionDeniedError(absl::StrCat(what, ": it wants another user name or password"));
  }
  if (code == "NOPERM") {
    return absl::PermissionDeniedError(
        absl::StrCat(what,
                     ": its user needs our key prefix and the commands select, hget, hmget, hset, del, zadd, "
                     "zrem, zrangebylex, pexpire, time, eval, evalsha"));
  }
  // Before version 7, a script's error contains that of its command.
  if (code == "READONLY" || Contains(error, "-READONLY")) {
    return absl::PermissionDeniedError(absl::StrCat(what, ": it is a replica; name the primary instead"));
  }
  if (code == "OOM" || Contains(error, "-OOM")) {
    return absl::ResourceExhaustedError(absl::StrCat(what, ": it has reached its maxmemory"));
  }
  if (code == "MISCONF" || Contains(error, "-MISCONF")) {
    return absl::ResourceExhaustedError(absl::StrCat(what, ": it cannot write to its disk"));
  }
  if (code == "WRONGTYPE" || Contains(error, "-WRONGTYPE")) {
    return absl::DataLossError(absl::StrCat(what, ": another program uses names with our key prefix"));
  }
  if (code == "MOVED" || code == "ASK" || code == "CROSSSLOT") {
    return absl::FailedPreconditionError(absl::StrCat(what, ": it is a cluster; name a single server"));
  }
  for (const absl::string_view passing :
       {"LOADING", "BUSY", "MASTERDOWN", "NOREPLICAS", "TRYAGAIN", "CLUSTERDOWN"}) {
    if (code == passing) return absl::UnavailableError(absl::StrCat(what, ": this should pass"));
  }
  return absl::FailedPreconditionError(
      absl::StrCat(what, ": it does not take our commands; version 5 or later is needed"));
}

absl::StatusOr<std::unique_ptr<Connection>> Connection::Connect(const Options& options, Deadline deadline) {
  const absl::Duration left = std::min(options.connect_timeout, LeftOf(deadline));
  const std::string address = AddressOf(options);
  if (left < absl::Milliseconds(1)) {
    return absl::UnavailableError(absl::StrCat("no time is left to connect to redis at ", address));
  }
  const timeval limit = absl::ToTimeval(left);
  redisContext* context = options.unix_path.empty()
                              ? redisConnectWithTimeout(options.host.c_str(), options.port, limit)
                              : redisConnectUnixWithTimeout(options.unix_path.c_str(), limit);
  if (context == nullptr) return absl::ResourceExhaustedError("no memory is left for a connection to redis");
  BoundLists(*context->reader);
  std::unique_ptr<Connection> connection(new Connection(context, address));
  if (context->err != 0) {
    return absl::UnavailableError(
        absl::StrCat("cannot connect to redis at ", address, ": ", context->errstr));
  }
  if (options.unix_path.empty()) redisEnableKeepAlive(context);
  if (absl::Status greeted = connection->Greet(options, deadline); !greeted.ok()) return greeted;
  return connection;
}

absl::Status Connection::Greet(const Options& options, Deadline deadline) {
  if (!options.password.empty()) {
    std::vector<absl::string_view> command = {"AUTH"};
    if (!options.username.empty()) command.emplace_back(options.username);
    command.push_back(options.password.Reveal());
    const absl::StatusOr<Reply> reply = Call(command, deadline);
    if (!reply.ok()) return reply.status();
    if ((*reply)->type == REDIS_REPLY_ERROR) {
      const absl::string_view error = TextOf(**reply);
      const bool plain = CodeOf(error) == "ERR";  // it has no password, or predates ACL users
      return ErrorOf(plain ? "WRONGPASS" : error, address_);
    }
  }
  const std::string database = absl::StrCat(options.database);
  const absl::StatusOr<Reply> reply = Call({"SELECT", database}, deadline);
  if (!reply.ok()) return reply.status();
  if ((*reply)->type != REDIS_REPLY_ERROR) return absl::OkStatus();
  const absl::string_view error = TextOf(**reply);
  if (CodeOf(error) != "ERR") return ErrorOf(error, address_);
  return absl::FailedPreconditionError(
      absl::StrCat("redis at ", address_, " has no database ", options.database));
}

absl::StatusOr<Reply> Connection::Call(const std::vector<absl::string_view>& command, Deadline deadline) {
  if (!Usable()) {
    return absl::UnavailableError(
        absl::StrCat("redis at ", address_, " closed the connection, or answered before it was asked"));
  }
  const WithoutSigpipe guard;
  std::vector<const char*> texts;
  std::vector<std::size_t> lengths;
  texts.reserve(command.size());
  lengths.reserve(command.size());
  for (const absl::string_view argument : command) {
    texts.push_back(argument.data());
    lengths.push_back(argument.size());
  }
  redisContext* const context = context_.get();
  if (redisAppendCommandArgv(context, static_cast<int>(command.size()), texts.data(), lengths.data()) !=
      REDIS_OK) {
    return Broken(deadline);
  }
  for (int sent = 0; sent == 0;) {
    if (absl::Status limited = Limit(deadline); !limited.ok()) return limited;
    if (redisBufferWrite(context, &sent) != REDIS_OK) return Broken(deadline);
  }
  void* reply = nullptr;
  std::size_t bytes_left = kReplyBytesMax;
  while (redisGetReplyFromReader(context, &reply) == REDIS_OK && reply == nullptr) {
    if (absl::Status read = ReadSome(deadline, &bytes_left); !read.ok()) return read;
  }
  if (reply == nullptr) return Broken(deadline);
  return Reply(static_cast<redisReply*>(reply));
}

absl::Status Connection::ReadSome(Deadline deadline, std::size_t* bytes_left) {
  if (absl::Status limited = Limit(deadline); !limited.ok()) return limited;
  const std::size_t before = context_->reader->len;
  if (redisBufferRead(context_.get()) != REDIS_OK) return Broken(deadline);
  const std::size_t bytes = context_->reader->len - before;
  if (bytes > *bytes_left) {
    return absl::DataLossError(
        absl::StrCat("redis at ", address_, " answers with more than ", kReplyBytesMax, " bytes"));
  }
  *bytes_left -= bytes;
  return absl::OkStatus();
}

bool Connection::Usable() const {
  if (context_->reader->pos < context_->reader->len) return false;  // received together with the last reply
  pollfd socket{.fd = context_->fd, .events = POLLIN, .revents = 0};
  return poll(&socket, 1, 0) == 0;  // no command is pending, so readable means closed or unrequested bytes
}

// Limits the next socket read or write to the time left.
absl::Status Connection::Limit(Deadline deadline) {
  const absl::Duration left = LeftOf(deadline);
  if (left < absl::Milliseconds(1) || redisSetTimeout(context_.get(), absl::ToTimeval(left)) != REDIS_OK) {
    return Broken(deadline);
  }
  return absl::OkStatus();
}

absl::Status Connection::Broken(Deadline deadline) const {
  if (LeftOf(deadline) <= absl::Milliseconds(1)) {
    return absl::UnavailableError(
        absl::StrCat("redis at ", address_, " did not answer within its time limit"));
  }
  const bool refused = context_->err == REDIS_ERR_OOM;  // by CreateBoundedArray, or memory is exhausted
  return absl::UnavailableError(
      absl::StrCat("the connection to redis at ", address_, " broke: ",
                   refused ? "a reply has too long a list or too many lists in lists, or no memory is left"
                           : context_->errstr));
}

}  // namespace firstmile::redis
