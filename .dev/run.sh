# shellcheck shell=bash
# Commands that run the programs, and the stubs that clients need.

serve() {
  build "$PRESET" firstmiled shopee-emulator
  exec "$PYTHON" .dev/serve.py ".build/$PRESET" "$@"
}

demo() {
  build "$PRESET" firstmiled shopee-emulator
  tell_demo ".build/$PRESET"
}

# tell_demo FOLDER: with the programs below it.
tell_demo() {
  make_test_stubs .build/stubs/demo
  mkdir -p .build/demo
  PYTHONPATH="$ROOT/.build/stubs/demo" "$PYTHON" .dev/demo.py "$1" .build/demo
}

# make_test_stubs DIR: Python stubs for Debian's Python, which has no googleapis-common-protos.
make_test_stubs() {
  mkdir -p "$1"
  "$PYTHON" .dev/languages stubs python "$1"
  protoc -I server/proto --python_out="$1" google/rpc/status.proto google/rpc/error_details.proto
}

stubs() {
  setup
  "$PYTHON" .dev/languages stubs "$@"
}

package() {
  setup
  "$PYTHON" .dev/languages package "$@"
}

contract() {
  setup
  "$PYTHON" .dev/contract.py "$@" && "$PYTHON" .dev/manual.py "$@" && "$PYTHON" .dev/config_page.py "$@"
}
