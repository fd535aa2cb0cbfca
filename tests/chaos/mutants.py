"""Pictures broken by chance, through the whole program and its sandbox: bits flipped, ends cut off, numbers made huge, parts swapped, doubled
or left out, of JPEG, PNG, WebP, TIFF, GIF, AVIF, HEIC and cameras' raw files (every other run develops these), and of SVG as the logo. And the broken pictures of the corpus, where it is there.

A run has to end in time, with a verdict for each picture; what it calls made has to be whole. A worker may crash in a decoder: that costs its picture a
verdict, and is counted and named; a sanitizer's finding in our own code is a loss.
"""
import collections
import json
import os
import pathlib
import re
import shutil
import struct

import pictures
import place
from chaos import Row

BATCH = 250  # pictures a run
TIMEOUT_S = 10
OPTIONS = ["--resize", "40", "--jobs", "2", "--progress", "none", "--timeout", TIMEOUT_S, "--events", "events", "--sync", "no"]
OURS = re.compile(r"#\d+ 0x[0-9a-f]+ in \S+ \S*/src/(base|sys|mp|job|image|report|command)/\S+")
VERDICTS = {"done", "skipped", "failed"}
NUMBERS = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff]

SVG = b"""<?xml version="1.0"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="40" height="20" viewBox="0 0 40 20">
<defs><linearGradient id="g"><stop offset="0" stop-color="#fff"/><stop offset="1" stop-opacity=".5"/></linearGradient></defs>
<g transform="rotate(10 20 10)"><path d="M2 2 L30 4 C 33 8 20 15 10 18 Z" fill="url(#g)" stroke="black"/><use xlink:href="#t"/></g>
<text id="t" x="2" y="15" font-size="9">mill</text><image width="1" height="1" xlink:href="data:image/png;base64,iVBORw0KGgo="/></svg>
"""


# ---- what is mutated ----

def gif(width, height, random):
    """Two frames; codes of nine bits, cleared before they grow."""
    palette = random.randbytes(3 * 256)

    def frame(x, y):
        codes, bits, value = [], 0, 0
        for at in range(width * height):
            codes += ([256] if at % 250 == 0 else []) + [random.randrange(256)]
        data = bytearray()
        for code in [*codes, 257]:
            value |= code << bits
            bits += 9
            while bits >= 8:
                data.append(value & 0xff)
                value, bits = value >> 8, bits - 8
        data.append(value & 0xff)
        blocks = b"".join(bytes([len(data[at:at + 255])]) + data[at:at + 255] for at in range(0, len(data), 255))
        return (b"\x21\xf9\x04\x04\x05\0\0\0" + b"," + struct.pack("<HHHHB", x, y, width, height, 0) + b"\x08" + blocks + b"\0")

    return (b"GIF89a" + struct.pack("<HHBBB", width, height, 0xf7, 0, 0) + palette + frame(0, 0)
            + b"\x21\xfe\x05hello\0" + frame(0, 0) + b";")


def seeds(context):
    """Format -> small whole pictures. The program itself makes those that Python cannot."""
    random, testdata = context.random, pathlib.Path(__file__).parents[2] / "testdata"
    found = {"jpg": [pictures.jpeg(48, 33, random), pictures.jpeg(8, 8, random)], "png": [pictures.png(24, 17, random)],
             "gif": [gif(20, 12, random)]}
    source = context.place.path("sources")
    pictures.write_folder(source, 3, random)
    for kind in ("webp", "tiff", "avif", "jpeg"):
        options = ["--progressive"] if kind == "jpeg" else []
        context.place.run("run", "sources", f"made-{kind}", "--resize", "24", "--format", kind, "--progress", "none", *options)
        made = sorted(context.place.path(f"made-{kind}").rglob("p*.*"))
        found.setdefault({"jpeg": "jpg", "tiff": "tif"}.get(kind, kind), []).extend(path.read_bytes() for path in made)
    for path in sorted((testdata / "heif").glob("*.??i?")):
        found.setdefault(path.suffix[1:], []).append(path.read_bytes())
    for path in sorted((testdata / "raw").glob("*.*")):
        if path.suffix != ".py":
            found.setdefault(path.suffix[1:], []).append(path.read_bytes())
    with_block = testdata / "fuzz" / "metadata"
    exif = [path.read_bytes()[8:] for path in sorted(with_block.glob("exif*"))[:2]] if with_block.exists() else []
    found["jpg"] += [pictures.jpeg(16, 16, random, exif=block) for block in exif]
    return readable(context, found)


