# shellcheck shell=bash
# What the programs can take, and what a call costs. Every figure is a ratio within one run, or a promise that holds or not.

# bench [sidecar|throughput|connections|scale|soak [SECONDS]]; without a name: all but the soak.
bench() {
  local name="${1:-}" folder=".build/$PRESET"
  shift || true
  case "$name" in
    soak)
      soak "$@"
      return
      ;;
    '' | sidecar | throughput | connections | scale) ;;
    *) die "unknown bench: $name" ;;
  esac
  build "$PRESET" firstmiled shopee-emulator load_client echo_server floor_server bare_server emulator_scale_test
  if [[ "$name" =~ ^(sidecar)?$ ]]; then
    say "sidecar: what a call through it costs"
    PYTHONPATH=.dev "$PYTHON" tests/bench/sidecar.py "$folder"
  fi
  if [[ "$name" =~ ^(throughput)?$ ]]; then
    say "throughput of the emulator: signed calls, with all checks and the journal"
    "$PYTHON" tests/bench/throughput.py "$folder/server/emulator/shopee-emulator" "$folder/tests/bench/bare_server"
  fi
  if [[ "$name" =~ ^(connections)?$ ]]; then
    say "connections of the emulator"
    "$PYTHON" tests/bench/connections.py "$folder/server/emulator/shopee-emulator"
  fi
  if [[ "$name" =~ ^(scale)?$ ]]; then
    say "scale of the emulator: the first page of each list, with ten thousand and with a million orders"
    "$folder/tests/emulator/emulator_scale_test" --gtest_brief=1
  fi
}

# soak [SECONDS]: ten minutes unless told otherwise.
soak() {
  local seconds="${1:-600}"
  [[ "$seconds" =~ ^[0-9]+$ ]] || die "usage: ./dev soak [SECONDS]"
  build "$PRESET" emulator_soak_test
  say "soaking the emulator for $seconds s"
  EMULATOR_SOAK_SECONDS="$seconds" ".build/$PRESET/tests/emulator/soak/emulator_soak_test" --gtest_brief=1
}
