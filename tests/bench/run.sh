#!/bin/sh
# run.sh [DIR [OPTION...]]: how fast stampmill is, beside what else a studio would use for the same job. Installs the others, makes
# the pictures (tests/bench/photos.sh) in DIR, default build/bench, and runs tests/bench/bench.py, whose options follow DIR:
#   sh tests/bench/run.sh build/bench --rounds 9 --jobs 4
# A measurement, not a test: it takes some minutes and wants a quiet machine.
set -eu
top=$(cd -- "$(dirname -- "$0")/../.." && pwd)
dir=${1:-$top/build/bench}
if [ $# -gt 0 ]; then
	shift
fi
mkdir -p "$dir"
dir=$(cd -- "$dir" && pwd)

cd "$top"
. samples/setup.sh
packages_have $packages_build libvips-tools imagemagick python3-pil || exit 2
build_setup build || exit 2
quietly ninja -C build src/stampmill tests/bench/start || exit 2
sh tests/bench/photos.sh "$dir" || exit 2
# Debian's own interpreter, whose Pillow was installed above.
exec /usr/bin/python3 tests/bench/bench.py "$dir" "$@"
