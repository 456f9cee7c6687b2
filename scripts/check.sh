#!/usr/bin/env bash
# Everything that is checked before the tests: format, layers, determinism, sizes, words, docs, the
# list of scenarios, the requirements, the lists of records. Runs all of them, and fails when one did.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
cd "$aval_root"

check_format() {
  python3 scripts/sources.py .cc .h | xargs -0 --no-run-if-empty clang-format-19 --dry-run -Werror
}

install_packages "${check_packages[@]}"
failed=()
for check in check_format scripts/check_layers.py scripts/check_determinism.py \
  scripts/check_sizes.py scripts/check_words.py scripts/check_docs.py scripts/check_scenarios.py \
  scripts/check_requirements.py scripts/record_tables.py; do
  say "$check"
  "$check" || failed+=("$check")
done
if [ ${#failed[@]} -gt 0 ]; then
  say "Failed: ${failed[*]}"
  exit 1
fi
say "All checks passed"
