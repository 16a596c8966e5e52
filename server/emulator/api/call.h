// The input of an operation, and how operations are listed.
#pragma once

#include <boost/json/object.hpp>
#include <string_view>

#include "emulator/api/reply.h"
#include "emulator/http/message.h"
#include "emulator/world/world.h"

namespace emulator::api {

struct Call {
  const http::Request& request;
  World& world;
  Shop& shop;
  boost::json::object body;  // of a POST
};

using Handler = Reply (*)(Call& call);

// How an operation says that its shop may not use first mile.
enum class Permission { kNone, kAuth, kShipmentAuth, kErrorPermission };

struct Route {
  std::string_view verb;
  std::string_view path;
  Handler handler = nullptr;
  Permission permission = Permission::kNone;
  bool message_is_msg = false;  // its documented gateway error sample says msg instead of message
};

}  // namespace emulator::api
