"""examples.py FOLDER NAME PROGRAM [VALGRIND]: runs an example of samples/multiprocessing and checks what it prints against what
the seed of it prints. Where the seed leaves the order open, so does the check. FOLDER holds the files that some of them read.

With VALGRIND, it and all its processes run under memcheck, which must find nothing. Exit status: 0 right, 1 wrong.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

WORDS = ["salad", "soup", "main course", "dessert"]


def exactly(*lines):
    """These lines in this order."""
    def check(got):
        assert got == list(lines), f"expected {list(lines)}"
    return check


def any_order(*lines):
    """These lines, each once, in whatever order."""
    def check(got):
        assert sorted(got) == sorted(lines), f"expected, in any order, {sorted(lines)}"
    return check


def patterns(*expressions):
    """A line for each expression, in this order."""
    def check(got):
        assert len(got) == len(expressions), f"expected {len(expressions)} lines"
        for line, expression in zip(got, expressions):
            assert re.fullmatch(expression, line), f"{line!r} is not {expression}"
    return check


def numbers(expression, expected):
    """Every line is the expression, whose numbers, in whatever order, are the expected ones."""
    def check(got):
        found = [re.fullmatch(expression, line) for line in got]
        assert all(found), f"a line is not {expression}"
        assert sorted(int(match[1]) for match in found) == sorted(expected), f"expected {sorted(expected)}"
    return check


def distinct(expression, count):
    """So many lines of which no two are the same in the expression's group."""
    def check(got):
        found = {re.fullmatch(expression, line)[1] for line in got}
        assert len(got) == len(found) == count, f"expected {count} different ones"
    return check


def subsequence(*lines):
    """These lines in this order, whatever is between them."""
    def check(got):
        rest = iter(got)
        for line in lines:
            assert line in rest, f"expected, in this order, {list(lines)}"
    return check


def both(*checks):
    def check(got):
        for one in checks:
            one(got)
    return check


def last(line, before):
    """The last line, and a check of those before it."""
    def check(got):
        assert got and got[-1] == line, f"expected {line!r} at the end"
        before(got[:-1])
    return check


def sorted_list(expected):
    def check(got):
        assert len(got) == 1 and sorted(eval(got[0], {})) == expected, f"expected {expected} in any order"
    return check


def each_first(first, then):
    """For each number, a line like `first` and later one like `then`."""
    def check(got):
        for number in range(1, 5):
            subsequence(first.format(number), then.format(number))(got)
        assert len(got) == 8, "expected 8 lines"
    return check


def doublings(by):
    return [f"{number} doubled to {2 * number} by{by}" for number in (5, 10, 15, 20, 25)]


def doubled_by_pids(got):
    any_order(*doublings(" process id: "))([re.sub(r"\d+$", "", line) for line in got])
    distinct(r".*: (\d+)", 5)(got)


def packed(got):
    last("Total products packed: 50",
         numbers(r"Worker [0-4]: Packed 1 product \(Total: (\d+) products\)", range(1, 51)))(got)


def log_lines(got):
    of = {name: [line for line in got if line.startswith(f"[INFO/{name}]")] for name in
          ("MainProcess", "Process-1", "Process-2", "Process-3")}
    for number in (1, 2, 3):
        name = f"Process-{number}"
        exactly(f"[INFO/{name}] child process calling self.run()", f"[INFO/{name}] process shutting down",
                f"[INFO/{name}] process exiting with exitcode 0")(of[name])
    exactly("[INFO/MainProcess] process shutting down",
            *(f"[INFO/MainProcess] calling join() for process Process-{i}" for i in (1, 2, 3)))(of["MainProcess"])
    any_order("tango", "foxtrot", "10")([line for line in got if not line.startswith("[")])


def produced(got):
    both(subsequence(*(f"Producing {item}" for item in "ABCD")), subsequence(*(f"Consuming {item}" for item in "ABCD")))(got)
    assert len(got) == 8, "expected 8 lines"


def created(got):
    both(subsequence("Creating data and putting it on the queue"),
         subsequence(*(line for number in (5, 10, 13, -1)
                       for line in (f"data found to be processed: {number}", str(2 * number)))))(got)
    assert len(got) == 9, "expected 9 lines"


FILES = ["file1.txt", "file2.txt", "file3.txt"]

