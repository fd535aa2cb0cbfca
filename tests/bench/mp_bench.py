"""mp_bench.py [BUILD]: the process layer beside Python's and GNU parallel, in alternating rounds.

These machines are noisy, so what counts is the median over the rounds of the ratio to the peer in the same round. Every measurement
is a process of its own and includes the start and the end of its workers.

Exit status: 0 when every ratio that is promised is reached, 1 when one is not.
"""
import argparse
import concurrent.futures
import multiprocessing
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
WORKERS = 2


def nothing(_):
    return None


def pool_map(chunk, count):
    with multiprocessing.Pool(WORKERS) as pool:
        pool.map(nothing, range(count), chunksize=chunk)


def executor_map(count):
    with concurrent.futures.ProcessPoolExecutor(WORKERS) as executor:
        for _ in executor.map(nothing, range(count)):
            pass


def send_all(queue, count):
    message = bytes(1024)
    for _ in range(count):
        queue.put(message)


def queue_messages(count):
    queue = multiprocessing.Queue(1024)
    sender = multiprocessing.Process(target=send_all, args=(queue, count))
    sender.start()
    for _ in range(count):
        queue.get()
    sender.join()


def start_pools(count):
    for _ in range(count):
        with multiprocessing.Pool(8) as pool:
            pool.map(nothing, range(8), chunksize=1)


def gnu_parallel(count):
    subprocess.run(["parallel", f"-j{WORKERS}", "true"], input="\n".join(map(str, range(count))), text=True, check=True,
                   stdout=subprocess.DEVNULL)


PEERS = {
    "pool-1": lambda count: pool_map(1, count),
    "pool-64": lambda count: pool_map(64, count),
    "executor": executor_map,
    "queue": queue_messages,
    "start": start_pools,
    "parallel": gnu_parallel,
}

# What ours does and how often, the peer, how often that does it, and the ratio that is promised.
ROWS = [
    ("tasks, one at a time", "map-1", 400_000, "multiprocessing.Pool, chunksize 1", "pool-1", 60_000, 3),
    ("tasks of a pool, 8 in flight", "pool-8", 400_000, "multiprocessing.Pool, chunksize 1", "pool-1", 60_000, 3),
    ("tasks in chunks of 64", "map-64", 4_000_000, "multiprocessing.Pool, chunksize 64", "pool-64", 1_500_000, 3),
    ("tasks, one at a time", "map-1", 400_000, "ProcessPoolExecutor", "executor", 15_000, 3),
    ("tasks, one at a time", "map-1", 400_000, "GNU parallel", "parallel", 400, 3),
    ("messages of 1 KB", "queue", 500_000, "multiprocessing.Queue", "queue", 60_000, 5),
    ("starts of a pool of 8", "start", 50, "multiprocessing.Pool", "start", 10, None),
]


class Measured:
    """A measurement in a process of its own: how many a second, and the processor time of each with all that is done for it."""

    def __init__(self, command, count):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.rate = float(subprocess.run([*command, str(count)], capture_output=True, text=True, check=True).stdout)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.cpu_us = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e6 / count


def ours(program, what, count):
    return Measured([program, what], count)


def theirs(what, count):
    return Measured([sys.executable, __file__, "--peer", what], count)


def measure_peer(what, count):
    begin = time.monotonic()
    PEERS[what](count)
    print(count / (time.monotonic() - begin))


def median(values):
    return statistics.median(list(values))


def compare(program, row, rounds):
    name, what, count, peer_name, peer, peer_count, promised = row
    pairs = [(ours(program, what, count), theirs(peer, peer_count)) for _ in range(rounds)]
    ratio = median(mine.rate / other.rate for mine, other in pairs)
    mine, other = ([pair[side] for pair in pairs] for side in (0, 1))
    reached = promised is None or ratio >= promised
    print(f"| {name} | {median(m.rate for m in mine):,.0f} | {median(m.cpu_us for m in mine):,.2f} | {peer_name} "
          f"| {median(o.rate for o in other):,.0f} | {median(o.cpu_us for o in other):,.2f} | {ratio:.1f} "
          f"| {promised or ''}{'' if reached else ' MISSED'} |", flush=True)
    return reached


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", nargs="?", type=pathlib.Path, default=TOP / "build")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peer", nargs=2, metavar=("WHAT", "COUNT"), help="measure one peer (used by itself)")
    options = parser.parse_args()
    if options.peer:
        measure_peer(options.peer[0], int(options.peer[1]))
        return 0
    program = options.build / "tests/bench/mp_bench"
    subprocess.run(["ninja", "-C", options.build, "tests/bench/mp_bench"], stdout=subprocess.DEVNULL, check=True)
    print("| what | a second | CPU, µs each | against | a second | CPU, µs each | ratio | promised |\n|---|---|---|---|---|---|---|---|")
    rows = [row for row in ROWS if row[4] != "parallel" or shutil.which("parallel")]
    reached = [compare(program, row, options.rounds) for row in rows]
    whole, hurt = (median(ours(program, what, 200_000).rate for _ in range(options.rounds)) for what in ("pool-8", "kill"))
    print(f"\nA worker that is killed and replaced costs {(1 / hurt - 1 / whole) * 1000 * 1000:.2f} ms.")
    return 0 if all(reached) else 1


if __name__ == "__main__":
    sys.exit(main())
