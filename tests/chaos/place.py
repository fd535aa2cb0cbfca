"""A temporary folder in which the program is run, watched and killed, and what can be said of what it left.

    place = Place(folder, program)
    ended = place.run("run", "in", "out")              to its end: .status, .said (standard error), .out
    started = place.start("run", "in", "out")          then started.workers(), started.kill(pid), started.wait()
    contents(folder)                                   name -> digest of every file, the ledger's folder left out
    debris(folder)                                     temporary files, journals, and a lock that somebody holds
    ledger(folder)                                     what the ledger says is done: output's name -> Output
"""
import fcntl
import hashlib
import os
import pathlib
import re
import select
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from typing import NamedTuple

TEMPORARY = re.compile(r"\.stampmill-[a-z2-7]{12}\.tmp")
SANITIZER = re.compile(r"==\d+==ERROR: \w+Sanitizer.*|\S*: runtime error: .*|==\d+==\w*Sanitizer:.*DEADLYSIGNAL.*")
STATE = ".stampmill"


class Ended(NamedTuple):
    """How a run ended. `status` is negative for a signal, None for one that had to be killed because it did not end."""
    status: int
    said: str
    out: str
    seconds: float

    def complaints(self):
        """What no run may say: a sanitizer's findings."""
        return SANITIZER.findall(self.said)

    def last_line(self):
        return self.said.strip().rpartition("\n")[2]


def _stat(pid):
    """(name, state, parent, group, session) from /proc, or None when it is gone."""
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return None
    name, _, rest = text.partition("(")[2].rpartition(") ")
    fields = rest.split()
    return name, fields[0], int(fields[1]), int(fields[2]), int(fields[3])


def _processes():
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            found = _stat(entry.name)
            if found:
                yield int(entry.name), found


class Started:
    """A program at work, in a session of its own."""

    def __init__(self, popen, said, out):
        self.popen, self.pid = popen, popen.pid
        self._said, self._out, self._began = said, out, time.monotonic()

    def is_running(self):
        return self.popen.poll() is None

    def seconds(self):
        return time.monotonic() - self._began

    def members(self):
        """pid -> state of each process of its session that has not ended."""
        return {pid: state for pid, (_, state, _, _, session) in _processes() if session == self.pid and state not in "ZX"}

    def workers(self):
        """pid -> state of its workers: not of what a sanitizer forks to look for leaks."""
        return {pid: state for pid, (name, state, parent, _, _) in _processes()
                if parent == self.pid and name.startswith("worker-") and state not in "ZX"}

    def kill(self, pid, number=signal.SIGKILL):
        """True when the signal reached a process of ours that had not ended."""
        try:
            held = os.pidfd_open(pid)
        except ProcessLookupError:
            return False
        try:
            found = _stat(pid)
            if not found or found[4] != self.pid or found[1] in "ZX":
                return False
            signal.pidfd_send_signal(held, number)
            return True
        except ProcessLookupError:
            return False
        finally:
            os.close(held)

    def wait(self, timeout=120):
        """Its end; one that does not end is killed, with its whole session, and its status is None."""
        try:
            status = self.popen.wait(timeout)
        except subprocess.TimeoutExpired:
            status = None
            for pid in [self.pid, *self.members()]:
                self.kill(pid)
            self.popen.wait()
        self._said.seek(0)
        self._out.seek(0)
        return Ended(status, self._said.read().decode(errors="replace"), self._out.read().decode(errors="replace"),
                     self.seconds())

    def left(self, patience=5):
        """The processes that outlive it by more than `patience` seconds; they are killed."""
        until = time.monotonic() + patience
        while (members := self.members()) and time.monotonic() < until:
            time.sleep(0.005)
        for pid in members:
            self.kill(pid)
        return sorted(members)


class Place:
    def __init__(self, folder, program):
        self.folder, self.program = pathlib.Path(folder), program
        self._started = []

    def path(self, *parts):
        return self.folder.joinpath(*parts)

    def start(self, *arguments, environment=None, before=(), **options):
        """The program with these arguments, in this folder. `before` is a command to start it by, which must exec() it."""
        said, out = tempfile.TemporaryFile(), tempfile.TemporaryFile()
        popen = subprocess.Popen([*map(str, before), str(self.program), *map(str, arguments)], cwd=self.folder, stdin=subprocess.DEVNULL,
                                 stdout=out, stderr=said, start_new_session=True, env={**os.environ, **(environment or {})}, **options)
        self._started = [one for one in self._started if one.is_running()] + [started := Started(popen, said, out)]
        return started

    def run(self, *arguments, timeout=120, **options):
        return self.start(*arguments, **options).wait(timeout)

    def end_all(self):
        for started in self._started:
            for pid in [started.pid, *started.members()]:
                started.kill(pid)
            started.popen.wait()

    def remove(self, name):
        shutil.rmtree(self.path(name), ignore_errors=True)


