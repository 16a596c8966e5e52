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

constexpr std::chrono::milliseconds kLookEvery{100};
// While callers send more than kBusyBytes from one look to the next.
constexpr std::chrono::milliseconds kLookEveryWhenBusy{25};
constexpr std::uint64_t kBusyBytes = 256 << 10;
// How long new connections wait at most for the memory of a flood.
constexpr std::chrono::seconds kPauseAfterFlood{2};
// Parts of the bound of memory: in use, since what gRPC has read will take more; and added since the last
// look, since little that was wasted is no reason to keep others waiting.
constexpr std::int64_t kPausePart = 4;
constexpr std::int64_t kGrowthPart = 100;
constexpr std::chrono::milliseconds kGiveBackEvery{1000};  // it takes milliseconds for each 100 MB of heap
constexpr std::size_t kMeasuredPerLook = 512;  // connections; further ones have their turn at the next look
constexpr int kEventsMax = 64;                 // of one wait
constexpr int kAcceptedPerTurn = 64;           // of one socket, before others have theirs
constexpr std::chrono::milliseconds kPauseAfterError{10};  // the system is out of memory, for example
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

// Errors of one connection, which ended before it was accepted (accept(2)).
bool IsOfOneConnection(int error) {
  return error == ECONNABORTED || error == EINTR || error == EPROTO || error == ENETDOWN ||
         error == ENOPROTOOPT || error == EHOSTDOWN || error == ENONET || error == EHOSTUNREACH ||
         error == EOPNOTSUPP || error == ENETUNREACH || error == EPERM;
}

// Closing it will leave nothing behind, not even a socket that waits for late packets.
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
  if (paused_) return absl::OkStatus();  // whoever comes waits for a moment
  const absl::Time deadline = absl::Now() + timeout;
  for (const SocketAddress& address : addresses_) {
    if (absl::Status accepts = probes_.Try(address, deadline - absl::Now()); !accepts.ok()) {
      return absl::Status(accepts.code(), absl::StrCat("the listener does not accept: ", accepts.message()));
    }
  }
  return absl::OkStatus();
}

void Acceptor::Run() {
  epoll_event events[kEventsMax];
  next_look_ = Now() + kLookEvery;
  while (!ending_) {
    const int ready = epoll_wait(epoll_.get(), events, kEventsMax, UntilNextLook(Now()));
    for (int i = 0; i < ready; ++i) Serve(events[i].data.u64);
    if (!listening_ && !sockets_.empty()) CloseListeningSockets();
    if (const Time now = Now(); now >= next_look_) Look(now);
  }
  CloseListeningSockets();
}

int Acceptor::UntilNextLook(Time now) const {
  if (table_.size() == 0 && !paused_) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(next_look_ - now).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, kLookEvery.count()));
}

void Acceptor::Serve(std::uint64_t id) {
  if (id == kWakeId) {
    eventfd_t count = 0;
    eventfd_read(wake_.get(), &count);
  } else if (id < ConnectionTable::kFirstId) {
    if (listening_) AcceptSome(sockets_[id - kFirstSocketId]);
  } else if (Connection* ended = table_.Find(id); ended != nullptr) {
    Forget(*ended);  // gRPC shut its socket down, or the caller is gone
  }
}

void Acceptor::AcceptSome(const ListeningSocket& socket) {
  for (int i = 0; i < kAcceptedPerTurn && AcceptOne(socket); ++i) continue;
}

// False: there is none left to accept for now.
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

// The caller learns at once that he is not served, and the socket stays ready for the next.
void Acceptor::AcceptAndClose(const ListeningSocket& socket) {
  spare_.Close();
  SocketAddress caller;
  caller.length = sizeof(caller.storage);
  Descriptor accepted(accept4(socket.fd(), &caller.get(), &caller.length, SOCK_CLOEXEC));
  if (accepted.get() < 0) {  // another thread was faster; its descriptor may be free soon
    std::this_thread::sleep_for(kPauseAfterError);
    spare_ = SpareDescriptor();
    return;
  }
  ResetAtClose(accepted.get());
  dup3(wake_.get(), accepted.get(), O_CLOEXEC);  // closes it, and nobody can take its number meanwhile
  spare_ = std::move(accepted);
  if (probes_.Answer(NameOf(caller), NoDescriptorIsFree())) return;
  events_.refused(Refusal::kNoDescriptor, HostOf(caller));
}

