"""A disk that remembers what it was told and by what time: every state in which a power cut may leave it.

    for number, record in enumerate(records(log)):      what recorder.c has written
        if record.is_sync: state = disk.cut(random)     a State: names -> bytes, as they may be found after a cut here
        disk.apply(record)

What is promised is what POSIX promises, no more. The data of a file is there once the file was flushed; until then each of its writes may be
there, or not, or in part, or only as a length filled with zeros, in any order. A name is there, or gone, once the folder that holds it was
flushed; until then it may be either, in any order, except that changes of one name keep theirs and a rename is all or nothing. A file's
flush says nothing of its names, and a folder's flush nothing of the folder's own name or of the files in it.
"""
import struct
from typing import NamedTuple

HEADER = struct.Struct("<IIQqqIIQ")
LOG_HEADER = 64  # where the records begin in recorder.c's struct log
SECTOR, BLOCK = 512, 4096


class Record(NamedTuple):
    kind: str
    pid: int
    inode: int
    offset: int
    mtime_ns: int
    name: str
    other_name: str
    data: bytes

    @property
    def is_sync(self):
        return self.kind in "sSA"


def records(path):
    with open(path, "rb") as file:
        used, _ = struct.unpack("<QQ", file.read(16))
        file.seek(LOG_HEADER)
        left = used
        while left > 0:
            kind, pid, inode, offset, mtime_ns, name_bytes, other_bytes, data_bytes = HEADER.unpack(file.read(HEADER.size))
            name, other = (file.read(size).decode(errors="surrogateescape") for size in (name_bytes, other_bytes))
            yield Record(chr(kind), pid, inode, offset, mtime_ns, _plain(name), _plain(other), file.read(data_bytes))
            left -= HEADER.size + name_bytes + other_bytes + data_bytes


def _plain(name):
    """Without the "." and empty parts that a path may have."""
    return "/" + "/".join(part for part in name.split("/") if part not in ("", "."))


def parent(name):
    return name.rpartition("/")[0] or "/"


class File:
    """Its bytes when it was flushed last, and what was done to it since."""

    def __init__(self):
        self.flushed = b""
        self.changes = []  # (offset, data), or (length, None)
        self.mtime_ns = 0

    def flush(self):
        self.flushed = self.after(len(self.changes))
        self.changes = []

    def after(self, count):
        """Its bytes after the first `count` changes since the flush."""
        if count == 0:
            return self.flushed
        content = bytearray(self.flushed)
        for at, data in self.changes[:count]:
            if data is None:
                content = content[:at].ljust(at, b"\0")
            else:
                content = content.ljust(at, b"\0")
                content[at:at + len(data)] = data
        return bytes(content)

    def cut(self, random):
        """Its bytes as they may be after a cut now."""
        count = len(self.changes)
        if count == 0:
            return self.flushed
        way = random.choice([self._none, self._all, self._first, self._torn, self._zeroed, self._mixed])
        return way(random, count)

    def _none(self, random, count):
        return self.flushed

    def _all(self, random, count):
        return self.after(count)

    def _first(self, random, count):
        return self.after(random.randint(0, count))

    def _torn(self, random, count):
        """The last of the first few got as far as some sector."""
        last = random.randrange(count)
        before, whole = self.after(last), self.after(last + 1)
        at, data = self.changes[last]
        if data is None:
            return before
        end = (at + random.randint(0, len(data))) // SECTOR * SECTOR
        return whole[:max(end, min(at, len(before)))] + before[max(end, min(at, len(before))):]

    def _zeroed(self, random, count):
        """The length got there, of the data only what overwrote something."""
        whole = self.after(count)
        kept = len(self.flushed) // BLOCK * BLOCK
        return whole[:kept].ljust(len(whole), b"\0")

    def _mixed(self, random, count):
        """Each sector as some change left it, or zero where nothing was before."""
        versions = [self.after(number) for number in sorted({0, count, *(random.randint(0, count) for _ in range(3))})]
        length = len(random.choice(versions))
        content = bytearray()
        for at in range(0, length, SECTOR):
            size = min(SECTOR, length - at)
            choices = [version[at:at + size].ljust(size, b"\0") for version in versions]
            content += random.choice(choices)
        return bytes(content)


