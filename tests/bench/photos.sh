#!/bin/sh
# photos.sh DIR: makes the pictures of the bench. Drawn from samples/photos, with the noise of a sensor; the same bytes each time
# with the same libvips. What is there already is kept.
#
#   s24     12 JPEGs of 24 megapixels as a camera writes them: about 8 MB each, quality 93, 4:2:0
#   s4      192 JPEGs of 2400x1600, 12 different ones
#   png     24 PNGs of 2400x1600, 12 different ones
#   mixed   24 pictures of 2400x1600, four of each: JPEG, PNG, TIFF, WebP, CMYK JPEG, Adobe RGB JPEG
#   giant   one JPEG of 100 megapixels
#   logo.png, 600 pixels wide, and padded-logo.png, with a margin of 20 at the right and below
set -eu
samples=$(cd -- "$(dirname -- "$0")/../../samples" && pwd)
mkdir -p "$1/s24" "$1/s4" "$1/png" "$1/mixed" "$1/giant"
dir=$(cd -- "$1" && pwd)
work=$(mktemp -d "$dir/making.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# make TARGET COMMAND...: runs COMMAND, whose output is $work/made and TARGET's suffix, unless TARGET is there.
make() {
	target=$1
	shift
	made=$work/made.${target##*.}
	if [ ! -e "$target" ]; then
		"$@"
		mv "$made" "$target"
	fi
}

draw_large() {
	vips thumbnail "$samples/photos/$name.jpg" "$work/large.v" 6000 --height 4000 --crop centre --size both
	vips colourspace "$work/large.v" "$work/colour.v" srgb
	vips gaussnoise "$work/noise.v" 6000 4000 --mean 0 --sigma 6 --seed "$number"
	vips add "$work/colour.v" "$work/noise.v" "$work/sum.v"
	vips cast "$work/sum.v" "$work/photo.v" uchar
	vips copy "$work/photo.v" "$made[Q=93,subsample_mode=on,strip]"
}

shrink() {
	vips thumbnail "$photo" "$work/small.v" 2400
	vips copy "$work/small.v" "$made[$1]"
}

convert_to() {
	vips copy "$small" "$work/tagged.jpg[profile=srgb,Q=95]"
	vips icc_transform "$work/tagged.jpg" "$work/profiled.v" "$1" --embedded
	vips copy "$work/profiled.v" "$made[Q=90]"
}

copies() {
	for copy in $(seq 2 "$2"); do
		ln -f "$1" "${1%.*}-$copy.${1##*.}"
	done
}

mix() {
	case $(($1 % 6)) in
	0) make "$dir/mixed/MIX_$1.jpg" cp "$small" "$work/made.jpg" ;;
	1) make "$dir/mixed/MIX_$1.png" vips copy "$small" "$work/made.png[compression=6,filter=all]" ;;
	2) make "$dir/mixed/MIX_$1.tif" vips copy "$small" "$work/made.tif[compression=lzw,predictor=horizontal]" ;;
	3) make "$dir/mixed/MIX_$1.webp" vips copy "$small" "$work/made.webp[Q=90]" ;;
	4) make "$dir/mixed/MIX_$1.jpg" convert_to cmyk ;;
	5) make "$dir/mixed/MIX_$1.jpg" convert_to "$work/adobe.icc" ;;
	esac
}

# Of the sample picture that has a profile of as wide a gamut as Adobe RGB.
/usr/bin/python3 - "$samples/photos/studio/dahlia.jpg" "$work/adobe.icc" "$dir/srgb.icc" <<'END'
import sys
from PIL import Image, ImageCms
open(sys.argv[2], "wb").write(Image.open(sys.argv[1]).info["icc_profile"])
open(sys.argv[3], "wb").write(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
END

number=0
for name in lake-at-dusk dunes 'open sea' fog milky-way studio/marbles studio/tartan studio/dahlia \
	'wedding/against the light' 'wedding/on the pier' 'wedding/street lights' lake-at-dusk; do
	number=$((number + 1))
	label=$(printf '%04d' $number)
	photo=$dir/s24/DSC_$label.jpg
	small=$dir/s4/IMG_$label.jpg
	make "$photo" draw_large
	make "$small" shrink Q=90,subsample_mode=on,strip
	make "$dir/png/IMG_$label.png" shrink compression=6,filter=all,strip
	copies "$small" 16
	copies "$dir/png/IMG_$label.png" 2
	mix $((10 + 2 * number))
	mix $((11 + 2 * number))
done
make "$dir/giant/GIANT.jpg" vips resize "$dir/s24/DSC_0001.jpg" "$work/made.jpg[Q=90]" 2.04
make "$dir/logo.png" vips thumbnail "$samples/logo.png" "$work/made.png" 600
logo_height=$(vipsheader -f height "$dir/logo.png")
make "$dir/padded-logo.png" vips embed "$dir/logo.png" "$work/made.png" 0 0 620 $((logo_height + 20)) --extend black
