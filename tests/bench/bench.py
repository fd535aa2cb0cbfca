"""bench.py DIR: the jobs of jobs.py, done by stampmill and by its peers in alternating rounds, on the pictures in DIR.

Machines are noisy, so what counts is the median over the rounds of the ratio to stampmill in the same round.
"""
import argparse
import json
import os
import pathlib
import platform
import re
import shutil
import statistics
import subprocess
import sys

import chart
import measure
import peers
import table
from jobs import JOBS
from peers import BUILD, ONE_THREAD, PEERS, Place

PSNR_OF = 3   # pictures


def commands_for(job, place, names):
    commands = {name: peer(job, place) for name, peer in PEERS.items() if not names or name in names}
    return {name: command for name, command in commands.items() if command}


def luma_psnr(job, place):
    """The median over a few pictures of how near the outputs are to the original resized in floating point."""
    values = []
    for photo in sorted(place.photos.iterdir())[:PSNR_OF]:
        said = subprocess.run([BUILD / "tests/bench/psnr", photo, place.out / f"{photo.stem}.{job.kind}"], capture_output=True,
                              text=True)
        if said.returncode:
            return None
        values.append(float(said.stdout.split()[0]))
    return statistics.median(values)


def run_job(job, arguments):
    place = Place(arguments.dir, arguments.dir / job.photos, arguments.dir / "out", arguments.jobs)
    commands = commands_for(job, place, arguments.peer)
    wanted = place.pictures * len(job.edges)
    rows = {name: {"rounds": []} for name in commands}
    for number in range(arguments.rounds):
        order = list(commands)
        order = order[number % len(order):] + order[:number % len(order)]
        for name in order:
            measured = measure.timed(commands[name], ONE_THREAD, place.out, arguments.cold)
            limit = name.startswith("codec limit")
            measure.checked(name, measured, 0 if limit else wanted, name.startswith("stampmill"))
            measured["pictures"] = place.pictures if limit else measured["made"] / len(job.edges)
            rows[name]["rounds"].append(measured)
        print(f"{job.key}: round {number + 1} of {arguments.rounds}", file=sys.stderr, flush=True)
    for name in commands:
        rows[name]["peak_of_all"] = measure.peak_of_all(commands[name], ONE_THREAD, place.out)
        rows[name]["psnr"] = luma_psnr(job, place) if job.compare else None
    shutil.rmtree(place.out)
    return {"key": job.key, "title": job.title, "pictures": place.pictures, "outputs": len(job.edges), "rows": rows}


def largest_peak(arguments):
    """Of one process, on a JPEG of 100 megapixels, in each lane."""
    place = Place(arguments.dir, arguments.dir / "giant", arguments.dir / "out", 1)
    peaks = {}
    for lane in ("auto", "vips"):
        command = peers.stampmill("--lane", lane)(JOBS[0], place)
        peaks[lane] = measure.checked("100 megapixels", measure.timed(command, ONE_THREAD, place.out, False), 1, True)["peak"]
    shutil.rmtree(place.out)
    return peaks


def version(command):
    said = subprocess.run([str(word) for word in command], capture_output=True, text=True).stdout
    return re.search(r"\d+(\.\d+)+[^\s,]*", said)[0]


def versions(place):
    told = dict(peers.VERSIONS)
    told["sharp"] = ["node", "-p", f"const v = require('{place}/npm/node_modules/sharp').versions; v.sharp + ' (libvips ' + v.vips + ')'"]
    return {name: version(command) for name, command in told.items()}


def describe_machine(arguments):
    cpu = re.search(r"model name\s*:\s*(.*)", pathlib.Path("/proc/cpuinfo").read_text())
    return {"cpu": cpu[1] if cpu else platform.machine(), "cpus": len(os.sched_getaffinity(0)),
            "system": platform.freedesktop_os_release().get("PRETTY_NAME", platform.system()),
            "processes": arguments.jobs, "rounds": arguments.rounds, "cold": arguments.cold, "load_before": os.getloadavg()[0],
            "versions": versions(arguments.dir)}


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dir", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)), help="processes at a time")
    parser.add_argument("--only", action="append", metavar="J", help="this job; may be given more than once")
    parser.add_argument("--peer", action="append", metavar="NAME", help="this program; may be given more than once")
    parser.add_argument("--cold", action="store_true", help="forget the files' contents before each run (root)")
    parser.add_argument("--write", type=pathlib.Path, metavar="FOLDER",
                        help="results.md, results.json and chart.svg into FOLDER (default: DIR)")
    arguments = parser.parse_args()
    arguments.dir = arguments.dir.resolve()
    return arguments


def save(results, folder):
    """After each job, so that what was measured stays if the rest is cut off."""
    results["machine"]["load_after"] = os.getloadavg()[0]
    (folder / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    (folder / "results.md").write_text(table.whole(results) + "\n")
    (folder / "chart.svg").write_text(chart.draw(results))


def main():
    arguments = read_arguments()
    folder = arguments.write or arguments.dir
    folder.mkdir(parents=True, exist_ok=True)
    results = {"machine": describe_machine(arguments), "jobs": [], "peaks_100mp": largest_peak(arguments),
               "start": subprocess.run([BUILD / "tests/bench/start"], capture_output=True, text=True, check=True).stdout.strip()}
    print(table.heading(results["machine"]) + "\n", flush=True)
    for job in JOBS:
        if not arguments.only or job.key in arguments.only:
            results["jobs"].append(run_job(job, arguments))
            save(results, folder)
            print(table.of_job(results["jobs"][-1]) + "\n", flush=True)
    print(table.of_itself(results))
    print(f"\n{folder}: results.md, chart.svg, results.json", file=sys.stderr)


if __name__ == "__main__":
    main()
