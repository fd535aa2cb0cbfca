"""seeds.py FOLDER: writes the small inputs that the fuzz targets start from, FOLDER/TARGET/NAME.

They are kept in testdata/fuzz; run it again (python3 tests/fuzz/seeds.py testdata/fuzz) after a change here. Inputs that
once broke a target stand beside them under other names and are left alone.
"""
import pathlib
import struct
import sys
import zlib


def lines(text):
    return text.strip().splitlines()


# Each line an input; | stands for a NUL.
TEXTS = {
    "recipe": [
        "[input]\nexclude = *_draft*\n\n[output web]\nresize = 2048\nwatermark = logo.png\nwatermark-size = 20%\n"
        "[output thumb]\nresize = 400\nname = thumbs/{dir}/{stem}.{ext}\n",
        "\ufeff# house rules\r\n[output]\r\ncopyright = \u00a9 2026\r\nmetadata=copyright\r\n[output a]\r\n[output b]\r\n",
        "include = 0\n[run]\njobs = 4\nverbose = yes\nno-sandbox = no\nlog = /tmp/x\n[input]\nrecurse = off",
        "[output a/b]\nquality = 90\n",
        "[output lab]\ncolour = profiles/lab.icc\nchroma = 444\npng-palette = yes\nwebp-effort = 6\n",
        "[output x]\n[output x]\n",
        "resize = 5\n[outptu web]\n",
        "[output web]\nresiez = 2048\nformat = webp\n",
        "[output web]\nwatermarks = logo, text\n[mark]\nwatermark-position = calm\n[mark logo]\n"
        "watermark-light = l.png\nwatermark-dark = d.png\n[mark text]\nwatermark-text = {date:%Y}\n",
    ],
    "specs": lines("""
        2048
        1600x1200:cover
        1600x
        x1200
        640x480:pad
        1x65535:stretch
        short:1080
        mp:2.5
        50%
        0.01%
        20px
        400M
        1.5Gi
    """),
    "template": lines("""
        {dir}/{stem}.{ext}|wedding/a b.JPG
        thumbs/{dir}/{stem}-{width}x{height}.{ext}|c.heic
        {{{stem}}}|.profile
        {dir}{dir}/{ext}|a/b/c/d.tar.gz
        {date:%Y/%m}/{exif:Model}_{stem:lower}.{ext}|A.JPG
        ../{stem}|x
    """),
    "globs": lines("""
        a/b/c.jpg|*.jpg
        a/b/c.jpg|a/**/c.*|**/b/
        a/b/c.jpg|[!x-z]/?/\\c.jpg|*
        a/b/.c]d|[]a-]*|**
        caf\u00e9/\u00e9t\u00e9.png|caf?/[\u00e0-\u00ff]t*
    """),
    "options": lines("""
        in|out
        --resize|2048|--watermark=logo.png|--watermark-size|20%|in|out
        --format=webp|--quality|90|--background|#fff|--name|{stem}.{ext}|a|b|c
        -0|--files-from|-|--include|*.jpg|--exclude|a/|in|out
        --jobs|4|--retries|0|--timeout|1.5|--max-pixels|400M|-v|-v|--|in|--out
        --copyright|\u00a9 2026|--artist|A;B|--metadata|all|--no-recurse|--sync|no|in|out
        --watermark-margin|3px|--watermark-opacity|.5|--watermark-position|tile|--dry-run|in|out
        --colour|lab.icc|--colour=keep|--chroma|444|--webp-lossless|--png-compression|9|--tiff-compression|jpeg|in|out
        --resise|2048|in|out
        --watermark-light|l.png|--watermark-dark=d.png|--watermark-position|calm|in|out
        --watermark-dark|d.png|--watermark-text|x|in|out
    """),
    "names": lines("""
        0a/b.jpg
        0./a//b/../c.jpg
        1/tmp/x|../../y|.
        0caf\u00e9 \u202e\u00a0
    """),
    "causes": lines("""
        VipsJpeg: premature end of JPEG image|
        pngload_source: libspng read error|vips_error: PNG file corrupted at IDAT
        heifload: Invalid input: Unspecified (2.0)|
        tiff2vips: read error on strip 12; got 100 bytes, expected 8192|
        unix error: No space left on device|
        |
    """),
}

TYPES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4}


def tiff(entries, order="<", magic=42, subs=None, next_entries=None):
    """A TIFF stream: IFD0, the directories that it points to ({tag: entries}), and a chained one. An entry is (tag, type, count,
    bytes)."""
    out = bytearray(struct.pack(order + "2sHI", b"II" if order == "<" else b"MM", magic, 8))

    def add(entries, subs, chained):
        entries = sorted(entries + [(tag, 4, 1, b"\0\0\0\0") for tag in subs])
        start = len(out)
        fields = start + 2
        out.extend(struct.pack(order + "H", len(entries)) + bytes(12 * len(entries) + 4))
        for at, (tag, kind, count, value) in enumerate(entries):
            if tag in subs:
                value = struct.pack(order + "I", add(subs[tag], {}, None))
            if len(value) > 4:
                offset = len(out)
                out.extend(value + bytes(len(value) % 2))
                value = struct.pack(order + "I", offset)
            struct.pack_into(order + "HHI4s", out, fields + 12 * at, tag, kind, count, value.ljust(4, b"\0"))
        if chained:
            struct.pack_into(order + "I", out, fields + 12 * len(entries), add(chained, {}, None))
        return start

    add(entries, subs or {}, next_entries)
    return bytes(out)


