#include "rpc/auth_service.h"

#include "rpc/auth_calls.h"
#include "rpc/contract_service.h"
#include "rpc/token_exchange.h"
#include "rpc/token_messages.h"
#include "rpc/watch_stream.h"

namespace firstmile::rpc {
namespace {

using google::protobuf::Message;
using Shard = gateway::Shard;
using Stop = std::stop_token;

// Of a request with the field `subject`.
template <typename Request>
subjects::Subject SubjectIn(const Message& request) {
  return SubjectOf(static_cast<const Request&>(request).subject());
}

subjects::Subject ShopOfLogin(const Message& request) {
  return subjects::Shop(static_cast<const v1::ExchangeCodeRequest&>(request).account().shop_id());
}

void AddLogins(const AuthContext& auth, ContractService* service) {
  service->Add<v1::GetAuthorizationUrlRequest, v1::GetAuthorizationUrlResponse>(
      "GetAuthorizationUrl", [&auth](Shard&, const auto& request, auto* response, const Stop&) {
        return GetAuthorizationUrl(auth, request, response);
      });
  service->Add<v1::ExchangeCodeRequest, v1::ExchangeCodeResponse>(
      "ExchangeCode",
      [&auth](Shard& home, const auto& request, auto* response, const Stop&) {
        return ExchangeCode(auth, home, request, response);
      },
      ShopOfLogin);
  service->Add<v1::ExchangeResendCodeRequest, v1::ExchangeResendCodeResponse>(
      "ExchangeResendCode", [&auth](Shard& home, const auto& request, auto* response, const Stop&) {
        return ExchangeResendCode(auth, home, request, response);
      });
}

void AddStoredTokens(const AuthContext& auth, ContractService* service) {
  service->Add<v1::ImportTokensRequest, v1::ImportTokensResponse>(
      "ImportTokens", [&auth](Shard& home, const auto& request, auto* response, Stop stop) {
        return ImportTokens(auth, home, request, response, std::move(stop));
      });
  service->Add<v1::ListShopsRequest, v1::ListShopsResponse>(
      "ListShops", [&auth](Shard& home, const auto& request, auto* response, const Stop&) {
        return ListShops(auth, home, request, response);
      });
  service->Add<v1::RefreshNowRequest, v1::RefreshNowResponse>(
      "RefreshNow",
      [&auth](Shard& home, const auto& request, auto* response, Stop stop) {
        return RefreshNow(auth, home, request, response, std::move(stop));
      },
      SubjectIn<v1::RefreshNowRequest>);
  service->Add<v1::ForgetShopRequest, v1::ForgetShopResponse>(
      "ForgetShop",
      [](Shard& home, const auto& request, auto*, const Stop&) { return ForgetShop(home, request); },
      SubjectIn<v1::ForgetShopRequest>);
  service->AddStream("WatchShops",
                     [&auth](grpc::CallbackServerContext& context, const ReceivedRequest& request,
                             const endpoints::RequestRules& rules) {
                       return WatchStream::Start(auth, context, request, rules);
                     });
}

}  // namespace

std::unique_ptr<grpc::Service> MakeAuthService(const AuthContext& auth) {
  auto service = std::make_unique<ContractService>(auth.rpc, ServiceNamed("firstmile.v1.AuthService"));
  AddLogins(auth, service.get());
  AddStoredTokens(auth, service.get());
  return service;
}

}  // namespace firstmile::rpc
