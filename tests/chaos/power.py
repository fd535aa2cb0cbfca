"""Power cuts. What a run and its workers do to the disk is recorded (recorder.c), and every state in which a cut may leave the disk (disk.py)
can be looked at: at each flush some of them are, chosen by chance, with the record's own order and with any other that POSIX allows.

In each: the ledger is whole; what it calls done is on the disk, whole; no output's name shows what no run makes. From some of them the program
goes on, and must come to what an undisturbed run makes, without making again what was recorded.

That the check can fail is tried too: with the same record and some of its flushes left out, states must be found that are broken.
"""
import hashlib
import os
import pathlib
import shutil
import sqlite3
import tempfile

import disk
import pictures
import place
from chaos import Row

LOG_BYTES = 1 << 30  # mostly a hole
OUTPUT = "studio/web"  # neither folder is there at first
COMMON = ["--jobs", "2", "--progress", "none"]
FLUSH_MS = 20  # so that pictures end between two commits of the ledger


class Scenario:
    """One recorded run: `options` of the run, of the one before it (none: there was none), how many inputs are gone since, and what the file
    system lacks."""

    def __init__(self, name, options=(), before=None, gone=0, without="", state=OUTPUT + "/" + place.STATE):
        self.name, self.options, self.before, self.gone = name, list(options), before, gone
        self.without, self.state = without, state


RECIPE = """[output web]
resize = 40

[output thumb]
resize = 20
name = thumbs/{dir}/{stem}.{ext}
"""

SCENARIOS = [
    Scenario("a first run", ["--resize", "40"]),
    Scenario("other options over what is there", ["--resize", "30"], before=["--resize", "40"]),
    Scenario("outputs removed after their inputs", ["--resize", "40", "--prune"], before=["--resize", "40"], gone=5),
    Scenario("two outputs of each", ["--recipe", "recipe.ini"]),
    Scenario("a ledger elsewhere", ["--resize", "40"], state="ledgers/here"),
    Scenario("without nameless files", ["--resize", "40"], without="tmpfile"),
    Scenario("without names for nameless files", ["--resize", "40"], without="tmpfile-names"),
]

# What is left out of the record when the check is to fail: a flush of such a kind for which this is true of its name.
DROPPED = {
    "pictures are not flushed": lambda record: record.kind == "s" and place.STATE not in record.name,
    "folders are not flushed": lambda record: record.kind == "S" and place.STATE not in record.name,
    "the ledger is not flushed": lambda record: record.kind == "s" and "ledger.sqlite" in record.name,
}


class Recorded:
    """A recorded run, and what it should come to."""

    def __init__(self, context, scenario, count):
        self.context, self.place, self.scenario, self.count = context, context.place, scenario, count
        self.root = pathlib.Path(os.path.realpath(self.place.path("disk")))
        for name in ("disk", "in", "wanted", "wanted-before", "again", "log"):
            self.place.remove(name)
        self.root.mkdir()
        self.place.path("recipe.ini").write_text(RECIPE)
        names = pictures.write_folder(self.place.path("in"), count, context.random)
        self.versions = {}  # name -> what it may show, oldest first
        if scenario.before:
            self.add_version("wanted-before", scenario.before)
            self.must(self.run(self.root, scenario.before))
        for name in names[:scenario.gone]:
            self.place.path("in", name).unlink()
        self.wanted = self.add_version("wanted", scenario.options)
        self.found_before = self.look()
        self.record()

    def run(self, root, options, **more):
        output, state = root / OUTPUT, root / self.scenario.state
        return self.place.run("run", "in", output, "--state", state, *options, *COMMON, **more)

    def must(self, ended):
        if ended.status != 0:
            raise RuntimeError(f"{self.scenario.name}: ended with {ended.status}: {ended.said}")

    def add_version(self, name, options):
        self.must(self.place.run("run", "in", name, *options, *COMMON))
        wanted = place.contents(self.place.path(name))
        for output, digest in wanted.items():
            self.versions.setdefault(output, []).append(digest)
        return wanted

    def look(self):
        """What lies below the root, as disk.Disk.load() takes it."""
        found = {}
        for at, _, names in os.walk(self.root):
            if at != str(self.root):
                found[at] = None
            for name in names:
                path = pathlib.Path(at, name)
                status = path.stat()
                found[str(path)] = (status.st_ino, path.read_bytes(), status.st_mtime_ns)
        return found

    def record(self):
        log = self.place.path("log")
        with open(log, "wb") as file:
            file.truncate(LOG_BYTES)
        environment = {"LD_PRELOAD": str(self.context.tool("librecorder.so")), "RECORDER_LOG": str(log), "RECORDER_ROOT": str(self.root),
                       "RECORDER_WITHOUT": self.scenario.without, "RECORDER_FLUSH_MS": str(FLUSH_MS)}
        self.must(self.run(self.root, self.scenario.options, environment=environment))
        self.records = list(disk.records(log))
        log.unlink()

    def new_disk(self):
        made = disk.Disk(self.root)
        made.load(self.found_before)
        return made

    def check_record(self):
        """Whether the record is whole: its end is what lies there. And no picture is flushed in vain, which a slow disk would feel."""
        replayed, in_vain = self.new_disk(), 0
        for record in self.records:
            in_vain += record.kind == "s" and place.STATE not in record.name and not replayed.inodes[record.inode].changes
            replayed.apply(record)
        end, found = replayed.end(), {name: content[1] for name, content in self.look().items() if content}
        lost = [f"the record misses a change: {what}" for what in replayed.not_covered]
        lost += [f"{in_vain} flushes of pictures had nothing to flush"] if in_vain else []
        return lost + [f"the record is not whole: {name} ends differently"
                       for name in sorted(end.files.keys() | found.keys()) if end.files.get(name) != found.get(name)]


