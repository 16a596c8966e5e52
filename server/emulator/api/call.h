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

// A call that no shop makes: of the partner itself, of a merchant, or of a seller's browser.
struct PartnerCall {
  const http::Request& request;
  World& world;
  const auth::Merchant* merchant;  // null unless the route's scope is kMerchant
  push::Outbox* pushes;            // null: there is no network
  boost::json::object body;        // of a POST
};

using PartnerHandler = Reply (*)(PartnerCall& call);

// Who signs a call, and so which parameters are in its query and its base string.
enum class Scope {
  kShop,      // partner, token, shop
  kMerchant,  // partner, token, merchant
  kPublic,    // partner
  kBrowser,   // nobody: the pages that a seller opens
};

// How an operation says that its shop may not use first mile.
enum class Permission { kNone, kAuth, kShipmentAuth, kErrorPermission };

struct Route {
  std::string_view verb;
  std::string_view path;
  Handler handler = nullptr;
  Permission permission = Permission::kNone;
  bool message_is_msg = false;  // its documented gateway error sample says msg instead of message
  Scope scope = Scope::kShop;
  PartnerHandler partner_handler = nullptr;  // for every scope but kShop
};

// Who makes the call, as the gateway found out.
struct Caller {
  Shop* shop = nullptr;
  const auth::Merchant* merchant = nullptr;
};

}  // namespace emulator::api
