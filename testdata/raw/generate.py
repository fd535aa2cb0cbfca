#!/usr/bin/python3
"""generate.py: writes the camera RAW files of this folder, which no camera has made. Needs `vips` for the previews.

Those in DNG 1.4: the sensor is 120 x 80, RGGB, 16 bits; its colours are those of linear sRGB, its white is 1, so that what a developer makes of it can be told
to the digit. Seen as it is stored it has four quarters:

    sensor    (188, 60, 60)  (60, 150, 60)      preview    (200, 40, 200)  (40, 200, 200)
              (60, 60, 170)  (255, 255, 255)               (200, 200, 40)  (90, 90, 90)

so that pixels tell which of the two was taken. minolta.mrw is for a kind that is no TIFF: of its tags a reader has what LibRaw tells of them.
"""
import pathlib
import struct
import subprocess
import tempfile

HERE = pathlib.Path(__file__).parent
WIDTH, HEIGHT = 120, 80
SENSOR = [(188, 60, 60), (60, 150, 60), (60, 60, 170), (255, 255, 255)]
PREVIEW = [(200, 40, 200), (40, 200, 200), (200, 200, 40), (90, 90, 90)]
XYZ_TO_SRGB = [(32405, -15371, -4985), (-9693, 18760, 416), (556, -2040, 10572)]  # / 10000
BYTE, ASCII, SHORT, LONG, RATIONAL, UNDEFINED, SRATIONAL = 1, 2, 3, 4, 5, 7, 10
PACKED = {BYTE: "B", SHORT: "H", LONG: "I"}
XMP = b"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title><rdf:Alt>
<rdf:li xml:lang="x-default">Four quarters</rdf:li></rdf:Alt></dc:title></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


def quarter(x, y, width, height):
    return 2 * (y * 2 >= height) + (x * 2 >= width)


def linear(value):
    value /= 255
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def sensor():
    """Rows of red, green, red, ... and green, blue, green, ..."""
    values = bytearray()
    for y in range(HEIGHT):
        for x in range(WIDTH):
            colour = SENSOR[quarter(x, y, WIDTH, HEIGHT)][(x & 1) + (y & 1)]
            values += struct.pack("<H", round(linear(colour) * 65535))
    return bytes(values)


def jpeg(width, height, *options):
    with tempfile.TemporaryDirectory() as folder:
        ppm, out = pathlib.Path(folder, "a.ppm"), pathlib.Path(folder, "a.jpg")
        pixels = b"".join(bytes(PREVIEW[quarter(x, y, width, height)]) for y in range(height) for x in range(width))
        ppm.write_bytes(b"P6 %d %d 255\n" % (width, height) + pixels)
        subprocess.run(["vips", "jpegsave", ppm, out, "--Q", "95", "--strip", *options], check=True)
        return out.read_bytes()


class Tiff:
    """A directory's tags are (tag, type, values); a value that is a list of directories, or bytes of a strip, is put before it."""

    def __init__(self, order="<"):
        self.order = order
        self.data = bytearray(b"II*\0" if order == "<" else b"MM\0*") + bytes(4)

    def put(self, data):
        at = len(self.data)
        self.data += data + b"\0" * (len(data) & 1)
        return at

    def value(self, kind, values):
        if kind in (ASCII, UNDEFINED):
            return len(values), bytes(values)
        if kind in (RATIONAL, SRATIONAL):
            return len(values), b"".join(struct.pack(self.order + "ii", *pair) for pair in values)
        return len(values), b"".join(struct.pack(self.order + PACKED[kind], value) for value in values)

    def directory(self, tags):
        entries = b""
        for tag, kind, values in sorted(tags):
            count, data = self.value(kind, values)
            entries += struct.pack(self.order + "HHI", tag, kind, count)
            entries += data.ljust(4, b"\0") if len(data) <= 4 else struct.pack(self.order + "I", self.put(data))
        return self.put(struct.pack(self.order + "H", len(tags)) + entries + b"\0\0\0\0")

    def bytes(self, first):
        struct.pack_into(self.order + "I", self.data, 4, first)
        return bytes(self.data)


def exif(tiff, adobe):
    tags = [
        (0x829a, RATIONAL, [(1, 250)]), (0x829d, RATIONAL, [(28, 10)]), (0x8827, SHORT, [400]), (0x9000, UNDEFINED, b"0231"),
        (0x9003, ASCII, b"2024:02:11 14:02:18\0"), (0x920a, RATIONAL, [(85, 1)]), (0xa431, ASCII, b"SN12345\0"),
        (0xa434, ASCII, b"Example 85mm\0"), (0x927c, UNDEFINED, b"Maker's own " * 8),
    ]
    if adobe:
        interop = tiff.directory([(1, ASCII, b"R03\0"), (2, UNDEFINED, b"0100")])
        tags += [(0xa001, SHORT, [65535]), (0xa005, LONG, [interop])]
    return tiff.directory(tags)