void Acceptor::Take(Descriptor accepted, const SocketAddress& caller, int listening_fd) {
  const std::string name = NameOf(caller);
  Descriptor second(fcntl(accepted.get(), F_DUPFD_CLOEXEC, 0));
  const bool full = second.get() < 0;
  if (probes_.Expects(name)) {  // answered when it holds no descriptor any more
    ResetAtClose(accepted.get());
    accepted.Close();
    second.Close();
    probes_.Answer(name, full ? NoDescriptorIsFree() : PlaceForAnother());
    return;
  }
  const std::string host = HostOf(caller);
  if (full) {
    ResetAtClose(accepted.get());
    accepted.Close();
    return events_.refused(Refusal::kNoDescriptor, host);
  }
  if (!MakePlace(host)) return ResetAtClose(accepted.get());
  const std::string endpoint = host.empty() ? "" : name;
  const Connection& added = table_.Add(std::move(second), host, endpoint, registry_.Add(endpoint), Now());
  Watch(epoll_.get(), added.descriptor.get(), 0, added.id);  // a hang-up is told unasked
  if (!events_.accepted(accepted.Release(), listening_fd)) events_.refused(Refusal::kTooMany, host);
  events_.count_changed(table_.size());
}

// A probe takes no place, and promises that the next caller gets one.
absl::Status Acceptor::PlaceForAnother() {
  if (table_.FitOf("") == ConnectionTable::Fit::kFits || table_.LongestIdle(nullptr, Now()) != nullptr) {
    return absl::OkStatus();
  }
  return absl::ResourceExhaustedError("every connection is in use");
}

bool Acceptor::MakePlace(const std::string& host) {
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
    ResetAtClose(connection.descriptor.get());  // what is unread is not wanted
    last_flood_ = Now();
  }
  shutdown(connection.descriptor.get(), SHUT_RDWR);  // gRPC notices, ends the connection's calls and closes
  events_.closed(closing, connection.host);
  Forget(connection);
}

void Acceptor::Look(Time now) {
  std::uint64_t received = 0;
  table_.VisitNext(kMeasuredPerLook, [this, now, &received](Connection& connection) {
    const std::uint64_t before = connection.received;
    const bool floods = table_.Measure(connection, now);
    received += connection.received - before;
    if (floods) Close(connection, Closing::kFlood);
  });
  next_look_ = now + (received > kBusyBytes ? kLookEveryWhenBusy : kLookEvery);
  CloseLargeOnesWhenMemoryIsShort(now);
  PauseWhileFloodsCostMemory(now);
}

bool Acceptor::MemoryIsBeyond(std::int64_t bytes) const {
  return bytes != 0 && options_.resident_bytes != nullptr && options_.resident_bytes() > bytes;
}

// A flooder comes back faster than gRPC clears away what its last connection has left.
void Acceptor::PauseWhileFloodsCostMemory(Time now) {
  if (options_.memory_max_bytes == 0 || options_.resident_bytes == nullptr) return;
  const std::int64_t before = std::exchange(resident_, options_.resident_bytes());
  const bool much = resident_ > options_.memory_max_bytes / kPausePart;
  const bool grows = before != 0 && resident_ - before > options_.memory_max_bytes / kGrowthPart;
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
  if (!MemoryIsBeyond(options_.memory_max_bytes)) return;
  if (options_.give_back_memory != nullptr && now >= next_give_back_) {
    options_.give_back_memory();
    next_give_back_ = Now() + kGiveBackEvery;
  }
  if (!MemoryIsBeyond(options_.memory_max_bytes)) return;
  std::vector<std::pair<std::int64_t, std::uint64_t>> burdens;  // and whose
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
