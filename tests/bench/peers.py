"""How each program is told to do a job: functions that give a command, or None where there is no way.

All do the same work as far as they can: pictures turned upright, Lanczos of three lobes, at least twice the target's size decoded,
JPEG quality 80 with 4:2:0, PNG at one zlib level with adaptive filters, one thread a process (or a picture) and as many
pictures at a time as there are processors. What one cannot do is left out in its favour and said in NOTES.
"""
import dataclasses
import pathlib
import shutil
import sys

from jobs import MARGIN_PX, PNG_LEVEL, QUALITY, recipe, size_name

HERE = pathlib.Path(__file__).resolve().parent
BUILD = HERE.parents[1] / "build"
ONE_THREAD = {"VIPS_CONCURRENCY": "1", "MAGICK_THREAD_LIMIT": "1", "OMP_NUM_THREADS": "1"}


@dataclasses.dataclass
class Place:
    """Where a job is done."""
    dir: pathlib.Path     # logo.png, padded-logo.png and srgb.icc are in it
    photos: pathlib.Path
    out: pathlib.Path
    processes: int

    @property
    def pictures(self):
        return sum(1 for file in self.photos.iterdir() if file.is_file())

    @property
    def share(self):
        """How many pictures one process is given: few enough that all processes end together, many enough that starting them
        does not count."""
        return max(1, self.pictures // (4 * self.processes))


def stampmill(*options, jobs=None):
    def command(job, place):
        what = ["--resize", job.edges[0], "--quality", QUALITY]
        if len(job.edges) > 1:
            file = place.dir / f"{job.key}.ini"
            file.write_text(recipe(job, place.dir / "logo.png"))
            what = ["--recipe", file]
        elif job.marks:
            what += ["--watermark", place.dir / "logo.png", "--watermark-margin", f"{MARGIN_PX}px"]
        if job.photos == "mixed":
            what += ["--format", "jpeg"]
        return [BUILD / "src/stampmill", "run", place.photos, place.out, *what, "--jobs", jobs or place.processes,
                "--progress", "none", *options]
    return command


def only(condition, peer):
    return lambda job, place: peer(job, place) if condition(job) else None


def is_planar(job):
    return job.kind == "jpg" and not job.profiles


def codec_limit(denominator):
    """The least that must be done: decode to planes, encode planes; nothing is resized and nothing written."""
    def command(job, place):
        program = BUILD / "tests/bench/codec_limit"
        if not job.alike or not program.exists():
            return None
        return [program, denominator, job.edges[0], QUALITY, place.processes, *sorted(place.photos.iterdir())]
    return command


def xargs(place, script, *words):
    """`script` is given its share of the pictures' names in "$@", in their folder; $words stand before them, as $1 and so on."""
    return ["sh", "-c", 'cd "$1" && P=$2 N=$3 && shift 3 && ls | exec xargs -P "$P" -n "$N" "$@"', "sh", place.photos,
            place.processes, place.share, "sh", "-ec", script, "sh", *words]


def vipsthumbnail(job, place):
    save = f"[Q={QUALITY},subsample_mode=on]" if job.kind == "jpg" else f"[compression={PNG_LEVEL},filter=all]"
    export = "--export-profile srgb" if job.profiles else ""
    many = len(job.edges) > 1
    calls = [f'vipsthumbnail {export} -s "{edge}x{edge}>" -o "$out/{size_name(index) + "-" if many else ""}%s.{job.kind}{save}" "$@"'
             for index, edge in enumerate(job.edges)]
    return xargs(place, f'out=$1; shift; {"; ".join(calls)}', place.out)


def magick_save(job):
    if job.kind == "png":
        return f"-define png:compression-level={PNG_LEVEL} -define png:compression-filter=5"
    return f"-sampling-factor 2x2 -quality {QUALITY}"


MAGICK_POLICY = """<policymap>
<policy domain="resource" name="memory" value="2GiB"/> <policy domain="resource" name="map" value="4GiB"/>
<policy domain="resource" name="area" value="1GP"/>
</policymap>
"""


def imagemagick(job, place):
    """One decode for all sizes, each made from the one before. `jpeg:size` lets the JPEG decoder shrink, as stampmill's does. The policy that
    Debian ships has pictures of this size worked on in files, which takes three times as long: it is lifted."""
    (place.dir / "policy.xml").write_text(MAGICK_POLICY)
    edge = 2 * job.edges[0]
    steps = []
    for index, edge_px in enumerate(job.edges):
        mark = f'"$logo" -gravity southeast -geometry +{MARGIN_PX}+{MARGIN_PX} -composite' if index < job.marks else ""
        name = f"$out/{size_name(index) + '-' if len(job.edges) > 1 else ''}${{file%.*}}.{job.kind}"
        steps.append(f'-resize "{edge_px}x{edge_px}>" \\( +clone {mark} {magick_save(job)} -write "{name}" +delete \\)')
    profile = '-profile "$icc"' if job.profiles else ""
    script = (f'out=$1 logo=$2 icc=$3; shift 3; for file; do {shutil.which("magick") or "convert"} -define jpeg:size={edge}x{edge} '
              f'"$file" -auto-orient {profile} -filter Lanczos {" ".join(steps)} null:; done')
    return ["env", f"MAGICK_CONFIGURE_PATH={place.dir}",
            *xargs(place, script, place.out, place.dir / "logo.png", place.dir / "srgb.icc")]


def graphicsmagick(job, place):
    many = len(job.edges) > 1
    profile = '-profile "$icc"' if job.profiles else ""
    # of the quality of a PNG the tens are zlib's level, the units the filter: 5 is adaptive
    save = f"-sampling-factor 2x2 -quality {QUALITY}" if job.kind == "jpg" else f"-quality {10 * PNG_LEVEL + 5}"
    calls = [f'gm convert -size {2 * edge}x{2 * edge} "$file" -auto-orient {profile} -filter Lanczos -resize "{edge}x{edge}>" '
             f'{save} "$out/{size_name(index) + "-" if many else ""}${{file%.*}}.{job.kind}"' for index, edge in enumerate(job.edges)]
    return xargs(place, f'out=$1 icc=$2; shift 2; for file; do {"; ".join(calls)}; done', place.out, place.dir / "srgb.icc")


def in_words(job, place):
    """The job for the peers that are programs of their own, as they read it."""
    return [place.photos, place.out, place.dir, ",".join(map(str, job.edges)), job.marks, job.kind, int(job.profiles),
            place.processes]


def pillow(job, place):
    return [sys.executable, HERE / "pillow_pool.py", *in_words(job, place)]


def sharp(job, place):
    return ["node", HERE / "sharp.js", place.dir / "npm/node_modules/sharp", *in_words(job, place)]


# The first is what the others are measured by.
PEERS = {
    "stampmill": stampmill(),
    "stampmill --sampling fast": only(is_planar, stampmill("--sampling", "fast")),
    "stampmill --lane vips": only(lambda job: job.kind == "jpg", stampmill("--lane", "vips")),
    "stampmill --jobs 1": only(lambda job: job.key == "J1", stampmill(jobs=1)),
    "sharp": sharp,
    "vipsthumbnail, xargs": vipsthumbnail,
    "Pillow, multiprocessing.Pool": pillow,
    "ImageMagick, xargs": imagemagick,
    "GraphicsMagick, xargs": graphicsmagick,
    "codec limit at 1/1": codec_limit(1),
    "codec limit at 1/2": codec_limit(2),
}

NOTES = {
    "stampmill": "as it is: every output is flushed to the disk, recorded in the ledger and fingerprinted, and workers are confined;"
                 " the others do none of it.",
    "sharp": "as many pictures at a time as there are processors, one thread each (`concurrency(1)`), no cache, the logo decoded once"
             " and padded by the margin; several sizes by `clone()`, as its manual advises. Its packages bundle a newer libvips,"
             " mozjpeg and zlib-ng. Huffman tables are not optimised (its default is that they are), as nobody's are.",
    "vipsthumbnail, xargs": "without the mark, which it cannot set; several pictures a process; several sizes by several calls.",
    "Pillow, multiprocessing.Pool": "draft decoding and `reducing_gap=2`; smaller sizes are made from larger ones.",
    "ImageMagick, xargs": "`jpeg:size` of twice the target; smaller sizes are made from larger ones; with memory enough, not Debian's policy.",
    "GraphicsMagick, xargs": "without the mark; `-size` of twice the target; several sizes by several calls.",
    "codec limit at 1/1": "decodes to planes and encodes planes of the output's size with libjpeg-turbo: no resize, no mark, no file.",
    "codec limit at 1/2": "the same, decoded at half the size, as with `--sampling fast`.",
}

VERSIONS = {
    "stampmill": [BUILD / "src/stampmill", "--version"],
    "libvips": ["vips", "--version"],
    "sharp": None,   # bench.py knows where it lies
    "Pillow": [sys.executable, "-c", "import PIL; print('Pillow', PIL.__version__)"],
    "ImageMagick": [shutil.which("magick") or "convert", "--version"],
    "GraphicsMagick": ["gm", "version"],
}
