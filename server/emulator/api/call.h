// The input of an operation, and how operations are listed.
#pragma once

#include <boost/json/object.hpp>
#include <string_view>

#include "emulator/api/reply.h"
#include "emulator/http/message.h"
#include "emulator/world/world.h"

namespace emulator::push {
class Outbox;
}  // namespace emulator::push

namespace emulator::api {

struct Call {
  const http::Request& request;
  World& world;
  Shop& shop;
  boost::json::object body;  // of a POST
};

using Handler = Reply (*)(Call& call);

// A call of the partner, a merchant or a seller's browser, not of a shop.
struct PartnerCall {
  const http::Request& request;
  World& world;
  const auth::Merchant* merchant;  // null unless the route's scope is kMerchant
  push::Outbox* pushes;            // null without a network
  boost::json::object body;        // of a POST
};

using PartnerHandler = Reply (*)(PartnerCall& call);

// Determines which parameters are in the query and in the base string of the signature.
enum class Scope {
  kShop,      // partner, token, shop
  kMerchant,  // partner, token, merchant
  kPublic,    // partner
  kBrowser,   // unsigned pages that a seller opens
};

// The error of an operation for a shop without first mile.
enum class Permission { kNone, kAuth, kShipmentAuth, kErrorPermission };

struct Route {
  std::string_view verb;
  std::string_view path;
  Handler handler = nullptr;
  Permission permission = Permission::kNone;
  bool message_is_msg = false;  // its documented error sample has msg instead of message
  Scope scope = Scope::kShop;
  PartnerHandler partner_handler = nullptr;  // for every scope but kShop
};

// The caller that the gateway identified.
struct Caller {
  Shop* shop = nullptr;
  const auth::Merchant* merchant = nullptr;
};

}  // namespace emulator::api
