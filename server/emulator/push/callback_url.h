// The parts of a callback URL. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace emulator::push {

struct CallbackUrl {
  std::string host;        // without the brackets of an IPv6 address
  std::string port;        // "80" unless the URL names one
  std::string target;      // path and query, at least "/"
  std::string host_field;  // value of the Host header
};

// nullopt unless `url` is an http URL of visible ASCII characters without user name and fragment.
std::optional<CallbackUrl> ParseCallbackUrl(std::string_view url);

// The URL with the values of its query replaced by "***".
std::string RedactUrl(std::string_view url);

}  // namespace emulator::push
