// shopee-emulator: a strict, stateful HTTP stand-in for the Shopee Open Platform API v2.
//
// Construct one in a test or a program; any HTTP client can then send signed calls to base_url().
// Thread safety: every member function of Emulator may be called from any thread at any time.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "emulator/time/clock_options.h"
#include "emulator/world/delays.h"

namespace emulator {

class World;

// The demo key of the official PHP sample: public text, not a credential.
inline constexpr char kDemoPartnerKey[] = "57615053704d6470644f554a78656d50484143644964436a5568777544524579";
inline constexpr int64_t kDemoPartnerId = 2001887;
inline constexpr int64_t kFirstShopId = 600000;

// Limits the calls per second of each shop or merchant, by the real clock. A call over the limit is answered
// `error_rate_limit` and has no effect. A limit of the shop or merchant takes precedence over one for all,
// then a limit of the path over one for all paths.
inline constexpr char kEachPath[] = "each";
struct RateLimit {
  enum class Window { kFixed, kSliding };  // whole seconds of the clock; the second before each call
  int per_second = 0;                      // 0: no limit
  int64_t shop_id = 0;                     // 0: each shop and merchant separately
  std::string path = {};  // empty: all paths together; kEachPath: each path separately; or one path
  Window window = Window::kFixed;
  int64_t merchant_id = 0;  // if not 0, this merchant only; shop_id must be 0
};

struct Options {
  std::string host = "127.0.0.1";
  uint16_t port = 0;  // 0: any free port, see Emulator::port()
  int threads = 1;    // each runs an event loop

  int64_t partner_id = kDemoPartnerId;
  std::string partner_key = kDemoPartnerKey;
  std::map<int64_t, std::string> access_tokens = {};  // by shop; others get DefaultAccessToken(shop)
  std::vector<std::string> declared_ips = {};         // empty: every source address is accepted
  std::string redirect_domain = {};                   // where sellers may be redirected; empty: anywhere
  std::chrono::seconds access_token_life{14400};
  std::chrono::seconds refresh_token_life{30 * 86400};
  std::chrono::seconds token_grace{300};  // life of an access token after a refresh replaced it
  std::chrono::seconds code_life{600};    // of authorization and resend codes

  // How long a spent refresh token returns the same new pair, unless that pair was refreshed or replaced by a
  // login. 0: a spent token is rejected.
  std::chrono::seconds spent_refresh_grace{0};

  std::chrono::milliseconds latency{0};  // added to every API answer; holds no thread
  bool never_answer = false;             // API calls are read and never answered
  RateLimit rate_limit = {};             // none

  int extra_shops = 24;      // 600001 and following, besides 600000
  int unbound_orders = 250;  // of shop 600000; at least world::kMinUnboundOrders
  int orders_per_shop = 30;  // unbound orders of every other shop
  int numbers_per_day = 20;  // first-mile numbers that a shop may generate per declare date
  int orders_per_number = 10000;
  std::chrono::seconds courier_number_delay{5};  // until a courier binding shows its courier number
  std::function<int64_t()> now = {};             // Unix seconds; empty: the system clock
  std::chrono::seconds clock_offset{0};          // how far Shopee's clock is ahead of `now`
  ClockOptions clock = {};                       // how Shopee's time follows `now`
  Delays delays = {};                            // of carriers and buyers
  uint64_t seed = 1;                             // for random draws such as the delays
  std::string seed_json = {};                    // shops and orders to add, see WORLD.md; empty: none

  std::string push_url = {};                     // callback of the pushes, with every code on; empty: none
  std::chrono::milliseconds push_timeout{3000};  // for the callback's answer, in system time

