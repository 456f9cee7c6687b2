#!/usr/bin/env bash
# Runs whole clusters in virtual time: first the seeds that once failed, then fresh ones.
#
#   scripts/simulate.sh                   two minutes of seeds that follow from the commit
#   scripts/simulate.sh --minutes 60      as many as begin in an hour
#   scripts/simulate.sh --seeds 1000      so many, from 1 on
#
# Ends with what was covered; exit code 1 when a seed fails, with the line that repeats it.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

case ${1:---minutes} in
  --minutes) which=(--minutes "${2:-2}" --from "$(git -C "$aval_root" rev-parse HEAD)") ;;
  --seeds) which=(--seeds "${2:?--seeds needs a number}") ;;
  *)
    sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit 2
    ;;
esac

install_packages "${build_packages[@]}"
configure release
build release aval_sim
say "Simulating: ${which[*]}"
exec "$aval_root/build/release/tests/sim/aval_sim" --corpus "$aval_root/tests/sim/seeds.txt" \
  "${which[@]}"
