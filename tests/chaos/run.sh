#!/bin/sh
# run.sh [OPTION...]: whatever happens in between, is anything lost? Builds stampmill with the test hooks (build-chaos) and tries all of tests/chaos on
# it, as often as is promised: 1,000 killed workers, 200 killed supervisors, power cuts, full and broken disks, mutated pictures, hostile
# workers. Takes an hour or so; options are chaos.py's (--help tells them):
#   sh tests/chaos/run.sh --budget 60                  a minute for each attempt
#   sh tests/chaos/run.sh --only workers-at-random --seed 7
#
# Exit status: 0 when nothing was lost, 1 when something was, 2 when it could not come to that.
set -eu
cd -- "$(dirname -- "$0")/../.."
. samples/setup.sh

packages_have $packages_build $packages_test || exit 2
build_setup build-chaos -Dtests=enabled -Dtest_hooks=true || exit 2
quietly ninja -C build-chaos || exit 2
exec python3 tests/chaos/chaos.py "$@" build-chaos/src/stampmill
