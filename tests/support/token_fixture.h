// A sidecar with stored tokens in front of the emulator: logins, expiring tokens, thousands of calls.
#pragma once

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "firstmile/v1/auth_service.grpc.pb.h"
#include "support/sidecar_fixture.h"
#include "tokens/stores/encryption_keys.h"

namespace firstmile::testing {

inline constexpr char kRefreshPath[] = "/api/v2/auth/access_token/get";

inline std::vector<tokens::EncryptionKey> TestEncryptionKeys() {
  return tokens::ParseEncryptionKeys(secrets::Secret(std::string(64, 'a'))).value();
}

inline v1::GetTrackingNumberRequest DocumentedQuestion() {
  v1::GetTrackingNumberRequest request;
  request.set_shop_id(emulator::kFirstShopId);
  request.set_order_sn("201214JASXYXY6");
  return request;
}

// Thousands of concurrent calls over one channel.
class CallBurst {
 public:
  CallBurst(const std::shared_ptr<grpc::Channel>& channel, int calls)
      : stub_(v1::LogisticsService::NewStub(channel)), calls_(static_cast<std::size_t>(calls)) {
    for (Call& call : calls_) {
      call.context.set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(1));
      stub_->async()->GetTrackingNumber(&call.context, &question_, &call.answer,
                                        [this, &call](grpc::Status status) {
                                          call.status = std::move(status);
                                          if (++ended_ == calls_.size()) done_.set_value();
                                        });
    }
  }
  // How many calls failed; `example` receives the first failure's text.
  int Failures(std::string* example) {
    done_.get_future().wait();
    int failures = 0;
    for (const Call& call : calls_) {
      if (call.status.ok()) continue;
      if (failures++ == 0) *example = call.status.error_message();
    }
    return failures;
  }

 private:
  struct Call {
    grpc::ClientContext context;
    v1::GetTrackingNumberResponse answer;
    grpc::Status status;
  };
  const v1::GetTrackingNumberRequest question_ = DocumentedQuestion();
  const std::unique_ptr<v1::LogisticsService::Stub> stub_;
  std::vector<Call> calls_;
  std::atomic<std::size_t> ended_ = 0;
  std::promise<void> done_;
};

class StoredTokensTest : public SidecarTest {
 protected:
  using SidecarTest::SidecarTest;

  void StartSidecar() {
    SidecarTest::StartSidecar();
    auth_ = v1::AuthService::NewStub(channel_);
  }
  void LogIn(std::int64_t shop_id) {
    v1::ExchangeCodeRequest request;
    request.set_code(emulator_.AuthorizeShop(shop_id));
    request.mutable_account()->set_shop_id(shop_id);
    grpc::ClientContext context;
    v1::ExchangeCodeResponse response;
    const grpc::Status status = auth_->ExchangeCode(&context, request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
  }
  // Logs in a main account with its merchants and all of their shops.
  void LogInMainAccount(std::int64_t main_account_id) {
    v1::ExchangeCodeRequest request;
    request.set_code(emulator_.AuthorizeMainAccount(main_account_id));
    request.mutable_account()->set_main_account_id(main_account_id);
    grpc::ClientContext context;
    v1::ExchangeCodeResponse response;
    const grpc::Status status = auth_->ExchangeCode(&context, request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
  }
  grpc::Status Ask() {
    grpc::ClientContext context;
    v1::GetTrackingNumberResponse response;
    return logistics_->GetTrackingNumber(&context, DocumentedQuestion(), &response);
  }
  // Repeats the call until a temporary failure is over; ctest's timeout bounds it.
  void AskUntilAnswered() {
    while (!Ask().ok()) std::this_thread::yield();
  }
  v1::ListShopsResponse List() {
    grpc::ClientContext context;
    v1::ListShopsResponse response;
    EXPECT_TRUE(auth_->ListShops(&context, {}, &response).ok());
    return response;
  }
  std::uint64_t Refreshes() { return emulator_.counters().requests[kRefreshPath]; }
  // Makes all current access tokens expire; refresh tokens stay valid.
  void EndAccessTokens() { emulator_.AdvanceClock(std::chrono::hours(4) + std::chrono::minutes(6)); }

  std::unique_ptr<v1::AuthService::Stub> auth_;
};

}  // namespace firstmile::testing
