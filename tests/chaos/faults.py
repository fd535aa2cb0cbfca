"""Disks that are full, broken, read-only or gone, too few open files, and a clock that is set back.

Each run must end by itself, with the status and the words that are promised for the case; no name may show part of a picture, each row
of the ledger must be true; and the next run, without the fault, must come to what an undisturbed run makes, without making again what was
recorded.
"""
import os
import resource
import shutil
import time

import kills
import mounts
import pictures
import place
from chaos import Row

OPTIONS = ["--progress", "none", "--events", "events"]
WORDS = {
    "EIO": ["Input/output error", "disk I/O error"],
    "ENOSPC": ["No space left on device", "database or disk is full"],
    "EDQUOT": ["Disk quota exceeded", "disk I/O error"],
    "EROFS": ["Read-only file system", "disk I/O error", "readonly database", "unable to open database"],
}


class Job:
    """Pictures, what an undisturbed run makes of them, and what was lost so far."""

    def __init__(self, context, options, write):
        self.context, self.place, self.options = context, context.place, [*options, *OPTIONS]
        write(self.place.path("in"))
        self.lost, self.times = [], 0
        ended = self.run("wanted")[1]
        if ended.status != 0:
            raise RuntimeError(f"the undisturbed run ended with {ended.status}: {ended.said}")
        self.seconds = ended.seconds
        self.wanted = place.contents(self.place.path("wanted"))
        self.out = self.place.path("out")

    def start(self, out="out", **options):
        return self.place.start("run", "in", out, *self.options, **options)

    def run(self, out="out", **options):
        started = self.start(out, **options)
        return started, started.wait()

    def lose(self, what, texts):
        self.lost += self.context.lost([f"{what}: {text}" for text in texts])

    def check(self, what, started, ended, statuses, words=()):
        """How a run with a fault ended: one of the statuses; if it is not 0, one of the words is said; if it is, all is there."""
        self.times += 1
        if ended.status not in statuses:
            self.lose(what, [f"ended with {ended.status} and not {' or '.join(map(str, statuses))}: {ended.said[-1500:]}"])
        elif ended.status and words and not any(word in ended.said for word in words):
            self.lose(what, [f"ended with {ended.status} and said none of {words}: {ended.said[-1500:]}"])
        if ended.status == 3 and "stopped: " not in ended.said:
            self.lose(what, [f"ended with 3 and did not say why it stopped: {ended.said[-1500:]}"])
        self.lose(what, ended.complaints())
        self.lose(what, [f"process {pid} is left" for pid in started.left()])
        if self.out.is_dir():
            found = place.contents(self.out)
            self.lose(what, place.not_whole(found, self.wanted))
            self.lose(what, place.untrue(self.out, place.ledger(self.out), found, self.wanted))
            if ended.status == 0:
                self.lose(what, place.differences(found, self.wanted))

    def finish(self, what):
        """The run after it, without the fault."""
        rows = place.ledger(self.out)
        before = place.identities(self.out, rows)
        started, ended = self.run()
        if ended.status != 0:
            self.lose(what, [f"the run after it ended with {ended.status}: {ended.said[-1500:]}"])
        self.lose(what, ended.complaints())
        self.lose(what, place.differences(place.contents(self.out), self.wanted))
        self.lose(what, place.debris(self.out))
        after = place.identities(self.out, rows)
        self.lose(what, [f"{name}: was recorded and is made again" for name in rows if before[name] != after[name]])
        self.lose(what, [f"{name}: not in the ledger after it" for name in place.ledger(self.out).keys() ^ self.wanted.keys()])


def in_own_mounts(tried, function):
    try:
        return mounts.alone(function)
    except mounts.NotHere as reason:
        return [Row(tried, 0, [], str(reason))]


# ---- a full disk ----

def write_noise(context, count):
    def write(folder):
        folder.mkdir()
        for i in range(count):
            (folder / f"n{i:02}.png").write_bytes(pictures.png(900, 900, context.random))
    return write


def fill_disk(job, kilobytes):
    what = f"{kilobytes} KB"
    mounts.small_disk(job.out, kilobytes)
    started, ended = job.run()
    # where not even the ledger has room, nothing is started
    job.check(what, started, ended, (3,) if kilobytes >= 1000 else (2, 3), WORDS["ENOSPC"])
    job.lose(what, [f"{name}: a temporary file is left" for name in place.temporaries(job.out)])
    mounts.set_disk(job.out, 100_000)
    job.finish(what)
    mounts.remove_disk(job.out)


