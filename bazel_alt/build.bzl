"""From the tables of modules.bzl and tests.bzl to targets."""

load("@rules_cc//cc:defs.bzl", "cc_binary", "cc_library", "cc_test")
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

def contract():
    """Messages and services, generated from ../server/proto; the older reflection is made from the newer."""
    protos = native.glob(["server/proto/**/*.proto"])
    names = [proto.removeprefix("server/proto/").removesuffix(".proto") for proto in protos]
    names.append("grpc/reflection/v1alpha/reflection")
    services = [name for name in names if name.endswith("_service") or name.startswith("grpc/")]
    native.genrule(
        name = "older_reflection",
        srcs = ["server/proto/grpc/reflection/v1/reflection.proto"],
        outs = ["generated/grpc/reflection/v1alpha/reflection.proto"],
        cmd = "sed 's/grpc[.]reflection[.]v1/&alpha/g' $< >$@",
    )
    _generate("contract", [":older_reflection"], names, services)
    headers = [name + ".pb.h" for name in names] + [name + ".grpc.pb.h" for name in services]

    # Linked whole: services and google.rpc's details are found by name in the descriptor pool, not by a symbol.
    cc_library(
        name = "firstmile_proto",
        srcs = ["generated/%s.pb.cc" % name for name in names],
        hdrs = ["generated/" + header for header in headers],
        alwayslink = True,
        copts = ["-w"],
        includes = ["generated"],
        linkstatic = True,
        deps = ["@libs//:protobuf"],
    )
    cc_library(
        name = "firstmile_grpc",
        srcs = ["generated/%s.grpc.pb.cc" % name for name in services],
        copts = ["-w"],
        linkstatic = True,
        deps = [":firstmile_proto", "@libs//:grpc"],
    )

def _generate(name, protos, names, services = []):
    sources = [stem + ".pb" for stem in names] + [stem + ".grpc.pb" for stem in services]
    native.genrule(
        name = name + "_code",
        srcs = native.glob(["server/proto/**/*.proto"]) + protos + ["@libs//:well_known_protos"],
        outs = ["generated/%s.%s" % (source, end) for source in sources for end in ["cc", "h"]],
        cmd = " && ".join(
            ["protoc='$(execpath @libs//:protoc) -I server/proto -I tests -I $(RULEDIR)/generated'"] +
            ["$$protoc --cpp_out=$(RULEDIR)/generated " + " ".join([stem + ".proto" for stem in names])] +
            ["$$protoc --grpc_out=$(RULEDIR)/generated --plugin=protoc-gen-grpc=$(execpath @libs//:grpc_cpp_plugin) " +
             stem + ".proto" for stem in services],
        ),
        tools = ["@libs//:grpc_cpp_plugin", "@libs//:protoc"],
    )

def vendor_codes_page():
    """The page of Shopee's codes, as numbers, since compilers limit string literals."""
    native.genrule(
        name = "vendor_codes",
        srcs = ["server/errors/vendor_codes.md"],
        outs = ["vendor_codes_page.cc"],
        cmd = """{
            echo '#include "errors/vendor_codes_page.h"'
            echo 'absl::string_view firstmile::errors::VendorCodesPage() {'
            echo 'static constexpr unsigned char kBytes[] = {'
            od -An -v -tx1 $< | sed 's/ \\(..\\)/0x\\1,/g'
            echo '}; return {reinterpret_cast<const char*>(kBytes), sizeof(kBytes)}; }'
        } >$@""",
    )

def tests():
    cc_library(
        name = "test_headers",
        hdrs = native.glob(["tests/**/*.h"]),
        includes = ["tests"],
    )
    for name, protos in CASES.items():
        stems = [proto.removeprefix("tests/").removesuffix(".proto") for proto in protos]
        _generate(name, protos, stems)
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
