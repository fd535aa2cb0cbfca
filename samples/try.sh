#!/bin/sh
# try.sh [FOLDER]: installs what is missing, builds stampmill, and has it resize and watermark the pictures in
# FOLDER (default: samples/photos) into a folder next to it, called FOLDER-stamped. FOLDER itself is only read.
set -eu

case ${1:-} in
-h | --help)
	sed -n '2,3s/^# //p' "$0"
	exit 0
	;;
esac
if [ $# -gt 1 ]; then
	echo "usage: sh $0 [FOLDER]" >&2
	exit 2
fi
if [ $# -eq 1 ] && [ ! -d "$1" ]; then
	echo "$1: not a folder" >&2
	exit 2
fi
top=$(cd -- "$(dirname -- "$0")/.." && pwd)
photos=$(cd -- "${1:-$top/samples/photos}" && pwd)
stamped=$photos-stamped

cd "$top"
. samples/setup.sh
packages_have $packages_build || exit 2
build_setup build || exit 2
quietly ninja -C build src/stampmill || exit 2

status=0
build/src/stampmill run "$photos" "$stamped" --resize 1024 --watermark samples/logo.png --watermark-size 25% || status=$?
if [ "$status" -ne 0 ] && [ "$status" -ne 1 ]; then
	exit "$status"
fi
echo
echo "The pictures of $photos, at most 1024 pixels long and with the mark of samples/logo.png, are in"
echo "$stamped"
echo
echo "The same by hand, and what else there is:"
echo "  $top/build/src/stampmill run IN OUT --resize 1024 --watermark $top/samples/logo.png --watermark-size 25%"
echo "  $top/build/src/stampmill run --help"
exit "$status"
