#include "rpc/auth_service.h"

#include "firstmile/v1/auth_service.grpc.pb.h"
#include "rpc/auth_calls.h"
#include "rpc/auth_checks.h"
#include "rpc/task_call.h"
#include "rpc/watch_stream.h"

namespace firstmile::rpc {
namespace {

class AuthService final : public v1::AuthService::CallbackService {
 public:
  explicit AuthService(const AuthContext& auth) : auth_(auth) {}

  grpc::ServerUnaryReactor* GetAuthorizationUrl(grpc::CallbackServerContext* c,
                                                const v1::GetAuthorizationUrlRequest* q,
                                                v1::GetAuthorizationUrlResponse* r) override {
    return Start(
        c, "GetAuthorizationUrl", 0, Check(*q, auth_.redirect_url),
        [this, q, r](gateway::Shard&, std::stop_token) { return rpc::GetAuthorizationUrl(auth_, *q, r); });
  }
  grpc::ServerUnaryReactor* ExchangeCode(grpc::CallbackServerContext* c, const v1::ExchangeCodeRequest* q,
                                         v1::ExchangeCodeResponse* r) override {
    return Start(c, "ExchangeCode", q->shop_id(), Check(*q),
                 [this, q, r](gateway::Shard& home, std::stop_token) {
                   return rpc::ExchangeCode(auth_, home, *q, r);
                 });
  }
  grpc::ServerUnaryReactor* ImportTokens(grpc::CallbackServerContext* c, const v1::ImportTokensRequest* q,
                                         v1::ImportTokensResponse* r) override {
    return Start(c, "ImportTokens", 0, Check(*q), [this, q, r](gateway::Shard& home, std::stop_token stop) {
      return rpc::ImportTokens(auth_, home, *q, r, std::move(stop));
    });
  }
  grpc::ServerUnaryReactor* ListShops(grpc::CallbackServerContext* c, const v1::ListShopsRequest* q,
                                      v1::ListShopsResponse* r) override {
    return Start(c, "ListShops", 0, Check(*q), [this, q, r](gateway::Shard& home, std::stop_token) {
      return rpc::ListShops(auth_, home, *q, r);
    });
  }
  grpc::ServerUnaryReactor* RefreshNow(grpc::CallbackServerContext* c, const v1::RefreshNowRequest* q,
                                       v1::RefreshNowResponse* r) override {
    const tokens::Subject subject = SubjectOf(*q);
    return Start(c, "RefreshNow", subject.id, CheckSubject(subject),
                 [this, q, r](gateway::Shard& home, std::stop_token stop) {
                   return rpc::RefreshNow(auth_, home, *q, r, std::move(stop));
                 });
  }
  grpc::ServerUnaryReactor* ForgetShop(grpc::CallbackServerContext* c, const v1::ForgetShopRequest* q,
                                       v1::ForgetShopResponse*) override {
    const tokens::Subject subject = SubjectOf(*q);
    return Start(c, "ForgetShop", subject.id, CheckSubject(subject),
                 [q](gateway::Shard& home, std::stop_token) { return rpc::ForgetShop(home, *q); });
  }
  grpc::ServerWriteReactor<v1::WatchShopsResponse>* WatchShops(grpc::CallbackServerContext* c,
                                                               const v1::WatchShopsRequest* q) override {
    return WatchStream::Start(auth_, *c, *q);
  }

 private:
  // `run` gets the shard where the subject lives, and runs on its loop.
  template <typename Run>
  grpc::ServerUnaryReactor* Start(grpc::CallbackServerContext* context, const char* method,
                                  std::int64_t subject, Violations violations, Run run) const {
    gateway::Shard& home = auth_.rpc.shards.For(subject);
    return TaskCall::Start(
        auth_.rpc, *context, home.loop,
        {std::string("AuthService/") + method, subject, std::move(violations)},
        [&home, run = std::move(run)](std::stop_token stop) { return run(home, std::move(stop)); });
  }

  const AuthContext& auth_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeAuthService(const AuthContext& auth) {
  return std::make_unique<AuthService>(auth);
}

}  // namespace firstmile::rpc
