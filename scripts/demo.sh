#!/usr/bin/env bash
# Sets up, builds what the demo needs and runs it: three institutions settle real instalment
# purchases on loopback. All options go to `aval demo`; --help lists them.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

install_packages "${build_packages[@]}"
configure release
build release aval avald
exec "$aval_root/build/release/cli/aval" demo "$@"
