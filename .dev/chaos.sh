# shellcheck shell=bash
# Processes of custody that die at every point of the refresh protocol, in front of the emulator.

# chaos [SEEDS]: that many stories, shared by the cores. What fails names the seed that repeats it.
chaos() {
  local seeds="${1:-1000}" share first failed=0 processes=()
  [[ "$seeds" =~ ^[1-9][0-9]{0,5}$ ]] || die "usage: ./dev chaos [SEEDS]"
  build "$PRESET" custody_chaos_test custody_victim
  share=$(((seeds + JOBS - 1) / JOBS))
  for ((first = 0; first < seeds; first += share)); do
    FIRSTMILE_CHAOS_FIRST=$first FIRSTMILE_CHAOS_SEEDS=$((seeds - first < share ? seeds - first : share)) \
      ".build/$PRESET/tests/chaos/custody_chaos_test" --gtest_brief=1 &
    processes+=($!)
  done
  for first in "${processes[@]}"; do
    wait "$first" || failed=1
  done
  ((failed == 0)) || die "custody does not hold"
}
