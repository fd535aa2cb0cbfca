"""chaos.py PROGRAM: whatever happens in between, is anything lost? Tries it on the built program and prints a table of what was tried and
what was lost. Nothing may be; exit status 1 when something was, with the command that does it again.

An attempt is a function in one of MODULES, entered in its NAMES: it takes a Context, tries something often, and returns Rows. Each has a
random.Random of its own, so that --only repeats what the whole had done. (Which process is where at an instant is the machine's
choice: a seed repeats what was aimed at, not each hit.)

--short is what the test suite runs: a few seconds an attempt. Without it the numbers are those that stampmill promises.
"""
import argparse
import importlib
import os
import pathlib
import random
import shutil
import sys
import tempfile
import time
import traceback
from typing import NamedTuple

sys.dont_write_bytecode = True  # the source tree stays as it is
import place  # noqa: E402

# Each has NAMES, a table of attempt's name to its function.
MODULES = [
    "kills",
    "faults",
    "power",
    "hostile",
    "mutants",
    "rerun",
]
SKIPPED = 77  # as meson knows it
LOST_SHOWN = 12


class Row(NamedTuple):
    """One line of the table. `lost` says what, one text for each thing; `times` is 0 for what could not be tried here, `notes` why."""
    tried: str
    times: int
    lost: list
    notes: str = ""


class Context:
    """What an attempt is given: the program, its own folder (a place.Place), its own chance, and how long or how often."""

    def __init__(self, name, arguments, folder):
        self.name = name
        self.program = arguments.program
        self.short = arguments.short
        self.place = place.Place(folder, arguments.program)
        self.random = random.Random(f"{arguments.seed} {name}")
        self.tools = arguments.tools
        self.hooks = b"STAMPMILL_TEST_HOOK" in arguments.program.read_bytes()
        self._wanted = arguments.rounds
        self._ends = time.monotonic() + arguments.budget if arguments.budget else None

    def rounds(self, short, long):
        """How often to try: --rounds, or one of these."""
        return self._wanted or (short if self.short else long)

    def lost(self, texts):
        """They, having said them at once to whoever waits for the table: an hour is long."""
        for text in texts:
            self.say(f"LOST: {text}")
        return texts

    def in_time(self):
        """False once --budget is used up: then the attempt returns what it has."""
        return self._ends is None or time.monotonic() < self._ends

    def say(self, text):
        """For whoever waits."""
        if not self.short:
            print(f"{self.name}: {text}", file=sys.stderr, flush=True)

    def tool(self, name):
        """A program or library that meson built for the attempts, or None where it was not."""
        path = self.tools / name if self.tools else None
        return path if path and path.exists() else None


def find_attempts():
    attempts = {}
    for module in MODULES:
        attempts.update(importlib.import_module(module).NAMES)
    return attempts


def lines_of(rows):
    """The table in Markdown, columns of one width."""
    cells = [["tried", "times", "lost", "notes"], None]
    for row in rows:
        lost = "not tried" if not row.times else "nothing" if not row.lost else f"{len(row.lost)}, see below"
        cells.append([row.tried, f"{row.times:,}", lost, row.notes])
    widths = [max(len(line[i]) for line in cells if line) for i in range(4)]
    for line in cells:
        yield "|" + "|".join(f" {text:<{width}} " if line else "-" * (width + 2) for text, width in zip(line or [""] * 4, widths)) + "|"


def attempt(name, function, arguments):
    """Its rows, and the folder of its place if that is kept, which is when something was lost. One that breaks has lost something."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix=f"stampmill-chaos-{name}-", dir=arguments.scratch))
    context = Context(name, arguments, folder)
    try:
        rows = function(context)
    except Exception:  # noqa: BLE001: whatever it was, the others go on
        rows = [Row(name, 1, [traceback.format_exc()], "the attempt itself broke")]
    finally:
        context.place.end_all()
    if any(row.lost for row in rows):
        return rows, folder
    shutil.rmtree(folder, ignore_errors=True)
    return rows, None


def parse(attempts):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=pathlib.Path, help="the built stampmill; some attempts want -Dtest_hooks=true")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="what chance starts from (default: any)")
    parser.add_argument("--budget", type=float, help="seconds for each attempt; it stops after the round that it is in")
    parser.add_argument("--rounds", type=int, help="how often each attempt tries (default: its own numbers)")
    parser.add_argument("--only", default=",".join(attempts), metavar="NAME,...", help=f"these attempts of: {', '.join(attempts)}")
    parser.add_argument("--short", action="store_true", help="a few seconds an attempt, as in the test suite")
    parser.add_argument("--tools", type=pathlib.Path, help="the folder of what meson built in tests/chaos (default: PROGRAM's)")
    parser.add_argument("--scratch", type=pathlib.Path, help="where to work (default: the temporary folder)")
    arguments = parser.parse_args()
    arguments.program = arguments.program.resolve()
    arguments.tools = (arguments.tools or arguments.program.parents[1] / "tests" / "chaos").resolve()
    unknown = [name for name in arguments.only.split(",") if name not in attempts]
    if unknown:
        parser.error(f"no attempt is named {', '.join(unknown)}; there are {', '.join(attempts)}")
    if not os.access(arguments.program, os.X_OK):
        parser.error(f"{arguments.program} is no program")
    return arguments


def again(name, arguments):
    words = [sys.executable, sys.argv[0], "--seed", str(arguments.seed), "--only", name]
    for option in ("budget", "rounds"):
        if getattr(arguments, option):
            words += [f"--{option}", str(getattr(arguments, option))]
    return " ".join([*words, *(["--short"] if arguments.short else []), str(arguments.program)])


def main():
    attempts = find_attempts()
    arguments = parse(attempts)
    rows, bad = [], {}
    print(f"seed {arguments.seed}", flush=True)
    for name in arguments.only.split(","):
        found, kept = attempt(name, attempts[name], arguments)
        rows += found
        if kept:
            bad[name] = kept
    print("\n".join(["", *lines_of(rows)]))
    for row in rows:
        for lost in row.lost[:LOST_SHOWN]:
            print(f"\n{row.tried}: LOST: {lost}")
        if len(row.lost) > LOST_SHOWN:
            print(f"\n{row.tried}: and {len(row.lost) - LOST_SHOWN} more")
    for name, kept in bad.items():
        print(f"\n{name}: what it left is in {kept}; again: {again(name, arguments)}")
    if bad:
        sys.exit(1)
    sys.exit(0 if any(row.times for row in rows) else SKIPPED)


if __name__ == "__main__":
    sys.modules["chaos"] = sys.modules["__main__"]  # the attempts import Row from here
    main()
