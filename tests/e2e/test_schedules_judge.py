"""The judge of the schedules finds each lie: a life in which all is well, and the same with one claim that is not true."""
import dataclasses

import pytest
import schedules_judge
import schedules_truth
from schedules_judge import Name, Told

COLLECTION, OTHER, DROPPED = 470000000000000001, 470000000000000002, 470000000000000003
TRACES = {name: f"{number:032x}" for number, name in enumerate(("good", "bad", "lost", "late", "idle", "torn"), 1)}
T0 = 1796068210.0


def line(second, text, rest):
    return f'[2026/11/30 19:50:{10 + second:06.3f} +00:00] [INFO] [datacoord/services.go:1] ["{text}"] {rest}'


def trigger(second, trace, job=None, collection=COLLECTION, plans=()):
    """What a server writes of one: its job's plans come before its answer."""
    told = f"[traceID={TRACES[trace]}] [collectionID={collection}]"
    yield line(second, schedules_truth.REQUESTED, told)
    yield line(second, schedules_truth.RECEIVED, told)
    for plan, sources in plans:
        yield line(second, schedules_truth.PLANNED, f'[compactionID={job}] [planID={plan}] [collectionID={collection}] [segmentIDs="[{sources}]"]')
    if job is not None and trace != "torn":
        yield line(second, schedules_truth.STARTED, f"{told} [compactionID={job}]")
        yield line(second, schedules_truth.ANSWERED, f'{told} [resp="status:<> compactionID:{job} "] []')


def merge(second, plan, sources, target):
    yield line(second, schedules_truth.MERGED, f'["compact to segment ID"={target}] ["compact from segment IDs"="[{sources}]"]')
    yield line(second, schedules_truth.COMPLETED, f"[planID={plan}] [nodeID=1]")


def log():
    """Job 11 merges 1 and 2 to 3; job 12, of OTHER, fails; job 13 has nothing to do; 14 is of a trigger whose answer was
    lost; in the midst of the trigger of 15 the server dies."""
    return [
        *trigger(1, "good", 11, plans=[(111, "1,2")]), *merge(2, 111, "1,2", 3), *trigger(3, "bad", 12, OTHER, [(121, "5,6")]),
        *trigger(4, "idle", 13), *trigger(5, "lost", 14, plans=[(141, "3")]), *merge(6, 141, "3", 4),
        *trigger(7, "torn", 15, OTHER, plans=[(151, "5,6")])]


def call(number, operation, begin, trace, status="OK", **said):
    found = {"call": number, "operation": operation, "begin": T0 + begin, "end": T0 + begin + 0.5, "limit_ms": 1000, "trace": TRACES.get(trace, trace),
             "status": status} | said
    if status != "OK":
        found = {"in_doubt": False, "message": "why it failed", "resolution": "NOT_LOOKED", "found": -1} | found
    return found


def report(verdict, planned, completed=0, failed=0):
    return {"verdict": verdict, "planned": planned, "completed": completed, "failed": failed, "timed_out": 0, "unknown": 0}


def life():
    """What was told of that."""
    calls = [
        call("trigger", "compact", 0.9, "good", name="c", job=11),
        call("wait", "wait", 2, "w1", job=11, **report("SUCCEEDED", 1, 1)),
        call("other trigger", "compact_async", 2.9, "bad", name="o", job=12),
        call("other wait", "wait_async", 4, "w2", "COMPACTION_FAILED", job=12, **report("FAILED", 1, 0, 1)),
        call("idle", "compact", 3.9, "idle", name="c", job=13),
        call("idle wait", "wait", 5, "w3", job=13, **report("NOTHING_TO_DO", 0)),
        call("lost", "compact", 4.9, "lost", "UNAVAILABLE", name="c", in_doubt=True, resolution="STARTED", found=14),
        call("look", "resolve", 8, "r1", name="c", resolution="STARTED", found=14, message="a job was found"),
        call("torn", "compact", 6.9, "torn", "UNAVAILABLE", name="o", in_doubt=True),
        call("refused", "compact", 9, "late", "UNAVAILABLE", name="c"),
        call("plans", "plans", 8, "p1", job=11, plans=[[[2, 1], 3]], judgements=["COMPLETED"]),
        call("state", "state", 8, "s1", job=11, completed=1, failed=0, timed_out=0),
        call("many", "compact_many", 8, "m1", "SOME_FAILED", names=["c", "o"], many=[
            dict(call("", "", 8, "", name="c", job=13), **report("NOTHING_TO_DO", 0)),
            call("", "", 8, "", "TIMEOUT", name="o", job=-1)]),
        call("segments", "segments", 8, "g1", name="c", segments=[1, 2, 3, 4]),
        call("gone", "wait_async", 8, "w4", "ABANDONED", job=11),
        call("endless", "compact", 9, "e1", "TIMEOUT", name="c", limit_ms=-1),
    ]
    told = Told(calls, [Name("c", COLLECTION, T0), Name("o", OTHER, T0), Name("late", COLLECTION, T0 + 100)],
                {COLLECTION: 40, OTHER: 30, DROPPED: 20}, T0 + 10)
    truth = schedules_truth.read(log())
    truth.segments = {COLLECTION: {4: 40}, OTHER: {5: 10, 6: 20}}
    return told, truth


