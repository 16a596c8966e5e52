# shellcheck shell=bash
# Compiling and testing. A build without changes takes a second.

# The presets name the compiler of Debian 12 and 13. Where it is not, the newest Clang that is there.
other_compiler() {
  command -v clang++-19 >/dev/null && return
  local newest
  newest="$(compgen -c clang++- | sort -V | tail -n 1)"
  [[ -n "$newest" ]] || die "there is no Clang; ./dev setup installs it"
  printf '%s\n' "-DCMAKE_C_COMPILER=${newest/++/}" "-DCMAKE_CXX_COMPILER=$newest"
}

compile() {
  local preset="$1" folder=".build/$1"
  shift
  if [[ ! -e "$folder/build.ninja" || CMakePresets.json -nt "$folder/build.ninja" ]]; then
    say "configuring $preset"
    mkdir -p "$folder"
    # shellcheck disable=SC2046  # one flag a word
    cmake --preset "$preset" $(other_compiler) >"$folder/configure.log" 2>&1 || {
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