def dng(**wish):
    """The sensor's values come last, so that a file that is cut short lacks some of them, and nothing else."""
    raw = sensor()
    return directories(len(directories(0, len(raw), **wish)), len(raw), **wish) + raw


def directories(raw_at, raw_bytes, orientation=1, preview=None, adobe=False, colours=None):
    """`adobe`: the camera's EXIF says so; `colours`: of the preview, as PreviewColorSpace says it."""
    tiff = Tiff()
    below = [tiff.directory([
        (254, LONG, [0]), (256, LONG, [WIDTH]), (257, LONG, [HEIGHT]), (258, SHORT, [16]), (259, SHORT, [1]), (262, SHORT, [32803]),
        (273, LONG, [raw_at]), (277, SHORT, [1]), (278, LONG, [HEIGHT]), (279, LONG, [raw_bytes]), (33421, SHORT, [2, 2]),
        (33422, BYTE, [0, 1, 1, 2]), (50714, SHORT, [0]), (50717, LONG, [65535])])]
    if preview:
        data = jpeg(*preview)
        below.append(tiff.directory([
            (254, LONG, [1]), (256, LONG, [preview[0]]), (257, LONG, [preview[1]]), (258, SHORT, [8, 8, 8]), (259, SHORT, [7]),
            (262, SHORT, [6]), (273, LONG, [tiff.put(data)]), (277, SHORT, [3]), (278, LONG, [preview[1]]), (279, LONG, [len(data)]),
            *([(50970, LONG, [colours])] if colours else [])]))
    thumbnail = bytes(range(8)) * 24
    gps = tiff.directory([(0, BYTE, [2, 3, 0, 0]), (1, ASCII, b"N\0"), (2, RATIONAL, [(52, 1), (30, 1), (0, 1)])])
    first = tiff.directory([
        (254, LONG, [1]), (256, LONG, [8]), (257, LONG, [8]), (258, SHORT, [8, 8, 8]), (259, SHORT, [1]), (262, SHORT, [2]),
        (271, ASCII, b"Example\0"), (272, ASCII, b"E-1\0"), (273, LONG, [tiff.put(thumbnail)]), (274, SHORT, [orientation]), (277, SHORT, [3]),
        (278, LONG, [8]), (279, LONG, [len(thumbnail)]), (315, ASCII, b"Ada Example\0"), (330, LONG, below), (700, BYTE, XMP),
        (33432, ASCII, b"(c) Example\0"), (34665, LONG, [exif(tiff, adobe)]), (34853, LONG, [gps]), (50706, BYTE, [1, 4, 0, 0]),
        (50707, BYTE, [1, 1, 0, 0]), (50708, ASCII, b"Example E-1\0"),
        (50721, SRATIONAL, [(value, 10000) for row in XYZ_TO_SRGB for value in row]), (50728, RATIONAL, [(1, 1)] * 3), (50778, SHORT, [21])])
    return tiff.bytes(first)


def mrw(width=64, height=48):
    tiff = Tiff(">")
    shot = tiff.directory([(0x829a, RATIONAL, [(1, 125)]), (0x829d, RATIONAL, [(4, 1)]), (0x8827, SHORT, [64]),
                           (0x9003, ASCII, b"2004:05:06 07:08:09\0"), (0x920a, RATIONAL, [(50, 1)])])
    tags = tiff.bytes(tiff.directory([(271, ASCII, b"KONICA MINOLTA\0"), (272, ASCII, b"DiMAGE A2\0"), (315, ASCII, b"Ada Example\0"),
                                      (34665, LONG, [shot])]))
    size = b"21860002" + struct.pack(">HHHHBBHHHH", height, width, height, width, 16, 12, 0x52, 0, 0, 1)
    white = bytes([2, 2, 2, 2]) + struct.pack(">HHHH", 256, 256, 256, 256)
    blocks = b"".join(b"\0" + name + struct.pack(">I", len(data)) + data for name, data in ((b"PRD", size), (b"TTW", tags), (b"WBG", white)))
    return b"\0MRM" + struct.pack(">I", len(blocks)) + blocks + struct.pack(">H", 2000) * width * height


FILES = {
    "full-preview": dng(preview=(120, 80)),
    "turned": dng(orientation=6, preview=(120, 80)),
    "small-preview": dng(preview=(60, 40)),
    "without-preview": dng(),
    "adobe": dng(preview=(120, 80), adobe=True),
    "adobe-with-srgb-preview": dng(preview=(120, 80), adobe=True, colours=2),
}
(HERE / "minolta.mrw").write_bytes(mrw())
for name, content in FILES.items():
    (HERE / f"{name}.dng").write_bytes(content)
