#!/usr/bin/env bash
# Sets up a Debian 12 machine and builds there. Run by itself it installs what a build and its
# checks need; the other scripts source it for its functions.
#
#   scripts/setup.sh          install the Debian packages (does nothing when all are there)
#
# Environment: AVAL_JOBS, how many compilers run at once (default: one for each processor).
set -euo pipefail

aval_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# docs/ARCHITECTURE.md says what each library is for.
build_packages=(
  g++ cmake ninja-build ccache mold pkg-config
  iproute2
  libboost1.81-dev libboost-json1.81-dev
  libcli11-dev
  libgmock-dev
  libgtest-dev
  libjemalloc-dev
  libleveldb-dev
  libprotobuf-dev protobuf-compiler
  librapidcheck-dev
  libsodium-dev
  libspdlog-dev
  libssl-dev
  libtomlplusplus-dev
  libzstd-dev
  prometheus-cpp-dev
  python3
)
check_packages=(python3 clang-format-19)
tidy_packages=(clang-tidy-19)
bench_packages=(libbenchmark-dev)
tsan_packages=(clang-19 libclang-rt-19-dev)

say() { printf '== %s\n' "$*"; }

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  else
    sudo "$@"
  fi
}

is_installed() {
  [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# install_packages PACKAGE...: installs those that are missing, and says which.
install_packages() {
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    say "Not a Debian system; these Debian 12 packages are needed: $*"
    return 0
  fi
  local package missing=()
  for package in "$@"; do
    if ! is_installed "$package" && [[ " ${missing[*]} " != *" $package "* ]]; then
      missing+=("$package")
    fi
  done
  if [ ${#missing[@]} -eq 0 ]; then
    return 0
  fi
  say "Installing Debian packages: ${missing[*]}"
  if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
    echo "Neither root nor sudo; as root run: apt-get install ${missing[*]}" >&2
    return 1
  fi
  local install=(env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install
    --yes --quiet --no-install-recommends "${missing[@]}")
  # Package lists that are absent, or so old that the mirror no longer has what they name.
  if ! apt-get install --simulate "${missing[@]}" >/dev/null 2>&1 || ! as_root "${install[@]}"; then
    as_root apt-get -o DPkg::Lock::Timeout=300 --quiet update
    as_root "${install[@]}"
  fi
}

# configure KIND CMAKE_ARGUMENT...: prepares build/KIND, once.
configure() {
  local kind=$1
  shift
  if [ ! -f "$aval_root/build/$kind/build.ninja" ]; then
    say "Configuring build/$kind"
    cmake -G Ninja -S "$aval_root" -B "$aval_root/build/$kind" "$@"
  fi
}

# build KIND TARGET...: brings the targets up to date.
build() {
  local kind=$1
  shift
  say "Building build/$kind: $*"
  ninja -C "$aval_root/build/$kind" -j "${AVAL_JOBS:-$(nproc)}" "$@"
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  install_packages "${build_packages[@]}" "${check_packages[@]}"
  say "All packages are there. Next: scripts/demo.sh or scripts/test.sh"
fi
