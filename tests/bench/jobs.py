"""What is to be done, by stampmill and by each of its peers."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Job:
    key: str
    title: str
    photos: str         # the folder of the inputs, below the bench's own
    edges: tuple        # the long edge of each output, the largest first, or WIDTHxHEIGHT:cover
    marks: int          # the first so many outputs carry the mark
    kind: str = "jpg"   # of the outputs
    profiles: bool = False  # inputs need their ICC profiles converted to sRGB
    compare: bool = False   # outputs are held against a reference in floating point
    alike: bool = True      # JPEGs of one size and 4:2:0, for which there is a codec limit


JOBS = [
    Job("J1", "JPEGs of 24 megapixels to 2048 px, with a mark", "s24", (2048,), 1),
    Job("J2", "the same to 2048, 1024 and 400 px, marks on the first two", "s24", (2048, 1024, 400), 2, alike=False),
    Job("J3", "JPEGs of 2400×1600 to 320 px", "s4", (320,), 0, compare=True, alike=False),
    Job("J4", "PNGs of 2400×1600 to PNGs of 1024 px, with a mark", "png", (1024,), 1, kind="png", alike=False),
    Job("J5", "a mixed folder (JPEG, PNG, TIFF, WebP, CMYK, Adobe RGB) to JPEGs of 1600 px in sRGB, with a mark", "mixed",
        (1600,), 1, profiles=True, alike=False),
]

# Five deliveries of one shoot. Its own program, wedding.py, measures it.
WEDDING = Job("wedding", "a wedding: JPEGs of 24 megapixels to 2048 px, 1600 px, 1080x1350 (cut), 600 px and 320 px, marks on the first three",
              "wedding", (2048, 1600, "1080x1350:cover", 600, 320), 3, alike=False)

QUALITY = 80
MARGIN_PX = 20
PNG_LEVEL = 4   # of zlib, which is stampmill's


def size_name(index):
    """The folder of an output where a picture has several; the peers put it in front of the files' names."""
    return str(index + 1)


def recipe(job, logo):
    """`job` as stampmill's recipe, where it has more outputs than one."""
    lines = []
    for index, edge in enumerate(job.edges):
        lines += [f"[output {size_name(index)}]", f"resize = {edge}", f"quality = {QUALITY}",
                  f"name = {size_name(index)}/{{dir}}/{{stem}}.{{ext}}"]
        if index < job.marks:
            lines += [f"watermark = {logo}", f"watermark-margin = {MARGIN_PX}px"]
    return "\n".join(lines) + "\n"
