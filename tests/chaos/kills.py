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

    def start(self, hook=None, more=(), **options):
        return self.place.start("run", "in", "out", "--events", "events", *OPTIONS, *more,
                                environment={"STAMPMILL_TEST_HOOK": hook} if hook else None, **options)

    def lose(self, what, texts):
        self.lost += self.context.lost([f"{what}: {text}" for text in texts])

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

    def finish(self, what, keep=False):
        """The undisturbed re-run after the kills, and OUTPUT's end."""
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
        if not keep:
            self.place.remove("out")


def pause(started, seconds):
    """Until then, or the run's end; False when it has ended, or has taken far too long."""
    return not place.wait_until(lambda: not started.is_running(), seconds) and started.seconds() < 120


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


def enough(context, kills, wanted):
    return kills >= wanted or not context.in_time()


def workers_at_random(context):
    campaign = Campaign(context)
    wanted, kills, runs, failed = context.rounds(12, 500), 0, 0, 0
    while not enough(context, kills, wanted):
        started = campaign.start()
        kills += kill_workers_in(campaign, started, min(context.random.randint(5, 12), wanted - kills))
        runs += 1
        failed += check_workers_run(campaign, f"run {runs}", started).status == 1
        campaign.finish(f"the re-run after run {runs}")
        context.say(f"{kills} kills, {runs} runs")
    return [Row("workers killed at random instants", kills, campaign.lost,
                f"{runs} runs of {campaign.pictures} pictures; {failed} of them named pictures whose worker was killed twice")]


def workers_at_stages(context):
    """Those that have a picture whose name ends in some way in hand, when they come to a stage of making it."""
    if not context.hooks:
        return [Row("workers killed at named stages", 0, [], "wants a build with -Dtest_hooks=true")]
    campaign = Campaign(context)
    wanted, kills, runs = context.rounds(8, 300), 0, 0
    while not enough(context, kills, wanted):
        stage, name = STAGES[runs % len(STAGES)], context.random.choice(campaign.names)
        hook = f"{stage}:kill:{name[-5:]}:1"
        check_workers_run(campaign, hook, campaign.start(hook))
        hit = sum(event.get("attempt", 1) > 1 for event in campaign.statuses().values())
        if not hit:
            campaign.lose(hook, ["nobody was killed"])
        kills, runs = kills + hit, runs + 1
        campaign.finish(f"the re-run after {hook}")
        context.say(f"{kills} kills, {runs} runs")
    return [Row("workers killed at named stages", kills, campaign.lost, f"{', '.join(STAGES)}; {runs} runs of {campaign.pictures} pictures")]


class Saboteur:
    """Starts a campaign's runs so that a process is killed at a system call that changes something below OUTPUT."""

    def __init__(self, campaign, who):
        self.campaign, self.who, self.log = campaign, who, campaign.place.path("calls")
        self.campaign.out.mkdir()
        self.run([]).wait()
        self.calls = len(self.lines())
        campaign.place.remove("out")

    def lines(self):
        return [line for line in self.log.read_text(errors="replace").splitlines() if line.startswith(self.who)]

    def killed(self):
        return [line for line in self.lines() if line.endswith(" killed")]

    @staticmethod
    def order(first, every=1, count=8, call=None):
        """Who is killed, as the saboteur's options."""
        return ["--first", str(first), "--every", str(every), "--count", str(count), "--kill", *(["--call", call] if call else [])]

    def run(self, order, more=()):
        campaign = self.campaign
        return campaign.start(more=more, before=[campaign.context.tool("saboteur"), "--beneath", campaign.out.resolve(), "--log", self.log,
                                                 "--who", self.who, *order, "--"])


def saboteur_row(context, tried):
    """Why the saboteur cannot be had here, as a row; None when it can."""
    if not context.tool("saboteur"):
        return Row(tried, 0, [], "tests/chaos/saboteur is not built")
    if context.place.run(before=[context.tool("saboteur"), "--beneath", "/nowhere", "--log", "/dev/null", "--", "true"]).status == 77:
        return Row(tried, 0, [], "this kernel hands no system calls over")
    return None


