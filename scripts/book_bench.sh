#!/usr/bin/env bash
# Measures a node's state of 500,000 participants (tests/bench/README.md). Needs 25 GB of disk, and
# half an hour on two cores.
#
#   scripts/book_bench.sh                 all of it, in build/book-bench/book-data
#   scripts/book_bench.sh --scale 0.05    a book of a twentieth
#
# Run it on a machine that does nothing else: what it says are times.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

scale=1
while [ $# -gt 0 ]; do
  case $1 in
    --scale)
      scale=${2:?--scale needs a number, for example 0.05}
      shift 2
      ;;
    *)
      echo "Unknown option: $1" >&2
      exit 2
      ;;
  esac
done

install_packages "${build_packages[@]}"
configure release
build release book_bench
mkdir -p "$aval_root/build/book-bench"
cd "$aval_root/build/book-bench"

run() {
  "$aval_root/build/release/tests/bench/book_bench" "$@"
}

uptime
run generate --scale "$scale"
run size
run restart --cold
run restart
run apply
run apply --next-purchases
run roll
run restart --after-run
