"""Code that is generated: from the contract, and from the page of Shopee's codes."""

load("@rules_cc//cc:defs.bzl", "cc_library")

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
    generate("contract", [":older_reflection"], "$(RULEDIR)/generated", names, services)
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

def generate(name, protos, folder, names, services = []):
    """Messages of NAME.proto, from ../server/proto or `folder`, into generated/; for some names also their services."""
    sources = [stem + ".pb" for stem in names] + [stem + ".grpc.pb" for stem in services]
    native.genrule(
        name = name + "_code",
        srcs = native.glob(["server/proto/**/*.proto"]) + protos + ["@libs//:well_known_protos"],
        outs = ["generated/%s.%s" % (source, end) for source in sources for end in ["cc", "h"]],
        cmd = " && ".join(
            ["protoc='$(execpath @libs//:protoc) -I server/proto -I %s'" % folder] +
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
