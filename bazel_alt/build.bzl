"""From the tables of modules.bzl and tests.bzl to targets."""

load("@rules_cc//cc:defs.bzl", "cc_binary", "cc_library", "cc_test")
load("//:contract.bzl", "generate")
load("//:modules.bzl", "MODULES", "PROGRAMS")
load("//:tests.bzl", "CASES", "SUPPORT", "TESTS")

def _deps(target):
    return [":" + name for name in target.get("links", [])] + ["@libs//:" + name for name in target.get("libs", [])]

def _inner(folder):
    return [other["folder"] for other in MODULES.values() if other["folder"].startswith(folder + "/")]

def modules():
    programs = [source for program in PROGRAMS.values() for source in program["srcs"]]
    for name, module in MODULES.items():
        folder = "server/" + module["folder"]
        cc_library(
            name = name,
            srcs = native.glob(
                [folder + "/**/*.cc"],
                exclude = programs + ["server/%s/**" % inner for inner in _inner(module["folder"])],
            ) + module.get("generated", []),
            hdrs = native.glob([folder + "/**/*.h"]),
            includes = ["server"],
            linkstatic = True,
            local_defines = ['FIRSTMILE_VERSION=\\"%s\\"' % native.module_version()],
            deps = _deps(module),
        )
    for name, program in PROGRAMS.items():
        cc_binary(
            name = name,
            srcs = program["srcs"],
            copts = program.get("copts", []),
            visibility = ["//visibility:public"],
            deps = _deps(program),
        )

def tests():
    cc_library(
        name = "test_headers",
        hdrs = native.glob(["tests/**/*.h"]),
        includes = ["tests"],
    )
    for name, protos in CASES.items():
        stems = [proto.removeprefix("tests/").removesuffix(".proto") for proto in protos]
        generate(name, protos, "tests", stems)
        cc_library(
            name = name,
            testonly = True,
            srcs = ["generated/%s.pb.cc" % stem for stem in stems],
            hdrs = ["generated/%s.pb.h" % stem for stem in stems],
            copts = ["-w"],
            linkstatic = True,
            deps = [":firstmile_proto"],
        )
    for name, library in SUPPORT.items():
        cc_library(
            name = name,
            testonly = True,
            srcs = library["srcs"],
            alwayslink = True,
            linkstatic = True,
            deps = _deps(library) + [":test_headers"],
        )
    for name, test in TESTS.items():
        _test(name, test)

def _test(name, test):
    folder = "tests/%s/" % test["folder"]
    named = [folder + source for other in TESTS.values() if folder == "tests/%s/" % other["folder"] for source in other.get("srcs", [])]
    paths, programs = test.get("paths", {}), test.get("programs", {})
    cc_test(
        name = name,
        timeout = "long",
        srcs = ([folder + source for source in test["srcs"]] if "srcs" in test else native.glob(
            [folder + "*.cc"],
            exclude = named,
        )) + test.get("more", []),
        copts = ["-I" + folder for folder in test.get("includes", [])],
        data = native.glob(
            [pattern for path in paths.values() for pattern in [path, path + "/**"]],
            allow_empty = True,
        ) + test.get("data", []) + [":" + program for program in programs.values()],
        linkstatic = True,
        local_defines = ['%s=\\"%s\\"' % macro for macro in paths.items()] +
                        ['%s=\\"./%s\\"' % macro for macro in programs.items()],
        tags = (["second_program"] if "second_program" in test else []) + (["exclusive"] if "alone" in test else []),
        deps = _deps(test) + [":test_headers", "@libs//:gtest"],
    )
