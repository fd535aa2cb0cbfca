#!/bin/sh
# run.sh [DIR [OPTION...]]: how fast stampmill is, beside what else a studio would use for the same jobs. Installs the others,
# makes the pictures (tests/bench/photos.sh) in DIR, default build/bench, and runs tests/bench/bench.py, whose options follow DIR:
#   sh tests/bench/run.sh build/bench --rounds 1 --only J1
#   sh tests/bench/run.sh build/bench --write tests/bench     # the chart and the table that the README shows
# What it has made and installed there also serves
#   /usr/bin/python3 tests/bench/wedding.py build/bench       # 500 pictures, five outputs of each
# A measurement, not a test: it takes a quarter of an hour, 700 MB of disk, and wants a quiet machine.
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
packages_have $packages_build libturbojpeg0-dev libvips-tools imagemagick graphicsmagick python3-pil \
	$(command -v npm >/dev/null || echo nodejs npm) || exit 2
build_setup build || exit 2
# set up, it may be, before there was a libturbojpeg
grep -q codec_limit build/build.ninja || quietly meson setup --reconfigure build || exit 2
quietly ninja -C build src/stampmill tests/bench/start tests/bench/psnr tests/bench/codec_limit || exit 2
sh tests/bench/photos.sh "$dir" || exit 2
if [ ! -d "$dir/npm/node_modules/sharp" ]; then
	say "installing sharp into $dir/npm"
	quietly npm install --no-audit --no-fund --prefix "$dir/npm" sharp || exit 2
fi
# Debian's own interpreter, whose Pillow was installed above.
exec /usr/bin/python3 tests/bench/bench.py "$dir" "$@"