def wrong_with(change):
    told, truth = life()
    change({one["call"]: one for one in told.calls}, told, truth)
    return schedules_judge.judge(told, truth)


def test_a_true_life_passes():
    assert wrong_with(lambda calls, told, truth: None) == []


def says(who, /, **claims):
    """A lie of one call."""
    return lambda calls, told, truth: calls[who].update(claims)


def server(*lines):
    """A server that did something else as well."""
    def change(calls, told, truth):
        segments, other = truth.segments, schedules_truth.read([*log(), *lines])
        truth.__dict__.update(other.__dict__, segments=segments)
    return change


def tells(**facts):
    return lambda calls, told, truth: told.__dict__.update(facts)


LIES = {
    "a job that the server does not have": (1, says("trigger", job=99)),
    "a job of another collection": (1, says("trigger", job=12)),
    "a job of a collection that has the name later": (1, says("trigger", name="late")),
    "not in doubt, and the job runs": (2, says("lost", in_doubt=False, resolution="NOT_LOOKED")),
    "in doubt, and denied in words": (2, says("lost", message="compaction of \"c\" was not started: connection refused")),
    "not in doubt, and the server died over it": (2, says("torn", in_doubt=False)),
    "not in doubt in a list, and the job runs": (2, lambda calls, told, truth: calls["many"].update(trace=TRACES["torn"])),
    "not in doubt before there is a list, and the job runs": (2, lambda calls, told, truth: (
        calls["many"].pop("many"), calls["many"].update(trace=TRACES["torn"]))),
    "sent again after an answer that was lost": (3, server(*trigger(8, "lost", 16))),
    "two jobs for one call": (3, server(*trigger(8, "good", 16, plans=[(161, "4")]))),
    "everything is compacted": (4, server(*trigger(8, "late", 17, 0))),
    "a collection that nobody named": (4, server(*trigger(9, "late", 17, OTHER))),
    "a trigger of nobody's": (4, lambda calls, told, truth: calls["idle"].update(trace="x")),
    "succeeded, and nothing merged": (5, says("other wait", **report("SUCCEEDED", 1))),
    "succeeded, and there was nothing to do": (5, says("idle wait", **report("SUCCEEDED", 0))),
    "failed, and all merged": (5, says("wait", **report("FAILED", 1))),
    "timed out, and all merged": (5, says("wait", **report("TIMED_OUT", 1))),
    "partly failed, with one plan": (5, says("wait", **report("PARTLY_FAILED", 1))),
    "nothing to do, and there was": (5, says("other wait", **report("NOTHING_TO_DO", 1))),
    "a wrong verdict in a list": (5, lambda calls, told, truth: calls["many"]["many"][0].update(report("SUCCEEDED", 0))),
    "more plans than there are": (6, says("wait", planned=2)),
    "more completed than merged": (6, says("other wait", completed=1)),
    "a state with more than merged": (6, says("state", completed=2)),
    "a plan of another job": (6, says("plans", plans=[[[5, 6], -1]], judgements=["OPEN"])),
    "a plan that failed is completed": (6, says("plans", job=12, plans=[[[5, 6], -1]])),
    "a plan that merged is failed": (6, says("plans", judgements=["FAILED"])),
    "a plan with another result": (6, says("plans", plans=[[[1, 2], 7]])),
    "segments of another collection": (6, says("segments", segments=[1, 5])),
    "the job of an older trigger is found": (7, says("lost", found=11)),
    "a job is found where none is": (7, says("refused", in_doubt=True, resolution="STARTED", begin=T0 + 9)),
    "a look finds the job of an older trigger": (7, says("look", found=11)),
    "no trace of a job that runs": (7, says("look", resolution="NO_TRACE", found=-1)),
    "a row is lost": (8, lambda calls, told, truth: truth.segments[COLLECTION].update({4: 39})),
    "rows come twice": (8, lambda calls, told, truth: truth.segments[COLLECTION].update({3: 40})),
    "a message of two lines": (9, says("refused", message="one\ntwo")),
    "no message": (9, says("refused", message="")),
    "a message without end": (9, says("refused", message="x" * 2000)),
    "a message of two lines in a list": (9, lambda calls, told, truth: calls["many"]["many"][1].update(message="one\ntwo")),
    "a call outlives its limit": (10, says("wait", end=T0 + 70)),
    "a call outlives the faults": (10, says("endless", end=T0 + 71)),
    "a call never ends": (10, lambda calls, told, truth: calls["state"].pop("end")),
    "what was started never ends": (10, says("other wait", status="PENDING")),
    "a crash": (11, tells(exit_status=-11)),
    "a hang": (11, tells(exit_status="it hangs")),
    "a client that does not recover": (11, tells(after="UNAVAILABLE")),
}


