#!/bin/sh
# Makes rotated.heic and rotated.avif: 128x64 pixels of noise (of less, libheif makes a grid), stored with a
# rotation by 90 degrees of the format's own (irot) and with EXIF orientation 6, which says the same and must
# not be applied on top of it. And quarters.heic, stored in the same way: seen upright, it has a blue and a red
# quarter above a grey and a green one.
# Needs vips with libheif's encoders, exiftool and python3. The results are committed: encoders differ.
set -eu
cd "$(dirname "$0")"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

vips gaussnoise "$scratch/noise.v" 128 64 --mean 128 --sigma 40 --seed 1
vips gaussblur "$scratch/noise.v" "$scratch/smooth.v" 4
vips cast "$scratch/smooth.v" "$scratch/grey.v" uchar
vips bandjoin "$scratch/grey.v $scratch/grey.v $scratch/grey.v" "$scratch/bands.v"
vips copy "$scratch/bands.v" "$scratch/picture.v" --interpretation srgb
vips jpegsave "$scratch/picture.v" "$scratch/picture.jpg" --Q 95
exiftool -q -overwrite_original -Orientation#=6 "$scratch/picture.jpg"
vips heifsave "$scratch/picture.jpg" rotated.heic --Q 40
vips heifsave "$scratch/picture.jpg" rotated.avif --Q 40 --compression av1
quarter() {
	vips black "$scratch/black.v" 64 32 --bands 3
	vips linear "$scratch/black.v" "$scratch/linear.v" "1 1 1" "$2"
	vips cast "$scratch/linear.v" "$scratch/$1.v" uchar
}
quarter red '200 60 60'
quarter green '60 160 60'
quarter blue '60 60 200'
quarter grey '128 128 128'
vips arrayjoin "$scratch/red.v $scratch/green.v $scratch/blue.v $scratch/grey.v" "$scratch/joined.v" --across 2
vips copy "$scratch/joined.v" "$scratch/quarters.v" --interpretation srgb
vips jpegsave "$scratch/quarters.v" "$scratch/quarters.jpg" --Q 98 --no-subsample
exiftool -q -overwrite_original -Orientation#=6 "$scratch/quarters.jpg"
vips heifsave "$scratch/quarters.jpg" quarters.heic --Q 90
python3 - rotated.heic rotated.avif quarters.heic <<'PYTHON'
import struct
import sys

def boxes(data, at, end):
    while at < end:
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        yield kind, at, size
        at += size

def find(data, at, end, kind):
    return next((start, size) for found, start, size in boxes(data, at, end) if found == kind)

def grow(data, at, by):
    data[at:at + 4] = struct.pack(">I", struct.unpack(">I", data[at:at + 4])[0] + by)

for name in sys.argv[1:]:
    data = bytearray(open(name, "rb").read())
    meta, meta_size = find(data, 0, len(data), b"meta")
    iprp, iprp_size = find(data, meta + 12, meta + meta_size, b"iprp")
    ipco, ipco_size = find(data, iprp + 8, iprp + iprp_size, b"ipco")
    ipma, ipma_size = find(data, iprp + 8, iprp + iprp_size, b"ipma")
    iloc, iloc_size = find(data, meta + 12, meta + meta_size, b"iloc")
    properties = len(list(boxes(data, ipco + 8, ipco + ipco_size)))
    irot = struct.pack(">I4sB", 9, b"irot", 3)  # three times 90 degrees against the clock
    # the first item's list of properties gets one more, essential
    count_at = ipma + 8 + 4 + 4 + 2
    data[count_at] += 1
    data.insert(count_at + data[count_at], 0x80 | (properties + 1))
    grow(data, ipma, 1)
    data[ipco + ipco_size:ipco + ipco_size] = irot
    grow(data, ipco, len(irot))
    added = len(irot) + 1
    grow(data, iprp, added)
    grow(data, meta, added)
    # every item's base offset, in the form that libheif writes: one extent an item, numbers of four bytes
    method_size = 2 if data[iloc + 8] else 0
    at = iloc + 16
    for _ in range(struct.unpack(">H", data[iloc + 14:iloc + 16])[0]):
        grow(data, at + 4 + method_size, added)
        at += 18 + method_size
    open(name, "wb").write(data)
PYTHON