FOLDER = object()


class Change:
    """One step of the names: those that it sets (to a File, FOLDER or None: gone), all or nothing."""

    def __init__(self, sets):
        self.sets = sets
        self.folders = {parent(name) for name in sets}


class State(NamedTuple):
    """What is found after a cut. Of a file: its bytes, and when it was changed last."""
    files: dict    # name -> bytes
    folders: set
    mtimes_ns: dict


class Disk:
    def __init__(self, root):
        self.root = _plain(str(root))
        self.flushed = {self.root: FOLDER}
        self.changes = []
        self.names = dict(self.flushed)  # with every change
        self.inodes = {}
        self.not_covered = []

    def load(self, files):
        """What was there before: name -> (inode, bytes, mtime_ns), or None for a folder."""
        for name, found in files.items():
            entry = FOLDER
            if found:
                entry = File()
                entry.flushed, entry.mtime_ns = found[1], found[2]
                self.inodes[found[0]] = entry
            self.flushed[name] = self.names[name] = entry

    def _change(self, sets):
        self.changes.append(Change(sets))
        for name, entry in sets.items():
            if entry is None:
                self.names.pop(name, None)
            else:
                self.names[name] = entry

    def apply(self, record):
        kind = record.kind
        if kind in "cn":
            self.inodes[record.inode] = File()
        file = self.inodes.get(record.inode)
        if file and record.mtime_ns:
            file.mtime_ns = record.mtime_ns
        if kind in "cl":
            self._change({record.name: file})
        elif kind == "w":
            file.changes.append((record.offset, record.data))
        elif kind == "t":
            file.changes.append((record.offset, None))
        elif kind == "s":
            file.flush()
        elif kind == "S":
            self._flush_folder(record.name)
        elif kind == "A":
            self._flush_all()
        elif kind == "r":
            self._change({record.other_name: self.names[record.name], record.name: None})
        elif kind in "ud":
            self._change({record.name: None})
        elif kind == "m":
            self._change({record.name: FOLDER})
        elif kind == "?":
            self.not_covered.append(f"{record.name} {record.other_name} {record.offset}")

    def _carry_out(self, change):
        for name, entry in change.sets.items():
            if entry is None:
                self.flushed.pop(name, None)
            else:
                self.flushed[name] = entry

    def _flush_folder(self, folder):
        left = []
        for change in self.changes:
            if folder in change.folders:
                self._carry_out(change)
            else:
                left.append(change)
        self.changes = left

    def _flush_all(self):
        for change in self.changes:
            self._carry_out(change)
        self.changes = []
        for file in self.inodes.values():
            file.flush()

    def _some_changes(self, random):
        """A set of changes that may have got there: changes of one name in their order."""
        way = random.choice(["none", "all", "first", "any", "any"])
        if way == "none":
            return []
        if way == "all":
            return self.changes
        if way == "first":
            return self.changes[:random.randint(0, len(self.changes))]
        chance, held_up, chosen = random.random(), set(), []
        for change in self.changes:
            if held_up.isdisjoint(change.sets) and random.random() < chance:
                chosen.append(change)
            else:
                held_up.update(change.sets)
        return chosen

    def cut(self, random):
        names = dict(self.flushed)
        for change in self._some_changes(random):
            for name, entry in change.sets.items():
                names[name] = entry
        contents = {}
        return self._found(names, lambda file: contents.setdefault(id(file), file.cut(random)))

    def end(self):
        """With everything that was done, as the machine shows it that did not lose its power."""
        return self._found(self.names, lambda file: file.after(len(file.changes)))

    def _found(self, names, content):
        """What can be reached from the root."""
        state = State({}, {self.root}, {})
        for name in sorted(name for name, entry in names.items() if entry is not None):
            if name != self.root and parent(name) not in state.folders:
                continue
            if names[name] is FOLDER:
                state.folders.add(name)
            else:
                state.files[name] = content(names[name])
                state.mtimes_ns[name] = names[name].mtime_ns
        return state