@pytest.mark.parametrize("number, lie", LIES.values(), ids=LIES)
def test_the_judge_finds(number, lie):
    assert {wrong.split(":")[0] for wrong in wrong_with(lie)} >= {str(number)}


def test_every_rule_has_a_lie():
    rules = {line.split(".")[0] for line in schedules_judge.__doc__.splitlines() if line[:1].isdigit()}
    assert {str(number) for number, _ in LIES.values()} == rules


def test_what_is_true_of_a_plan_whose_end_nobody_wrote_is_in_the_segments():
    """The server died after it had merged and before it had said so."""
    _, truth = life()
    assert truth.has_completed(15, 151) is False
    truth.segments[OTHER] = {7: 30}
    assert truth.has_completed(15, 151) is True
    del truth.segments[OTHER]
    assert truth.has_completed(15, 151) is None


def test_a_refused_trigger_may_be_sent_again_and_an_idle_one_by_who_tries_again():
    told = f"[traceID={TRACES['late']}] [collectionID={COLLECTION}]"
    refused = [line(9, schedules_truth.RECEIVED, told), line(9, schedules_truth.ANSWERED, f'{told} [resp="status:<error_code:NotReadyServe > "] []')]
    job = trigger(9.1, "late", 18, plans=[(181, "4")])

    def change(calls, told, truth):
        server(*refused, *job)(calls, told, truth)
        truth.segments[COLLECTION] = {8: 40}
        calls["refused"].update(in_doubt=True)
    assert wrong_with(change) == []

    def again(calls, told, truth):
        server(*trigger(8, "late", 19), *trigger(8.1, "late", 20))(calls, told, truth)
        calls["refused"].update(operation="compact_many", names=["c"], many=[])
        del calls["refused"]["name"]
    assert wrong_with(again) == []


def test_two_names_of_a_list_may_denote_one_collection_one_after_the_other():
    def change(calls, told, truth):
        told.names.append(Name("new", COLLECTION, T0 + 1.2))
        calls["trigger"].update(operation="compact_many", names=["c", "new"], status="SOME_FAILED", message="no such collection", in_doubt=False, many=[
            dict(call("", "", 0, "", name="c", job=11), **report("SUCCEEDED", 1, 1)),
            call("", "", 0, "", "COLLECTION_NOT_FOUND", name="new", job=0)])
        del calls["trigger"]["name"], calls["trigger"]["job"]
    assert wrong_with(change) == []


def test_the_truth_of_a_log_does_not_change_with_lines_that_say_nothing():
    _, truth = life()
    again = schedules_truth.read(["", "panic: nil", line(1, "something else", "[a=1]"), *log()])
    again.segments = truth.segments
    assert dataclasses.asdict(again) == dataclasses.asdict(truth)
