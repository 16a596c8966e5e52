// The life of one WatchShops stream: events in, one write in flight, Finish exactly once.
//
// A stream owns itself: gRPC frees it through OnDone. Events come from every loop, reactions from gRPC's
// threads.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>

#include "absl/container/flat_hash_set.h"
#include "firstmile/v1/auth_tokens.pb.h"
#include "rpc/auth_checks.h"
#include "rpc/auth_context.h"
#include "rpc/incoming_call.h"

namespace firstmile::rpc {

class WatchStream final : public grpc::ServerWriteReactor<v1::WatchShopsResponse> {
 public:
  // Events that wait for a slow reader; one more ends the stream.
  static constexpr std::size_t kWaitingMax = 10'000;

  static grpc::ServerWriteReactor<v1::WatchShopsResponse>* Start(const AuthContext& auth,
                                                                 grpc::CallbackServerContext& context,
                                                                 const v1::WatchShopsRequest& request);

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override { delete this; }

 private:
  WatchStream(const AuthContext& auth, grpc::CallbackServerContext& context,
              const v1::WatchShopsRequest& request);

  void Begin(const AuthContext& auth, const Violations& violations);
  void Listen(const AuthContext& auth);
  void Tell(tokens::Transition transition, const tokens::TokenRecord& record, absl::string_view reason);
  void End(google::rpc::Status status);
  void Advance();

  const transport::Clock& clock_;
  const absl::flat_hash_set<std::int64_t> shops_;  // empty: all, merchants too
  IncomingCall call_;

  std::mutex mutex_;  // guards the four below; no reaction of gRPC is called under it
  std::deque<v1::WatchShopsResponse> waiting_;
  bool writing_ = false;
  bool finished_ = false;
  std::optional<google::rpc::Status> end_;  // once set, what waits is dropped
  std::uint64_t written_ = 0;

  struct EndAtDrain {
    WatchStream* stream;
    void operator()() const;
  };
  std::optional<tokens::CustodyBroadcast::Subscription> subscription_;
  std::optional<std::stop_callback<EndAtDrain>> drain_;
};

}  // namespace firstmile::rpc
