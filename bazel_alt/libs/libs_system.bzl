"""@libs: the libraries and generators that the system has installed, as pkg-config describes them."""

# Name in this build: names for pkg-config, or flags of the linker.
_LIBS = {
    "absl": [
        "absl_algorithm_container",
        "absl_any_invocable",
        "absl_btree",
        "absl_cleanup",
        "absl_flat_hash_map",
        "absl_flat_hash_set",
        "absl_function_ref",
        "absl_hash",
        "absl_inlined_vector",
        "absl_node_hash_map",
        "absl_random_random",
        "absl_span",
        "absl_status",
        "absl_statusor",
        "absl_str_format",
        "absl_strings",
        "absl_time",
    ],
    "boost": ["-lboost_json", "-lboost_container"],
    "crypto": ["libcrypto"],
    "curl": ["libcurl"],
    "fmt": ["fmt"],
    "grpc": ["grpc++"],
    "gtest": ["gmock", "gtest_main"],
    "hiredis": ["hiredis"],
    "prometheus": ["prometheus-cpp-core"],
    "protobuf": ["protobuf"],
    "simdjson": ["simdjson"],
    "spdlog": ["spdlog"],
    "sqlite": ["sqlite3"],
    "ssl": ["libssl"],
}

# Only newer Abseils have it, and only newer gRPCs log through it.
_ABSL_LOG = ["absl_log_entry", "absl_log_globals", "absl_log_initialize", "absl_log_sink", "absl_log_sink_registry"]

_LIBRARY = """
cc_library(
    name = "{name}",
    defines = {defines},
    linkopts = {linkopts},
)
"""

def _ask(ctx, *arguments):
    answer = ctx.execute([ctx.which("pkg-config") or fail("pkg-config is missing")] + list(arguments))
    if answer.return_code != 0:
        fail("pkg-config %s: %s" % (" ".join(arguments), answer.stderr))
    return [word for word in answer.stdout.strip().split(" ") if word]

def _library(ctx, name, names, defines = []):
    flags = [flag for flag in names if flag.startswith("-l")]
    packages = [package for package in names if not package.startswith("-l")]
    if packages:
        flags = _ask(ctx, "--libs", *packages)
        defines = defines + [flag[2:] for flag in _ask(ctx, "--cflags", *packages) if flag.startswith("-D")]
    return _LIBRARY.format(name = name, defines = defines, linkopts = flags)

def _libs(ctx):
    text = 'load("@rules_cc//cc:defs.bzl", "cc_library")\n\npackage(default_visibility = ["//visibility:public"])\n'
    for name, names in _LIBS.items():
        text += _library(ctx, name, names)
    if ctx.execute(["pkg-config", "--exists"] + _ABSL_LOG).return_code == 0:
        text += _library(ctx, "absl_log", _ABSL_LOG, ["FIRSTMILE_ABSEIL_LOGS=1"])
    else:
        text += _library(ctx, "absl_log", [])
    for tool in ["protoc", "grpc_cpp_plugin"]:
        ctx.symlink(ctx.which(tool) or fail(tool + " is missing"), "bin/" + tool)
        text += '\nalias(\n    name = "%s",\n    actual = "bin/%s",\n)\n' % (tool, tool)
    text += '\nfilegroup(name = "well_known_protos")  # protoc finds those of the system\n'
    ctx.file("BUILD.bazel", text)

libs = repository_rule(
    implementation = _libs,
    configure = True,
    environ = ["PKG_CONFIG_PATH"],
)
