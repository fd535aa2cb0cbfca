"""Small pictures without any library: JPEGs and PNGs that every decoder reads, quickly made, each different.

    write_folder(folder, 200, random)    150 JPEGs and 50 PNGs in a small tree; returns the names
    jpeg(width, height, random)          bytes: blocks of 8x8 pixels, one colour each
    png(width, height, random)           bytes: noise, which no encoder makes small
"""
import struct
import zlib

# Twelve categories of four bits each for DC; for AC one symbol of one bit: the rest of the block is zero.
DC_LENGTHS = bytes([0, 0, 0, 12] + [0] * 12)
AC_LENGTHS = bytes([1] + [0] * 15)
QUANTUM = 8


class _Bits:
    def __init__(self):
        self.whole, self.value, self.count = bytearray(), 0, 0

    def put(self, value, count):
        self.value = self.value << count | value
        self.count += count
        if self.count >= 1024:
            self._drain()

    def _drain(self):
        rest = self.count % 8
        self.whole += (self.value >> rest).to_bytes(self.count // 8, "big")
        self.value, self.count = self.value & (1 << rest) - 1, rest

    def stuffed(self):
        """As bytes, filled up with ones, a zero after each 0xff."""
        self.put((1 << -self.count % 8) - 1, -self.count % 8)
        self._drain()
        return bytes(self.whole).replace(b"\xff", b"\xff\x00")


def _put_dc(bits, difference):
    category = abs(difference).bit_length()
    bits.put(category, 4)
    if category:
        bits.put(difference if difference > 0 else difference + (1 << category) - 1, category)
    bits.put(0, 1)  # the end of the block


def _segment(marker, data):
    return struct.pack(">BBH", 0xff, marker, len(data) + 2) + data


def _scan(width, height, random):
    """One scan of interleaved blocks."""
    last, bits = [0, 0, 0], _Bits()
    for _ in range((width + 7) // 8 * ((height + 7) // 8)):
        for component in range(3):
            level = random.randint(-100, 100) if component == 0 else random.randint(-40, 40)
            _put_dc(bits, level - last[component])
            last[component] = level
    return bits.stuffed()


def jpeg(width, height, random, exif=b""):
    """A baseline JPEG, 4:4:4. `exif` is a TIFF block to put into it."""
    frame = struct.pack(">BHHB", 8, height, width, 3) + bytes([1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0])
    return b"".join([
        b"\xff\xd8",
        _segment(0xe0, b"JFIF\0\1\1\0\0\1\0\1\0\0"),
        _segment(0xe1, b"Exif\0\0" + exif) if exif else b"",
        _segment(0xdb, bytes([0] + [QUANTUM] * 64)),
        _segment(0xc0, frame),
        _segment(0xc4, b"\x00" + DC_LENGTHS + bytes(range(12))),
        _segment(0xc4, b"\x10" + AC_LENGTHS + b"\0"),
        _segment(0xda, bytes([3, 1, 0, 2, 0, 3, 0, 0, 63, 0])),
        _scan(width, height, random),
        b"\xff\xd9",
    ])


def _chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, random):
    """A PNG of 8 bits, RGB."""
    rows = b"".join(b"\0" + random.randbytes(3 * width) for _ in range(height))
    return (b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + _chunk(b"IDAT", zlib.compress(rows, 1)) + _chunk(b"IEND", b""))


def write_folder(folder, count, random):
    """`count` pictures below `folder`, a quarter of them PNG, in three folders; returns their paths below it, in order."""
    names = []
    for i in range(count):
        width, height = random.randint(24, 96), random.randint(24, 96)
        kind = "png" if i % 4 == 3 else "jpg"
        name = f"{('', 'morning/', 'evening/party/')[i % 3]}p{i:04}.{kind}"
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((png if kind == "png" else jpeg)(width, height, random))
        names.append(name)
    return sorted(names)
