#!/usr/bin/env bash
# Measures what attackers cost honest clients: three nodes on loopback, first undisturbed, then with
# 200 slow clients and a flooding peer (tests/cluster/hostile). Fails when honest clients' p99 comes
# to more than 3 times the undisturbed one. Options go to hostile_load; with --burst all slow clients
# begin in one instant of what is measured.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

install_packages "${build_packages[@]}"
configure release
build release hostile_load avald
directory=$(mktemp -d "$aval_root/build/hostile.XXXXXX")  # On disk, where a sync costs what it does.
trap 'rm -rf "$directory"' EXIT
timeout 300 "$aval_root/build/release/tests/cluster/hostile_load" --directory "$directory" "$@"
