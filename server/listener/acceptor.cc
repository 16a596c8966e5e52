#include "listener/acceptor.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"

namespace firstmile::listener {
namespace {

constexpr std::chrono::milliseconds kCheckEvery{100};
// The interval while callers send more than kBusyBytes per interval.
constexpr std::chrono::milliseconds kCheckEveryWhenBusy{25};
constexpr std::uint64_t kBusyBytes = 256 << 10;
// How long new connections wait at most for a flood's memory to be freed.
constexpr std::chrono::seconds kPauseAfterFlood{2};
// Divisors of the memory limit above which the pause starts: of the part in use, since what gRPC has read
// will take more; and of the growth since the last check, since a little wasted memory is no reason to delay
// others.
constexpr std::int64_t kPausePart = 4;
constexpr std::int64_t kGrowthPart = 100;
constexpr std::chrono::milliseconds kTrimEvery{1000};      // takes milliseconds per 100 MB of heap
constexpr std::size_t kMeasuredPerCheck = 512;             // connections; the rest follow at the next check
constexpr int kEventsMax = 64;                             // per wait
constexpr int kAcceptedPerTurn = 64;                       // per socket, before the others are served
constexpr std::chrono::milliseconds kPauseAfterError{10};  // for example when the system is out of memory
constexpr std::int64_t kWorthClosingBytes = 64 << 10;
constexpr std::uint64_t kWakeId = 0;
constexpr std::uint64_t kFirstSocketId = 1;

Time Now() {
  return std::chrono::steady_clock::now();
}

Descriptor SpareDescriptor() {
  return Descriptor(open("/dev/null", O_RDONLY | O_CLOEXEC));
}

void Watch(int epoll, int fd, std::uint32_t what, std::uint64_t id) {
  epoll_event event{};
  event.events = what;
  event.data.u64 = id;
  epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

absl::Status NoDescriptorIsFree() {
  return absl::ResourceExhaustedError("no file descriptor is left");
}

bool IsOutOfDescriptors(int error) {
  return error == EMFILE || error == ENFILE;
}

// Errors of a connection that ended before it was accepted (accept(2)).
bool IsOfOneConnection(int error) {
  return error == ECONNABORTED || error == EINTR || error == EPROTO || error == ENETDOWN ||
         error == ENOPROTOOPT || error == EHOSTDOWN || error == ENONET || error == EHOSTUNREACH ||
         error == EOPNOTSUPP || error == ENETUNREACH || error == EPERM;
}

// Closes without leftovers, such as a socket in TIME_WAIT.
void ResetAtClose(int fd) {
  const linger at_once{1, 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
}

}  // namespace

absl::string_view NameOf(Refusal refusal) {
  switch (refusal) {
    case Refusal::kTooMany:
      return "connections";
    case Refusal::kTooManyOfHost:
      return "peer_connections";
    case Refusal::kNoDescriptor:
      return "descriptors";
  }
  return "";
}

absl::string_view NameOf(Closing closing) {
  switch (closing) {
    case Closing::kIdle:
      return "idle";
    case Closing::kFlood:
      return "flood";
    case Closing::kMemory:
      return "memory";
  }
  return "";
}

Acceptor::Acceptor(std::vector<ListeningSocket> sockets, AcceptorOptions options,
                   ConnectionRegistry& registry)
    : options_(std::move(options)),
      registry_(registry),
      sockets_(std::move(sockets)),
      table_(options_.bounds),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      spare_(SpareDescriptor()),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  for (const ListeningSocket& socket : sockets_) addresses_.push_back(socket.address());
}

Acceptor::~Acceptor() {
  ending_ = true;
  StopListening();
  if (thread_.joinable()) thread_.join();
}

void Acceptor::Start(AcceptorEvents events) {
  events_ = std::move(events);
  Watch(epoll_.get(), wake_.get(), EPOLLIN, kWakeId);
  for (std::size_t i = 0; i < sockets_.size(); ++i) {
    Watch(epoll_.get(), sockets_[i].fd(), EPOLLIN, kFirstSocketId + i);
  }
  thread_ = std::thread([this] { Run(); });
}

void Acceptor::Wake() {
  eventfd_write(wake_.get(), 1);
}

void Acceptor::StopListening() {
  listening_ = false;
  if (!thread_.joinable()) return CloseListeningSockets();
  Wake();
  std::unique_lock lock(stop_mutex_);
  stopped_.wait(lock, [this] { return sockets_closed_; });
}

void Acceptor::CloseListeningSockets() {
  sockets_.clear();
  const std::lock_guard lock(stop_mutex_);
  sockets_closed_ = true;
  stopped_.notify_all();
}

absl::Status Acceptor::Probe(absl::Duration timeout) {
  if (!listening_) return absl::UnavailableError("the listener is closed");
  if (paused_) return absl::OkStatus();  // new callers wait for a moment
  const auto deadline = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(timeout);
  for (const SocketAddress& address : addresses_) {
    const absl::Duration left = absl::FromChrono(deadline - std::chrono::steady_clock::now());
    if (absl::Status accepts = probes_.Try(address, left); !accepts.ok()) {
      return absl::Status(accepts.code(), absl::StrCat("the listener does not accept: ", accepts.message()));
    }
  }
  return absl::OkStatus();
}

void Acceptor::Run() {
  epoll_event events[kEventsMax];
  next_check_ = Now() + kCheckEvery;
  while (!ending_) {
    const int ready = epoll_wait(epoll_.get(), events, kEventsMax, UntilNextCheck(Now()));
    for (int i = 0; i < ready; ++i) Serve(events[i].data.u64);
    if (!listening_ && !sockets_.empty()) CloseListeningSockets();
    if (const Time now = Now(); now >= next_check_) Check(now);
  }
  CloseListeningSockets();
}

int Acceptor::UntilNextCheck(Time now) const {
  if (table_.size() == 0 && !paused_) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(next_check_ - now).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, kCheckEvery.count()));
}

