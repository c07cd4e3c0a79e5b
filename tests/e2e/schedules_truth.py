"""What a Milvus 2.3.5 server really did, read from its log: it names the trace of each trigger, and each plan's job and end."""
import calendar
import dataclasses
import re
import time

LINE = re.compile(r'^\[(\d{4}/\d\d/\d\d \d\d:\d\d:\d\d)\.(\d{3}) \+00:00\] \[\w+\] \[[^]]*\] \["?([^]"]*)"?\](.*)$')
REQUESTED = "received ManualCompaction request"
RECEIVED = "received manual compaction"
STARTED = "success to trigger manual compaction"
ANSWERED = "received ManualCompaction response"
PLANNED = "time cost of generating global compaction"
MERGED = "meta update: alter in memory meta after compaction - complete"
COMPLETED = "handleCompactionResult: success to handle merge compaction result"


@dataclasses.dataclass
class Trigger:
    """One that the coordinator received. `outcome`: open, started (with a job) or refused."""
    trace: str
    collection: int
    at: float
    outcome: str = "open"
    job: int = None


@dataclasses.dataclass
class Job:
    collection: int
    at: float
    # By the plan's id: what it merges.
    plans: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class Truth:
    """`requests` are the traces and collections of the triggers that came as far as the proxy."""
    requests: list = dataclasses.field(default_factory=list)
    triggers: list = dataclasses.field(default_factory=list)
    jobs: dict = dataclasses.field(default_factory=dict)
    completed: set = dataclasses.field(default_factory=set)
    # By the sources: the segments that they became.
    merged: dict = dataclasses.field(default_factory=dict)
    # By the collection's id: its segments and their rows in the end; None if it was dropped.
    segments: dict = dataclasses.field(default_factory=dict)

    def jobs_of(self, trace, collection=None):
        """The jobs with plans that triggers of a trace have started. A trigger in the midst of which the server died has
        started the job that its collection then got and that no answer names."""
        answered = {trigger.job for trigger in self.triggers}
        found = []
        for trigger in self.triggers:
            if trigger.trace == trace and collection in (None, trigger.collection):
                found += [number for number, job in self.jobs.items() if job.plans and (
                    number == trigger.job or trigger.outcome == "open" and number not in answered
                    and job.collection == trigger.collection and job.at >= trigger.at)]
        return found

    def segments_of(self, collection):
        """The segments that a collection has and had, as far as plans named them."""
        sources = [plan for job in self.jobs.values() if job.collection == collection for plan in job.plans.values()]
        return set(self.segments.get(collection, ())).union(*sources, *(self.merged.get(plan, ()) for plan in sources))

    def has_completed(self, job, plan):
        """Whether a plan of a job has merged; None if nobody can tell, since its collection was dropped. A server that
        dies in the midst may have merged without a word: the sources are gone, and no other plan took them."""
        if plan in self.completed:
            return True
        stored = self.segments.get(self.jobs[job].collection)
        if stored is None:
            return None
        sources = self.jobs[job].plans[plan]
        taken = {source for other in self.jobs.values() for number, theirs in other.plans.items()
                 if number in self.completed for source in theirs}
        return not sources & (stored.keys() | taken)


def number_of(key, rest):
    return int(re.search(rf"\[{key}=(-?\d+)\]", rest)[1])


def numbers_of(key, rest):
    return frozenset(map(int, re.search(rf'\[{key}="\[([\d,]+)\]"\]', rest)[1].split(",")))


def read(lines):
    """The truth of a part of a log, without the segments."""
    truth = Truth()
    for line in lines:
        if not (match := LINE.match(line)):
            continue
        second, millisecond, text, rest = match.groups()
        at = calendar.timegm(time.strptime(second, "%Y/%m/%d %H:%M:%S")) + int(millisecond) / 1000
        if text in (REQUESTED, RECEIVED, STARTED, ANSWERED):
            trace, collection = re.search(r"\[traceID=(\w+)\]", rest)[1], number_of("collectionID", rest)
            mine = [trigger for trigger in truth.triggers if trigger.trace == trace and trigger.collection == collection]
        if text == REQUESTED:
            truth.requests.append((trace, collection))
        elif text == RECEIVED:
            truth.triggers.append(Trigger(trace, collection, at))
        elif text == STARTED:
            mine[-1].outcome, mine[-1].job = "started", number_of("compactionID", rest)
            truth.jobs.setdefault(mine[-1].job, Job(collection, at))
        elif text == ANSWERED and mine and mine[-1].outcome == "open" and 'status:<> ' not in rest and "status:<" in rest:
            mine[-1].outcome = "refused"
        elif text == PLANNED:
            job = truth.jobs.setdefault(number_of("compactionID", rest), Job(number_of("collectionID", rest), at))
            job.plans[number_of("planID", rest)] = numbers_of("segmentIDs", rest)
        elif text == MERGED:
            sources = numbers_of('"compact from segment IDs"', rest)
            truth.merged.setdefault(sources, set()).add(number_of('"compact to segment ID"', rest))
        elif text == COMPLETED:
            truth.completed.add(number_of("planID", rest))
    return truth
