#!/bin/sh
# mp.sh [OPTION...]: how fast the process layer is, beside Python's multiprocessing and GNU parallel. Installs what is missing and
# runs tests/bench/mp_bench.py with the options. A measurement, not a test: it takes a minute and wants a quiet machine.
set -eu
cd -- "$(dirname -- "$0")/../.."
. samples/setup.sh
packages_have $packages_build python3 parallel || exit 2
build_setup build || exit 2
exec python3 tests/bench/mp_bench.py "$@"
