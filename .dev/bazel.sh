# shellcheck shell=bash
# The other build, bazel_alt: programs, unit tests, and the demo with these programs. Debian's first Bazel that is new
# enough, 7.7.1, is in the coming Debian: it runs in a chroot of that, made once, as root; 4 GB with what it builds.
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
  printf '%s\n' 7.2 "$version" | sort -CV || die "Bazel $version is too old: bazel_alt needs 7.2 or newer"
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
readonly BAZEL_PACKAGES=(bazel-bootstrap "$BAZEL_CLANG" lld-22 pkgconf libprotoc-dev libgtest-dev libgmock-dev
  poppler-utils python3-grpcio python3-protobuf)

# prepare_bazel FOLDER: the packages, when their list has changed.
prepare_bazel() {
  local stamp libraries
  libraries="$(sed -n '/^# libraries/,/^$/p' .dev/packages.txt | sed '/^#/d; s/.*|//')"
  stamp="$1/packages-$(echo "${BAZEL_PACKAGES[*]}" "$libraries" | sha256sum | cut -c 1-16)"
  if [[ ! -e "$stamp" ]]; then
    in_chroot apt-get -q update
    # shellcheck disable=SC2086  # one package a word
    in_chroot apt-get -q install -y --no-install-recommends "${BAZEL_PACKAGES[@]}" $libraries
    in_chroot apt-get clean
    touch "$stamp"
  fi
  offline_modules
}

# Debian's Bazel has no registry: its modules are given by their paths, and an empty one for each that it names and that
# is not used here.
offline_modules() {
  local name empty=/usr/local/share/bazel shipped=/usr/share/bazel
  {
    echo "common --noenable_workspace --registry=file:///nowhere"
    for name in cc java license proto python; do
      echo "common --override_module=rules_$name=$shipped/rules/$name"
    done
    echo "common --override_module=platforms=$shipped/tools/platforms"
    echo "common --override_module=bazel_features=$shipped/tools/features"
    echo "common --override_module=bazel_skylib=$shipped/tools/skylib"
    for name in apple_support buildozer protobuf zlib; do
      echo "common --override_module=$name=$empty/$name"
    done
  } >"$CHROOT/etc/bazel.bazelrc"
  for name in apple_support buildozer protobuf zlib; do
    mkdir -p "$CHROOT$empty/$name"
    echo "module(name = \"$name\")" >"$CHROOT$empty/$name/MODULE.bazel"
    touch "$CHROOT$empty/$name/BUILD.bazel"
  done
  echo 'buildozer_binary = module_extension(implementation = lambda ctx: None)' \
    >"$CHROOT$empty/buildozer/buildozer_binary.bzl"
}
