"""A worker turned hostile. The test hook has one worker of a run load a library that lies among the pictures (hostile.c) and carry out an
attempt as any code in a worker could: with all that the process has, and from behind its sandbox.

What the sandbox refuses has to be refused; what nothing can refuse, since it is the worker's own (its memory, its socket, its end, the files
below OUTPUT), has to do no harm: the run ends in time with a verdict for each picture, no other picture suffers unless its file was spoilt, and the next
run comes to what an undisturbed run makes. Without the sandbox the attempts can be carried out, or their refusal would say nothing.
"""
import errno
import json
import os
import shutil

import pictures
import place
from chaos import Row

PICTURES = 10
VICTIM = "p0003.png"
OPTIONS = ["--resize", "40", "--jobs", "2", "--progress", "none", "--timeout", "3", "--events", "events"]
REFUSED = {errno.EPERM, errno.EACCES, errno.EXDEV, errno.ENOSYS}  # EXDEV is Landlock's word for a move or link between folders

# What a machine or a container may refuse everybody.
NOT_EVERYWHERE = {"a packet socket", "an IPv6 socket", "another root", "userfaultfd", "load a kernel program", "measure others' performance",
                  "io_uring", "the session's keys", "a name space of its own"}

HARMS = {
    "zeros": "fill all shared memory with zeros",
    "ones": "fill all shared memory with ones",
    "garbage": "fill all shared memory with garbage",
    "scribble": "fill all shared memory with garbage, over and over, while it works",
    "say": "send garbage on its socket",
    "hang-up": "shut its socket down",
    "close": "close all it has open",
    "memory": "take all memory",
    "files": "open files until there are no more",
    "spin": "never end",
    "stop": "stop itself",
    "leave": "exit with status 0",
    "spoil": "empty every file below OUTPUT",
    "ledger": "write garbage over the ledger",
    "no-ledger": "remove the ledger",
}


class Stage:
    """A job with a stranger's library among its pictures."""

    def __init__(self, context):
        self.context, self.place = context, context.place
        self.names = pictures.write_folder(self.place.path("in"), PICTURES, context.random)
        self.place.path("secret").write_text("not for workers\n")
        shutil.copy(context.tool("libhostile.so"), self.place.path("in/stranger.so"))
        ended = self.place.run("run", "in", "wanted", *OPTIONS)
        if ended.status != 0:
            raise RuntimeError(f"the undisturbed run ended with {ended.status}: {ended.said}")
        self.wanted = place.contents(self.place.path("wanted"))

    def run(self, what, *options, stage="decode"):
        """A run of which one worker turns hostile, at its first attempt; how it ended, and its reports."""
        self.place.remove("out")
        self.place.path("out").mkdir()
        report = self.place.path("out", "report")
        environment = {
            "STAMPMILL_TEST_HOOK": f"{stage}:load:{VICTIM}:1",
            "STAMPMILL_TEST_LIBRARY": str(self.place.path("in/stranger.so")),
            "HOSTILE": what,
            "HOSTILE_PLACE": str(self.place.folder),
            "HOSTILE_REPORT": str(report),
            "LSAN_OPTIONS": "detect_leaks=0",
        }
        started = self.place.start("run", "in", "out", *OPTIONS, *options, environment=environment)
        ended = started.wait(60)
        left = [f"process {pid} is left" for pid in started.left()]
        lines = report.read_text().splitlines() if report.exists() else []
        report.unlink(missing_ok=True)
        return ended, left, {name: int(number) for name, _, number in (line.rpartition(": ") for line in lines)}

    def events(self):
        events = [json.loads(line) for line in self.place.path("events").read_text().splitlines()]
        return {event["input"].partition("/")[2]: event for event in events if event["event"] == "picture"}


def words_of(number):
    return os.strerror(number) if number else "it could be done"


def refusals(context):
    stage = Stage(context)
    ended, left, reports = stage.run("refusals", "-v")
    if "sandbox: complete" not in ended.said:
        return [Row("a hostile worker is refused", 0, [], "this kernel has not all of the sandbox: see stampmill doctor")]
    rows = []
    for name, number in reports.items():
        allowed, what = name.startswith("may: "), name.removeprefix("may: ")
        lost = left + ([] if (number == 0 if allowed else number in REFUSED) else [words_of(number)])
        rows.append(Row(f"a hostile worker: {what}", 1, lost, "let through" if allowed else f"refused: {words_of(number)}"))
    lost = [] if len(reports) > 50 and ended.status == 0 else [f"ended with {ended.status} after {len(reports)} attempts: {ended.said[-1000:]}"]
    lost += place.differences(place.contents(stage.place.path("out")), stage.wanted)
    rows.append(Row("a hostile worker: all of these, and the run goes on", len(reports), lost))
    return rows + control(stage)


def control(stage):
    ended, _, reports = stage.run("control", "--no-sandbox")
    could_not = [f"{name}: {words_of(number)}" for name, number in reports.items()
                 if number in REFUSED - {errno.ENOSYS} and name not in NOT_EVERYWHERE]
    if len(reports) < 40:
        could_not.append(f"only {len(reports)} attempts came to an end: {ended.status} {ended.said[-1000:]}")
    return [Row("a hostile worker: the harmless of these without the sandbox", len(reports), could_not, "none is refused")]


def check_harm(stage, what, ended, left, reports):
    """What is lost by one harm, the next run included."""
    spoils = what in ("spoil", "ledger", "no-ledger")
    lost = list(left)
    if what not in reports:
        lost.append("it was not carried out")
    if ended.status not in ((0, 1, 3) if spoils else (0, 1)):
        lost.append(f"ended with {ended.status}: {ended.said[-1000:]}")
    told = stage.events()
    lost += [f"{name}: no verdict" for name in stage.names if name not in told]
    lost += [f"{name}: {event['reason']}: {event['message']}" for name, event in told.items()
             if event["status"] == "failed" and name != VICTIM and not spoils]
    if not spoils:
        shown = place.contents(stage.place.path("out"))
        lost += place.not_whole(shown, stage.wanted)
        lost += place.untrue(stage.place.path("out"), place.ledger(stage.place.path("out")), shown, stage.wanted)
    again = stage.place.run("run", "in", "out", *OPTIONS)
    if again.status != 0:
        lost.append(f"the next run ended with {again.status}: {again.said[-1000:]}")
    return lost + place.differences(place.contents(stage.place.path("out")), stage.wanted, "as in an undisturbed run, after the next one")


def harms(context):
    stage, rows = Stage(context), []
    for what, words in HARMS.items():
        times, lost = 0, []
        for _ in range(context.rounds(1, 10)):
            ended, left, reports = stage.run(what, stage=context.random.choice(["open", "decode", "encode", "publish"]))
            lost += check_harm(stage, what, ended, left, reports)
            times += 1
        status = "its picture failed" if ended.status == 1 else "its picture was made" if ended.status == 0 else f"status {ended.status}"
        rows.append(Row(f"a hostile worker: {words}", times, lost, status))
        context.say(f"{words}: {ended.last_line()}")
    return rows


def if_hooked(attempt):
    def attempt_or_not(context):
        if not context.hooks or not context.tool("libhostile.so"):
            return [Row("a hostile worker", 0, [], "needs a build with -Dtest_hooks=true")]
        return attempt(context)
    return attempt_or_not


NAMES = {
    "hostile-refusals": if_hooked(refusals),
    "hostile-harms": if_hooked(harms),
}
