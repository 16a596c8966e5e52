#include "emulator/control/access.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>

#include "emulator/control/events.h"
#include "emulator/control/json_answer.h"
#include "emulator/http/browser.h"

namespace emulator::control {
namespace {

constexpr int kForbidden = 403;
constexpr std::size_t kShownHostBytes = 100;

bool IsKnownHost(const Options& options, const http::Request& request) {
  if (request.host.empty()) return true;  // HTTP/1.0; every browser sends one
  const std::string name = http::HostName(request.host);
  boost::system::error_code no_address;
  boost::asio::ip::make_address(name, no_address);
  const auto& names = options.control_hosts;
  return !no_address || name == "localhost" || std::find(names.begin(), names.end(), name) != names.end();
}

http::Answer RefuseHost(const http::Request& request) {
  const std::string name = http::HostName(request.host).substr(0, kShownHostBytes);
  return Error(
      kForbidden,
      absl::StrCat("the control API does not accept the host name ", name,
                   " (DNS rebinding could make a web page's own name lead here); use an IP address or "
                   "localhost, or start the emulator with --control_host=",
                   name));
}

bool IsJsonOrEmpty(const http::Request& request) {
  const bool json = request.content_type.starts_with("application/json");
  return json || (request.body.empty() && request.content_type.empty());
}

}  // namespace

std::optional<http::Answer> RefuseAccess(const Options& options, const http::Request& request) {
  if (!request.peer_is_loopback && !options.control_from_anywhere) {
    return Error(kForbidden,
                 "the control API answers loopback addresses only; --control_from=anywhere opens it to all");
  }
  if (!IsKnownHost(options, request)) return RefuseHost(request);
  const bool changes = request.verb != "GET";
  if ((changes || IsEventStream(request)) && http::ComesFromAnotherOrigin(request)) {
    return Error(kForbidden, "a web page of another origin may not use the control API");
  }
  if (changes && http::NamesItsPage(request) && !IsJsonOrEmpty(request)) {
    return Error(kForbidden, "a browser must send Content-Type: application/json to the control API");
  }
  return std::nullopt;
}

}  // namespace emulator::control
