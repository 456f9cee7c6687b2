#!/usr/bin/env bash
# What takes too long for each change, one after another and each with a bound: some five hours on
# two cores. A part that fails does not keep the next from running.
#
#   scripts/nightly.sh                          everything
#   scripts/nightly.sh simulation mutants       these parts
#
# Parts: simulation (1,000 seeds, then an hour of fresh ones), mutants, sequences (ten million acts
# on the credit book), sanitizers (all tests under ASan and UBSan), threads (the node's tests under
# ThreadSanitizer), chaos (ten minutes of real processes), digests (the same seeds give the same
# traces with clang, and under sanitizers). Ends with a line for each part; exit code 1 when one
# failed.
set -uo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
cd "$aval_root"

simulation() { scripts/simulate.sh --seeds 1000 && scripts/simulate.sh --minutes 60; }
mutants() { scripts/mutants.sh; }
sequences() {
  local first
  configure release && build release book_sequences || return 1
  build/release/tests/ledger/book_sequences --seed 1 --acts 5000000 &
  first=$!
  build/release/tests/ledger/book_sequences --seed 1000000000 --acts 5000000 && wait "$first"
}
sanitizers() { scripts/test.sh --sanitize address,undefined; }
threads() { scripts/test.sh --tsan; }
chaos() { scripts/chaos.sh --minutes 10; }

digest() { "build/$1/tests/sim/aval_sim" --seed "$2" | grep -o 'digest [0-9]*'; }

digests() {
  local seed plain clang checked
  install_packages "${tsan_packages[@]}" || return 1
  configure release && build release aval_sim &&
    configure clang -DCMAKE_C_COMPILER=clang-19 -DCMAKE_CXX_COMPILER=clang++-19 &&
    build clang aval_sim &&
    configure address-undefined -DAVAL_SANITIZE=address,undefined &&
    build address-undefined aval_sim || return 1
  for seed in 1 2 3 4 5 6 7 8; do
    plain=$(digest release $seed)
    clang=$(digest clang $seed)
    checked=$(digest address-undefined $seed)
    say "seed $seed: $plain, with clang $clang, under sanitizers $checked"
    [ "$plain" = "$clang" ] && [ "$plain" = "$checked" ] || return 1
  done
}

parts=("$@")
[ ${#parts[@]} -gt 0 ] || parts=(simulation mutants sequences sanitizers threads chaos digests)
lines=()
failed=0
for part in "${parts[@]}"; do
  say "$part"
  started=$SECONDS
  if timeout --foreground 2h bash -c "$(declare -f digest "$part"); source scripts/setup.sh; $part"; then
    lines+=("$part: passed after $((SECONDS - started)) s")
  else
    lines+=("$part: FAILED after $((SECONDS - started)) s")
    failed=1
  fi
done
printf '%s\n' "${lines[@]}"
exit "$failed"