def workers_at_calls(context):
    tried = "workers killed at a system call that writes"
    if row := saboteur_row(context, tried):
        return [row]
    campaign = Campaign(context)
    saboteur = Saboteur(campaign, "worker")
    wanted, kills, runs = context.rounds(8, 200), 0, 0
    while not enough(context, kills, wanted):
        campaign.out.mkdir(exist_ok=True)
        if runs % 2 == 0:
            how = saboteur.order(context.random.randint(1, saboteur.calls // 4), context.random.randint(saboteur.calls // 12, saboteur.calls // 4))
            started = saboteur.run(how)
        else:  # all names are taken, and replacing takes a temporary one until it is renamed
            how = saboteur.order(1, context.random.randint(2, campaign.pictures // 8), call="renameat,renameat2,rename")
            started = saboteur.run(how, more=["--force"])
        check_workers_run(campaign, " ".join(how), started)
        kills, runs = kills + len(saboteur.killed()), runs + 1
        campaign.finish(f"the re-run after {' '.join(how)}", keep=runs % 2)
        context.say(f"{kills} kills, {runs} runs")
    return [Row(tried, kills, campaign.lost, f"{runs} runs of {campaign.pictures} pictures, half of them replacing what is there")]


# ---- the supervisor ----

CHAIN = 6  # so many supervisors of one OUTPUT are killed before the run that may end


def chains(context, campaign, wanted, kill_one):
    """Supervisors killed one after the other by kill_one(campaign), which returns how it did it, or None when its run came to an end."""
    kills, reruns = 0, 0
    while not enough(context, kills, wanted):
        for _ in range(min(CHAIN, wanted - kills)):
            how = kill_one(campaign)
            if how is None:
                break
            kills += 1
        campaign.finish(f"the last re-run of chain {reruns + 1}")
        reruns += 1
        context.say(f"{kills} kills, {reruns} chains")
    return kills, f"{reruns} runs of {campaign.pictures} pictures, up to {CHAIN} kills each"


def kill_at_random(campaign):
    left = len(campaign.wanted.keys() - place.ledger(campaign.out).keys()) / campaign.pictures
    seconds = campaign.random.uniform(0, campaign.seconds * max(left, 0.1))
    started = campaign.start()
    pause(started, seconds)
    if not started.kill(started.pid):
        started.wait()
        return None
    started.wait()
    how = f"killed after {seconds:.3f} s"
    campaign.check_interrupted(how, started)
    return how


def supervisor_at_random(context):
    campaign = Campaign(context)
    kills, notes = chains(context, campaign, context.rounds(10, 80), kill_at_random)
    return [Row("supervisors killed at random instants", kills, campaign.lost, notes)]


def kill_at_stage(campaign):
    """While a worker stands still at a stage of a picture that is not recorded yet."""
    todo = sorted(set(campaign.names) - place.ledger(campaign.out).keys())
    if not todo:
        return None
    hook = f"{campaign.random.choice(STAGES)}:stop:{campaign.random.choice(todo)}"
    started = campaign.start(hook)
    place.wait_until(lambda: "T" in started.workers().values() or not started.is_running(), 60)
    if not started.kill(started.pid):
        campaign.lose(hook, [f"nobody stopped there: {started.wait().said}"])
        return None
    started.wait()
    campaign.check_interrupted(hook, started)
    return hook


def supervisor_at_stages(context):
    tried = "supervisors killed while a worker is at a named stage"
    if not context.hooks:
        return [Row(tried, 0, [], "wants a build with -Dtest_hooks=true")]
    campaign = Campaign(context)
    kills, notes = chains(context, campaign, context.rounds(8, 60), kill_at_stage)
    return [Row(tried, kills, campaign.lost, f"{', '.join(STAGES)}; {notes}")]


def supervisor_at_calls(context):
    tried = "supervisors killed at a system call that writes"
    if row := saboteur_row(context, tried):
        return [row]
    campaign = Campaign(context)
    saboteur = Saboteur(campaign, "supervisor")

    def kill_at_call(_):
        campaign.out.mkdir(exist_ok=True)
        number = context.random.randint(1, saboteur.calls)
        started = saboteur.run(saboteur.order(number, count=1))
        started.wait()
        killed = saboteur.killed()
        if killed:
            campaign.check_interrupted(f"{killed[0]} (call {number})", started)
        return killed[0] if killed else None

    kills, notes = chains(context, campaign, context.rounds(8, 60), kill_at_call)
    return [Row(tried, kills, campaign.lost, f"any of {saboteur.calls}; {notes}")]


NAMES = {
    "workers-at-random": workers_at_random,
    "workers-at-stages": workers_at_stages,
    "workers-at-calls": workers_at_calls,
    "supervisor-at-random": supervisor_at_random,
    "supervisor-at-stages": supervisor_at_stages,
    "supervisor-at-calls": supervisor_at_calls,
}
