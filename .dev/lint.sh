# shellcheck shell=bash
# The checks that need no running program. The compiler's own warnings are errors of the build.

lint() {
  build "$PRESET"
  install_buf
  say "clang-format"
  our_sources | xargs clang-format-19 --dry-run -Werror
  find proto -name '*.proto' -print0 | xargs -0 clang-format-19 --dry-run -Werror
  say "buf lint"
  (cd proto && buf lint)
  say "shellcheck"
  shellcheck --external-sources --check-sourced dev .ci/run
  say "clang-tidy"
  "$PYTHON" .dev/tidy.py ".build/$PRESET" "$JOBS"
  say "lint is clean"
}