def full_disk(context):
    tried = "OUTPUT on a disk of 20 MB, and smaller ones, that fills up"

    def attempt():
        job = Job(context, [], write_noise(context, 10))
        sizes = [20_000] + [context.random.choice([8, 40, 100, 1000, 4000, 8000]) + context.random.randint(0, 400)
                            for _ in range(context.rounds(2, 24) - 1)]
        for kilobytes in sizes:
            if context.in_time():
                fill_disk(job, kilobytes)
        return [Row(tried, job.times, job.lost, "24 MB of pictures on a tmpfs, larger for the run after it")]

    return in_own_mounts(tried, attempt)


# ---- calls that fail ----

class Sabotage:
    def __init__(self, context):
        self.job = Job(context, ["--resize", "40", "--jobs", "1"], lambda folder: pictures.write_folder(folder, 6, context.random))
        self.log, self.context = self.job.place.path("calls"), context
        self.job.out.mkdir()
        self.run([])
        self.calls = self.lines()
        self.job.place.remove("out")

    def lines(self):
        return self.log.read_text(errors="replace").splitlines()

    def run(self, order):
        return self.job.run(before=[self.context.tool("saboteur"), "--beneath", self.job.out.resolve(), "--log", self.log, *order, "--"])

    def fail(self, number, error, for_ever):
        """The call of that number fails, and all after it if for ever; returns False when the run made fewer."""
        self.job.out.mkdir()
        started, ended = self.run(["--first", str(number), "--count", "0" if for_ever else "1", "--error", error])
        failed = [line for line in self.lines() if line.endswith(" failed")]
        if failed:
            what = f"{error} {'from' if for_ever else 'of'} call {number}, {failed[0]}"
            # SQLite keeps to itself why a file cannot be opened, or its journal or its folder not be flushed
            words = WORDS[error] + (["the ledger cannot be "] if "/.stampmill" in failed[0] else [])
            self.job.check(what, started, ended, self.statuses(failed[0], error, for_ever), words)
            if not for_ever:
                self.job.lose(what, [f"{name}: a temporary file is left" for name in place.temporaries(self.job.out)])
            self.job.finish(what)
        self.job.place.remove("out")
        return bool(failed)

    @staticmethod
    def statuses(line, error, for_ever):
        """0 stands for a call that can be done without. A picture's error is its own, but for a disk that is full."""
        if line.startswith("supervisor"):
            return 0, 2, 3
        if error in ("ENOSPC", "EDQUOT"):
            return 0, 3
        return (0, 1, 3) if for_ever else (0, 1)


def failing_calls(context):
    tried = "errors of each system call that writes: EIO, ENOSPC and others"
    if row := kills.saboteur_row(context, tried):
        return [row]
    sabotage = Sabotage(context)
    calls = len(sabotage.calls)
    everything = [(number, error, for_ever) for number in range(1, calls + 1) for error in WORDS for for_ever in (False, True)]
    wanted = context.rounds(10, len(everything))
    orders = everything if wanted >= len(everything) else context.random.sample(everything, wanted)
    for i, order in enumerate(orders):
        if context.in_time():
            sabotage.fail(*order)
        if i % 50 == 0:
            context.say(f"{i} of {len(orders)}")
    kinds = sorted({line.split()[1] for line in sabotage.calls})
    return [Row(tried, sabotage.job.times, sabotage.job.lost, f"each of {calls} calls, once or from then on: {', '.join(kinds)}")]


# ---- an OUTPUT that cannot be written, or goes ----

def small_job(context, count, *options):
    return Job(context, ["--resize", "40", *options], lambda folder: pictures.write_folder(folder, count, context.random))


def refused(job, what, words, **options):
    """Nothing may be started, and nothing changed."""
    before = sorted(os.listdir(job.out))
    started, ended = job.run(**options)
    job.check(what, started, ended, (2,), words)
    if sorted(os.listdir(job.out)) != before:
        job.lose(what, [f"{before} became {sorted(os.listdir(job.out))}"])


def read_only(context):
    tried = "an OUTPUT that is read-only"

    def attempt():
        job = small_job(context, 6)
        mounts.small_disk(job.out, 20_000)
        mounts.set_disk(job.out, 20_000, read_only=True)
        refused(job, "empty and read-only", WORDS["EROFS"])
        mounts.set_disk(job.out, 20_000)
        job.finish("writable again")
        mounts.set_disk(job.out, 20_000, read_only=True)
        refused(job, "full and read-only", WORDS["EROFS"])
        mounts.remove_disk(job.out)
        return [Row(tried, job.times, job.lost, "a mount; a folder without permission is among the end-to-end tests")]

    return in_own_mounts(tried, attempt)