def readable(context, found):
    """Of these those that this build makes something of, or mutating them would try nothing."""
    folder = context.place.path("seeds")
    folder.mkdir()
    names = {}
    for kind, contents in found.items():
        for number, content in enumerate(contents):
            names[f"{kind}{number}.{kind}"] = (kind, content)
            (folder / f"{kind}{number}.{kind}").write_bytes(content)
    context.place.run("run", "seeds", "of-seeds", *OPTIONS)
    done = collections.defaultdict(list)
    for event in events(context):
        if event["status"] == "done":
            kind, content = names[os.path.basename(event["input"])]
            done[kind].append(content)
    return done


# ---- mutations ----

def _jpeg_parts(content):
    at, parts = 2, [content[:2]]
    while at + 4 <= len(content) and content[at] == 0xff and content[at + 1] != 0xda:
        size = 2 + int.from_bytes(content[at + 2:at + 4], "big")
        parts.append(content[at:at + size])
        at += size
    return [*parts, content[at:]]


def _png_parts(content):
    at, parts = 8, [content[:8]]
    while at + 8 <= len(content):
        size = 12 + int.from_bytes(content[at:at + 4], "big")
        parts.append(content[at:at + size])
        at += size
    return [*parts, content[at:]]


def _riff_parts(content):
    at, parts = 12, [content[:12]]
    while at + 8 <= len(content):
        size = 8 + (int.from_bytes(content[at + 4:at + 8], "little") + 1) // 2 * 2
        parts.append(content[at:at + size])
        at += size
    return [*parts, content[at:]]


def _box_parts(content):
    """Boxes, and those within `meta`, which is where HEIF has its tables."""
    def walk(start, end):
        at = start
        while at + 8 <= end:
            size, kind = struct.unpack_from(">I4s", content, at)
            if size < 8 or at + size > end:
                break
            if kind == b"meta":
                yield content[at:at + 12]
                yield from walk(at + 12, at + size)
            elif kind in (b"iprp", b"ipco"):
                yield content[at:at + 8]
                yield from walk(at + 8, at + size)
            else:
                yield content[at:at + size]
            at += size
        yield content[at:end]
    return [part for part in walk(0, len(content)) if part]


def _tag_parts(content):
    """The entries of a TIFF's first directory."""
    if len(content) < 10 or content[:2] != b"II":
        return [content]
    start = int.from_bytes(content[4:8], "little")
    count = int.from_bytes(content[start:start + 2], "little")
    ends = [start + 2 + 12 * i for i in range(count + 1)]
    return [content[:ends[0]], *(content[a:b] for a, b in zip(ends, ends[1:])), content[ends[-1]:]]


def _element_parts(content):
    return re.split(rb"(?<=>)", content)


PARTS = {"jpg": _jpeg_parts, "png": _png_parts, "webp": _riff_parts, "tif": _tag_parts, "dng": _tag_parts, "heic": _box_parts, "avif": _box_parts,
         "svg": _element_parts}


