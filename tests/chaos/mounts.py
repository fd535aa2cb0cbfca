"""Mounts that nobody else sees and that end with whoever made them: alone(function) runs it in a child with mounts of its own, where
small_disk() and set_disk() may be called, and returns what it returned."""
import ctypes
import os
import pickle
import traceback

CLONE_NEWNS, CLONE_NEWUSER = 0x00020000, 0x10000000
MS_RDONLY, MS_REMOUNT, MS_REC, MS_PRIVATE = 1, 32, 16384, 1 << 18
_libc = ctypes.CDLL(None, use_errno=True)


class NotHere(Exception):
    """Nothing can be mounted here."""


def _call(function, *arguments):
    if function(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _mount(source, target, kind, flags, data):
    _call(_libc.mount, source, os.fsencode(target), kind, ctypes.c_ulong(flags), data)


def _enter():
    user, group = os.geteuid(), os.getegid()
    try:
        if user == 0:
            _call(_libc.unshare, CLONE_NEWNS)
        else:
            _call(_libc.unshare, CLONE_NEWNS | CLONE_NEWUSER)
            for name, text in (("setgroups", "deny"), ("uid_map", f"0 {user} 1"), ("gid_map", f"0 {group} 1")):
                with open(f"/proc/self/{name}", "w") as file:
                    file.write(text)
        _mount(b"none", "/", None, MS_REC | MS_PRIVATE, None)
    except OSError as error:
        raise NotHere(f"no mounts of our own: {error.strerror}") from error


def small_disk(folder, kilobytes):
    """An empty tmpfs at `folder`, which is made."""
    folder.mkdir(exist_ok=True)
    try:
        _mount(b"tmpfs", folder, b"tmpfs", 0, f"size={kilobytes}k".encode())
    except OSError as error:
        raise NotHere(f"a tmpfs cannot be mounted: {error.strerror}") from error


def set_disk(folder, kilobytes, read_only=False):
    """Another size, or whether it can be written."""
    _mount(b"tmpfs", folder, b"tmpfs", MS_REMOUNT | (MS_RDONLY if read_only else 0), f"size={kilobytes}k".encode())


def remove_disk(folder):
    _call(_libc.umount2, os.fsencode(folder), 0)


def alone(function):
    """What the function returns, in a child with mounts of its own. Raises NotHere where those cannot be had."""
    answer, ask = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            _enter()
            result = (True, function())
        except NotHere as reason:
            result = (False, reason)
        except BaseException:  # noqa: BLE001: nothing may get past this, or there would be two of us
            result = (False, RuntimeError(traceback.format_exc()))
        with os.fdopen(ask, "wb") as pipe:
            pickle.dump(result, pipe)
        os._exit(0)
    os.close(ask)
    with os.fdopen(answer, "rb") as pipe:
        data = pipe.read()
    os.waitpid(child, 0)
    done, result = pickle.loads(data)
    if not done:
        raise result
    return result
