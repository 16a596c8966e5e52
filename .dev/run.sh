# shellcheck shell=bash
# Commands that run the programs, and the stubs that clients need.

serve() {
  build "$PRESET" firstmiled shopee-emulator
  exec "$PYTHON" .dev/serve.py ".build/$PRESET" "$@"
}

demo() {
  build "$PRESET" firstmiled shopee-emulator
  make_python_stubs .build/stubs/demo --google_rpc
  mkdir -p .build/demo
  PYTHONPATH="$ROOT/.build/stubs/demo" "$PYTHON" .dev/demo.py ".build/$PRESET" .build/demo
}

# make_python_stubs DIR [--google_rpc]: google.rpc is for a Python without googleapis-common-protos.
make_python_stubs() {
  local folder="$1" protos
  protos="$(cd proto && find firstmile/v1 -name '*.proto')"
  [[ "${2:-}" == --google_rpc ]] && protos+=" $(cd proto && find google/rpc -name '*.proto')"
  local plain="" services="" proto
  for proto in $protos; do
    [[ "$proto" == *_service.proto ]] && services+=" $proto"
    plain+=" $proto"
  done
  mkdir -p "$folder"
  # shellcheck disable=SC2086  # one proto a word
  protoc -I proto --python_out="$folder" $plain
  # shellcheck disable=SC2086
  protoc -I proto --grpc_python_out="$folder" \
    --plugin=protoc-gen-grpc_python="$(command -v grpc_python_plugin)" $services
}

stubs() {
  local language="${1:-}" folder=".build/stubs/python" google_rpc="" argument
  [[ "$language" == python ]] || die "usage: ./dev stubs python [DIR] [--google_rpc]"
  shift
  for argument in "$@"; do
    case "$argument" in
      --google_rpc) google_rpc="$argument" ;;
      -*) die "unknown flag: $argument" ;;
      *) folder="$argument" ;;
    esac
  done
  setup
  make_python_stubs "$folder" "$google_rpc"
  say "Python stubs are in $folder: put it on the PYTHONPATH"
}
