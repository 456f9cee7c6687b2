#!/usr/bin/env bash
# Plants one bug after another in the consensus core (consensus/core/planted.h) and has the simulator
# find each: from seed 1 on, over the small state machine, on one core, within 60 s. Then the same
# seeds must pass without a bug.
#
#   scripts/mutants.sh            all of them
#   scripts/mutants.sh 4 13       these, by number
#
# Ends with how many were found; exit code 1 when one was not, or a seed fails without a bug.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

bugs=("$@")
if [ ${#bugs[@]} -eq 0 ]; then
  mapfile -t bugs < <(sed -n 's/^  k[A-Z][A-Za-z]* = \([1-9][0-9]*\),$/\1/p' \
    "$aval_root/consensus/core/planted.h")
fi

install_packages "${build_packages[@]}"
found=0
most=0
for bug in "${bugs[@]}"; do
  name=$(sed -n "s/^  k\([A-Z][A-Za-z]*\) = $bug,$/\1/p" "$aval_root/consensus/core/planted.h")
  cmake -G Ninja -S "$aval_root" -B "$aval_root/build/mutants" -DAVAL_PLANTED_BUG="$bug" >/dev/null
  build mutants aval_sim >/dev/null
  started=$SECONDS
  said=$("$aval_root/build/mutants/tests/sim/aval_sim" --minutes 1 --until-failure --brief \
    --machine chain --jobs 1 2>/dev/null || true)
  if [[ $said =~ seed\ ([0-9]+):\ ([^$'\n']*) ]]; then
    found=$((found + 1))
    seed=${BASH_REMATCH[1]}
    ((seed > most)) && most=$seed
    say "H$bug $name: found after $((SECONDS - started)) s by seed $seed: ${BASH_REMATCH[2]}"
  else
    say "H$bug $name: NOT FOUND"
  fi
done

say "The same seeds without a bug"
configure release >/dev/null
build release aval_sim >/dev/null
"$aval_root/build/release/tests/sim/aval_sim" --seeds "$((most > 0 ? most : 1))" --machine chain
say "$found of ${#bugs[@]}"
[ "$found" = "${#bugs[@]}" ]
