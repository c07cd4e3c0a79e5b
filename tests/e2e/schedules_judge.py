"""Compares what the library said in a life with what the server did. A life is good if all of this holds:

1.  A trigger that succeeds gives a job that the server has, of a collection that the name denoted during the call.
2.  A trigger that fails and is not in doubt, or whose message says that nothing was started, has started nothing: no job
    of the server with plans is of its trace.
3.  No trigger is sent twice, unless the server refused the first, or scheduled nothing for it and the call is one that
    tries again (compact_many). No call starts two jobs with plans for a collection.
4.  No trigger asks for anything but a collection that the name denoted. (An id of 0 compacts all of them.)
5.  SUCCEEDED: the job has plans, and each of them merged. PARTLY_FAILED: some did, some did not. FAILED and TIMED_OUT: it
    has plans, and none did. NOTHING_TO_DO: it has no plans. UNKNOWN and NONE claim nothing.
6.  No more plans are counted as completed than merged, nor more in all than there are. With a verdict other than UNKNOWN
    their number is the true one. Plans that are listed are plans of the job, and one that is listed or judged as
    completed has merged, and one that is judged as failed has not. Segments that are listed are of the collection.
7.  A trigger in doubt that is found started has a job with plans since the call began; where an id is told, that of such
    a job. Where no trace is found, the triggers in doubt had not started anything when the look began.
8.  No row is lost and none comes twice, whatever was merged, killed and started again.
9.  Each failure has a message of one printable line.
10. No call takes a minute longer than its limit, or, without a limit, a minute longer than the last fault.
11. The client neither crashes nor hangs, and the same one compacts a collection once all faults have ended.

What the server did is in its log (schedules_truth.py); what it stores is asked for past the faults.
"""
import dataclasses

# Only a call that does not come back takes so much longer than it may.
HANGS = 60
LONGEST_MESSAGE = 1024
NO_LIMIT = -1
# A log's milliseconds are rounded down.
ROUNDED = 0.002
TRIGGERS = ("compact", "compact_async", "compact_many")
NOT_STARTED = ("nothing was compacted", "was not started")
# Calls that were broken off by the test, and claim nothing.
SILENT = ("ABANDONED", "PENDING")


@dataclasses.dataclass
class Name:
    """A name denoted a collection from before `since` until after `until`, by the clock of the machine."""
    name: str
    collection: int
    since: float
    until: float = float("inf")


@dataclasses.dataclass
class Told:
    """All that was seen of a life but the server's truth. `calls` are dicts, as schedules_client.py tells them."""
    calls: list
    names: list
    # By the collection's id: how many were inserted; None if that is not known.
    rows: dict
    # When the last fault ended.
    faults_over: float
    # As the client ended: the status of its last compaction (None: it did not come so far), its process' exit status.
    after: str = "OK"
    exit_status: int = 0


