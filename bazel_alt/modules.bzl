"""The modules and programs of ../server, and what each links. Literals alone: tests/bazel reads them too.

Targets have the names that they have in CMake. A library takes every source below its folder that no inner module and no
program takes. "links" names targets of this build, "libs" those of @libs.
"""

MODULES = {
    "firstmile_text": {"folder": "text", "libs": ["absl"]},
    "firstmile_subjects": {"folder": "subjects", "libs": ["absl"]},
    "firstmile_secrets": {"folder": "secrets", "links": ["firstmile_text"], "libs": ["absl", "crypto"]},
    "firstmile_async": {"folder": "async"},
    "firstmile_listener": {"folder": "listener", "libs": ["absl"]},
    "firstmile_ops": {
        "folder": "ops",
        "links": ["firstmile_subjects", "firstmile_text"],
        "libs": ["absl", "boost", "prometheus", "spdlog"],
    },
    "firstmile_redis": {"folder": "redis", "links": ["firstmile_secrets"], "libs": ["absl", "crypto", "hiredis"]},
    "firstmile_transport": {
        "folder": "transport",
        "links": ["firstmile_async", "firstmile_secrets", "firstmile_text"],
        "libs": ["absl", "crypto", "curl", "ssl"],
    },
    "firstmile_signing": {
        "folder": "signing",
        "links": ["firstmile_secrets", "firstmile_text"],
        "libs": ["absl", "crypto", "curl", "simdjson"],
    },
    "firstmile_errors": {
        "folder": "errors",
        "links": ["firstmile_proto", "firstmile_subjects", "firstmile_text"],
        "libs": ["absl"],
        "generated": ["vendor_codes_page.cc"],
    },
    "firstmile_limits": {
        "folder": "limits",
        "links": ["firstmile_async", "firstmile_errors", "firstmile_subjects", "firstmile_transport"],
        "libs": ["absl"],
    },
    "firstmile_codec": {
        "folder": "codec",
        "links": ["firstmile_errors", "firstmile_proto", "firstmile_secrets", "firstmile_text"],
        "libs": ["absl", "protobuf", "simdjson"],
    },
    "firstmile_endpoints": {
        "folder": "endpoints",
        "links": ["firstmile_codec", "firstmile_errors", "firstmile_proto", "firstmile_subjects", "firstmile_text"],
        "libs": ["absl", "protobuf"],
    },
    "firstmile_token_stores": {
        "folder": "tokens/stores",
        "links": ["firstmile_redis", "firstmile_secrets"],
        "libs": ["absl", "crypto", "sqlite"],
    },
    "firstmile_tokens": {
        "folder": "tokens",
        "links": [
            "firstmile_async",
            "firstmile_codec",
            "firstmile_errors",
            "firstmile_proto",
            "firstmile_secrets",
            "firstmile_signing",
            "firstmile_subjects",
            "firstmile_text",
            "firstmile_token_stores",
            "firstmile_transport",
        ],
        "libs": ["absl", "crypto"],
    },
    "firstmile_gateway": {
        "folder": "gateway",
        "links": ["firstmile_endpoints", "firstmile_limits", "firstmile_ops", "firstmile_tokens"],
        "libs": ["absl"],
    },
    "firstmile_read_back": {"folder": "read_back", "links": ["firstmile_gateway"], "libs": ["absl"]},
    "firstmile_flows": {"folder": "flows", "links": ["firstmile_read_back"], "libs": ["absl"]},
    "firstmile_rpc": {
        "folder": "rpc",
        "links": ["firstmile_flows", "firstmile_grpc", "firstmile_listener"],
        "libs": ["absl", "crypto", "grpc", "protobuf"],
    },
    "firstmile_app": {
        "folder": "app",
        "links": ["firstmile_rpc"],
        "libs": ["absl", "absl_log", "boost", "crypto", "curl", "grpc", "protobuf"],
    },
    "emulator": {"folder": "emulator", "libs": ["absl", "boost", "crypto"]},
}

PROGRAMS = {
    "firstmiled": {
        "srcs": ["server/main.cc", "server/wiping_heap.cc"],
        "links": ["firstmile_app"],
        "libs": ["absl"],
        "copts": ["-fno-builtin"],  # wiping_heap.cc needs it
    },
    "shopee-emulator": {
        "srcs": ["server/emulator/main.cc", "server/emulator/flags.cc"],
        "links": ["emulator"],
        "libs": ["absl", "boost", "fmt"],
    },
}
