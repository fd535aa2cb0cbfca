"""A re-run over pictures that are all up to date: how many a second, and in how much memory.

The folder has hard links of a few tiny pictures, 1,000 in each sub-folder; a first run makes them all. The figures are of the best of three
re-runs, warm, and only the long form holds them against what is promised; what was made is not made again in either.
"""
import os
import re
import subprocess
import time
from typing import NamedTuple

import pictures
import place
from chaos import Row

OPTIONS = ["--resize", "6", "--sync", "no", "--progress", "none"]
A_SECOND, MEGABYTES = 50000, 200


class Measured(NamedTuple):
    status: int
    seconds: float
    megabytes: float  # at most, of the supervisor or a worker, whichever took more
    said: str


def write_links(folder, count, random):
    """`count` names, all different, of 64 pictures: a file system has a limit to the names of one."""
    sources = []
    for number in range(64):
        path = folder / ".sources" / f"{number}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pictures.jpeg(8, 8, random))
        sources.append(path)
    for number in range(count):
        path = folder / f"d{number // 1000:03}" / f"p{number:06}.jpg"
        if number % 1000 == 0:
            path.parent.mkdir()
        os.link(sources[number % len(sources)], path)


def measure(context):
    began = time.monotonic()
    with open(context.place.path("said"), "w+b") as said:
        popen = subprocess.Popen([context.program, "run", "in", "out", *OPTIONS], cwd=context.place.folder, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL, stderr=said)
        _, status, usage = os.wait4(popen.pid, 0)
        popen.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        return Measured(popen.returncode, time.monotonic() - began, usage.ru_maxrss / 1000, said.read().decode(errors="replace"))


def rerun(context):
    count, lost = context.rounds(2000, 100000), []
    write_links(context.place.path("in"), count, context.random)
    first = context.place.run("run", "in", "out", *OPTIONS, timeout=3600)
    if first.status != 0:
        raise RuntimeError(f"the first run ended with {first.status}: {first.said[-2000:]}")
    context.say(f"{count} pictures made in {first.seconds:.1f} s")
    names = list(place.ledger(context.place.path("out")))
    before = place.identities(context.place.path("out"), names)
    runs = [measure(context) for _ in range(3)]
    for run in runs:
        if run.status != 0 or not re.search(rf"\b0 made, {count} up to date\b|^{count} up to date\b", run.said, re.M):
            lost.append(f"ended with {run.status}: {run.said[-500:]}")
    if place.identities(context.place.path("out"), names) != before or len(names) != count:
        lost.append("pictures that were up to date are made again")
    best, megabytes = min(run.seconds for run in runs), max(run.megabytes for run in runs)
    if not context.short and count / best < A_SECOND:
        lost.append(f"{count / best:,.0f} pictures a second, of {A_SECOND:,}")
    if not context.short and megabytes > MEGABYTES:
        lost.append(f"{megabytes:.0f} MB, more than {MEGABYTES}")
    return [Row("an unchanged re-run", count, lost, f"{best:.2f} s, {count / best:,.0f} pictures a second, {megabytes:.0f} MB")]


NAMES = {
    "rerun": rerun,
}
