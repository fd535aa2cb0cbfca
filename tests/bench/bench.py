"""bench.py DIR: the jobs below, done by stampmill and by its peers in alternating rounds, on the pictures in DIR/s24.

These machines are noisy, so what counts is the median over the rounds of the ratio to stampmill in the same round. CPU seconds
are those of all processes; the peak is the resident memory of the largest single one (both from wait4).
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
BUILD = HERE.parents[1] / "build"
ONE_THREAD = {"VIPS_CONCURRENCY": "1", "MAGICK_THREAD_LIMIT": "1", "OMP_NUM_THREADS": "1"}

# What is to be done: every picture to `edge` pixels at quality 80, with the mark or without.
JOBS = {
    "2048 px": {"edge": 2048, "mark": False},
    "2048 px and a mark": {"edge": 2048, "mark": True},
}


def stampmill(job, photos, logo, out, processes):
    mark = ["--watermark", logo, "--watermark-margin", "20px"] if job["mark"] else []
    return [BUILD / "src/stampmill", "run", photos, out, "--resize", str(job["edge"]), "--quality", "80", *mark,
            "--jobs", str(processes), "--progress", "none"]


def xargs(photos, processes, command):
    """One process a picture, `processes` at a time; {} is the picture's name."""
    return ["sh", "-c", 'cd "$1" && shift && ls | exec xargs -I{} "$@"', "sh", photos, f"-P{processes}", *command]


def vipsthumbnail(job, photos, logo, out, processes):
    if job["mark"]:
        return None
    return xargs(photos, processes, ["vipsthumbnail", "{}", "-s", f"{job['edge']}x{job['edge']}>", "-o", f"{out}/%s.jpg[Q=80]"])


def imagemagick(job, photos, logo, out, processes):
    size = f"{job['edge']}x{job['edge']}"
    mark = [logo, "-gravity", "southeast", "-geometry", "+20+20", "-composite"] if job["mark"] else []
    return xargs(photos, processes, [shutil.which("magick") or "convert", "-define", f"jpeg:size={size}", "{}", "-resize", f"{size}>",
                                     *mark, "-quality", "80", f"{out}/{{}}"])


def pillow(job, photos, logo, out, processes):
    return [sys.executable, HERE / "pillow_pool.py", photos, out, str(job["edge"]), logo if job["mark"] else "-", str(processes)]


# A peer is a function that gives the command for a job, or None for a job it has no way to do.
PEERS = {
    "stampmill": stampmill,
    "vipsthumbnail, xargs": vipsthumbnail,
    "ImageMagick, xargs": imagemagick,
    "Pillow, multiprocessing.Pool": pillow,
}

VERSIONS = {
    "stampmill": [BUILD / "src/stampmill", "--version"],
    "libvips": ["vips", "--version"],
    "ImageMagick": [shutil.which("magick") or "convert", "--version"],
    "Pillow": [sys.executable, "-c", "import PIL; print('Pillow', PIL.__version__)"],
}


def measure(command, out, pictures):
    """Wall and CPU seconds and peak kilobytes of the command; every picture must have come out."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    begin = time.perf_counter()
    child = subprocess.Popen([str(word) for word in command], env={**os.environ, **ONE_THREAD}, stderr=subprocess.PIPE,
                             stdin=subprocess.DEVNULL)
    said = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - begin
    child.returncode = os.waitstatus_to_exitcode(status)
    made = sum(1 for file in out.rglob("*.jpg") if file.stat().st_size > 0)
    if child.returncode != 0 or made != pictures:
        sys.exit(f"{command}: status {child.returncode}, {made} of {pictures} made\n{said.decode(errors='replace')}")
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "peak": usage.ru_maxrss}


def run_rounds(job, arguments):
    photos = arguments.dir / "s24"
    out = arguments.dir / "out"
    pictures = len(list(photos.iterdir()))
    commands = {name: peer(job, photos, arguments.dir / "logo.png", out, arguments.jobs) for name, peer in PEERS.items()}
    commands = {name: command for name, command in commands.items() if command}
    rounds = []
    for number in range(arguments.rounds):
        order = list(commands)
        order = order[number % len(order):] + order[:number % len(order)]
        rounds.append({name: measure(commands[name], out, pictures) for name in order})
        print(".", end="", file=sys.stderr, flush=True)  # for whoever waits
    print(file=sys.stderr)
    shutil.rmtree(out)
    return pictures, rounds


def table(title, pictures, rounds):
    def median(name, of):
        return statistics.median(of(one[name], one["stampmill"]) for one in rounds)

    lines = [f"| {title} | wall, s | pictures/s | against stampmill | CPU, s a picture | peak of a process, MB |", "|---|---|---|---|---|---|"]
    for name in sorted(rounds[0], key=list(PEERS).index):
        wall = median(name, lambda one, ours: one["wall"])
        lines.append(f"| {name} | {wall:.2f} | {pictures / wall:.1f} | {median(name, lambda one, ours: one['wall'] / ours['wall']):.2f}"
                     f" | {median(name, lambda one, ours: one['cpu']) / pictures:.3f}"
                     f" | {median(name, lambda one, ours: one['peak']) / 1024:.0f} |")
    return "\n".join(lines)


def version(command):
    said = subprocess.run([str(word) for word in command], capture_output=True, text=True).stdout
    return re.search(r"\d+(\.\d+)+\S*", said)[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dir", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)), help="processes at a time")
    parser.add_argument("--json", type=pathlib.Path, help="every single measurement, to this file")
    arguments = parser.parse_args()
    arguments.dir = arguments.dir.resolve()

    print(f"{arguments.jobs} processes, {arguments.rounds} rounds; "
          + ", ".join(f"{name} {version(command)}" for name, command in VERSIONS.items()) + "\n")
    measured = {}
    for title, job in JOBS.items():
        pictures, measured[title] = run_rounds(job, arguments)
        print(f"{table(title, pictures, measured[title])}\n", flush=True)
    print(subprocess.run([BUILD / "tests/bench/start"], capture_output=True, text=True, check=True).stdout, end="")
    if arguments.json:
        arguments.json.write_text(json.dumps(measured, indent=1))


main()
