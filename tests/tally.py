"""tally.py BUILD...: counts the tests of the last `meson test` in each build folder.

Every cmocka test counts as one, by the TAP line it printed; a program that prints none counts as one. A program that
failed without saying which test did (it crashed, or was stopped after its time) counts as one failure more. Names what failed,
then prints "N passed, N failed, N skipped"; the exit status is 1 when something failed or nothing ran.
"""
import json
import re
import sys
from collections import Counter

TAP = re.compile(r"^(not )?ok \d+(?: - | # )?(SKIP\b)?:?\s*(.*)", re.MULTILINE | re.IGNORECASE)
BAD = {"FAIL", "ERROR", "TIMEOUT", "INTERRUPT", "UNEXPECTEDPASS"}

count = Counter()
failures = []
for build in sys.argv[1:]:
    with open(f"{build}/meson-logs/testlog.json") as log:
        for program in map(json.loads, log):
            found = Counter()
            for bad, skip, name in TAP.findall(program.get("stdout", "")):
                outcome = "skipped" if skip else "failed" if bad else "passed"  # cmocka 1.1.5: "not ok 2 # SKIP"
                found[outcome] += 1
                if outcome == "failed":
                    failures.append(f"{build}: {program['name']}: {name}")
            if program["result"] in BAD and not found["failed"]:
                found["failed"] += 1
                failures.append(f"{build}: {program['name']}: {program['result'].lower()}")
            elif not found:
                found["skipped" if program["result"] == "SKIP" else "passed"] += 1
            count += found

print("\n".join(["", *(f"failed: {name}" for name in failures)]))
print("{passed} passed, {failed} failed, {skipped} skipped".format(
    **{outcome: count[outcome] for outcome in ("passed", "failed", "skipped")}))
sys.exit(1 if failures or not count else 0)