class Judge:
    """Says of a state what is lost in it."""

    def __init__(self, recorded):
        self.recorded = recorded
        self.output = str(recorded.root / OUTPUT) + "/"
        self.ledger_file = str(recorded.root / recorded.scenario.state / "ledger.sqlite")
        self.digests, self.ledgers = {}, {}
        self.folder = tempfile.TemporaryDirectory(prefix="stampmill-chaos-ledger-")

    def digest(self, content):
        if content not in self.digests:
            self.digests[content] = hashlib.sha256(content).hexdigest()
        return self.digests[content]

    def rows(self, state):
        """What the ledger has as done, name -> digest; sqlite3.DatabaseError for one that is not whole."""
        files = tuple(state.files.get(self.ledger_file + end, b"") for end in ("", "-journal"))
        if files not in self.ledgers:
            self.ledgers[files] = self.read_ledger(*files)
        if isinstance(self.ledgers[files], Exception):
            raise self.ledgers[files]
        return self.ledgers[files]

    def read_ledger(self, ledger, journal):
        file = pathlib.Path(self.folder.name, "ledger.sqlite")
        file.write_bytes(ledger)
        if journal:
            file.with_name("ledger.sqlite-journal").write_bytes(journal)
        database = sqlite3.connect(file)
        try:
            if database.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
                return sqlite3.DatabaseError("its check fails")
            if not database.execute("SELECT count(*) FROM sqlite_master WHERE name = 'outputs'").fetchone()[0]:
                return {}
            return {os.fsdecode(path): content.hex() for path, content in database.execute("SELECT path, content FROM outputs")}
        except sqlite3.DatabaseError as error:
            return error
        finally:
            database.close()
            for left in pathlib.Path(self.folder.name).iterdir():
                left.unlink()

    def outputs(self, state):
        """Output's name -> digest of what it shows."""
        return {name[len(self.output):]: self.digest(content) for name, content in state.files.items()
                if name.startswith(self.output) and f"/{place.STATE}/" not in name and not place.TEMPORARY.fullmatch(os.path.basename(name))}

    def lost(self, state):
        versions, shown = self.recorded.versions, self.outputs(state)
        lost = [f"{name} shows what no run makes" for name, digest in shown.items() if digest not in versions.get(name, [])]
        try:
            rows = self.rows(state)
        except sqlite3.DatabaseError as error:
            return lost + [f"the ledger is not whole: {error}"]
        lost += [f"{name} is to be removed, is there again and forgotten" for name in shown.keys() - self.recorded.wanted.keys() - rows.keys()]
        for name, digest in rows.items():
            # what is shown may be newer than what is recorded, never older
            known = versions.get(name, [])
            if name not in shown and name not in self.recorded.wanted:
                continue  # removed on request; the row goes next
            if name not in shown:
                lost.append(f"{name} is recorded as done and is missing")
            elif digest not in known or shown[name] in known and known.index(shown[name]) < known.index(digest):
                lost.append(f"{name} is recorded as done and shows another picture")
        return lost