def shuffle_parts(content, kind, random):
    parts = PARTS.get(kind, lambda whole: [whole[at:at + 64] for at in range(0, len(whole), 64)])(content)
    at, other = random.randrange(len(parts)), random.randrange(len(parts))
    way = random.randrange(4)
    if way == 0:
        parts[at], parts[other] = parts[other], parts[at]
    elif way == 1:
        parts[at] = b""
    elif way == 2:
        parts.insert(other, parts[at])
    else:
        parts[at] = parts[at][:random.randint(0, len(parts[at]))]
    return b"".join(parts)


def flip_bits(content, kind, random):
    content = bytearray(content)
    for _ in range(random.choice([1, 1, 2, 8, 64])):
        content[random.randrange(len(content))] ^= 1 << random.randrange(8)
    return bytes(content)


def cut_off(content, kind, random):
    return content[:random.randrange(1, len(content))]


def put_number(content, kind, random):
    content = bytearray(content)
    width = random.choice([1, 2, 4])
    near = min(len(content), random.choice([64, 256, len(content)]))
    at = random.randrange(max(1, near - width))
    content[at:at + width] = (random.choice(NUMBERS) & (1 << 8 * width) - 1).to_bytes(width, random.choice(["big", "little"]))
    return bytes(content)


def overwrite(content, kind, random):
    at, length = random.randrange(len(content)), random.choice([1, 16, 256])
    rest = len(content) - at
    return content[:at] + (random.randbytes(min(length, rest)) if random.randrange(2) else bytes(min(length, rest))) + content[at + length:]


def change_number(content, kind, random):
    """Text that stays well-formed: what reads it gets further than its first error."""
    places = list(re.finditer(rb"(?<=[\" (,])-?[0-9.]+", content))
    if not places:
        return content
    at = random.choice(places)
    number = random.choice([b"0", b"-1", b"1e9", b"1e-9", b"99999999999", b"NaN", b"3.5%", b"400", b"10em", b""])
    return content[:at.start()] + number + content[at.end():]


MUTATIONS = [flip_bits, flip_bits, cut_off, put_number, put_number, shuffle_parts, shuffle_parts, overwrite]
OF_TEXT = [change_number, change_number, change_number, shuffle_parts, flip_bits, cut_off]


def mutate(content, kind, random):
    for _ in range(random.choice([1, 1, 1, 2, 4])):
        content = random.choice(OF_TEXT if kind == "svg" else MUTATIONS)(content, kind, random) or content
    return content


# ---- the program and its verdicts ----

def events(context):
    lines = context.place.path("events").read_text().splitlines()
    return [event for event in map(json.loads, lines) if event["event"] == "picture"]


class Tally:
    def __init__(self, context):
        self.context, self.place = context, context.place
        self.lost, self.tried, self.crashed = [], collections.Counter(), []
        self.verdicts = collections.Counter()

    def run(self, folder, *options, patience=600):
        """One run over a folder, and what is wrong with how it went."""
        self.place.remove("out")
        self.place.path("events").unlink(missing_ok=True)
        started = self.place.start("run", folder, "out", *OPTIONS, *options)
        ended = started.wait(patience)
        self.lost += [f"process {pid} is left" for pid in started.left()]
        if ended.status not in (0, 1):
            self.lost.append(f"{folder}: ended with {ended.status}: {ended.said[-2000:]}")
        self.lost += [f"{folder}: {found.group()}" for found in OURS.finditer(ended.said)]
        return ended

    def judge(self, folder):
        """Each file of the folder has its verdict, and what is made is whole."""
        told = collections.Counter()
        for event in events(self.context):
            name = event["input"]
            told[name] += 1
            self.verdicts[event["status"]] += 1
            if event["status"] not in VERDICTS or (event["status"] == "failed" and not (event["reason"] and event["message"])):
                self.lost.append(f"{name}: a verdict without a reason: {event}")
            if event["reason"] in ("crashed", "timeout"):
                self.crashed.append(f"{os.path.basename(name)} ({event['message']})")
                self.context.say(f"{name}: {event['reason']}: {event['message']}")
        names = [os.path.join(at, name) for at, _, names in os.walk(self.place.path(folder)) for name in names if not name.startswith(".")]
        wanted = {os.path.relpath(name, self.place.folder) for name in names}
        self.lost += [f"{name}: no verdict" for name in wanted - told.keys()]
        self.lost += [f"{name}: {count} verdicts" for name, count in told.items() if count > 1]
        rows, shown = place.ledger(self.place.path("out")), place.contents(self.place.path("out"))
        self.lost += [f"{name}: recorded and not whole" for name, row in rows.items() if shown.get(name) != row.content.hex()]
        self.lost += [f"{name}: shown and not recorded" for name in shown.keys() - rows.keys()]
        self.lost += place.debris(self.place.path("out"))

    def row(self, what, times, notes=""):
        counts = ", ".join(f"{count:,} {status}" for status, count in sorted(self.verdicts.items()))
        crashed = f"; {len(self.crashed)} crashed or late: {', '.join(self.crashed[:5])}" if self.crashed else "; no worker crashed"
        return Row(what, times, self.lost, counts + crashed + notes)


