#!/usr/bin/env bash
# Runs clang-tidy-19 over sources. Not part of check.sh: it takes as long as a build.
#
#   scripts/tidy.sh             the sources that differ from main, committed or not
#   scripts/tidy.sh FILE...     these
#   scripts/tidy.sh --all       every source
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
cd "$aval_root"

case ${1:-} in
  --all) mapfile -t files < <(git ls-files '*.cc') ;;
  '') mapfile -t files < <(git diff --name-only --diff-filter=d "$(git merge-base main HEAD)" -- '*.cc') ;;
  *) files=("$@") ;;
esac
if [ ${#files[@]} -eq 0 ]; then
  say "No source differs from main"
  exit 0
fi

install_packages "${build_packages[@]}" "${tidy_packages[@]}"
configure release
# Headers that protoc writes are included by ours.
build release $(ninja -C build/release -t targets all | sed -n 's/^\(generated[^:]*\.pb\.h\):.*/\1/p')
printf '%s\0' "${files[@]}" |
  xargs -0 --max-args 1 --max-procs "${AVAL_JOBS:-$(nproc)}" clang-tidy-19 --quiet -p build/release \
    --extra-arg=-Wno-unknown-warning-option
