// Accepts the callers' connections and hands them to gRPC: within bounds, and never deaf.
//
// gRPC's own listener stops to accept when descriptors run out, and bounds nothing. This one closes what it
// cannot take, at once; keeps a descriptor of its own for each connection, which tells when gRPC has closed
// it; and closes a connection that floods, or that is idle when its place is needed. Thread-safe after Start.
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

// Descriptors that one connection takes: gRPC's and ours.
inline constexpr std::size_t kDescriptorsPerConnection = 2;

// Why a new connection was closed at once.
enum class Refusal { kTooMany, kTooManyOfHost, kNoDescriptor };
// Why an open connection was closed from here.
enum class Closing { kIdle, kFlood, kMemory };

absl::string_view NameOf(Refusal refusal);
absl::string_view NameOf(Closing closing);

struct AcceptorOptions {
  ConnectionBounds bounds = {};
  // Above this much resident memory the connections that received most for nothing are closed: all with at
  // least half of the most. When floods take memory the next connections wait while a quarter of it is in
  // use, for two seconds at most. 0: no bound.
  std::int64_t memory_max_bytes = 0;
  std::function<std::int64_t()> resident_bytes = nullptr;  // null: no bound
  // Gives free memory that the heap holds back to the system; tried before connections are closed. Null: not.
  std::function<void()> give_back_memory = nullptr;
};

// Called on the acceptor's thread. None may be null; `host` is empty for unix sockets.
struct AcceptorEvents {
  // Takes over `fd`. False: it was closed, since too many wait.
  std::function<bool(int fd, int listening_fd)> accepted;
  std::function<void(std::size_t open)> count_changed;
  std::function<void(Refusal refusal, const std::string& host)> refused;
  std::function<void(Closing closing, const std::string& host)> closed;
};

class Acceptor {
 public:
  // `registry` outlives the acceptor.
  Acceptor(std::vector<ListeningSocket> sockets, AcceptorOptions options, ConnectionRegistry& registry);
  // Stops listening. What gRPC has stays open.
  ~Acceptor();

  // Accepts from now on. Call it once.
  void Start(AcceptorEvents events);

  // Closes the listening sockets; when it returns no further connection is handed over. Those that are open
  // go on, and are watched. Call it as often as you like.
  void StopListening();

  // Whether the thread and each listening socket accept, and the next caller would get a place, tried with
  // connections of our own that take none; true also in the pause after a flood. Fails with the cause. Blocks
  // for `timeout` at most, for all sockets together.
  absl::Status Probe(absl::Duration timeout);

 private:
  void Run();
  void Serve(std::uint64_t id);
  void CloseListeningSockets();
  void AcceptSome(const ListeningSocket& socket);
  bool AcceptOne(const ListeningSocket& socket);
  void AcceptAndClose(const ListeningSocket& socket);
  void Take(Descriptor accepted, const SocketAddress& caller, int listening_fd);
  absl::Status PlaceForAnother();
  bool MakePlace(const std::string& host);
  void Forget(Connection& connection);
  void Close(Connection& connection, Closing closing);
  void Look(Time now);
  bool MemoryIsBeyond(std::int64_t bytes) const;
  void PauseWhileFloodsCostMemory(Time now);
  void SetPaused(bool paused);
  void CloseLargeOnesWhenMemoryIsShort(Time now);
  int UntilNextLook(Time now) const;
  void Wake();

  const AcceptorOptions options_;
  ConnectionRegistry& registry_;
  AcceptorEvents events_;
  std::vector<SocketAddress> addresses_;  // that are probed
  Probes probes_;

  // Of the thread, once it runs.
  std::vector<ListeningSocket> sockets_;
  ConnectionTable table_;
  Descriptor epoll_;
  Descriptor spare_;  // given up for a moment to close a connection when no descriptor is left
  Time next_look_;
  Time last_flood_;  // when a connection was last closed for one
  Time resume_at_;
  std::int64_t resident_ = 0;  // at the last look
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
