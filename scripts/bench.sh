#!/usr/bin/env bash
# Builds and runs the micro-benchmarks (tests/bench) with Google Benchmark. `aval bench` measures
# whole nodes; this measures their parts.
#
#   scripts/bench.sh                                  all of them, files below build/bench
#   scripts/bench.sh --benchmark_filter='Apply/.*'    those whose name matches
#
# All options go to Google Benchmark.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

install_packages "${build_packages[@]}" "${bench_packages[@]}"
configure bench -DAVAL_BENCH=ON
build bench aval_bench
cd "$aval_root/build/bench"
exec tests/bench/aval_bench "$@"
