# shellcheck shell=bash
# What every part of ./dev uses. Sourced with ROOT set.

export PATH="$ROOT/.tools/bin:$PATH"

JOBS="${FIRSTMILE_JOBS:-$(nproc)}"
PRESET="${FIRSTMILE_PRESET:-release}"
# Debian's own interpreter: another python3 on the PATH does not see Debian's grpcio.
PYTHON=/usr/bin/python3
readonly JOBS PRESET PYTHON

# Clones at other paths share one compiler cache.
export CCACHE_BASEDIR="$ROOT" CCACHE_NOHASHDIR=1
# A precompiled header counts as the digest of its sources (server/precompiled/compile_header.sh).
export CCACHE_PCH_EXTSUM=1 CCACHE_SLOPPINESS=pch_defines,time_macros

say() { printf '%s\n' "-- $*"; }

die() {
  printf '%s\n' "dev: $*" >&2
  exit 1
}

# Our own C++ sources; .build holds what is generated.
our_sources() { find server tests client_examples -name '*.cc' -o -name '*.h' | sort; }
