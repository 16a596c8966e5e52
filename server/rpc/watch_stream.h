// The life of one WatchShops stream: token events in, one write at a time, exactly one Finish.
//
// A stream owns itself: gRPC deletes it through OnDone. Events come from every loop, reactions from gRPC's
// threads.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>

#include "absl/container/flat_hash_set.h"
#include "firstmile/v1/auth_tokens.pb.h"
#include "rpc/auth_context.h"
#include "rpc/incoming_call.h"
#include "rpc/method_messages.h"

namespace firstmile::rpc {

class WatchStream final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  // Most events queued for a slow client; one more ends the stream.
  static constexpr std::size_t kWaitingMax = 10'000;

  static grpc::ServerWriteReactor<grpc::ByteBuffer>* Start(const AuthContext& auth,
                                                           grpc::CallbackServerContext& context,
                                                           const ReceivedRequest& request,
                                                           const endpoints::RequestRules& rules);

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override { delete this; }

 private:
  WatchStream(const AuthContext& auth, grpc::CallbackServerContext& context,
              const v1::WatchShopsRequest& request);

  void Begin(const AuthContext& auth, const ReceivedRequest& request, const endpoints::RequestRules& rules);
  void Listen(const AuthContext& auth);
  void Report(tokens::TokenEvent event, const tokens::TokenRecord& record, absl::string_view reason);
  void End(google::rpc::Status status);
  void Advance();

  const transport::Clock& clock_;
  const absl::flat_hash_set<std::int64_t> shops_;  // empty: all, and merchants too
  IncomingCall call_;

  std::mutex mutex_;                      // guards the four below; not held while calling gRPC
  std::deque<grpc::ByteBuffer> waiting_;  // each a WatchShopsResponse
  bool writing_ = false;
  bool finished_ = false;
  std::optional<google::rpc::Status> end_;  // set: queued events are dropped
  std::uint64_t written_ = 0;

  struct EndAtDrain {
    WatchStream* stream;
    void operator()() const;
  };
  std::optional<tokens::TokenEventBroadcast::Subscription> subscription_;
  std::optional<std::stop_callback<EndAtDrain>> drain_;
};

}  // namespace firstmile::rpc
