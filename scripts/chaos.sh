#!/usr/bin/env bash
# Runs real nodes under kill -9, SIGSTOP and partitions, with clients that set and read limits, and
# checks that what the clients saw is linearisable and that no acknowledged write is lost
# (tests/cluster/chaos). Without options: three nodes for five minutes, another seed each time.
#
#   scripts/chaos.sh --nodes 5 --minutes 10 --history calls.jsonl
#   scripts/chaos.sh --seed 7 --seconds 60
#   scripts/chaos.sh --reads stale      fails unless the check finds reads that are behind
#
# Partitions need network namespaces: root, or a kernel that lets others make user namespaces.
# Without them nodes are stopped instead, and the output says so.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

install_packages "${build_packages[@]}"
configure release
build release aval_chaos avald
directory=$(mktemp -d "$aval_root/build/chaos.XXXXXX")  # On disk, where a sync costs what it does.
if "$aval_root/build/release/tests/cluster/aval_chaos" --directory "$directory" "$@"; then
  rm -rf "$directory"
else
  exit 1
fi
