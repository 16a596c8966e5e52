"""@libs: the libraries and generators as modules of a registry."""

_LIBS = {
    "absl": [
        "@abseil-cpp//absl/algorithm:container",
        "@abseil-cpp//absl/base:core_headers",
        "@abseil-cpp//absl/cleanup",
        "@abseil-cpp//absl/container:btree",
        "@abseil-cpp//absl/container:flat_hash_map",
        "@abseil-cpp//absl/container:flat_hash_set",
        "@abseil-cpp//absl/container:inlined_vector",
        "@abseil-cpp//absl/container:node_hash_map",
        "@abseil-cpp//absl/functional:any_invocable",
        "@abseil-cpp//absl/functional:function_ref",
        "@abseil-cpp//absl/hash",
        "@abseil-cpp//absl/random",
        "@abseil-cpp//absl/status",
        "@abseil-cpp//absl/status:statusor",
        "@abseil-cpp//absl/strings",
        "@abseil-cpp//absl/strings:str_format",
        "@abseil-cpp//absl/time",
        "@abseil-cpp//absl/types:span",
    ],
    "absl_log": [
        "@abseil-cpp//absl/log:globals",
        "@abseil-cpp//absl/log:initialize",
        "@abseil-cpp//absl/log:log_entry",
        "@abseil-cpp//absl/log:log_sink",
        "@abseil-cpp//absl/log:log_sink_registry",
    ],
    "boost": [
        "@boost.asio//:boost.asio",
        "@boost.beast//:boost.beast",
        "@boost.json//:boost.json",
        "@boost.locale//:boost.locale",
    ],
    "crypto": ["@boringssl//:crypto"],
    "curl": ["@curl//:curl"],
    "fmt": ["@fmt//:fmt"],
    "grpc": ["@grpc//:grpc++"],
    "gtest": ["@googletest//:gtest_main"],
    "hiredis": ["@hiredis//:hiredis"],
    "prometheus": ["@prometheus-cpp//core"],
    "protobuf": ["@protobuf//:protobuf"],
    "simdjson": ["@simdjson//:simdjson"],
    "spdlog": ["@spdlog//:spdlog"],
    "sqlite": ["@sqlite3//:sqlite3"],
    "ssl": ["@boringssl//:ssl"],
}

_TEXT = """
load("@rules_cc//cc:defs.bzl", "cc_library")

package(default_visibility = ["//visibility:public"])

[cc_library(
    name = name,
    defines = ["FIRSTMILE_ABSEIL_LOGS=1"] if name == "absl_log" else [],
    deps = deps,
) for name, deps in %s.items()]

alias(
    name = "protoc",
    actual = "@protobuf//:protoc",
)

alias(
    name = "grpc_cpp_plugin",
    actual = "@grpc//src/compiler:grpc_cpp_plugin",
)

filegroup(
    name = "well_known_protos",
    srcs = ["@protobuf//:well_known_type_protos"],
)
"""

libs = repository_rule(implementation = lambda ctx: ctx.file("BUILD.bazel", _TEXT % (_LIBS,)))
