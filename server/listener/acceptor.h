// Accepts callers' connections within limits and hands them to gRPC.
//
// gRPC's own listener stops accepting when descriptors run out, and limits nothing. This one closes at once
// what it cannot take. It keeps its own descriptor for each connection, to learn when gRPC has closed it, and
// closes a connection that floods, or an idle one when its capacity is needed. Thread-safe after Start.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "listener/connection_calls.h"
#include "listener/connection_table.h"
#include "listener/listening_socket.h"
#include "listener/probe.h"

namespace firstmile::listener {

// Descriptors per connection: gRPC's and ours.
inline constexpr std::size_t kDescriptorsPerConnection = 2;

// Why a new connection was closed at once.
enum class Refusal { kTooMany, kTooManyOfHost, kNoDescriptor };
// Why the acceptor closed an open connection.
enum class Closing { kIdle, kFlood, kMemory };

absl::string_view NameOf(Refusal refusal);
absl::string_view NameOf(Closing closing);

struct AcceptorOptions {
  ConnectionBounds bounds = {};
  // Above this much resident memory, closes the connections that received the most unaccounted bytes: all
  // with at least half of the largest amount. While floods take memory, new connections wait as long as a
  // quarter of it is in use, for two seconds at most. 0: unlimited.
  std::int64_t max_memory_bytes = 0;
  std::function<std::int64_t()> resident_bytes = nullptr;  // null: unlimited
  // Returns free heap memory to the system; tried before connections are closed. May be null.
  std::function<void()> give_back_memory = nullptr;
};

// Called on the acceptor's thread. None may be null; `host` is empty for Unix sockets.
struct AcceptorEvents {
  // Takes over `fd`. Returns false when it was closed because too many wait.
  std::function<bool(int fd, int listening_fd)> accepted;
  std::function<void(std::size_t open)> count_changed;
  std::function<void(Refusal refusal, const std::string& host)> refused;
  std::function<void(Closing closing, const std::string& host)> closed;
};

class Acceptor {
 public:
  // `registry` outlives the acceptor.
  Acceptor(std::vector<ListeningSocket> sockets, AcceptorOptions options, ConnectionRegistry& registry);
  // Stops listening. Connections handed to gRPC stay open.
  ~Acceptor();

  // Starts accepting. Call it once.
  void Start(AcceptorEvents events);

  // Closes the listening sockets; after it returns, no further connection is handed over. Open connections
  // stay open and monitored. Idempotent.
  void StopListening();

  // Checks, with connections of its own that take no capacity, that the thread and each listening socket
  // accept and that the next caller would get capacity. Also succeeds during the pause after a flood. Fails
  // with the cause. Blocks for up to `timeout` for all sockets together.
  absl::Status Probe(absl::Duration timeout);

 private:
  void Run();
  void Serve(std::uint64_t id);
  void CloseListeningSockets();
  void AcceptSome(const ListeningSocket& socket);
  bool AcceptOne(const ListeningSocket& socket);
  void AcceptAndClose(const ListeningSocket& socket);
  void Take(Descriptor accepted, const SocketAddress& caller, int listening_fd);
  absl::Status CapacityForAnother();
  bool FreeConnectionFor(const std::string& host);
  void Forget(Connection& connection);
  void Close(Connection& connection, Closing closing);
  void Check(Time now);
  bool MemoryIsBeyond(std::int64_t bytes) const;
  void PauseWhileFloodsCostMemory(Time now);
  void SetPaused(bool paused);
  void CloseLargeOnesWhenMemoryIsShort(Time now);
  int UntilNextCheck(Time now) const;
  void Wake();

  const AcceptorOptions options_;
  ConnectionRegistry& registry_;
  AcceptorEvents events_;
  std::vector<SocketAddress> addresses_;  // to probe
  Probes probes_;

  // Used by the thread once it runs.
  std::vector<ListeningSocket> sockets_;
  ConnectionTable table_;
  Descriptor epoll_;
  Descriptor spare_;  // released briefly to close a connection when no descriptor is left
  Time next_check_;
  Time last_flood_;  // when a connection was last closed for flooding
  Time resume_at_;
  std::int64_t resident_ = 0;  // at the last check
  Time next_give_back_;

  Descriptor wake_;
  std::atomic<bool> listening_ = true;
  std::atomic<bool> ending_ = false;
  std::atomic<bool> paused_ = false;  // new connections wait
  std::mutex stop_mutex_;
  std::condition_variable stopped_;
  bool sockets_closed_ = false;  // guarded by stop_mutex_
  std::thread thread_;           // last: it uses every member above
};

}  // namespace firstmile::listener
