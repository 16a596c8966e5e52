#!/usr/bin/env bash
# Runs a compiler that makes a precompiled header, then notes the digest of all that went into it beside the result, as
# RESULT.sum: ccache takes that for the header itself, which holds paths of its tree. Arguments: the compiler's command.
set -euo pipefail
"$@"
while (($# > 1)); do
  case "$1" in
    -o) result="$2" ;;
    -MF) dependencies="$2" ;;
  esac
  shift
done
sed -e 's/^[^:]*: *//' -e 's/\\$//' "$dependencies" | xargs cat | sha256sum >"$result.sum"
