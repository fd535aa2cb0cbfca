"""One run of a command, measured."""
import os
import pathlib
import shutil
import subprocess
import sys
import time

SAMPLE_EVERY_S = 0.02
IMAGES = {".jpg", ".png"}


def start(command, environment):
    return subprocess.Popen([str(word) for word in command], env={**os.environ, **environment}, stderr=subprocess.PIPE,
                            stdin=subprocess.DEVNULL)


def files_made(out):
    return [file for file in out.rglob("*") if file.suffix in IMAGES and file.stat().st_size > 0]


def drop_caches():
    os.sync()
    pathlib.Path("/proc/sys/vm/drop_caches").write_text("3")


def timed(command, environment, out, cold):
    """Wall and CPU seconds of all its processes, and the peak resident kilobytes of the largest single one (from wait4)."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    os.sync()   # what others have left to write is not this one's burden
    if cold:
        drop_caches()
    begin = time.perf_counter()
    child = start(command, environment)
    said = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - begin
    child.returncode = os.waitstatus_to_exitcode(status)
    made = files_made(out)
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "peak": usage.ru_maxrss, "made": len(made),
            "bytes": sum(file.stat().st_size for file in made), "status": child.returncode,
            "said": said.decode(errors="replace").strip()[-2000:]}


def descendants(pid):
    yield pid
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            for child in pathlib.Path(f"/proc/{pid}/task/{task}/children").read_text().split():
                yield from descendants(int(child))
    except OSError:
        pass   # gone meanwhile


def shared_out_kilobytes(pid):
    """What is resident, each page that several processes share counted once among them."""
    try:
        for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0


def peak_of_all(command, environment, out):
    """The most kilobytes that all processes held at once. Looking costs time, so that this run is not timed."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    child = subprocess.Popen([str(word) for word in command], env={**os.environ, **environment}, stderr=subprocess.DEVNULL,
                             stdin=subprocess.DEVNULL)
    peak = 0
    while child.poll() is None:
        peak = max(peak, sum(map(shared_out_kilobytes, list(descendants(child.pid)))))
        time.sleep(SAMPLE_EVERY_S)
    return peak


def checked(name, measured, wanted, ours):
    """Ours must make every picture; what others leave out is counted, not excused."""
    if measured["made"] == 0 and wanted or ours and (measured["status"] or measured["made"] != wanted):
        sys.exit(f"{name}: status {measured['status']}, {measured['made']} of {wanted} made\n{measured['said']}")
    return measured
