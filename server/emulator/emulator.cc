#include "emulator/emulator.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include <stdexcept>
#include <utility>

#include "emulator/auth/authorization.h"
#include "emulator/control/events.h"
#include "emulator/control/pages.h"
#include "emulator/engine/api_exchange.h"
#include "emulator/engine/engine.h"
#include "emulator/http/server.h"
#include "emulator/page/status_page.h"
#include "emulator/push/http_sender.h"

namespace emulator {
namespace {

class ReadyExchange : public http::Exchange {
 public:
  explicit ReadyExchange(http::Answer answer) : answer_(std::move(answer)) {}
  http::Step Next() override { return {http::Step::Kind::kAnswer, {}, std::move(answer_)}; }
  void Sent() override {}

 private:
  http::Answer answer_;
};

http::Limits LimitsOf(const Options& options) {
  return {options.max_header_bytes, options.max_body_bytes, options.max_connections, options.idle_timeout};
}

}  // namespace

std::string DefaultAccessToken(int64_t shop_id) {
  return absl::StrFormat("acce55%026d", shop_id);
}

class Emulator::Impl {
 public:
  explicit Impl(Options options)
      : engine_(std::move(options)),
        server_(
            engine_.options().host, engine_.options().port, engine_.options().threads,
            LimitsOf(engine_.options()), [this](http::Request request) { return Open(std::move(request)); },
            [this] { return engine_.Now(); }),
        push_sender_(server_.loop(), engine_.pushes(), engine_.options().push_timeout,
                     [this] { engine_.CatchUp(); }) {
    server_.Start();
  }

  void Stop() {
    push_sender_.Stop();
    server_.Stop();
  }

  engine::Engine& engine() { return engine_; }
  http::Server& server() { return server_; }

  Counters ReadCounters() {
    Counters counters = engine_.request_log().Read();
    counters.connections = server_.connections();
    counters.accepted = server_.accepted();
    counters.rates = engine_.rate_limiter().Counts(auth::SubjectKind::kShop);
    counters.merchant_rates = engine_.rate_limiter().Counts(auth::SubjectKind::kMerchant);
    return counters;
  }

 private:
  std::unique_ptr<http::Exchange> Open(http::Request request) {
    if (control::IsEventStream(request)) return control::OpenEventStream(engine_, request);
    if (request.path == "/" && request.verb == "GET") {
      return std::make_unique<ReadyExchange>(page::RedirectToStatusPage());
    }
    if (request.path.starts_with(control::kControlPrefix)) {
      return std::make_unique<ReadyExchange>(
          control::ServeControl(engine_, [this] { return ReadCounters(); }, request));
    }
    return std::make_unique<engine::ApiExchange>(engine_, std::move(request));
  }

  engine::Engine engine_;
  http::Server server_;  // after engine_, which its connections use
  push::HttpSender push_sender_;
};

Emulator::Emulator(Options options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Emulator::~Emulator() {
  Stop();
}

uint16_t Emulator::port() const {
  return impl_->server().port();
}

std::string Emulator::base_url() const {
  const std::string& host = impl_->engine().options().host;
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return absl::StrCat("http://", is_ipv6 ? "[" : "", host, is_ipv6 ? "]" : "", ":", port());
}

void Emulator::Stop() {
  impl_->Stop();
}
void Emulator::SetFault(Fault fault) {
  impl_->engine().faults().Add(std::move(fault));
}
void Emulator::ClearFaults() {
  impl_->engine().faults().Clear();
}
void Emulator::SetLatency(std::chrono::milliseconds latency) {
  impl_->engine().SetLatency(latency);
}
void Emulator::SetRateLimit(const RateLimit& limit) {
  const std::string wrong = impl_->engine().rate_limiter().Set(limit);
  if (!wrong.empty()) throw std::runtime_error("rate limit: " + wrong);
}
void Emulator::SetNeverAnswer(bool never_answer) {
  impl_->engine().SetNeverAnswer(never_answer);
}

uint64_t Emulator::RequestCount(const std::string& path) const {
  return impl_->engine().request_log().CountOf(path);
}
Counters Emulator::counters() const {
  return impl_->ReadCounters();
}
std::vector<RequestRecord> Emulator::Journal() const {
  return impl_->engine().request_log().Journal();
}
void Emulator::Reset() {
  impl_->engine().Reset();
}

void Emulator::AdvanceClock(std::chrono::seconds by) {
  impl_->engine().AdvanceClock(by.count());
}
int64_t Emulator::Now() const {
  return impl_->engine().Now();
}

void Emulator::WithWorld(const std::function<void(World&)>& edit) {
  impl_->engine().WithWorld(edit);
  impl_->engine().Touch();
}

void Emulator::SetAccessToken(int64_t shop_id, const std::string& token) {
  WithWorld([&](World& world) {
    Shop* shop = world.FindShop(shop_id);
    if (shop == nullptr) return;
    shop->access_token = token;
    auth::GrantOf(world, auth::ShopSubject(shop_id)).access.expires_at = auth::kNever;
  });
}

std::vector<PushRecord> Emulator::Pushes() const {
  return impl_->engine().pushes().Records();
}

bool Emulator::WaitForPushes(std::chrono::milliseconds at_most) const {
  return impl_->engine().pushes().WaitUntilIdle(at_most);
}

void Emulator::LosePush(int code, int64_t shop_id) {
  impl_->engine().pushes().LoseByHand(push::ShopMessage(code, shop_id, Now(), {}));
}

TokenState Emulator::ShopTokens(int64_t shop_id) {
  return impl_->engine().Tokens(auth::ShopSubject(shop_id));
}

TokenState Emulator::MerchantTokens(int64_t merchant_id) {
  return impl_->engine().Tokens(auth::MerchantSubject(merchant_id));
}

std::string Emulator::AuthorizeShop(int64_t shop_id, int days) {
  return impl_->engine().Authorize({false, shop_id}, days);
}

std::string Emulator::AuthorizeMainAccount(int64_t main_account_id, int days) {
  return impl_->engine().Authorize({true, main_account_id}, days);
}

std::string Emulator::ResendCodeOfShop(int64_t shop_id) {
  return impl_->engine().Resend({false, shop_id});
}

std::string Emulator::ResendCodeOfMainAccount(int64_t main_account_id) {
  return impl_->engine().Resend({true, main_account_id});
}

}  // namespace emulator
