"""The unit tests of ../tests, and what they share. Literals alone: tests/bazel reads them too.

Targets have the names that they have in CMake. A test without "srcs" takes every source of its folder that no other test
names. "paths" are macros that hold the path of a file or folder, "programs" such of a program. "second_program": it starts
what the system may not have.
"""

SUPPORT = {
    "firstmile_redis_server": {"srcs": ["tests/support/redis_server.cc"], "libs": ["gtest", "hiredis"]},
    "firstmile_fault_store": {"srcs": ["tests/support/fault_store.cc"], "links": ["firstmile_token_stores"]},
    # Replaces clock_gettime in the programs that link it.
    "firstmile_stepping_wall_clock": {"srcs": ["tests/support/stepping_wall_clock.cc"], "libs": ["absl"]},
    "firstmile_byte_upstream": {
        "srcs": ["tests/support/byte_upstream.cc", "tests/support/http2_peer.cc"],
        "libs": ["absl", "gtest", "ssl"],
    },
}

CASES = {
    "codec_cases": ["tests/codec/wire_cases.proto", "tests/codec/broken_cases.proto"],
    "endpoint_cases": [
        "tests/endpoints/page_cases.proto",
        "tests/endpoints/rule_cases.proto",
        "tests/endpoints/service_cases.proto",
    ],
    "fault_cases_proto": ["tests/faults/fault_cases.proto"],
}

