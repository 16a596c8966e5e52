// shopee-emulator: a strict, stateful HTTP stand-in for the Shopee Open Platform API v2.
//
// Start one in a test or a program; any HTTP client can then sign calls against base_url().
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

// The demo key of the official PHP sample: public text, no credential of anybody.
inline constexpr char kDemoPartnerKey[] = "57615053704d6470644f554a78656d50484143644964436a5568777544524579";
inline constexpr int64_t kDemoPartnerId = 2001887;
inline constexpr int64_t kFirstShopId = 600000;

// At most so many calls a second of each shop, by the real clock; a further one is answered
// `error_rate_limit` and does nothing. Of several that fit, the one of the shop counts, then the one of the
// path.
inline constexpr char kEachPath[] = "each";
struct RateLimit {
  enum class Window { kFixed, kSliding };  // whole seconds of the clock; the second that ends with the call
  int per_second = 0;                      // 0: no limit
  int64_t shop_id = 0;                     // 0: every shop, each by itself
  std::string path = {};  // empty: all paths together; kEachPath: each by itself; or one path
  Window window = Window::kFixed;
};

struct Options {
  std::string host = "127.0.0.1";
  uint16_t port = 0;  // 0: any free port, read it back with Emulator::port()
  int threads = 1;    // each runs its own event loop

  int64_t partner_id = kDemoPartnerId;
  std::string partner_key = kDemoPartnerKey;
  std::map<int64_t, std::string> access_tokens = {};  // by shop; others get DefaultAccessToken(shop)
  std::vector<std::string> declared_ips = {};         // empty: every source address may call
  std::string redirect_domain = {};                   // where sellers are sent after consent; empty: anywhere
  std::chrono::seconds access_token_life{14400};
  std::chrono::seconds refresh_token_life{30 * 86400};
  std::chrono::seconds token_grace{300};  // of an access token after the refresh that replaced it
  std::chrono::seconds code_life{600};    // of authorization and resend codes

  std::chrono::milliseconds latency{0};  // added to every API answer; holds no thread
  bool never_answer = false;             // API calls are read and then left waiting
  RateLimit rate_limit = {};             // none

  int extra_shops = 24;      // 600001 and on, besides 600000
  int unbound_orders = 250;  // of shop 600000; at least world::kFewestUnboundOrders
  int orders_per_shop = 30;  // unbound orders of every other shop
  int numbers_per_day = 20;  // first-mile numbers a shop may generate for one declare date
  int orders_per_number = 10000;
  std::chrono::seconds courier_number_delay{5};  // until a courier binding shows its courier number
  std::function<int64_t()> now = {};             // Unix seconds; empty: the system clock
  std::chrono::seconds clock_offset{0};          // by which the platform is ahead of `now`
  ClockOptions clock = {};                       // how the platform's time follows `now`
  Delays delays = {};                            // of carriers and buyers
  uint64_t seed = 1;                             // of what is drawn at random, such as the delays
  std::string seed_json = {};                    // shops and orders to add, see README.md; empty: none

  std::string push_url = {};                     // the callback of the pushes, all codes on; empty: none yet
  std::chrono::milliseconds push_timeout{3000};  // for the callback's answer, of the system's time

  std::size_t max_header_bytes = 16 * 1024;
  std::size_t max_body_bytes = 4 * 1024 * 1024;
  int max_connections = 20000;  // further connections are closed at once
  // A connection without a complete request since its last answer is closed after this long; 0: never.
  std::chrono::milliseconds idle_timeout{5 * 60 * 1000};
  std::size_t journal_length = 1000;      // newest requests kept; 0 keeps none
  std::size_t journal_body_bytes = 8192;  // longer bodies are clipped in the journal
  uint64_t fault_seed = 1;                // of the faults' probabilities
  bool control_from_anywhere = false;     // else /_emulator/ answers loopback peers only
  // Names in lower case under which /_emulator/ may be asked, besides localhost and IP addresses.
  std::vector<std::string> control_hosts = {};
};

// An edit of the JSON body of a real answer. `at` names members as in "response.order_list.order_sn": lists
// are entered by themselves, and "**" stands for any depth, so that "**.status" is every member of that name.
struct BodyChange {
  enum class Kind {
    kRetype,  // numbers and booleans become strings
    kDrop,    // the member disappears
    kSet,     // the member, where it is there, gets `value`
    kAdd,     // the member appears with `value`
  };
  Kind kind = Kind::kRetype;
  std::string at;
  std::string value = "null";  // JSON text
};

// A scripted misbehaviour. Faults are tried in the order of their setting; the first match acts.
struct Fault {
  enum class Action {
    kAnswer,       // answer with status, content_type and body
    kDelay,        // answer normally, `delay` later
    kNeverAnswer,  // keep the connection open and stay silent
    kClose,        // close the connection without an answer
    kTruncate,     // send the head and only the first `bytes` of the body, then close
    kSlowBody,     // answer normally, but `bytes` of the body at a time with `delay` between them
    kMutate,       // answer normally, with `changes` made to the JSON body
    kError,        // answer with the platform's envelope, `error` and `message`
  };
  std::string path;     // "/api/v2/..."; empty: every API path
  int64_t shop_id = 0;  // 0: every shop
  int skip = 0;         // let this many matching requests pass first
  int times = -1;       // then act this often; negative: always
  Action action = Action::kAnswer;
  // True: the call takes effect in the world first. Meaningless for kTruncate, kSlowBody and kMutate:
  // these always run it.
  // For kDelay: true delays after the effect, false before it (a client that leaves undoes nothing).
  bool after_effect = false;

