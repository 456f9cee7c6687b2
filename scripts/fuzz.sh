#!/usr/bin/env bash
# Fuzzes the parsers (tests/fuzz) with libFuzzer under ASan and UBSan, for a bounded time each.
#
#   scripts/fuzz.sh                     every target, 60 seconds each
#   scripts/fuzz.sh --seconds 1800      longer
#   scripts/fuzz.sh --at-once 2         two targets at any time
#   scripts/fuzz.sh --merge             then keeps in tests/fuzz/corpus what adds coverage
#   scripts/fuzz.sh frame act           only these targets
#
# Prints executions and coverage (edges) of each target. What it said lies in build/fuzz/logs, findings
# in build/fuzz/findings, the inputs found in build/fuzz/corpus. Exit code 1 on a finding.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

seconds=60
merge=no
at_once=1
targets=()
while [ $# -gt 0 ]; do
  case $1 in
    --seconds)
      seconds=${2:?--seconds needs a number}
      shift 2
      ;;
    --at-once)
      at_once=${2:?--at-once needs a number}
      shift 2
      ;;
    --merge)
      merge=yes
      shift
      ;;
    --help)
      sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
      exit 0
      ;;
    -*)
      echo "Unknown option: $1" >&2
      exit 2
      ;;
    *)
      targets+=("$1")
      shift
      ;;
  esac
done
if ! [[ $at_once =~ ^[1-9][0-9]*$ ]]; then
  echo "--at-once needs a number from 1 on" >&2
  exit 2
fi
if [ ${#targets[@]} -eq 0 ]; then
  for source in "$aval_root"/tests/fuzz/*.cc; do
    name=$(basename "$source" .cc)
    [[ $name =~ ^(replay|seeds)$ ]] || targets+=("$name")
  done
fi

install_packages "${build_packages[@]}" "${tsan_packages[@]}"
configure fuzz -DAVAL_FUZZ=ON -DAVAL_SANITIZE=fuzzer-no-link,address,undefined \
  -DCMAKE_C_COMPILER=clang-19 -DCMAKE_CXX_COMPILER=clang++-19
build fuzz "${targets[@]/%/_fuzz}"

# Of one target; what it printed is all in its log, and here its end.
fuzz() {
  local target=$1 found findings kept log program result=0
  found="$aval_root/build/fuzz/corpus/$target"
  findings="$aval_root/build/fuzz/findings/$target"
  kept="$aval_root/tests/fuzz/corpus/$target"
  log="$aval_root/build/fuzz/logs/$target"
  program="$aval_root/build/fuzz/tests/fuzz/${target}_fuzz"
  mkdir -p "$found" "$findings" "$(dirname "$log")"
  "$program" -max_total_time="$seconds" -max_len=65536 -timeout=10 -rss_limit_mb=2048 \
    -print_final_stats=1 -artifact_prefix="$findings/" "$found" "$kept" >"$log" 2>&1 || result=1
  if [ $result = 0 ]; then
    say "$target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") executions," \
      "$(sed -n 's/^#[0-9]*[[:space:]]*DONE *cov: \([0-9]*\).*/\1/p' "$log") edges, no finding"
  else
    say "$target: FAILED"
    tail -n 40 "$log"
  fi
  if [ "$merge" = yes ]; then
    "$program" -set_cover_merge=1 -use_counters=0 -verbosity=0 -max_len=2048 "$kept" "$found"
  fi
  return $result
}

say "Fuzzing ${targets[*]}, $seconds s each"
failed=0
running=0
for target in "${targets[@]}"; do
  if [ $running -ge "$at_once" ]; then
    wait -n || failed=1
    running=$((running - 1))
  fi
  fuzz "$target" &
  running=$((running + 1))
done
for ((; running > 0; running--)); do wait -n || failed=1; done
exit $failed
