# shellcheck shell=bash
# The checks that need no running program. The compiler's own warnings are errors of the build.

lint() {
  build "$PRESET"
  install_buf
  say "clang-format"
  our_sources | xargs clang-format-19 --dry-run -Werror
  find proto server/proto -name '*.proto' -print0 | xargs -0 clang-format-19 --dry-run -Werror
  say "the published contract, its manual and the reference of the configuration"
  "$PYTHON" .dev/contract.py --check
  "$PYTHON" .dev/manual.py --check
  "$PYTHON" .dev/config_page.py --check
  say "retired words"
  "$PYTHON" .dev/words.py
  say "buf lint"
  buf lint proto
  buf lint server/proto
  say "buf breaking"
  buf breaking proto --against "$(newest_released)"
  say "shellcheck"
  shellcheck --external-sources --check-sourced dev .ci/run
  say "clang-tidy"
  "$PYTHON" .dev/tidy.py ".build/$PRESET" "$JOBS"
  say "lint is clean"
}

# The image of the contract that clients have by now.
newest_released() { find proto/released -name '*.binpb' | sort -V | tail -n 1; }
