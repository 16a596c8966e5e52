# shellcheck shell=bash
# Processes that share a token store and die at every point of the refresh protocol, in front of an emulator that refuses spent refresh
# tokens and of one that brings their pair again.

# chaos [SEEDS]: that many stories, shared by the cores. What fails names the seed that repeats it.
chaos() {
  local seeds="${1:-1000}" share first failed=0 processes=()
  [[ "$seeds" =~ ^[1-9][0-9]{0,5}$ ]] || die "usage: ./dev chaos [SEEDS]"
  build "$PRESET" token_chaos_test token_chaos_victim
  share=$(((seeds + JOBS - 1) / JOBS))
  for ((first = 0; first < seeds; first += share)); do
    FIRSTMILE_CHAOS_FIRST=$first FIRSTMILE_CHAOS_SEEDS=$((seeds - first < share ? seeds - first : share)) \
      ".build/$PRESET/tests/chaos/token_chaos_test" --gtest_brief=1 &
    processes+=($!)
  done
  for first in "${processes[@]}"; do
    wait "$first" || failed=1
  done
  ((failed == 0)) || die "stored tokens did not survive"
}