TESTS = {
    "text_test": {"folder": "text", "links": ["firstmile_text"]},
    "async_test": {"folder": "async", "links": ["firstmile_async"]},
    "listener_test": {"folder": "listener", "links": ["firstmile_listener"]},
    "ops_test": {
        "folder": "ops",
        "more": ["tests/support/metrics_page.cc"],
        "links": ["firstmile_ops"],
        "paths": {
            "FIRSTMILE_DOCS_DIR": "server/docs",
            "FIRSTMILE_METRICS_GOLDEN": "tests/ops/metrics.golden.txt",
        },
    },
    "transport_test": {
        "folder": "transport",
        "links": ["emulator", "firstmile_transport"],
    },
    "connections_test": {
        "folder": "transport",
        "srcs": [
            "body_sink_test.cc",
            "http2_test.cc",
            "named_hosts_test.cc",
            "own_failures_test.cc",
            "proxy_test.cc",
            "surplus_test.cc",
        ],
        "links": ["firstmile_byte_upstream", "firstmile_transport"],
    },
    "signing_test": {
        "folder": "signing",
        "links": ["firstmile_signing"],
        "paths": {"FIRSTMILE_SIGNATURES_PAGE": "server/docs/signatures.md"},
    },
    "secrets_test": {"folder": "secrets", "links": ["firstmile_secrets", "firstmile_stepping_wall_clock"]},
    "errors_test": {
        "folder": "errors",
        "links": ["firstmile_errors"],
        "paths": {"FIRSTMILE_ERRORS_DIR": "tests/errors", "FIRSTMILE_ERRORS_PAGE": "server/docs/errors.md"},
    },
    "error_texts_test": {
        "folder": "errors",
        "srcs": ["error_texts_test.cc", "text_samples.cc"],
        "links": ["firstmile_rpc"],
        "paths": {"FIRSTMILE_ERRORS_DIR": "tests/errors", "FIRSTMILE_SERVER_DIR": "server"},
    },
    "limits_test": {"folder": "limits", "links": ["firstmile_limits"]},
    "limits_pacing_test": {"folder": "limits", "srcs": ["pacing_test.cc"], "links": ["firstmile_limits"]},
    "codec_test": {"folder": "codec", "links": ["codec_cases", "firstmile_codec"]},
    "endpoints_test": {"folder": "endpoints", "links": ["endpoint_cases", "firstmile_endpoints"]},
    "token_store_contract_test": {
        "folder": "tokens",
        "srcs": ["token_store_contract_test.cc", "store_hosts.cc"],
        "links": ["firstmile_redis_server", "firstmile_token_stores"],
        "second_program": "redis-server",
    },
    "configured_tokens_test": {
        "folder": "tokens",
        "srcs": ["configured_tokens_test.cc"],
        "links": ["firstmile_tokens"],
    },
    "token_cipher_test": {"folder": "tokens", "srcs": ["token_cipher_test.cc"], "links": ["firstmile_token_stores"]},
    "sqlite_store_test": {
        "folder": "tokens",
        "srcs": ["sqlite_store_test.cc", "sqlite_crash_test.cc"],
        "links": ["firstmile_stepping_wall_clock", "firstmile_token_stores"],
    },
    "redis_store_test": {
        "folder": "tokens",
        "srcs": ["redis_store_test.cc"],
        "links": ["firstmile_redis_server", "firstmile_stepping_wall_clock", "firstmile_token_stores"],
        "second_program": "redis-server",
    },
    "fault_store_test": {"folder": "tokens", "srcs": ["fault_store_test.cc"], "links": ["firstmile_fault_store"]},
    "token_manager_test": {
        "folder": "tokens",
        "srcs": ["token_manager_test.cc", "token_manager_answers_test.cc", "token_manager_store_test.cc"],
        "links": ["firstmile_fault_store", "firstmile_tokens"],
    },
    "token_steps_test": {
        "folder": "tokens",
        "srcs": ["token_repository_test.cc", "auth_client_test.cc", "auth_client_texts_test.cc"],
        "links": ["firstmile_fault_store", "firstmile_tokens"],
    },
    "lost_answers_test": {
        "folder": "tokens",
        "srcs": ["late_refresh_test.cc", "spent_grace_test.cc"],
        "links": ["emulator", "firstmile_fault_store", "firstmile_tokens"],
    },
    "lost_records_test": {
        "folder": "tokens",
        "srcs": ["lost_records_test.cc"],
        "links": ["firstmile_fault_store", "firstmile_redis_server", "firstmile_tokens"],
        "second_program": "redis-server",
    },
    "grant_answer_test": {
        "folder": "tokens",
        "srcs": ["grant_answer_test.cc"],
        "more": ["tests/errors/error_list.cc"],
        "links": ["firstmile_tokens"],
        "paths": {"FIRSTMILE_ERRORS_DIR": "tests/errors"},
    },
    "refresh_scheduler_test": {
        "folder": "tokens",
        "srcs": ["refresh_scheduler_test.cc"],
        "links": ["firstmile_fault_store", "firstmile_tokens"],
    },
    "idle_tokens_test": {
        "folder": "tokens",
        "srcs": ["idle_tokens_test.cc"],
        "links": ["emulator", "firstmile_fault_store", "firstmile_tokens"],
    },
    "gateway_test": {"folder": "gateway", "links": ["firstmile_gateway"]},
    "read_back_test": {"folder": "read_back", "links": ["firstmile_read_back"]},
    "flows_test": {"folder": "flows", "links": ["firstmile_flows"]},
    "rpc_test": {
        "folder": "rpc",
        "links": ["emulator", "firstmile_app"],
        "paths": {"FIRSTMILE_PUBLIC_PROTO_DIR": "proto"},
    },
    "app_test": {
        "folder": "app",
        "links": ["emulator", "firstmile_app"],
        "paths": {
            "FIRSTMILE_DOCS_DIR": "server/docs",
            "FIRSTMILE_METRICS_GOLDEN": "tests/ops/metrics.golden.txt",
            "FIRSTMILE_SERVER_PROTO_DIR": "server/proto",
        },
        "data": ["README.md"],  # a page among those of docs
    },
    "admin_test": {
        "folder": "app",
        "srcs": ["admin_test.cc"],
        "more": ["tests/support/metrics_page.cc"],
        "links": ["emulator", "firstmile_app"],
    },
    "stored_tokens_test": {
        "folder": "app",
        "srcs": ["stored_tokens_test.cc", "merchant_tokens_test.cc", "token_calls_test.cc"],
        "links": ["emulator", "firstmile_app", "firstmile_redis_server"],
        "second_program": "redis-server",
    },
    "emulator_test": {
        "folder": "emulator",
        "links": ["emulator"],
        "paths": {"DOCUMENTED_OPERATIONS": "tests/contract/documented_operations.txt"},
        "programs": {"EMULATOR_BINARY": "shopee-emulator"},
    },
    "emulator_scale_test": {"folder": "emulator", "srcs": ["scale_test.cc"], "links": ["emulator"], "alone": True},
    "emulator_soak_test": {
        "folder": "emulator/soak",
        "more": ["tests/emulator/client.cc", "tests/emulator/token_client.cc"],
        "links": ["emulator"],
        "includes": ["tests/emulator"],
        "alone": True,
    },
    "fault_matrix_test": {
        "folder": "faults",
        "more": ["tests/contract/services.cc"],
        "links": ["emulator", "fault_cases_proto", "firstmile_app"],
        "paths": {"FIRSTMILE_FAULTS_DIR": "tests/faults"},
    },
    "field_cases_test": {
        "folder": "field_cases",
        "links": ["emulator", "firstmile_app"],
        "paths": {"FIRSTMILE_FIELD_CASES_DIR": "tests/field_cases"},
    },
    "golden_test": {
        "folder": "golden",
        "more": ["tests/contract/services.cc"],
        "links": ["firstmile_gateway"],
        "paths": {"FIRSTMILE_GOLDEN_DIR": "tests/golden"},
    },
    "contract_test": {
        "folder": "contract",
        "links": ["firstmile_rpc"],
        "paths": {
            "FIRSTMILE_CONTRACT_DIR": "tests/contract",
            "FIRSTMILE_GOLDEN_DIR": "tests/golden",
            "FIRSTMILE_PROTO_DIR": "proto",
        },
    },
}

# Folders of ../tests whose programs are no unit tests: CMake alone builds them.
NOT_BUILT = ["bench", "chaos", "fuzz", "load"]