class Judge:
    def __init__(self, told, truth):
        self.told, self.truth, self.wrong = told, truth, []

    def verdict(self):
        """What is wrong, a sentence each."""
        for call in self.told.calls:
            self.say = lambda text, call=call: self.wrong.append(f"{text}: call {call['call']} ({call})")
            self.form(call)
            if call.get("status") not in (None, *SILENT):
                self.claims(call)
        self.say = self.wrong.append
        self.triggers()
        self.rows()
        if self.told.exit_status != 0:
            self.say(f"11: the client's process ended with the status {self.told.exit_status}")
        if self.told.after != "OK":
            self.say(f"11: a minute after the faults the client's last compaction ended with {self.told.after}")
        return self.wrong

    def form(self, call):
        """Rules 9 and 10."""
        if call.get("status") == "PENDING" or "end" not in call:
            self.say("10: it hangs")
        elif call["limit_ms"] == NO_LIMIT:
            if call["end"] > max(call["begin"], self.told.faults_over) + HANGS:
                self.say("10: it outlives the faults")
        elif call["end"] - call["begin"] > call["limit_ms"] / 1000 + HANGS:
            self.say("10: it outlives its limit")
        for said in [call, *call.get("many", ())]:
            message = said.get("message", "")
            if not message.isprintable() or len(message.encode()) > LONGEST_MESSAGE:
                self.say("9: the message is not one printable line")
            if not message and said.get("status", "OK") not in ("OK", *SILENT):
                self.say("9: there is no message")

    def claims(self, call):
        if call["operation"] in ("compact", "compact_async"):
            self.triggered(call, call["name"], call)
        for one in call.get("many", ()):
            # Two names of one call may denote the same collection, one after the other.
            others = {job for other in call["many"] if other is not one for job in (
                [other["job"]] if not other.get("in_doubt") else self.started(call, other["name"]))}
            self.triggered(call, one["name"], one, others)
            if "verdict" in one:
                self.ended(one["job"], one)
        if call["operation"] == "compact_many" and "many" not in call and not call["in_doubt"] and self.truth.jobs_of(call["trace"]):
            self.say("2: not in doubt, and the server started a job")
        if "verdict" in call:
            self.ended(call["job"], call)
        elif call["operation"] == "state" and call["status"] == "OK":
            self.counted(call["job"], call)
        elif call["operation"] == "plans" and call["status"] == "OK":
            self.listed(call)
        elif call["operation"] == "segments" and call["status"] == "OK":
            self.stored(call)
        elif call["operation"] == "resolve" and call["status"] == "OK":
            self.resolved(call)

    def denoted(self, name, begin, end):
        return {known.collection for known in self.told.names if known.name == name and known.since <= end and known.until >= begin}

    def started(self, call, name):
        """The jobs with plans that a call has started of a collection that the name denoted."""
        ids = self.denoted(name, call["begin"], call["end"])
        return {number for one in ids for number in self.truth.jobs_of(call["trace"], one)}

    def triggered(self, call, name, said, others=frozenset()):
        """Rules 1, 2 and 7, of a trigger; `others` are the jobs that the call has told of already."""
        ids, job = self.denoted(name, call["begin"], call["end"]), said.get("job", 0)
        started = self.started(call, name) - others
        if job > 0:
            if job not in self.truth.jobs or self.truth.jobs[job].collection not in ids:
                self.say("1: the server has no such job of the collection")
        elif started and (not said.get("in_doubt") or any(words in said["message"] for words in NOT_STARTED)):
            self.say(f"2: not in doubt, and the server started {started}")
        if said.get("resolution") == "STARTED":
            self.found(ids, call["begin"], said["found"])

    def found(self, ids, begin, job):
        since = {number for number, known in self.truth.jobs.items()
                 if known.plans and known.collection in ids and known.at >= begin - ROUNDED}
        if not since or job > 0 and job not in since:
            self.say(f"7: the job that is found does not run; there are {since}")

    def resolved(self, call):
        ids = self.denoted(call["name"], call["begin"], call["end"])
        doubted = [other for other in self.told.calls if other.get("end", float("inf")) <= call["end"] for said in
                   [dict(other, name=other.get("name")), *other.get("many", ())] if said.get("in_doubt") and said["name"] == call["name"]]
        if call["resolution"] == "STARTED" and doubted:
            self.found(ids, min(other["begin"] for other in doubted), call["found"])
        started = [any(self.truth.jobs[job].at < call["begin"] and self.truth.jobs[job].collection in ids
                       for job in self.truth.jobs_of(other["trace"])) for other in doubted]
        if call["resolution"] == "NO_TRACE" and doubted and all(started):
            self.say("7: no trace is found, and the server had started a job")

    def merged(self, job):
        """For each plan of a job whether it merged; None if nobody can tell."""
        return [self.truth.has_completed(job, plan) for plan in self.truth.jobs[job].plans] if job in self.truth.jobs else []

    def ended(self, job, said):
        """Rules 5 and 6, of a report."""
        verdict, merged = said["verdict"], self.merged(job)
        is_true = {
            "SUCCEEDED": merged and False not in merged,
            "PARTLY_FAILED": len(merged) > 1 and any(one is not False for one in merged) and any(one is not True for one in merged),
            "FAILED": merged and True not in merged,
            "TIMED_OUT": merged and True not in merged,
            "NOTHING_TO_DO": not merged,
        }.get(verdict, verdict in ("NONE", "UNKNOWN"))
        if not is_true:
            self.say(f"5: {verdict} is not true, the plans merged: {merged}")
        if verdict not in ("NONE", "UNKNOWN") and said["planned"] not in (len(merged), -1):
            self.say(f"6: {said['planned']} plans are told of {len(merged)}")
        self.counted(job, said)

    def counted(self, job, said):
        merged = self.merged(job)
        if said["completed"] > sum(one is not False for one in merged):
            self.say(f"6: {said['completed']} plans are counted as completed, they merged: {merged}")
        if said["completed"] + said["failed"] + said["timed_out"] > len(merged):
            self.say(f"6: more plans are counted than the {len(merged)} that there are")

    def listed(self, call):
        job = self.truth.jobs.get(call["job"])
        plans = {sources: number for number, sources in job.plans.items()} if job else {}
        for (sources, target), judgement in zip(call["plans"], call["judgements"]):
            number = plans.get(frozenset(sources))
            if number is None:
                self.say(f"6: the job has no plan of {sources}")
                continue
            completed = self.truth.has_completed(call["job"], number)
            targets = self.truth.merged.get(frozenset(sources))
            if completed is False and (target > 0 or judgement == "COMPLETED") or completed and judgement in ("FAILED", "TIMED_OUT"):
                self.say(f"6: the plan of {sources} is {judgement} with {target}; that it merged is {completed}")
            elif target > 0 and targets and target not in targets:
                self.say(f"6: {sources} did not become {target}")

    def stored(self, call):
        ids = self.denoted(call["name"], call["begin"], call["end"])
        known = set().union(*(self.truth.segments_of(collection) for collection in ids))
        if all(collection in self.truth.segments for collection in ids) and not set(call["segments"]) <= known:
            self.say(f"6: segments that the collection never had, which are not of {known}")

    def triggers(self):
        """Rules 3 and 4."""
        by_trace = {call["trace"]: call for call in self.told.calls}
        for trace, collection in self.truth.requests:
            call = by_trace.get(trace)
            if call is None:
                self.say(f"4: a trigger of nobody's for {collection}, trace {trace}")
                continue
            names = call.get("names", [call.get("name")])
            # What is abandoned goes on.
            end = float("inf") if call.get("status") in (None, *SILENT) else call["end"]
            if not any(collection in self.denoted(name, call["begin"], end) for name in names):
                self.say(f"4: a trigger for {collection}, which was not asked for: {call}")
        for trace, collection in dict.fromkeys((trigger.trace, trigger.collection) for trigger in self.truth.triggers):
            mine = [trigger for trigger in self.truth.triggers if (trigger.trace, trigger.collection) == (trace, collection)]
            tries_again = by_trace.get(trace, {}).get("operation") == "compact_many"
            for trigger in mine[:-1]:
                is_idle = trigger.outcome == "started" and not self.truth.jobs[trigger.job].plans
                if trigger.outcome != "refused" and not (tries_again and is_idle):
                    self.say(f"3: a trigger was repeated though the first was {trigger.outcome}: {by_trace.get(trace)}, {mine}")
            if len(set(self.truth.jobs_of(trace, collection))) > 1:
                self.say(f"3: two jobs for one call: {by_trace.get(trace)}, {mine}")

    def rows(self):
        """Rule 8."""
        for collection, rows in self.told.rows.items():
            stored = self.truth.segments.get(collection)
            if stored is not None and rows is not None and sum(stored.values()) != rows:
                self.say(f"8: {rows} rows went into {collection}, {sum(stored.values())} are there: {stored}")


def judge(told, truth):
    return Judge(told, truth).verdict()
