# shellcheck shell=bash
# The other build, bazel_alt: programs, unit tests, and the demo with these programs. Debian's first Bazel that is new
# enough, 7.7.1, is in the coming Debian: it runs in a chroot of that, made once, as root; 3 GB.
# rm -rf .build/bazel makes it anew.

# build_with_bazel [--native] [BAZEL ARGUMENTS]
build_with_bazel() {
  if [[ "${1:-}" == --native ]]; then
    shift
    native_bazel "$@"
    return
  fi
  [[ "$(id -u)" == 0 ]] || die "needs root for a chroot; ./dev bazel --native uses a Bazel on the path"
  local folder="$ROOT/.build/bazel"
  readonly CHROOT="$folder/root" CHROOT_CCACHE="$folder/ccache"
  mkdir -p "$CHROOT_CCACHE"
  [[ -e "$folder/made" ]] || make_chroot bazel "$folder"
  prepare_chroot
  prepare_bazel "$folder"
  copy_tree
  say "building in $CHROOT"
  in_chroot env CC="$BAZEL_CLANG" ./dev bazel --native "$@"
}

# With the Bazel on the path, as a user has it. Without arguments everything, and then the demo's stories.
native_bazel() {
  local version programs=.build/bazel/programs
  version="$(bazel --version 2>/dev/null)" || die "there is no Bazel on the path"
  version="${version#bazel }"
  ((${version%%.*} >= 7)) || die "Bazel $version is too old: bazel_alt is for 7 and newer"
  if (($# > 0)); then
    (cd bazel_alt && bazel "$@")
    return
  fi
  (cd bazel_alt && bazel test --jobs "$JOBS" --local_test_jobs "$JOBS" //...)
  say "the demo with Bazel's programs"
  mkdir -p "$programs/server/emulator"
  ln -sf "$ROOT/bazel_alt/bazel-bin/firstmiled" "$programs/server/"
  ln -sf "$ROOT/bazel_alt/bazel-bin/shopee-emulator" "$programs/server/emulator/"
  tell_demo "$programs"
}

readonly BAZEL_CLANG=clang-22
readonly BAZEL_PACKAGES=(bazel-bootstrap "$BAZEL_CLANG" lld-22 pkgconf git protobuf-compiler protobuf-compiler-grpc
  libprotoc-dev libgtest-dev libgmock-dev poppler-utils python3-grpcio python3-protobuf)

# Packages, and what Debian's Bazel lacks to run without a registry: its own modules by their paths, and an empty module
# for each one that it names but never uses here.
prepare_bazel() {
  local stamp libraries name stubs=/usr/local/share/bazel
  libraries="$(sed -n '/^# libraries/,/^$/p' .dev/packages.txt | sed '/^#/d; s/.*|//')"
  stamp="$1/packages-$(echo "${BAZEL_PACKAGES[*]}" "$libraries" | sha256sum | cut -c 1-16)"
  if [[ ! -e "$stamp" ]]; then
    in_chroot apt-get -q update
    # shellcheck disable=SC2086  # one package a word
    in_chroot apt-get -q install -y --no-install-recommends "${BAZEL_PACKAGES[@]}" $libraries
    touch "$stamp"
  fi
  {
    echo "common --noenable_workspace --registry=file:///nowhere"
    for name in cc java license proto python; do
      echo "common --override_module=rules_$name=/usr/share/bazel/rules/$name"
    done
    echo "common --override_module=platforms=/usr/share/bazel/tools/platforms"
    echo "common --override_module=bazel_features=/usr/share/bazel/tools/features"
    echo "common --override_module=bazel_skylib=/usr/share/bazel/tools/skylib"
    for name in apple_support buildozer protobuf zlib; do
      echo "common --override_module=$name=$stubs/$name"
    done
  } >"$CHROOT/etc/bazel.bazelrc"
  for name in apple_support buildozer protobuf zlib; do
    mkdir -p "$CHROOT$stubs/$name"
    printf 'module(name = "%s")\n' "$name" >"$CHROOT$stubs/$name/MODULE.bazel"
    touch "$CHROOT$stubs/$name/BUILD.bazel"
  done
  cat >"$CHROOT$stubs/buildozer/buildozer_binary.bzl" <<'TEXT'
buildozer_binary = module_extension(implementation = lambda ctx: None)
TEXT
}