def mutants(context):
    tally, sources, wanted, done = Tally(context), seeds(context), context.rounds(300, 49000), 0
    kinds, counts = sorted(sources), collections.Counter()
    while done < wanted and context.in_time():
        folder = context.place.path("in")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for number in range(done, min(done + BATCH, wanted)):
            kind = kinds[number % len(kinds)]
            counts[kind] += 1
            (folder / f"m{number:06}.{kind}").write_bytes(mutate(context.random.choice(sources[kind]), kind, context.random))
        tally.run("in", *(["--raw", "develop"] if done // BATCH % 2 else []))
        done = min(done + BATCH, wanted)
        tally.judge("in")
        context.say(f"{done} pictures, {len(tally.crashed)} crashed or late")
    return [tally.row("mutated pictures", done, f"; {', '.join(f'{count:,} {kind}' for kind, count in counts.items())}")]


def logos(context):
    """One run each: a logo that cannot be drawn refuses the run, one that can is on the picture."""
    tally, wanted, done = Tally(context), context.rounds(10, 1000), 0
    pictures.write_folder(context.place.path("one"), 1, context.random)
    refused = 0
    while done < wanted and context.in_time():
        logo = context.place.path("logo.svg")
        logo.write_bytes(mutate(SVG, "svg", context.random) if done else SVG)
        context.place.remove("out")
        started = context.place.start("run", "one", "out", *OPTIONS, "--watermark", "logo.svg")
        ended = started.wait(60)
        done += 1
        tally.lost += [f"process {pid} is left" for pid in started.left()]
        tally.lost += [f"logo {done}: {found.group()}" for found in OURS.finditer(ended.said)]
        refused += ended.status == 2
        if ended.status not in (0, 2) or (ended.status == 2 and "logo.svg" not in ended.said) or (done == 1 and ended.status != 0):
            tally.lost.append(f"logo {done}: ended with {ended.status}: {ended.said[-500:]}")
        if "ended by" in ended.said:
            tally.crashed.append(f"logo {done}: {ended.last_line()}")
    tally.verdicts.update({"drawn": done - refused, "refused": refused})
    return [tally.row("mutated SVG logos", done)]


def corpus(context):
    root = os.environ.get("STAMPMILL_CORPUS")
    if not root or not pathlib.Path(root, "broken").is_dir():
        return [Row("the corpus' broken pictures", 0, [], "STAMPMILL_CORPUS does not name one")]
    shutil.copytree(pathlib.Path(root, "broken"), context.place.path("in"), symlinks=True)
    tally = Tally(context)
    tally.run("in", "--on-collision", "keep-ext")
    tally.judge("in")
    return [tally.row("the corpus' broken pictures", sum(tally.verdicts.values()))]


NAMES = {
    "mutants": mutants,
    "mutant-logos": logos,
    "corpus-broken": corpus,
}