def states(recorded, random, each, dropped=None):
    """States after a cut, `each` of them just before each flush and one just after it, as (which record, state)."""
    made = recorded.new_disk()
    for number, record in enumerate(recorded.records):
        if record.is_sync:
            for _ in range(each):
                yield number, made.cut(random)
        if not (dropped and dropped(record)):
            made.apply(record)
        if record.is_sync:
            yield number, made.cut(random)


def write_out(state, recorded, root):
    """The state as a folder; times of change as far as the record has them."""
    for folder in sorted(state.folders):
        pathlib.Path(root, os.path.relpath(folder, recorded.root)).mkdir(parents=True, exist_ok=True)
    for name, content in state.files.items():
        path = pathlib.Path(root, os.path.relpath(name, recorded.root))
        path.write_bytes(content)
        os.utime(path, ns=(state.mtimes_ns[name], state.mtimes_ns[name]))


def go_on(recorded, judge, state):
    """The next run after the cut."""
    root = recorded.place.path("again")
    shutil.rmtree(root, ignore_errors=True)
    write_out(state, recorded, root)
    # what is the same with the earlier options may be recorded with those
    done = [name for name, digest in judge.rows(state).items()
            if name in recorded.wanted and recorded.versions[name].index(digest) == len(recorded.versions[name]) - 1]
    before = place.identities(root / OUTPUT, done)
    ended = recorded.run(root, recorded.scenario.options)
    lost = [] if ended.status == 0 else [f"the next run ended with {ended.status}: {ended.said[-1000:]}"]
    lost += place.differences(place.contents(root / OUTPUT), recorded.wanted)
    lost += place.debris(root / OUTPUT)
    after = place.identities(root / OUTPUT, done)
    return lost + [f"{name} was recorded and is made again" for name in done if before[name] != after[name]]


def can_fail(recorded, what, random):
    """Whether the check finds what is broken when these flushes are left out."""
    judge = Judge(recorded)
    looked = 0
    for number, state in states(recorded, random, 4, DROPPED[what]):
        looked += 1
        if judge.lost(state):
            return [Row(f"power cuts, the check itself: {what}", looked, [], f"found broken at record {number}")]
    return [Row(f"power cuts, the check itself: {what}", looked, ["no state is found to be broken: the check cannot fail"])]


def try_scenario(context, scenario):
    recorded = Recorded(context, scenario, 12 if context.short else 60)
    judge, lost, kept, looked, went_on = Judge(recorded), recorded.check_record(), [], 0, 0
    for number, state in states(recorded, context.random, context.rounds(4, 25)):
        if not context.in_time():
            break
        looked += 1
        lost += [f"cut at record {number} of {len(recorded.records)}: {what}" for what in judge.lost(state)]
        # one in so many, each as likely
        if context.random.randrange(looked) < (limit := 4 if context.short else 100):
            kept = (kept + [(number, state)])[-limit:]
    for number, state in kept if not lost else []:
        lost += [f"going on after a cut at record {number}: {what}" for what in go_on(recorded, judge, state)]
        went_on += 1
    syncs = sum(record.is_sync for record in recorded.records)
    context.say(f"{scenario.name}: {looked} states at {syncs} flushes")
    rows = [Row(f"power cuts: {scenario.name}", looked, lost,
                f"states at {syncs} flushes of {recorded.count} pictures; gone on from {went_on}")]
    if scenario is SCENARIOS[0]:
        for what in DROPPED:
            rows += can_fail(recorded, what, context.random)
    return rows


def power_cuts(context):
    if not context.tool("librecorder.so") or b"__asan_init" in context.program.read_bytes():
        return [Row("power cuts", 0, [], "the recorder cannot come before a sanitizer")]
    return [row for scenario in SCENARIOS for row in try_scenario(context, scenario)]


NAMES = {
    "power-cuts": power_cuts,
}
