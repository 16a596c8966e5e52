#!/usr/bin/env bash
# in_own_network.sh COMMAND...: runs it in its own network namespace, with only loopback, where every port is free
# and the name server is the process listening on 127.0.0.1:53. Needs root or user namespaces.
set -euo pipefail
here="$(dirname "${BASH_SOURCE[0]}")"

options=(--net --mount --propagation private)
[[ "$(id -u)" == 0 ]] || options+=(--map-root-user)
# shellcheck disable=SC2016  # for the shell inside
exec unshare "${options[@]}" bash -ec '
  ip link set lo up
  mount --bind "$0/resolv.conf" "$(realpath /etc/resolv.conf)"
  mount --bind "$0/nsswitch.conf" /etc/nsswitch.conf
  exec "$@"' "$(realpath "$here")" "$@"
