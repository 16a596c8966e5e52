# shellcheck shell=bash
# Compiling and testing. A build without changes takes a second.

compile() {
  local preset="$1" folder=".build/$1"
  shift
  if [[ ! -e "$folder/build.ninja" || CMakePresets.json -nt "$folder/build.ninja" ]]; then
    say "configuring $preset"
    mkdir -p "$folder"
    cmake --preset "$preset" >"$folder/configure.log" 2>&1 || {
      cat "$folder/configure.log" >&2
      die "cmake cannot configure $preset"
    }
    touch "$folder/build.ninja"
  fi
  NINJA_STATUS='[%f/%t, %es] ' ninja -C "$folder" -j "$JOBS" "$@"
}

# build [PRESET [TARGET...]]
build() {
  setup
  local preset="${1:-$PRESET}"
  shift || true
  compile "$preset" "$@"
}

run_tests() {
  build "$PRESET"
  ctest --test-dir ".build/$PRESET" --output-on-failure --no-tests=error -j "$JOBS" "$@"
}
