"""Workers and supervisors killed by SIGKILL, at random instants and at named stages, in runs of many pictures.

After each kill of a supervisor: no process is left, each name shows a whole picture, each row of the ledger is true. After the last
re-run: OUTPUT is what an undisturbed run makes, byte for byte, no temporary file, no lock is left, and what had been recorded was not made
again.
"""
import json

import pictures
import place
from chaos import Row

PICTURES = 200
OPTIONS = ["--resize", "40", "--jobs", "3", "--progress", "none"]
STAGES = ["open", "decode", "stamp", "encode", "sync", "publish"]


class Campaign:
    """The pictures, what an undisturbed run makes of them, and what was lost so far."""

    def __init__(self, context):
        self.context, self.place, self.random = context, context.place, context.random
        self.pictures = 40 if context.short else PICTURES
        self.names = pictures.write_folder(self.place.path("in"), self.pictures, self.random)
        self.lost = []
        ended = self.place.run("run", "in", "wanted", *OPTIONS)
        if ended.status != 0:
            raise RuntimeError(f"the undisturbed run ended with {ended.status}: {ended.said}")
        self.seconds = ended.seconds
        self.wanted = place.contents(self.place.path("wanted"))
        self.out = self.place.path("out")

    def start(self, hook=None):
        return self.place.start("run", "in", "out", "--events", "events", *OPTIONS,
                                environment={"STAMPMILL_TEST_HOOK": hook} if hook else None)

    def lose(self, what, texts):
        self.lost += [f"{what}: {text}" for text in texts]

    def check_interrupted(self, what, started):
        """A run that was killed: what holds at any instant. Returns what the ledger has as done."""
        self.lose(what, [f"process {pid} is left" for pid in started.left()])
        found = place.contents(self.out)
        rows = place.ledger(self.out)
        self.lose(what, place.not_whole(found, self.wanted))
        self.lose(what, place.untrue(self.out, rows, found, self.wanted))
        return rows

    def check_ended(self, what, started, ended, allowed=(0,)):
        if ended.status not in allowed:
            self.lose(what, [f"ended with {ended.status}: {ended.said[-2000:]}"])
        self.lose(what, ended.complaints())
        self.lose(what, [f"process {pid} is left" for pid in started.left()])
        self.lose(what, place.debris(self.out))

    def statuses(self):
        """Input's name -> status, as the run's events tell it."""
        lines = self.place.path("events").read_text().splitlines()
        events = [json.loads(line) for line in lines]
        return {event["input"].partition("/")[2]: event for event in events if event["event"] == "picture"}

    def finish(self, what):
        """The undisturbed re-run after the kills."""
        rows = place.ledger(self.out)
        before = place.identities(self.out, rows)
        started = self.start()
        self.check_ended(what, started, started.wait())
        self.lose(what, place.differences(place.contents(self.out), self.wanted))
        after = place.identities(self.out, rows)
        self.lose(what, [f"{name}: was recorded and is made again" for name in rows if before[name] != after[name]])
        told = self.statuses()
        self.lose(what, [f"{name}: was recorded and is not told as up to date" for name in rows
                         if told.get(name, {}).get("status") != "up-to-date"])
        missing = place.ledger(self.out).keys() ^ self.wanted.keys()
        self.lose(what, [f"{name}: not in the ledger after the last run" for name in missing])
        self.place.remove("out")


def pause(started, seconds):
    """Until then, or the run's end; False when it has ended."""
    return not place.wait_until(lambda: not started.is_running(), seconds)


def kill_workers_in(campaign, started, most):
    """At random instants, until the run ends; how many."""
    kills = 0
    while kills < most and pause(started, campaign.random.expovariate(most / campaign.seconds / 1.5)):
        workers = sorted(started.workers())
        if workers:
            kills += started.kill(campaign.random.choice(workers))
    return kills


def check_workers_run(campaign, what, started):
    """A run that lost workers comes to its end; what failed is named and is for the re-run."""
    ended = started.wait()
    campaign.check_ended(what, started, ended, allowed=(0, 1))
    if ended.status not in (0, 1):
        return ended
    told = campaign.statuses()
    campaign.lose(what, [f"{name}: not told of" for name in campaign.names if name not in told])
    failed = [event for event in told.values() if event["status"] == "failed"]
    campaign.lose(what, [f"{event['input']}: failed, {event['reason']}: {event['message']}" for event in failed
                         if event["reason"] != "crashed" or "SIGKILL" not in event["message"]])
    if bool(failed) != (ended.status == 1):
        campaign.lose(what, [f"status {ended.status} with {len(failed)} failed"])
    found = place.contents(campaign.out)
    campaign.lose(what, place.not_whole(found, campaign.wanted))
    campaign.lose(what, place.untrue(campaign.out, place.ledger(campaign.out), found, campaign.wanted))
    return ended


def workers_at_random(context):
    campaign = Campaign(context)
    wanted, kills, runs, failed = context.rounds(20, 500), 0, 0, 0
    while kills < wanted and context.in_time():
        started = campaign.start()
        kills += kill_workers_in(campaign, started, min(context.random.randint(3, 12), wanted - kills))
        runs += 1
        failed += check_workers_run(campaign, f"run {runs}", started).status == 1
        campaign.finish(f"the re-run after run {runs}")
        context.say(f"{kills} kills, {runs} runs")
    return [Row("workers killed at random instants", kills, campaign.lost,
                f"{runs} runs of {campaign.pictures} pictures; {failed} of them named pictures whose worker was killed twice")]


NAMES = {
    "workers-at-random": workers_at_random,
}