def _files(folder):
    """Every file below the folder as bytes of a path relative to it, in no order."""
    folder = os.fsencode(folder)
    for at, _, names in os.walk(folder):
        for name in names:
            yield os.path.relpath(os.path.join(at, name), folder)


def names(folder):
    """Of its files, the ledger's apart."""
    return [os.fsdecode(name) for name in _files(folder) if not name.startswith(os.fsencode(STATE) + b"/")]


def contents(folder):
    found = {}
    for name in names(folder):
        with open(os.path.join(folder, name), "rb") as file:
            found[name] = hashlib.sha256(file.read()).hexdigest()
    return found


def differences(found, wanted, what="as in an undisturbed run"):
    """In what two contents() differ, a text each."""
    lost = [f"{name}: missing" for name in wanted.keys() - found.keys()]
    lost += [f"{name}: should not be there" for name in found.keys() - wanted.keys()]
    return sorted(lost + [f"{name}: not {what}" for name in found.keys() & wanted.keys() if found[name] != wanted[name]])


def not_whole(found, wanted):
    """Of what an interrupted run has left: the files that are not what an undisturbed one makes, temporary ones apart."""
    return sorted(f"{name}: shows {'what no run makes' if name in wanted else 'under a name that is no output'}"
                  for name, digest in found.items()
                  if wanted.get(name) != digest and not TEMPORARY.fullmatch(name.rpartition("/")[2]))


def _is_locked(path):
    try:
        with open(path, "r+b") as file:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return False
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True


def temporaries(folder):
    return sorted(os.fsdecode(name) for name in _files(folder) if TEMPORARY.fullmatch(os.path.basename(os.fsdecode(name))))


def debris(folder):
    """What no run that has come to its end may leave, a text each."""
    found = [f"{name}: a temporary file is left" for name in temporaries(folder)]
    found += [f"{os.fsdecode(name)}: a journal is left" for name in _files(folder) if name.endswith((b"-journal", b"-wal"))]
    found += [f"{os.fsdecode(name)}: a ledger was set aside" for name in _files(folder) if b"ledger.damaged" in name]
    if _is_locked(pathlib.Path(folder, STATE, "lock")):
        found.append("the ledger is still locked")
    return found


class Output(NamedTuple):
    """A row of the ledger: a picture that is made."""
    name: str
    size_bytes: int
    mtime_ns: int
    content: bytes


def ledger(folder, state=STATE):
    """What the ledger has as done. Read from a copy with its journal: looking at the one in its place would repair it."""
    rows = {}
    with tempfile.TemporaryDirectory() as copy:
        for name in ("ledger.sqlite", "ledger.sqlite-journal"):
            try:
                shutil.copy(pathlib.Path(folder, state, name), copy)
            except FileNotFoundError:
                continue
        if not (file := pathlib.Path(copy, "ledger.sqlite")).exists() or not file.stat().st_size:
            return rows
        database = sqlite3.connect(file)
        try:
            if database.execute("SELECT count(*) FROM sqlite_master WHERE name = 'outputs'").fetchone()[0]:
                for path, size_bytes, mtime_ns, content in database.execute("SELECT path, size_bytes, mtime_ns, content FROM outputs"):
                    rows[os.fsdecode(path)] = Output(os.fsdecode(path), size_bytes, mtime_ns, content)
        finally:
            database.close()
    return rows


def untrue(folder, rows, contents_found, wanted):
    """The ledger's rows that are not true: the picture is not there, or is not what an undisturbed run makes."""
    lost = []
    for name, row in rows.items():
        if name not in contents_found:
            lost.append(f"{name}: recorded as done, but missing")
        elif contents_found[name] != wanted.get(name):
            lost.append(f"{name}: recorded as done, but its bytes are not those of an undisturbed run")
        elif os.stat(pathlib.Path(folder, name)).st_size != row.size_bytes:
            lost.append(f"{name}: recorded as done with another size")
    return lost


def identities(folder, names):
    """What changes when an output is made again: name -> (inode, time of its data)."""
    found = {}
    for name in names:
        try:
            status = os.stat(pathlib.Path(folder, name))
            found[name] = (status.st_ino, status.st_mtime_ns)
        except FileNotFoundError:
            found[name] = None
    return found


def wait_until(condition, timeout, pause=0.002):
    """The condition's first true value, or its last false one."""
    until = time.monotonic() + timeout
    while not (value := condition()) and time.monotonic() < until:
        select.select([], [], [], pause)
    return value
