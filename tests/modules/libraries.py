"""Which CMake target provides a header that is not a module's."""

import re

# The first pattern that matches counts. A target may take its name from the header.
PROVIDERS = [
    (r"absl/algorithm/container\.h", "absl::algorithm_container"),
    (r"absl/base/thread_annotations\.h", "absl::core_headers"),
    (r"absl/cleanup/.*", "absl::cleanup"),
    (r"absl/container/btree_(?:map|set)\.h", "absl::btree"),
    (r"absl/(?:container|functional|hash|status)/(\w+)\.h", r"absl::\1"),
    (r"absl/log/(log_\w+)\.h", r"absl::\1"),
    (r"absl/log/(\w+)\.h", r"absl::log_\1"),
    (r"absl/random/.*", "absl::random_random"),
    (r"absl/strings/str_format\.h", "absl::str_format"),
    (r"absl/strings/.*", "absl::strings"),
    (r"absl/time/.*", "absl::time"),
    (r"absl/types/span\.h", "absl::span"),
    (r"boost/json/.*", "Boost::json"),
    (r"boost/(?:asio|beast|locale)/.*", "Boost::headers"),
    (r"curl/curl\.h", "CURL::libcurl"),
    (r"fmt/.*", "fmt::fmt"),
    (r"hiredis/hiredis\.h", "hiredis::hiredis"),
    (r"openssl/ssl\.h", "OpenSSL::SSL"),
    (r"openssl/.*", "OpenSSL::Crypto"),
    (r"prometheus/.*", "prometheus-cpp::core"),
    (r"simdjson\.h", "simdjson::simdjson"),
    (r"spdlog/.*", "spdlog::spdlog"),
    (r"sqlite3\.h", "SQLite::SQLite3"),
    (r"(?:firstmile|grpc)/.*\.grpc\.pb\.h", "firstmile_grpc"),
    (r"(?:firstmile|grpc|google/rpc)/.*\.pb\.h", "firstmile_proto"),
    (r"google/protobuf/.*", "protobuf::libprotobuf"),
    (r"grpc(?:pp)?/.*", "gRPC::grpc++"),
    (r"thread|pthread\.h", "Threads::Threads"),
]

# Headers of C, C++, POSIX and Linux: no target provides them.
SYSTEM = re.compile(
    r"[a-z_]+|(?:sys|netinet|arpa|linux)/\w+\.h|(?:fcntl|getopt|malloc|netdb|poll|signal|unistd|sysexits)\.h"
)


class UnknownHeader(Exception):
    pass


def provider(header):
    """The target that provides `header`, or None for one of the system."""
    for pattern, target in PROVIDERS:
        match = re.fullmatch(pattern, header)
        if match:
            return match.expand(target)
    if SYSTEM.fullmatch(header):
        return None
    raise UnknownHeader(header)
