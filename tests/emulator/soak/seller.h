// A client of the soak: makes random calls for random shops over one connection, as fast as it can, and takes
// every answer as it comes. One thread per object.
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
#include "vault.h"

namespace emulator_test {

inline constexpr int kSoakShops = 40;

enum class Deed {
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
  kLook,
  kLeave
};
inline constexpr std::array<std::string_view, 12> kDeedNames = {"list",    "track",     "generate", "bind",
                                                                "unbind",  "courier",   "ship",     "print",
                                                                "refresh", "authorize", "look",     "leave"};

// What all sellers did. Thread safe.
struct Tally {
  std::atomic<uint64_t> calls{0};
  std::atomic<uint64_t> unanswered{0};  // the connection ended first
  std::atomic<uint64_t> refused{0};     // no JSON with an empty `error`
  std::array<std::atomic<uint64_t>, kDeedNames.size()> done{};
};

class Seller {
 public:
  Seller(emulator::Emulator& emulator, Vault& vault, Tally& tally, uint64_t seed)
      : emulator_(emulator), vault_(vault), tally_(tally), random_(seed) {}

  void ActOnce();

 private:
  using Answer = std::optional<boost::json::object>;  // nothing unless the platform agreed

  uint64_t Draw(uint64_t below) { return random_() % below; }
  std::string Today() const;
  std::string DaysAgo(int days) const;
  boost::json::array Some(const boost::json::object& answer, std::string_view list, std::size_t most);

  HttpReply Exchange(const std::string& verb, const std::string& target, const std::string& body);
  Answer Judge(const HttpReply& reply);
  Answer Get(const std::string& path, const Params& params);
  Answer Post(const std::string& path, const boost::json::object& body);
  Answer PostAsPartner(const std::string& path, const boost::json::object& body);
  std::string Target(const std::string& path, const Params& params) const;

  bool Do(Deed deed);
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
  bool Look();
  bool Leave();
  std::optional<Tokens> NewPair(const Answer& answer) const;

  emulator::Emulator& emulator_;
  Vault& vault_;
  Tally& tally_;
  std::mt19937_64 random_;
  std::unique_ptr<Connection> connection_;
  int64_t shop_ = 0;  // of the current deed
  bool is_cn_ = true;
};

}  // namespace emulator_test