  int status = 500;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  // sent with kAnswer
  std::chrono::milliseconds delay{0};
  std::size_t bytes = 10;

  double probability = 1;  // of acting on a match; drawn from Options::fault_seed
  std::vector<BodyChange> changes;
  std::string error;
  std::string message;
  std::string name;  // shown in lists; a preset's own name
  uint64_t id = 0;   // given when it is set
  uint64_t acted = 0;
};

// A ready-made fault such as "rate_limit" or "html_502"; nothing for an unknown name.
std::optional<Fault> PresetFault(const std::string& name);
std::vector<std::string> PresetNames();

// One request as it was seen; access_token and sign values are replaced by "***".
struct RequestRecord {
  uint64_t sequence = 0;  // 1 for the first request since the start; a reset does not restart it
  int64_t time = 0;       // Unix seconds
  std::string verb;
  std::string path;
  std::string query;
  std::string body;
  int status = 0;     // 0 while pending, or when no answer was sent
  std::string error;  // `error` of the envelope
  std::string request_id;
};

// Calls of a shop that a rate limit looked at.
struct RateCount {
  uint64_t accepted = 0;
  uint64_t refused = 0;
};

struct Counters {
  std::map<std::string, uint64_t> requests;  // API requests by path, counted on arrival
  uint64_t total_requests = 0;
  int64_t in_flight = 0;               // API requests that wait for their answer now
  int64_t max_in_flight = 0;           // highest value since the start or reset
  uint64_t abandoned = 0;              // API requests whose client closed before the answer
  int64_t connections = 0;             // open now
  uint64_t accepted = 0;               // connections since the start or reset
  std::map<int64_t, RateCount> rates;  // by shop; 0: those beyond the first 2000
};

// One push and how far it got.
struct PushRecord {
  enum class State {
    kWaiting,
    kInFlight,
    kDelivered,
    kLost,
    kDropped,  // it waited when the pushes were suspended
  };
  enum class Answer { kPending, kTaken, kHasBody, kBadStatus, kNone };  // to the last attempt
  uint64_t id = 0;
  int code = 0;
  int64_t shop_id = 0;    // 0: a push to the partner
  int64_t timestamp = 0;  // Unix seconds
  std::string body;
  int attempts = 0;
  State state = State::kWaiting;
  Answer answer = Answer::kPending;
  int64_t next_attempt_at = 0;  // of a waiting one
};

// "acce55" and the shop id, zero-padded to 26 digits.
std::string DefaultAccessToken(int64_t shop_id);

// What the partner holds for one shop or merchant now. Times are Unix seconds.
struct TokenState {
  std::string access_token;
  int64_t access_expires_at = 0;          // kNeverExpires for tokens of the default world or set by hand
  std::vector<std::string> grace_tokens;  // replaced access tokens that still work
  std::string refresh_token;
  int64_t refresh_expires_at = 0;
  int64_t authorized_at = 0;
  int64_t authorization_ends_at = 0;
  uint64_t refreshes = 0;                         // that won; each spent one refresh token
  uint64_t lost_refreshes = 0;                    // came with a spent refresh token
  uint64_t other_failed_refreshes = 0;            // came with an unknown one, or too late
  std::vector<std::string> spent_refresh_tokens;  // the newest 100, newest last
};
inline constexpr int64_t kNeverExpires = std::numeric_limits<int64_t>::max();

class Emulator {
 public:
  // Listens when it returns. Throws std::runtime_error with a readable text, e.g. when the port is in use.
  explicit Emulator(Options options = {});
  ~Emulator();  // stops
  Emulator(const Emulator&) = delete;
  Emulator& operator=(const Emulator&) = delete;

  uint16_t port() const;
  std::string base_url() const;  // "http://127.0.0.1:50080", without a slash at the end

  // Closes every connection and joins the threads; later calls do nothing.
  void Stop();

  void SetFault(Fault fault);  // adds to the faults already set
  void ClearFaults();
  void SetLatency(std::chrono::milliseconds latency);
  void SetNeverAnswer(bool never_answer);
  // Replaces the limit of the same shop and path; per_second 0 removes it. Throws std::runtime_error with
  // what is wrong.
  void SetRateLimit(const RateLimit& limit);

  uint64_t RequestCount(const std::string& path) const;
  Counters counters() const;
  std::vector<RequestRecord> Journal() const;  // oldest first
  // A fresh default world; faults, counters and journal are cleared; latency and rate limit go back to the
  // options.
  void Reset();

  // Moves the platform's clock forward, in every mode, and runs what is due by then; 100 years in all.
  void AdvanceClock(std::chrono::seconds by);
  int64_t Now() const;  // of the platform, Unix seconds

  // Runs `edit` on the state, which no request touches meanwhile. Keep it short. See world/world.h.
  void WithWorld(const std::function<void(World&)>& edit);
  void SetAccessToken(int64_t shop_id, const std::string& token);  // never expires; the old one ends at once

  // The newest 1000 pushes, oldest first; and a wait until none is due or under way (false: still some).
  std::vector<PushRecord> Pushes() const;
  bool WaitForPushes(std::chrono::milliseconds at_most) const;

  TokenState ShopTokens(int64_t shop_id);
  TokenState MerchantTokens(int64_t merchant_id);
  // Consent without a browser: an authorization code. Empty when there is no such account.
  std::string AuthorizeShop(int64_t shop_id, int days = 365);
  std::string AuthorizeMainAccount(int64_t main_account_id, int days = 365);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace emulator