  std::size_t max_header_bytes = 16 * 1024;
  std::size_t max_body_bytes = 4 * 1024 * 1024;
  int max_connections = 20000;  // further connections are closed at once
  // A connection without a complete request since its last answer is closed after this long; 0: never.
  std::chrono::milliseconds idle_timeout{5 * 60 * 1000};
  std::size_t journal_length = 1000;      // newest requests kept; 0 keeps none
  std::size_t journal_body_bytes = 8192;  // longer bodies are clipped in the journal
  uint64_t fault_seed = 1;                // for Fault::probability
  bool control_from_anywhere = false;     // if false, /_emulator/ answers loopback peers only
  // Lower-case host names that /_emulator/ accepts besides localhost and IP addresses.
  std::vector<std::string> control_hosts = {};
};

// An edit of the JSON body of a real answer. `at` names members as in "response.order_list.order_sn". Lists
// are entered automatically, and "**" matches any depth: "**.status" is every member of that name.
struct BodyChange {
  enum class Kind {
    kRetype,  // numbers and booleans become strings
    kDrop,    // the member disappears
    kSet,     // an existing member gets `value`
    kAdd,     // a missing member is added with `value`
  };
  Kind kind = Kind::kRetype;
  std::string at;
  std::string value = "null";  // JSON text
};

// A scripted misbehaviour. Faults are tried in the order in which they were added; the first match acts.
struct Fault {
  enum class Action {
    kAnswer,       // answer with status, content_type and body
    kDelay,        // answer normally, `delay` later
    kNeverAnswer,  // keep the connection open and stay silent
    kClose,        // close the connection without an answer
    kTruncate,     // send the head and only the first `bytes` of the body, then close
    kSlowBody,     // answer normally, but `bytes` of the body at a time with `delay` between them; close
                   // after `close_after` bytes
    kMutate,       // answer normally, with `changes` made to the JSON body
    kError,        // answer with Shopee's envelope, `error` and `message`
    kCutHead,      // send only the first `bytes` of the answer's head, then close
  };
  std::string path;     // "/api/v2/..."; empty: every API path
  int64_t shop_id = 0;  // 0: every shop
  int skip = 0;         // let this many matching requests pass first
  int times = -1;       // then act this often; negative: always
  Action action = Action::kAnswer;
  // If true, the call takes effect before the fault acts. kTruncate, kSlowBody, kCutHead and kMutate always
  // run the call. kDelay delays after the effect if true, before it if false.
  bool after_effect = false;

  int status = 500;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  // sent with kAnswer
  std::chrono::milliseconds delay{0};
  std::size_t bytes = 10;
  std::size_t close_after = std::numeric_limits<std::size_t>::max();

  double probability = 1;  // that a match acts; drawn from Options::fault_seed
  std::vector<BodyChange> changes;
  std::string error;
  std::string message;
  std::string name;  // shown in lists; the preset's name if it is one
  uint64_t id = 0;   // assigned when the fault is added
  uint64_t acted = 0;
};

// A ready-made fault such as "rate_limit" or "html_502"; nullopt for an unknown name.
std::optional<Fault> PresetFault(const std::string& name);
std::vector<std::string> PresetNames();

// One request as received; the values of tokens, codes and sign are replaced by "***".
struct RequestRecord {
  uint64_t sequence = 0;  // from 1; a reset does not restart it
  int64_t time = 0;       // Unix seconds
  std::string verb;
  std::string path;
  std::string query;
  std::string body;
  int status = 0;     // 0 while pending, or if no answer was sent
  std::string error;  // `error` of the envelope
  std::string request_id;
};

// Calls of a shop or merchant to which a rate limit applied.
struct RateCount {
  uint64_t accepted = 0;
  uint64_t refused = 0;
};

struct Counters {
  std::map<std::string, uint64_t> requests;  // API requests by path, counted on arrival
  uint64_t total_requests = 0;
  int64_t in_flight = 0;                        // API requests that wait for their answer
  int64_t max_in_flight = 0;                    // highest value of in_flight since the start or reset
  uint64_t abandoned = 0;                       // API requests whose client closed before the answer
  int64_t connections = 0;                      // open now
  uint64_t accepted = 0;                        // connections since the start or reset
  std::map<int64_t, RateCount> rates;           // by shop; 0: all beyond the first 2000
  std::map<int64_t, RateCount> merchant_rates;  // by merchant
};

// One push and the state of its delivery.
struct PushRecord {
  enum class State {
    kWaiting,
    kInFlight,
    kDelivered,
    kLost,
    kDropped,  // it was waiting when pushes were suspended
  };
  enum class Answer { kPending, kAccepted, kHasBody, kBadStatus, kNone };  // to the last attempt
  uint64_t id = 0;
  int code = 0;
  int64_t shop_id = 0;    // 0: a push to the partner
  int64_t timestamp = 0;  // Unix seconds
  std::string body;
  int attempts = 0;
  State state = State::kWaiting;
  Answer answer = Answer::kPending;
  int64_t next_attempt_at = 0;  // while kWaiting
};

// "acce55" and the shop id, zero-padded to 26 digits.
std::string DefaultAccessToken(int64_t shop_id);

// The current authorization and tokens of one shop or merchant. Times are Unix seconds.
struct TokenState {
  std::string access_token;
  int64_t access_expires_at = 0;          // kNeverExpires for tokens of the default world or set by hand
  std::vector<std::string> grace_tokens;  // replaced access tokens that are still valid
  std::string refresh_token;
  int64_t refresh_expires_at = 0;
  int64_t authorized_at = 0;
  int64_t authorization_ends_at = 0;
  uint64_t refreshes = 0;               // successful ones; each spent one refresh token
  uint64_t repeated_refreshes = 0;      // with a spent token within its grace: the same pair was returned
  uint64_t lost_refreshes = 0;          // with a spent refresh token
  uint64_t other_failed_refreshes = 0;  // with an unknown token, or after its end
  std::vector<std::string> spent_refresh_tokens;  // the newest 100, newest last
};
inline constexpr int64_t kNeverExpires = std::numeric_limits<int64_t>::max();

class Emulator {
 public:
  // Listens when the constructor returns. Throws std::runtime_error with an explanation, e.g. that the port
  // is in use.
  explicit Emulator(Options options = {});
  ~Emulator();  // stops
  Emulator(const Emulator&) = delete;
  Emulator& operator=(const Emulator&) = delete;