def exif(order="<"):
    short = lambda *numbers: struct.pack(order + "%dH" % len(numbers), *numbers)
    long = lambda *numbers: struct.pack(order + "%dI" % len(numbers), *numbers)
    return b"Exif\0\0" + tiff(
        [(0x0112, 3, 1, short(6)), (0x010f, 2, 6, b"Maker\0"), (0x011a, 5, 1, long(72, 1)), (0x8298, 2, 8, b"Someone\0")],
        order,
        subs={
            0x8769: [(0x829a, 5, 1, long(1, 250)), (0x927c, 7, 24, b"Maker note\0\xff\xd8\xff\xd9" + bytes(9)), (0xa002, 4, 1, long(4000)),
                     (0xa431, 2, 8, b"1234567\0")],
            0x8825: [(0x0001, 2, 2, b"N\0"), (0x0002, 5, 3, long(48, 1, 12, 1, 30, 1))],
        },
        next_entries=[(0x0201, 4, 1, long(400)), (0x0202, 4, 1, long(4))])


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*before, bits=8, colour=2, interlace=0, after=()):
    width, height, channels = 3, 2, {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    rows = b"".join(b"\0" + bytes((width * channels * bits + 7) // 8) for _ in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, interlace))
            + b"".join(before) + chunk(b"IDAT", zlib.compress(rows)) + b"".join(after) + chunk(b"IEND", b""))


def segment(marker, data):
    return struct.pack(">BBH", 0xff, marker, len(data) + 2) + data


def jpeg(*segments, sof=0xc0, sampling=0x22, components=3, adobe=None):
    """A header that libjpeg reads up to its first scan, and no more of the picture than that."""
    parts = b"".join(struct.pack("BBB", i + 1, sampling if i == 0 else 0x11, 0) for i in range(components))
    scan = b"".join(struct.pack("BB", i + 1, 0) for i in range(components))
    return (b"\xff\xd8" + b"".join(segments) + (segment(0xee, b"Adobe\0d\0\0\0\0" + bytes([adobe])) if adobe is not None else b"")
            + segment(0xdb, b"\0" + bytes([1] * 64))
            + segment(sof, struct.pack(">BHHB", 8, 16, 24, components) + parts)
            + segment(0xc4, b"\0\0\1" + bytes(14) + b"\0") + segment(0xc4, b"\x10\0\1" + bytes(14) + b"\0")
            + segment(0xda, bytes([components]) + scan + b"\0\x3f\0") + b"\0\0\xff\xd9")


XMP = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/" xmp:Rating="3" exif:GPSLatitude="48,12.5N">
<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">Someone</rdf:li></rdf:Alt></dc:rights><dc:creator><rdf:Seq><rdf:li>A</rdf:li>
<rdf:li>B</rdf:li></rdf:Seq></dc:creator><xmp:Thumbnails><rdf:Alt><rdf:li rdf:parseType="Resource"/></rdf:Alt></xmp:Thumbnails>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>""".encode()


def dataset(record, number, data):
    return struct.pack(">BBBH", 0x1c, record, number, len(data)) + data


def resource(number, data):
    return b"8BIM" + struct.pack(">HH", number, 0) + struct.pack(">I", len(data)) + data + bytes(len(data) % 2)


IIM = dataset(1, 90, b"\x1b%G") + dataset(2, 0, b"\0\4") + dataset(2, 80, b"A") + dataset(2, 116, b"Someone") + dataset(2, 25, b"word")
RESOURCES = b"Photoshop 3.0\0" + resource(0x0404, IIM) + resource(1036, b"thumbnail") + resource(0x03ed, bytes(16))


def wire(*values):
    """The machine's own order, as base/pack.h has it."""
    out = b""
    for value in values:
        if isinstance(value, float):
            out += struct.pack("=d", value)
        elif isinstance(value, int):
            out += struct.pack("=q", value)
        else:
            out += struct.pack("=q", len(value) + 1) + value + b"\0"
    return out


FACTS = (1, 4000, 3000, 6, 1, 1, 8, 0, 0, 1, 0, 2, 2, 1)
INPUT = (0, b"wedding/a.jpg", 8400000, 1700000000 * 10**9)
GEOMETRY = (2048, 1536, 0, 0, 2048, 1536, 0, 0, 2048, 1536)

PAYLOADS = {
    "probe-request": b"\0" + wire(*INPUT),
    "probe-reply": b"\1" + wire(0, *FACTS),
    "probe-reply-failed": b"\1" + wire(4, b"truncated after 1.2 MB"),
    "make-request": b"\2" + wire(*INPUT, *FACTS, 2, b"wedding/a.jpg", 1, *GEOMETRY, b"thumbs/a.png", 2, *GEOMETRY),
    "make-reply": b"\3" + wire(0, 1, 2048, 1536, 412345, b"only the first of 3 pages was taken", 1.0, 2.5, 3.0, 7.0, 8400000, b"vips"),
    "make-reply-failed": b"\3" + wire(5, b"no pixels", 0, b"", 0.0, 0.0, 0.0, 0.0, 0, b""),
}

BLOCKS = {"exif": (0, exif()), "exif-big-endian": (0, exif(">")), "xmp": (1, XMP), "iptc": (2, IIM), "resources": (2, RESOURCES)}

PNGS = {
    "plain": png(),
    "palette": png(chunk(b"PLTE", bytes(6)), chunk(b"tRNS", b"\0\1"), bits=1, colour=3),
    "exif-late": png(bits=16, colour=6, interlace=1, after=[chunk(b"eXIf", exif()[6:])]),
    "animated": png(chunk(b"acTL", struct.pack(">II", 3, 0)), chunk(b"fcTL", bytes(26)), after=[chunk(b"fdAT", bytes(8))]),
    "text": png(chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(99))), chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP), colour=0),
}

