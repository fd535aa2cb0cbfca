"""pillow_pool.py IN OUT EDGE LOGO|- PROCESSES: what a studio's own script does: Pillow under multiprocessing.Pool, one
picture a task. Pillow's best settings for the job: draft decoding, and two steps of reduction before Lanczos."""
import os
import sys
from multiprocessing import Pool

from PIL import Image

source, target, edge, logo_name, processes = sys.argv[1:]
edge = int(edge)
logo = None if logo_name == "-" else Image.open(logo_name).convert("RGBA")


def stamp(name):
    with Image.open(os.path.join(source, name)) as picture:
        picture.thumbnail((edge, edge), Image.LANCZOS, reducing_gap=2.0)
        if logo:
            picture.paste(logo, (picture.width - logo.width - 20, picture.height - logo.height - 20), logo)
        picture.save(os.path.join(target, name), quality=80)


if __name__ == "__main__":
    with Pool(int(processes)) as pool:
        pool.map(stamp, sorted(os.listdir(source)), chunksize=1)