  uint16_t port() const;
  std::string base_url() const;  // "http://127.0.0.1:50080", without a trailing slash

  // Closes every connection and joins the threads; later calls do nothing.
  void Stop();

  void SetFault(Fault fault);  // adds to the faults already set
  void ClearFaults();
  void SetLatency(std::chrono::milliseconds latency);
  void SetNeverAnswer(bool never_answer);
  // Replaces the limit of the same shop or merchant and path; per_second 0 removes it. Throws
  // std::runtime_error if the limit is invalid.
  void SetRateLimit(const RateLimit& limit);

  uint64_t RequestCount(const std::string& path) const;
  Counters counters() const;
  std::vector<RequestRecord> Journal() const;  // oldest first
  // Restores the initial world, clears faults, counters, journal and pushes, and sets latency and rate limit
  // to the options.
  void Reset();

  // Moves Shopee's clock forward, in every mode, and runs the events due by then. At most 100 years in total.
  void AdvanceClock(std::chrono::seconds by);
  int64_t Now() const;  // Shopee's time, Unix seconds

  // Runs `edit` on the state while no request can use it, so keep it short. See world/world.h.
  void WithWorld(const std::function<void(World&)>& edit);
  void SetAccessToken(int64_t shop_id, const std::string& token);  // never expires; the old one ends at once

  // Pushes(): the newest 1000, oldest first. WaitForPushes(): waits until none is due or in flight; false
  // after `at_most`.
  std::vector<PushRecord> Pushes() const;
  bool WaitForPushes(std::chrono::milliseconds at_most) const;
  void LosePush(int code, int64_t shop_id);  // adds a push to the lost ones

  TokenState ShopTokens(int64_t shop_id);
  TokenState MerchantTokens(int64_t merchant_id);
  // Consents without a browser and returns an authorization code; "" if the account is unknown.
  std::string AuthorizeShop(int64_t shop_id, int days = 365);
  std::string AuthorizeMainAccount(int64_t main_account_id, int days = 365);
  // A resend code, which Shopee's console issues; "" unless the account is authorized now.
  std::string ResendCodeOfShop(int64_t shop_id);
  std::string ResendCodeOfMainAccount(int64_t main_account_id);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace emulator