CHECKS = {
    "hello_process": patterns("Starting worker", r"Task Job-0 running in process \d+", "Finished worker",
                               "Parent process finished"),
    "named_processes": any_order(*(f"{n} doubled to {2 * n} by: {by}" for n, by in (
        (5, "Process-2"), (10, "Process-3"), (15, "Process-4"), (20, "Process-5"), (25, "Process-6"), (2, "Test")))),
    "doubler_pids": doubled_by_pids,
    "cooks": any_order(*(f"person Process-{i} is cooking {dish}…" for i, dish in enumerate(WORDS, 1))),
    "squares": exactly("[1, 4, 9, 16, 25]"),
    "sleeping_squares": last("Squares: [1, 4, 9, 16, 25]", numbers(r"Processing (\d)", range(1, 6))),
    "pool_of_four": last("Parent process finished", each_first("Starting worker {}", "Finished worker {}")),
    "async_cubes": exactly("Main thread working...", "[1, 8, 27]"),
    "apply_with_timeout": exactly("50"),
    "unordered_squares": numbers(r"(\d+)", [i * i for i in range(10)]),
    "safe_divide": exactly("[10.0, 'Error: division by zero', 20.0]", "[25.0, 50.0]"),
    "count_lines": exactly("[3, 10, 0, -1]"),
    "fetch_files": last("['file1.txt: 200', 'file2.txt: 200', 'file3.txt: 200', 'missing.txt: 404']",
                         any_order("Downloaded file1.txt (14 bytes)", "Downloaded file2.txt (21 bytes)",
                                   "Downloaded file3.txt (0 bytes)")),
    "rate_limited_fetch": any_order(*(f"Fetched data from https://{host}" for host in
                                       ("example.com", "api.github.com", "google.com"))),
    "shared_counter": exactly("Final counter value: 200000"),
    "counter_and_array": exactly("Final counter: 1000", "Modified array: [2.0, 4.0, 6.0]"),
    "packed_products": packed,
    "safe_increment": last("Final counter value: 15", numbers(r"Process \d+ incremented to (\d+)", range(1, 16))),
    "lock_tasks": any_order(*(f"Process {i} is running" for i in range(3))),
    "lock_printer": any_order("tango", "foxtrot", "10"),
    "manager_list": sorted_list([0, 1, 2, 3, 4]),
    "producer_consumer": produced,
    "bakery": exactly(*(f"Baker: Preparing {bread} bread" for bread in ("Baguette", "Ciabatta", "Sourdough")),
                       "Bakery is closed for the day."),
    "creator_consumer": created,
    "queue_logging": exactly("[INFO/Process-1] Logging from process"),
    "log_to_stderr": log_lines,
    "spawn_context": exactly("Hello from a spawned process!"),
}

ARGUMENTS = {"count_lines": [*FILES, "missing.txt"], "fetch_files": [*FILES, "missing.txt"]}

# The least and the most that it takes: five seconds are what the tasks of sleeping_squares take one after the other.
SECONDS = {"sleeping_squares": (2, 5), "pool_of_four": (0.1, 60), "unordered_squares": (0.1, 60), "rate_limited_fetch": (0.4, 60),
           "safe_increment": (0.5, 60)}


def memcheck(valgrind, logs):
    return [valgrind, "--trace-children=yes", "--leak-check=full", "--errors-for-leak-kinds=definite",
            f"--log-file={logs}/%p"]


def check_logs(logs):
    """A process that was killed, as a team's workers are at its end, has no summary."""
    summaries = 0
    for log in pathlib.Path(logs).iterdir():
        text = log.read_text(errors="replace")
        found = re.findall(r"ERROR SUMMARY: (\d+) errors", text)
        summaries += len(found)
        assert not any(map(int, found)), text
    assert summaries, "memcheck said nothing"


def run(folder, name, program, valgrind=None):
    least_s, most_s = SECONDS.get(name, (0, 60))
    with tempfile.TemporaryDirectory() as logs:
        command = [*(memcheck(valgrind, logs) if valgrind else []), os.path.abspath(program), *ARGUMENTS.get(name, [])]
        began = time.monotonic()
        result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                text=True, cwd=folder, timeout=280)
        took_s = time.monotonic() - began
        try:
            assert result.returncode == 0, f"status {result.returncode}"
            CHECKS[name](result.stdout.splitlines())
            assert valgrind or least_s <= took_s < most_s, f"took {took_s:.2f} s, not {least_s} to {most_s} s"
            if valgrind:
                check_logs(logs)
        except AssertionError as error:
            print(f"{name}: {error}\nit printed:\n{result.stdout}")
            return 1
    print(f"{name}: right, in {took_s:.2f} s")
    return 0


if __name__ == "__main__":
    sys.exit(run(*sys.argv[1:]))