def remove_for_good(folder):
    while folder.exists():
        shutil.rmtree(folder, ignore_errors=True)


def take_away(job, how, share):
    """Once a share of the pictures is there; the run, and whether it was still at work when all was gone, so that it must have noticed."""
    started = job.start()
    place.wait_until(lambda: not started.is_running() or
                     len(place.names(job.out)) >= share * len(job.wanted), 60, 0.001)
    if how == "deleted":
        remove_for_good(job.out)
    else:
        job.out.rename(job.place.path("elsewhere"))
    return started, started.is_running()


def deleted(context):
    tried = "an OUTPUT that is deleted, or moved away, in the middle of a run"
    job = small_job(context, 40 if context.short else 200, "--jobs", "2")
    options = job.options
    for i in range(context.rounds(4, 40)):
        if not context.in_time():
            break
        how, share = ("deleted", "moved away")[i % 2], context.random.uniform(0.05, 0.6)
        what = f"{how} after {share:.0%}"
        context.say(f"{i}, {what}")
        if i % 4 >= 2:  # then no failing ledger tells of it
            job.options = [*options, "--state", "state"]
            what += ", the ledger elsewhere"
        started, in_time = take_away(job, how, share)
        ended = started.wait()
        if in_time:
            # the ledger may be gone, and found to be, a moment before OUTPUT is
            job.check(what, started, ended, (3,), ["stopped: out: deleted or moved away",
                                                   "stopped: the ledger cannot be written: its file was deleted or moved away"])
        job.options = options
        job.finish(what)
        for name in ("out", "elsewhere", "state"):
            job.place.remove(name)
    return [Row(tried, job.times, job.lost, "with and without the ledger in it")]


# ---- too few open files, and the clock ----

def few_files(context):
    job = small_job(context, 20)
    options = job.options
    for i in range(context.rounds(3, 20)):
        limit, jobs = (64, (1, 2, 40)[i]) if i < 3 else (context.random.randint(8, 64), context.random.randint(1, 40))
        job.options = [*options, "--jobs", str(jobs)]
        started, ended = job.run(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit)))
        # with 64, two workers must do
        statuses = (0,) if limit == 64 and jobs <= 2 else (0, 1, 2, 3)
        if limit < 20:
            statuses += (127,)  # not even its libraries could be opened
        job.check(f"{limit} open files, {jobs} workers", started, ended, statuses, ["Too many open files"])
        job.finish(f"{limit} open files, {jobs} workers")
        job.place.remove("out")
    return [Row("a limit of 64 open files, and of fewer", job.times, job.lost, "1 to 40 workers")]


def clock_set_back(context):
    tried = "the clock set back in the middle of a run"
    library = context.tool("libclock.so")
    if not library:
        return [Row(tried, 0, [], "tests/chaos/libclock.so is not built")]
    job = small_job(context, 40 if context.short else 200, "--jobs", "2", "--timeout", "60")
    for i in range(context.rounds(3, 30)):
        back = context.random.choice([3600, 86400, 40 * 365 * 86400])
        environment = {"LD_PRELOAD": str(library), "CLOCK_BACK_S": str(back),
                       "CLOCK_BACK_AFTER_MS": str(int(context.random.uniform(0, job.seconds) * 1000)),
                       # a sanitizer wants to be loaded first, and need not be
                       "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"}
        what = f"back by {back} s"
        if i % 3 == 2:  # the pictures are from the future, too
            when = time.time() + back
            for name in place.contents(job.place.path("in")):
                os.utime(job.place.path("in", name), (when, when))
        started, ended = job.run(environment=environment)
        job.check(what, started, ended, (0,))
        if f"{len(job.wanted)} made in " not in ended.last_line() or " in -" in ended.last_line():
            job.lose(what, [f"said: {ended.last_line()}"])
        rows = place.ledger(job.out)
        job.lose(what, [f"{name}: not recorded" for name in job.wanted.keys() - rows.keys()])
        before = place.identities(job.out, rows)
        started, ended = job.run(environment=environment)
        job.check(f"{what}, and again", started, ended, (0,))
        job.lose(what, [f"{name}: made again" for name in rows if place.identities(job.out, rows)[name] != before[name]])
        job.finish(what)
        job.place.remove("out")
    return [Row(tried, job.times, job.lost, "by an hour, a day or forty years; pictures from the future")]


NAMES = {
    "full-disk": full_disk,
    "failing-calls": failing_calls,
    "read-only": read_only,
    "deleted": deleted,
    "few-files": few_files,
    "clock-set-back": clock_set_back,
}
