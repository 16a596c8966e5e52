# shellcheck shell=bash
# Everything that the project needs outside of its own tree. What is there is left alone.

readonly GRPCURL_VERSION=v1.9.1
readonly BUF_VERSION=v1.75.0
readonly BUF_NEEDS_GO=1.26.7
readonly GO_VERSION=1.26.8 # fetched where the PATH has none that is new enough

as_root() {
  if [[ "$(id -u)" == 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "needs root for: $*"
  fi
}

# Another Node.js and npm on the path serve as well as Debian's.
node_packages() { command -v node >/dev/null && command -v npm >/dev/null || printf 'nodejs\nnpm\n'; }

# The entries of packages.txt of which nothing is installed.
missing_packages() {
  local wanted installed entry
  wanted="$({ sed 's/#.*//' .dev/packages.txt && node_packages; } | tr -s '[:space:]' '\n' | sed '/^$/d')"
  # shellcheck disable=SC2086  # one package a word
  installed="$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' ${wanted//|/ } 2>/dev/null | sed -n 's/ installed$//p')"
  for entry in $wanted; do
    grep -qxF "${entry//|/$'\n'}" <<<"$installed" || echo "$entry"
  done
}

# The first of a|b that this Debian has; the first of all when it has none, so that apt-get tells.
known_package() {
  local package
  for package in ${1//|/ }; do
    apt-cache show "$package" >/dev/null 2>&1 && echo "$package" && return
  done
  echo "${1%%|*}"
}

install_packages() {
  local missing entry packages=()
  missing="$(missing_packages)"
  [[ -z "$missing" ]] && return
  # An index of another source may fail; whether ours are there, the installation tells.
  as_root apt-get -q update || say "apt-get update complained, going on"
  for entry in $missing; do
    packages+=("$(known_package "$entry")")
  done
  say "installing Debian packages: ${packages[*]}"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends "${packages[@]}"
}

# with_go ARGUMENTS: Debian's Go, with caches that go away.
with_go() { with_this_go /usr/bin/go "$@"; }

# with_this_go GO ARGUMENTS: another Go, with caches that go away.
with_this_go() {
  local cache
  cache="$(mktemp -d)"
  env -u GOROOT GOTOOLCHAIN=local GOPATH="$cache/go" GOCACHE="$cache/build" GOFLAGS=-modcacherw CGO_ENABLED=0 \
    GOBIN="$ROOT/.tools/bin" "$@"
  rm -rf "$cache"
}

# go_since VERSION: the path of the newest Go on the PATH, when it is VERSION or newer; else of one that is fetched.
go_since() {
  local wanted="$1" newest
  newest="$({ type -ap go || true; } | while read -r go; do echo "$(go_version "$go") $go"; done | sort -V | tail -n 1)"
  if [[ "$(printf '%s\n' "$wanted" "${newest%% *}" | sort -V | tail -n 1)" == "${newest%% *}" ]]; then
    echo "${newest#* }"
  else
    fetched_go
  fi
}

go_version() { env -u GOROOT GOTOOLCHAIN=local "$1" version | sed -E 's/^go version go([0-9.]+).*/\1/'; }

# Go publishes itself as a module too: any Go fetches it from the module proxy and checks its sum. A module holds no
# executable files, so they become that here.
fetched_go() {
  local folder="$ROOT/.tools/go-$GO_VERSION" cache module
  if [[ ! -x "$folder/bin/go" ]]; then
    say "fetching Go $GO_VERSION" >&2
    mkdir -p "$ROOT/.tools"
    cache="$(mktemp -d -p "$ROOT/.tools")"
    module="golang.org/toolchain@v0.0.1-go$GO_VERSION.linux-$(env -u GOROOT /usr/bin/go env GOARCH)"
    (
      cd "$cache"
      env -u GOROOT GOTOOLCHAIN=local GOPATH="$cache" GOFLAGS=-modcacherw /usr/bin/go mod download "$module"
    ) >&2 || {
      rm -rf "$cache"
      die "cannot fetch $module; Go $GO_VERSION or newer on the PATH serves as well"
    }
    chmod -R +x "$cache/pkg/mod/$module"/{bin,pkg/tool}
    rm -rf "$folder"
    mv "$cache/pkg/mod/$module" "$folder"
    rm -rf "$cache"
  fi
  echo "$folder/bin/go"
}

# install_go_tool NAME MODULE VERSION: builds a Go program into .tools/bin once per version.
install_go_tool() {
  local name="$1" module="$2" version="$3"
  local stamp=".tools/$name-$version"
  [[ -e "$stamp" && -x ".tools/bin/$name" ]] && return
  say "building $name $version with Debian's Go (a minute or two)"
  with_go install "$module@$version"
  touch "$stamp"
}

# h2spec names no versions of what it needs: a module of ours pins them.
install_h2spec() {
  local from=tests/hostile/h2spec stamp
  stamp=".tools/h2spec-$(cat "$from"/go.{mod,sum} | sha256sum | cut -c 1-16)"
  [[ -e "$stamp" && -x .tools/bin/h2spec ]] && return
  say "building h2spec with Debian's Go (a minute or two)"
  (cd "$from" && with_go build -o "$ROOT/.tools/bin/h2spec" github.com/summerwind/h2spec/cmd/h2spec)
  touch "$stamp"
}

install_grpcurl() { install_go_tool grpcurl github.com/fullstorydev/grpcurl/cmd/grpcurl "$GRPCURL_VERSION"; }

install_buf() {
  local stamp=".tools/buf-$BUF_VERSION" go
  [[ -e "$stamp" && -x .tools/bin/buf ]] && return
  go="$(go_since "$BUF_NEEDS_GO")"
  say "building buf $BUF_VERSION with Go $(go_version "$go") (a few minutes)"
  with_this_go "$go" install "github.com/bufbuild/buf/cmd/buf@$BUF_VERSION"
  touch "$stamp"
}

# The clients of tests/emulator/clients, with the versions that their files pin. The stamp is named by those files.
install_test_clients() {
  local from=tests/emulator/clients to=.tools/clients stamp
  stamp="$to/$(cat "$from"/{requirements.txt,package.json,package-lock.json} | sha256sum | cut -c 1-16)"
  [[ -e "$stamp" ]] && return
  say "installing the emulator's test clients"
  rm -rf "$to"
  mkdir -p "$to/node"
  "$PYTHON" -m venv "$to/python"
  "$to/python/bin/pip" install --quiet --no-deps -r "$from/requirements.txt"
  cp "$from"/package{,-lock}.json "$to/node"
  (cd "$to/node" && npm ci --silent --ignore-scripts --no-audit --no-fund)
  touch "$stamp"
}

# Of the network tests. Unpacked and not installed, since Debian starts what it installs.
readonly NETWORK_DAEMONS=(nginx tinyproxy-bin microsocks)

install_network_daemons() {
  local to=.tools/daemons packages stamp
  stamp="$to/$(sha256sum <<<"${NETWORK_DAEMONS[*]}" | cut -c 1-16)"
  [[ -e "$stamp" ]] && return
  say "unpacking ${NETWORK_DAEMONS[*]}"
  rm -rf "$to"
  mkdir -p "$to"
  packages="$(mktemp -d)"
  (cd "$packages" && apt-get -q download "${NETWORK_DAEMONS[@]}") || {
    as_root apt-get -q update || say "apt-get update complained, going on"
    (cd "$packages" && apt-get -q download "${NETWORK_DAEMONS[@]}")
  }
  find "$packages" -name '*.deb' -exec dpkg-deb --extract {} "$to" \;
  rm -rf "$packages"
  touch "$stamp"
}

setup() {
  command -v apt-get >/dev/null || die "set-up knows Debian only; install what .dev/packages.txt names"
  install_packages
  mkdir -p .tools/bin
  install_grpcurl
  install_h2spec
  install_test_clients
  install_network_daemons
}
