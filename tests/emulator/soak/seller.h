// A client of the soak test: makes random calls for random shops over one connection, as fast as it can, and
// accepts every answer. One thread per object.
#pragma once

#include <array>
#include <atomic>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "client.h"
#include "emulator/emulator.h"
#include "shared_tokens.h"

namespace emulator_test {

inline constexpr int kSoakShops = 40;

enum class Action {
  kList,
  kTrack,
  kGenerate,
  kBind,
  kUnbind,
  kCourier,
  kShip,
  kPrint,
  kRefresh,
  kAuthorize,
  kReadControlPages,
  kLeaveEarly
};
inline constexpr std::array<std::string_view, 12> kActionNames = {
    "list", "track", "generate", "bind",      "unbind",  "courier",
    "ship", "print", "refresh",  "authorize", "control", "leave_early"};

// Counts the calls of all sellers. Thread safe.
struct Tally {
  std::atomic<uint64_t> calls{0};
  std::atomic<uint64_t> unanswered{0};  // the connection closed first
  std::atomic<uint64_t> refused{0};     // the answer is not JSON with an empty `error`
  std::array<std::atomic<uint64_t>, kActionNames.size()> done{};
};

class Seller {
 public:
  Seller(emulator::Emulator& emulator, SharedTokens& tokens, Tally& tally, uint64_t seed)
      : emulator_(emulator), tokens_(tokens), tally_(tally), random_(seed) {}

  void ActOnce();

 private:
  using Answer = std::optional<boost::json::object>;  // nullopt unless the call succeeded

  uint64_t Draw(uint64_t below) { return random_() % below; }
  std::string Today() const;
  std::string DaysAgo(int days) const;
  boost::json::array DrawSome(const boost::json::object& answer, std::string_view list, std::size_t most);

  HttpReply Exchange(const std::string& verb, const std::string& target, const std::string& body);
  Answer ParseSuccess(const HttpReply& reply);
  Answer Get(const std::string& path, const Params& params);
  Answer Post(const std::string& path, const boost::json::object& body);
  Answer PostAsPartner(const std::string& path, const boost::json::object& body);
  std::string Target(const std::string& path, const Params& params) const;

  bool Do(Action action);
  bool List();
  bool Track();
  bool Generate();
  bool Bind();
  bool BindTo(const boost::json::array& orders);
  bool Unbind();
  bool BindCourier();
  bool Ship();
  bool Print();
  bool Refresh();
  bool Authorize();
  bool ReadControlPages();
  bool LeaveEarly();
  std::optional<Tokens> NewPair(const Answer& answer) const;

  emulator::Emulator& emulator_;
  SharedTokens& tokens_;
  Tally& tally_;
  std::mt19937_64 random_;
  std::unique_ptr<Connection> connection_;
  int64_t shop_ = 0;  // of the current action
  bool is_cn_ = true;
};

}  // namespace emulator_test
