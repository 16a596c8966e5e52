# shellcheck shell=bash
# The tree on newer systems, each in a chroot of its own: built optimised, every test run, and told in one table.
# By hand, as root: it takes 10 GB, and hours the first time. rm -rf .build/portability makes the chroots anew.

# portability debian13|grpc183
portability() {
  local name="${1:-}"
  [[ "$name" =~ ^(debian13|grpc183)$ && $# == 1 ]] || die "usage: ./dev portability debian13|grpc183"
  [[ "$(id -u)" == 0 ]] || die "needs root for a chroot and for what is mounted in it"
  local folder="$ROOT/.build/portability/$name"
  readonly CHROOT="$folder/root" CHROOT_CCACHE="$folder/ccache"
  mkdir -p "$CHROOT_CCACHE"
  [[ -e "$folder/made" ]] || make_chroot "$name" "$folder"
  prepare_chroot
  copy_tree
  say "setting up and building in $CHROOT"
  in_chroot ./dev setup
  [[ "$name" != grpc183 ]] || install_python_of_pypi
  # A target that does not compile is told of below, and does not keep the others from their tests.
  logged "$folder/build.log" in_chroot ./dev build release -k 0 || say "the build is not whole"
  local demo=passed
  logged "$folder/demo.log" in_chroot ./dev demo || demo=failed
  say "running every test"
  # shellcheck disable=SC2016  # for the shell inside
  logged "$folder/tests.log" in_chroot bash -c 'source .dev/common.sh && exec ctest --test-dir .build/release \
    -j "$JOBS" --output-on-failure --no-tests=error --output-junit portability.xml' || say "not every test passed"
  "$PYTHON" .dev/portability_table.py "$name" "$demo" "$folder/build.log" \
    "$CHROOT/firstmile/.build/release/portability.xml"
}

# logged FILE COMMAND...: what it prints is also kept. No pipe, whose shells would outlive this one.
logged() {
  local log="$1" status=0 out writer
  shift
  exec {out}> >(tee "$log")
  writer=$!
  "$@" >&"$out" 2>&1 || status=$?
  exec {out}>&-
  wait "$writer"
  return "$status"
}

# Every command has mounts and processes of its own, which end with it, however it ends.
in_chroot() {
  # shellcheck disable=SC2016  # for the shell inside
  local inside='
    trap "exit 130" INT TERM
    mount --rbind "$0" "$0" && mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" &&
      mount -t sysfs -o ro sys "$0/sys" && mount --bind "$1" "$0/var/cache/ccache" || exit 1
    shift
    env --default-signal -i "${@:2:$1}" chroot "$0" sh -c "cd /firstmile && exec \"\$@\"" - "${@:$1+2}" &
    wait $!'
  local environment=(PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive
    CCACHE_DIR=/var/cache/ccache FIRSTMILE_JOBS="$JOBS") status=0
  mapfile -t -O "${#environment[@]}" environment < <(network_environment)
  setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --propagation private \
    bash -c "$inside" "$CHROOT" "$CHROOT_CCACHE" "${#environment[@]}" "${environment[@]}" "$@" || status=$?
  ((status != 130)) || exit 130 # Ctrl-C
  return "$status"
}

# How this machine reaches the registries of pip, npm and Go.
network_environment() {
  env | grep -E '^(https?_proxy|no_proxy|HTTPS?_PROXY|NO_PROXY|(PIP|npm_config|NPM_CONFIG|GO(PROXY|SUMDB|PRIVATE|NOSUMDB))[^=]*)=' |
    grep -vE '_(CERT|cafile|CAFILE|LINKS)=' || true
}

# The mirror that this machine takes its own Debian from.
debian_mirror() {
  local codename
  # shellcheck source=/dev/null
  codename="$(source /etc/os-release && echo "$VERSION_CODENAME")"
  # shellcheck disable=SC2016  # for apt
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Identifier: Packages' |
    sed -n "s|/* $codename main\$||p" | head -n 1
}

# make_chroot NAME FOLDER
make_chroot() {
  local name="$1" folder="$2" mirror suite=forky script=sid
  mirror="$(debian_mirror)"
  [[ -n "$mirror" ]] || die "apt's sources name no mirror of Debian"
  [[ "$name" == debian13 ]] && suite=trixie script=trixie
  command -v debootstrap >/dev/null || {
    apt-get -q update || say "apt-get update complained, going on"
    apt-get -q install -y --no-install-recommends debootstrap
  }
  say "making a chroot of $suite"
  rm -rf "$CHROOT"
  debootstrap --variant=minbase --include=ca-certificates "$suite" "$CHROOT" "$mirror" "$script"
  [[ "$name" != grpc183 ]] || add_experimental "$mirror"
  echo force-unsafe-io >"$CHROOT/etc/dpkg/dpkg.cfg.d/unsafe-io" # a chroot that a crash spoils is made anew
  printf '#!/bin/sh\nexit 101\n' >"$CHROOT/usr/sbin/policy-rc.d" # packages start no daemons in a chroot
  chmod +x "$CHROOT/usr/sbin/policy-rc.d"
  touch "$folder/made"
}

# gRPC and Protobuf from experimental, and nothing else: with its Abseil everything compiles and does not link.
# What experimental says of its own age has run out.
add_experimental() {
  local apt="$CHROOT/etc/apt"
  echo "deb [check-valid-until=no] $1 experimental main" >"$apt/sources.list.d/experimental.list"
  printf '%s\n' 'Package: src:grpc src:protobuf' 'Pin: release a=experimental' 'Pin-Priority: 990' \
    >"$apt/preferences.d/experimental"
}

# What a chroot takes from this machine each time: names, certificates, and how apt reaches its mirror.
prepare_chroot() {
  cp /etc/resolv.conf /etc/hosts "$CHROOT/etc/"
  mkdir -p "$CHROOT/firstmile" "$CHROOT/var/cache/ccache" "$CHROOT/usr/local/share/ca-certificates"
  find /usr/local/share/ca-certificates -name '*.crt' -exec cp {} "$CHROOT/usr/local/share/ca-certificates/" \;
  apt-config dump | grep -E '^Acquire::(.*(Proxy|CAInfo)|Check-(Date|Valid-Until)) ' >"$CHROOT/etc/apt/apt.conf.d/90machine" || true
  in_chroot update-ca-certificates >/dev/null
}

# The tree as it stands, with its times; what was built and installed beside it stays.
copy_tree() {
  find "$CHROOT/firstmile" -mindepth 1 -maxdepth 1 ! -name .build ! -name .tools -exec rm -rf {} +
  comm -z -23 <(git ls-files -z --cached --others --exclude-standard | sort -zu) <(git ls-files -z --deleted | sort -z) |
    tar --create --null --files-from=- | tar --extract --directory "$CHROOT/firstmile"
}

# Experimental's own Python packages of gRPC and Protobuf cannot be imported.
install_python_of_pypi() {
  in_chroot .tools/clients/python/bin/pip --python /usr/bin/python3 install --quiet --ignore-installed --break-system-packages \
    --root-user-action ignore "grpcio==$GRPCIO_VERSION" "protobuf==$PROTOBUF_VERSION"
  # Without it Python takes the "google" of Debian's packages, which has one.
  # shellcheck disable=SC2016  # for the shell inside
  in_chroot sh -c 'for local in /usr/local/lib/python3.*/dist-packages/google; do
    cp /usr/lib/python3/dist-packages/google/__init__.py "$local/"
  done'
}
readonly GRPCIO_VERSION=1.83.0 PROTOBUF_VERSION=7.36.2
