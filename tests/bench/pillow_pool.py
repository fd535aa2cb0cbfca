"""pillow_pool.py IN OUT DIR EDGES MARKS KIND PROFILES PROCESSES: what a studio's own script does: Pillow under multiprocessing.Pool,
one picture a task. Pillow's best settings for the job: draft decoding, two steps of reduction before Lanczos, and each size made
from the one before."""
import io
import os
import sys
from multiprocessing import Pool

from PIL import Image, ImageCms, ImageOps

source, target, place, edges, marks, kind, profiles, processes = sys.argv[1:]
edges = [int(edge) for edge in edges.split(",")]
logo = Image.open(os.path.join(place, "logo.png")).convert("RGBA")
logo.load()
options = {"quality": 80, "subsampling": "4:2:0"} if kind == "jpg" else {"compress_level": 4}
srgb = ImageCms.getOpenProfile(os.path.join(place, "srgb.icc"))


def to_srgb(picture):
    icc = picture.info.get("icc_profile")
    if icc:
        return ImageCms.profileToProfile(picture, ImageCms.ImageCmsProfile(io.BytesIO(icc)), srgb, outputMode="RGB")
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def save(picture, name, index):
    if index < int(marks):
        picture = picture.copy() if index + 1 < len(edges) else picture
        picture.paste(logo, (picture.width - logo.width - 20, picture.height - logo.height - 20), logo)
    label = f"{index + 1}-" if len(edges) > 1 else ""
    picture.save(os.path.join(target, f"{label}{os.path.splitext(name)[0]}.{kind}"), **options)


def stamp(name):
    with Image.open(os.path.join(source, name)) as picture:
        picture.thumbnail((edges[0], edges[0]), Image.LANCZOS, reducing_gap=2.0)
        upright = ImageOps.exif_transpose(picture)
    if profiles == "1":
        upright = to_srgb(upright)
    for index, edge in enumerate(edges):
        if index:
            upright.thumbnail((edge, edge), Image.LANCZOS, reducing_gap=2.0)
        save(upright, name, index)


if __name__ == "__main__":
    with Pool(int(processes)) as pool:
        pool.map(stamp, sorted(os.listdir(source)), chunksize=1)