JPEGS = {
    "plain": jpeg(segment(0xe0, b"JFIF\0\1\1\0\0\1\0\1\0\0")),
    "exif": jpeg(segment(0xe1, exif()), segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0" + XMP), segment(0xed, RESOURCES), sampling=0x21),
    "profile": jpeg(segment(0xe2, b"ICC_PROFILE\0\1\2" + bytes(40)), segment(0xe2, b"ICC_PROFILE\0\2\2" + bytes(40)), sof=0xc2),
    "cmyk": jpeg(components=4, sampling=0x11, adobe=2),
    "grey": jpeg(segment(0xfe, b"a comment"), components=1, sampling=0x11),
}

TIFFS = {
    "plain": tiff([(0x100, 3, 1, b"\3\0"), (0x101, 3, 1, b"\2\0"), (0x103, 3, 1, b"\1\0"), (0x106, 3, 1, b"\2\0")]),
    "raw": tiff([(0xfe, 4, 1, b"\1\0\0\0"), (0x10f, 2, 6, b"Maker\0")], subs={0x14a: [(0x106, 3, 1, struct.pack("<H", 32803))]}),
    "dng": tiff([(0xc612, 1, 4, b"\1\4\0\0")], ">"),
    "exif": exif()[6:],
    "interoperability": tiff([], subs={0x8769: [(0xa005, 4, 1, struct.pack("<I", 44))]}) + tiff([(1, 2, 4, b"R03\0")])[8:],
    "big": struct.pack("<2sHHHQ", b"II", 43, 8, 0, 16) + struct.pack("<QHHQQQ", 1, 0x106, 3, 1, 2, 0),
}

HEADS = {
    "riff": b"RIFF\x24\0\0\0WEBPVP8L",
    "gif": b"GIF89a\1\0\1\0\0\0\0",
    "heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    "avif": b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf",
    "svg": b'<?xml version="1.0"?>\n<!-- x -->\n<svg xmlns="http://www.w3.org/2000/svg"/>',
    "gzip": b"\x1f\x8b\x08\0\0\0\0\0",
    "jxl": b"\0\0\0\x0cJXL \r\n\x87\n",
    "jp2": b"\0\0\0\x0cjP  \r\n\x87\n",
    "pdf": b"%PDF-1.7\n",
    "cr3": b"\0\0\0\x18ftypcrx \0\0\0\1crx isom",
    "raf": b"FUJIFILMCCD-RAW 0201",
}


def inputs():
    for target, texts in TEXTS.items():
        for number, text in enumerate(texts, 1):
            yield target, str(number), text.strip().replace("|", "\0").encode()
    for name, (kind, block) in BLOCKS.items():
        for asked in (0, 0x1d, 0xe2):
            yield "metadata", f"{name}-{asked:02x}", bytes([kind, asked]) + block
        # what is to be written besides: usage terms and a contact
        yield "metadata", f"{name}-texts", bytes([kind + 3 * 15, 0x1d]) + block
    for target, named in {"payloads": PAYLOADS, "png": PNGS, "jpeg": JPEGS, "tiff": TIFFS}.items():
        for name, data in named.items():
            yield target, name, data
    for name, head in {**HEADS, "png": PNGS["plain"], "jpeg": JPEGS["exif"][:64], "tiff": TIFFS["raw"]}.items():
        yield "sniff", name, head


def main():
    for target, name, data in inputs():
        folder = pathlib.Path(sys.argv[1]) / target
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


main()