void Acceptor::Serve(std::uint64_t id) {
  if (id == kWakeId) {
    eventfd_t count = 0;
    eventfd_read(wake_.get(), &count);
  } else if (id < ConnectionTable::kFirstId) {
    if (listening_) AcceptSome(sockets_[id - kFirstSocketId]);
  } else if (Connection* ended = table_.Find(id); ended != nullptr) {
    Forget(*ended);  // gRPC has shut its socket down, or the caller is gone
  }
}

void Acceptor::AcceptSome(const ListeningSocket& socket) {
  for (int i = 0; i < kAcceptedPerTurn && AcceptOne(socket); ++i) continue;
}

// Returns false when no connection is left to accept for now.
bool Acceptor::AcceptOne(const ListeningSocket& socket) {
  SocketAddress caller;
  caller.length = sizeof(caller.storage);
  Descriptor accepted(accept4(socket.fd(), &caller.get(), &caller.length, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (accepted.get() >= 0) return Take(std::move(accepted), caller, socket.fd()), true;
  const int error = errno;
  if (error == EAGAIN) return false;
  if (IsOfOneConnection(error)) return true;
  if (IsOutOfDescriptors(error)) {
    AcceptAndClose(socket);
  } else {
    std::this_thread::sleep_for(kPauseAfterError);
  }
  return false;
}

// The caller learns at once that it is refused, and the socket stays ready for the next one.
void Acceptor::AcceptAndClose(const ListeningSocket& socket) {
  spare_.Close();
  SocketAddress caller;
  caller.length = sizeof(caller.storage);
  Descriptor accepted(accept4(socket.fd(), &caller.get(), &caller.length, SOCK_CLOEXEC));
  if (accepted.get() < 0) {  // another thread took the descriptor; it may be free again soon
    std::this_thread::sleep_for(kPauseAfterError);
    spare_ = SpareDescriptor();
    return;
  }
  ResetAtClose(accepted.get());
  dup3(wake_.get(), accepted.get(), O_CLOEXEC);  // closes it, without freeing its number for others
  spare_ = std::move(accepted);
  if (probes_.Answer(NameOf(caller), NoDescriptorIsFree())) return;
  events_.refused(Refusal::kNoDescriptor, HostOf(caller));
}

void Acceptor::Take(Descriptor accepted, const SocketAddress& caller, int listening_fd) {
  const std::string name = NameOf(caller);
  Descriptor second(fcntl(accepted.get(), F_DUPFD_CLOEXEC, 0));
  const bool full = second.get() < 0;
  if (probes_.Expects(name)) {  // answered once its descriptor is closed
    ResetAtClose(accepted.get());
    accepted.Close();
    second.Close();
    probes_.Answer(name, full ? NoDescriptorIsFree() : CapacityForAnother());
    return;
  }
  const std::string host = HostOf(caller);
  if (full) {
    ResetAtClose(accepted.get());
    accepted.Close();
    return events_.refused(Refusal::kNoDescriptor, host);
  }
  if (!FreeConnectionFor(host)) return ResetAtClose(accepted.get());
  const std::string endpoint = host.empty() ? "" : name;
  const Connection& added = table_.Add(std::move(second), host, endpoint, registry_.Add(endpoint), Now());
  Watch(epoll_.get(), added.descriptor.get(), 0, added.id);  // epoll always reports hang-ups
  if (!events_.accepted(accepted.Release(), listening_fd)) events_.refused(Refusal::kTooMany, host);
  events_.count_changed(table_.size());
}

// A probe takes no capacity, and shows that the next caller would get some.
absl::Status Acceptor::CapacityForAnother() {
  if (table_.FitOf("") == ConnectionTable::Fit::kFits || table_.LongestIdle(nullptr, Now()) != nullptr) {
    return absl::OkStatus();
  }
  return absl::ResourceExhaustedError("every connection is in use");
}

bool Acceptor::FreeConnectionFor(const std::string& host) {
  const ConnectionTable::Fit fit = table_.FitOf(host);
  if (fit == ConnectionTable::Fit::kFits) return true;
  const bool of_host = fit == ConnectionTable::Fit::kTooManyOfHost;
  Connection* idle = table_.LongestIdle(of_host ? &host : nullptr, Now());
  if (idle == nullptr) {
    events_.refused(of_host ? Refusal::kTooManyOfHost : Refusal::kTooMany, host);
    return false;
  }
  Close(*idle, Closing::kIdle);
  return true;
}

void Acceptor::Forget(Connection& connection) {
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, connection.descriptor.get(), nullptr);
  registry_.Remove(connection.endpoint, *connection.calls);
  table_.Remove(connection);
  events_.count_changed(table_.size());
}

void Acceptor::Close(Connection& connection, Closing closing) {
  if (closing != Closing::kIdle) {
    ResetAtClose(connection.descriptor.get());  // discards unread data
    last_flood_ = Now();
  }
  shutdown(connection.descriptor.get(), SHUT_RDWR);  // gRPC notices, ends the connection's calls and closes
  events_.closed(closing, connection.host);
  Forget(connection);
}

void Acceptor::Check(Time now) {
  std::uint64_t received = 0;
  table_.VisitNext(kMeasuredPerCheck, [this, now, &received](Connection& connection) {
    const std::uint64_t before = connection.received;
    const bool floods = table_.Measure(connection, now);
    received += connection.received - before;
    if (floods) Close(connection, Closing::kFlood);
  });
  next_check_ = now + (received > kBusyBytes ? kCheckEveryWhenBusy : kCheckEvery);
  CloseLargeOnesWhenMemoryIsShort(now);
  PauseWhileFloodsCostMemory(now);
}

bool Acceptor::MemoryIsBeyond(std::int64_t bytes) const {
  return bytes != 0 && options_.resident_bytes != nullptr && options_.resident_bytes() > bytes;
}

// A flooding caller reconnects faster than gRPC frees its last connection's memory.
void Acceptor::PauseWhileFloodsCostMemory(Time now) {
  if (options_.max_memory_bytes == 0 || options_.resident_bytes == nullptr) return;
  const std::int64_t before = std::exchange(resident_, options_.resident_bytes());
  const bool much = resident_ > options_.max_memory_bytes / kPausePart;
  const bool grows = before != 0 && resident_ - before > options_.max_memory_bytes / kGrowthPart;
  if (!paused_ && much && grows && last_flood_ >= now) {
    resume_at_ = now + kPauseAfterFlood;
    SetPaused(true);
  } else if (paused_ && (!much || now >= resume_at_)) {
    SetPaused(false);
  }
}

void Acceptor::SetPaused(bool paused) {
  paused_ = paused;
  for (std::size_t i = 0; i < sockets_.size(); ++i) {
    epoll_event event{};
    event.events = paused_ ? 0 : EPOLLIN;
    event.data.u64 = kFirstSocketId + i;
    epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, sockets_[i].fd(), &event);
  }
}

void Acceptor::CloseLargeOnesWhenMemoryIsShort(Time now) {
  if (!MemoryIsBeyond(options_.max_memory_bytes)) return;
  if (options_.give_back_memory != nullptr && now >= next_give_back_) {
    options_.give_back_memory();
    next_give_back_ = Now() + kTrimEvery;
  }
  if (!MemoryIsBeyond(options_.max_memory_bytes)) return;
  std::vector<std::pair<std::int64_t, std::uint64_t>> burdens;  // each with its connection's id
  std::int64_t most = kWorthClosingBytes;
  for (const Connection& connection : table_.connections()) {
    burdens.emplace_back(connection.meter.burden() + UnreadBytes(connection.descriptor.get()), connection.id);
    most = std::max(most, burdens.back().first);
  }
  for (const auto& [bytes, id] : burdens) {
    if (bytes >= std::max(most / 2, kWorthClosingBytes)) Close(*table_.Find(id), Closing::kMemory);
  }
}

}  // namespace firstmile::listener
