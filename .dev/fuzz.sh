# shellcheck shell=bash
# Fuzz targets of tests/fuzz/, with libFuzzer in the build asan. What they find stays in .build/fuzz/TARGET.

readonly FUZZ_BUILD=.build/asan/tests/fuzz
readonly FUZZ_JOBS_MAX=2

fuzz_names() { find tests/fuzz -name '*_fuzz.cc' -printf '%f\n' | sed 's/_fuzz\.cc$//' | sort; }

# Each target with the first line of its comment.
list_fuzz_targets() {
  local name
  for name in $(fuzz_names); do
    printf '  %-14s %s\n' "$name" "$(sed -n '1s|^// ||p' "tests/fuzz/${name}_fuzz.cc")"
  done
}

# fuzz_one TARGET SECONDS: a log line a second or so goes to the target's folder; a failure is told.
fuzz_one() {
  local name="$1" seconds="$2" folder=".build/fuzz/$1"
  mkdir -p "$folder/corpus"
  # A size that a peer names is not allocated by itself: calloc may fail, as with any limit of memory.
  if ASAN_OPTIONS=allocator_may_return_null=1 UBSAN_OPTIONS=print_stacktrace=1 "$FUZZ_BUILD/fuzz_$name" \
    -max_total_time="$seconds" -max_len=16384 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -dict="$FUZZ_BUILD/seeds/words.dict" -artifact_prefix="$folder/" \
    "$folder/corpus" "$FUZZ_BUILD/seeds/$name" >"$folder/log" 2>&1; then
    say "fuzz $name: $(grep -oE 'cov: [0-9]+ ft: [0-9]+' "$folder/log" | tail -1)," \
      "$(sed -n 's/^stat::number_of_executed_units: *//p' "$folder/log") executions in $seconds s; corpus in $folder/corpus"
    return
  fi
  tail -n 40 "$folder/log"
  say "fuzz $name has found something, see $folder/log; again with"
  say "  $FUZZ_BUILD/fuzz_$name $(grep -oE "$folder/(crash|leak|timeout|oom)-[0-9a-f]+" "$folder/log" | tail -1)"
  return 1
}

# All take the same time, so that the one begun first ends first.
fuzz_all() {
  local seconds="$1" name failed=0 running=() most=$((JOBS < FUZZ_JOBS_MAX ? JOBS : FUZZ_JOBS_MAX))
  for name in $(fuzz_names); do
    fuzz_one "$name" "$seconds" &
    running+=($!)
    ((${#running[@]} == most)) || continue
    wait "${running[0]}" || failed=1
    running=("${running[@]:1}")
  done
  for name in "${running[@]}"; do wait "$name" || failed=1; done
  ((failed == 0)) || die "fuzzing has found something"
}

# fuzz [TARGET [SECONDS] | --all SECONDS]: ten minutes unless told otherwise; without a name: the targets.
fuzz() {
  local name="${1:-}" seconds="${2:-600}"
  [[ "$seconds" =~ ^[1-9][0-9]{0,5}$ ]] || die "usage: ./dev fuzz [TARGET [SECONDS] | --all [SECONDS]]"
  if [[ -z "$name" ]]; then
    list_fuzz_targets
    return
  fi
  [[ "$name" == --all ]] || fuzz_names | grep -qx -- "$name" || die "unknown fuzz target: $name; ./dev fuzz lists them"
  build asan "$([[ "$name" == --all ]] && echo fuzz_targets || echo "fuzz_$name")" fuzz_seeds
  "$FUZZ_BUILD/fuzz_seeds" "$FUZZ_BUILD/seeds"
  if [[ "$name" == --all ]]; then
    fuzz_all "$seconds"
  else
    say "fuzzing $name for $seconds s; log and findings in .build/fuzz/$name"
    fuzz_one "$name" "$seconds"
  fi
}
