#!/usr/bin/env bash
# Sets up, builds and runs the tests; ends with CTest's own closing lines.
#
#   scripts/test.sh                              all tests
#   scripts/test.sh --label unit                 those whose CTest label matches
#   scripts/test.sh --sanitize address,undefined all tests under sanitizers, in a build of their own
#   scripts/test.sh --tsan                       the node's tests under ThreadSanitizer (clang-19)
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

usage() {
  sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
}

kind=release
tests=.    # The folder of the build tree whose tests run.
targets=all
options=()
selection=()
packages=("${build_packages[@]}")
while [ $# -gt 0 ]; do
  case $1 in
    --label)
      selection=(--label-regex "${2:?--label needs a label}")
      shift 2
      ;;
    --sanitize)
      kind=${2:?--sanitize needs a list, for example address,undefined}
      options=(-DAVAL_SANITIZE="$kind")
      kind=${kind//,/-}
      shift 2
      ;;
    --tsan)
      kind=tsan
      tests=tests/node
      targets=tests/node/all
      options=(-DAVAL_SANITIZE=thread -DCMAKE_C_COMPILER=clang-19 -DCMAKE_CXX_COMPILER=clang++-19)
      packages+=("${tsan_packages[@]}")
      shift
      ;;
    --help)
      usage
      exit 0
      ;;
    *)
      echo "Unknown option: $1" >&2
      usage >&2
      exit 2
      ;;
  esac
done

install_packages "${packages[@]}"
configure "$kind" "${options[@]}"
build "$kind" "$targets"
say "Testing build/$kind"
# A test that hangs fails by its name; none takes more than some minutes, sanitizers included.
exec ctest --test-dir "$aval_root/build/$kind/$tests" --parallel 2 --timeout 900 \
  --output-on-failure --no-tests=error "${selection[@]}"
