#!/bin/sh
# photos.sh DIR: makes DIR/s24, 12 JPEGs of 24 megapixels as a camera writes them (about 8 MB each, quality 93, 4:2:0, the
# noise of a sensor), and DIR/logo.png, 600 pixels wide. Drawn from samples/photos; the same bytes each time with the
# same libvips. What is there already is kept.
set -eu
samples=$(cd -- "$(dirname -- "$0")/../../samples" && pwd)
mkdir -p "$1/s24"
dir=$(cd -- "$1" && pwd)
work=$(mktemp -d "$dir/making.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

number=0
for name in lake-at-dusk dunes 'open sea' fog milky-way studio/marbles studio/tartan studio/dahlia \
	'wedding/against the light' 'wedding/on the pier' 'wedding/street lights' lake-at-dusk; do
	number=$((number + 1))
	photo=$dir/s24/$(printf 'DSC_%04d.jpg' $number)
	if [ -e "$photo" ]; then
		continue
	fi
	vips thumbnail "$samples/photos/$name.jpg" "$work/large.v" 6000 --height 4000 --crop centre --size both
	vips colourspace "$work/large.v" "$work/colour.v" srgb
	vips gaussnoise "$work/noise.v" 6000 4000 --mean 0 --sigma 6 --seed $number
	vips add "$work/colour.v" "$work/noise.v" "$work/sum.v"
	vips cast "$work/sum.v" "$work/photo.v" uchar
	vips copy "$work/photo.v" "$work/photo.jpg[Q=93,subsample_mode=on,strip]"
	mv "$work/photo.jpg" "$photo"
done
if [ ! -e "$dir/logo.png" ]; then
	vips thumbnail "$samples/logo.png" "$work/logo.png" 600
	mv "$work/logo.png" "$dir/logo.png"
fi
