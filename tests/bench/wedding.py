"""wedding.py DIR: a wedding of 500 JPEGs of 24 megapixels (those of DIR/s24 under many names), five outputs of each, by stampmill and by sharp.

What is asked: how much longer five outputs take than what they cannot do without, one decode and each output's own resize, mark and
encoding; how many times as fast as sharp that is; and whether the bytes are the same whatever --jobs is.
"""
import argparse
import dataclasses
import hashlib
import json
import os
import pathlib
import shutil
import statistics

import measure
import peers
from jobs import WEDDING
from peers import ONE_THREAD, Place

BYTES_OF = 24   # pictures, for --jobs
SUM_OF = 12


def lay_out(folder, photos, count):
    """`count` names for what is in `photos`."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    sources = sorted(photos.iterdir())
    for number in range(count):
        os.link(sources[number % len(sources)], folder / f"W_{number:04}.jpg")


def run(name, command, place, outputs, ours=True):
    measured = measure.timed(command(WEDDING, place), ONE_THREAD, place.out, False)
    return measure.checked(name, measured, place.pictures * outputs, ours)


def tree_digest(folder):
    """Of all names and bytes but the ledger's."""
    total = hashlib.sha256()
    for file in sorted(folder.rglob("*.jpg")):
        total.update(str(file.relative_to(folder)).encode() + file.read_bytes())
    return total.hexdigest()


def same_bytes(place, counts):
    digests = set()
    for jobs in counts:
        run("stampmill", peers.stampmill(jobs=jobs), place, len(WEDDING.edges))
        digests.add(tree_digest(place.out))
    return len(digests) == 1


def decoding_s(events):
    told = [json.loads(line) for line in events.read_text().splitlines()]
    return sum(one["decode_ms"] for one in told if one["event"] == "picture") / 1000


def cpu_and_decoding(place, job):
    """Of one worker: the CPU seconds of the whole program, and how many of them were spent in the decoder."""
    events = place.dir / "events"
    command = peers.stampmill("--events", events, jobs=1)(job, place)
    measured = measure.timed(command, ONE_THREAD, place.out, False)
    measure.checked("stampmill", measured, place.pictures * len(job.edges), True)
    return measured["cpu"], decoding_s(events)


def against_the_sum(place):
    """The CPU of the five, as a multiple of one decode (the dearest) and each output's own rest."""
    whole = cpu_and_decoding(place, WEDDING)[0]
    alone = [cpu_and_decoding(place, dataclasses.replace(WEDDING, edges=(edge,), marks=int(index < WEDDING.marks), key="alone"))
             for index, edge in enumerate(WEDDING.edges)]
    return whole / (max(decoded for _, decoded in alone) + sum(cpu - decoded for cpu, decoded in alone))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dir", type=pathlib.Path)
    parser.add_argument("--pictures", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    arguments = parser.parse_args()
    folder = arguments.dir.resolve()
    place = Place(folder, folder / WEDDING.photos, folder / "out", arguments.jobs)
    photos = folder / "s24"

    lay_out(place.photos, photos, SUM_OF)
    sums = [against_the_sum(place) for _ in range(3)]
    lay_out(place.photos, photos, BYTES_OF)
    same = same_bytes(place, (1, 2, 5))
    lay_out(place.photos, photos, arguments.pictures)
    ours, theirs = [], []
    for _ in range(arguments.rounds):
        ours.append(run("stampmill", peers.stampmill(), place, len(WEDDING.edges)))
        theirs.append(run("sharp", peers.sharp, place, len(WEDDING.edges), ours=False))
    ratio = statistics.median(b["wall"] / a["wall"] for a, b in zip(ours, theirs))
    cpu = statistics.median(b["cpu"] / a["cpu"] for a, b in zip(ours, theirs))
    print(f"{WEDDING.title}; {arguments.pictures} pictures, {arguments.jobs} processes, {arguments.rounds} rounds")
    print(f"- stampmill: {arguments.pictures / ours[0]['wall']:.1f} pictures/s, {ours[0]['cpu'] / arguments.pictures * 1000:.0f} ms of CPU each;"
          f" sharp: {arguments.pictures / theirs[0]['wall']:.1f} and {theirs[0]['cpu'] / arguments.pictures * 1000:.0f}:"
          f" {ratio:.2f} times as fast, with {1 / cpu:.2f} of its CPU")
    print(f"- CPU of the five against one decode and what each of them needs by itself: {statistics.median(sums):.2f}")
    print(f"- the same bytes with 1, 2 and 5 workers: {'yes' if same else 'NO'}")
    shutil.rmtree(place.out)
    shutil.rmtree(place.photos)


if __name__ == "__main__":
    main()
