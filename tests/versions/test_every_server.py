"""The same promises on every server there is, real or played. Where a played version and the real one of the
same number disagree, one of the two runs fails: the played one has to be corrected."""
import milvus_ffi
import optimize_ffi
import pytest


NEWER_THAN_ANY = "3.0.1"


@pytest.fixture()
def client(world):
    with milvus_ffi.Client(world.uri) as client:
        yield client


def failure_of(call, *arguments, **options):
    with pytest.raises(milvus_ffi.MilvusError) as failure:
        call(*arguments, **options)
    return failure.value


def test_the_version_is_read(world, client):
    assert client.server_version() == world.version_text
    assert bool(client.server_info().is_lite) == world.is_lite


def test_the_named_collection_is_compacted_and_no_other(world, client):
    name, neighbour = world.collection("small"), world.collection("small")
    before, beside = world.segments(name), world.segments(neighbour)
    result = client.compact_with(name)
    if world.is_lite:
        assert (result.trigger_name, result.job_id) == ("NOTHING_TO_DO", milvus_ffi.NO_JOB)
        assert client.wait(result.job_id).verdict_name == "NOTHING_TO_DO"
    else:
        assert result.trigger_name == "SCHEDULED" and result.planned >= 1
        report = client.wait(result.job_id)
        assert report.verdict_name == "SUCCEEDED" and report.counts.completed == result.planned
        after = world.segments(name)
        assert len(after) < len(before) and not set(after) & set(before)
        told = (report.has_segment_diff, report.segment_diff.segments_before, report.segment_diff.segments_after, report.segment_diff.rows_before, report.segment_diff.rows_after)
        assert told == (1, len(before), len(after), sum(before.values()), sum(after.values()))
        assert (report.segment_diff.segments_removed, report.segment_diff.segments_added) == (len(before), len(after))
        assert (report.segment_diff.sources_remaining, report.segment_diff.targets_missing) == (0, 0)
        assert report.segment_diff.rows_purged == sum(before.values()) - sum(after.values())
        assert client.judgements(result.job_id) == [(
            "COMPLETED", "REPORTED" if world.is_from(NEWER_THAN_ANY) else "TARGET_STORED")] * result.planned
        # Every segment was taken, but those of deletions.
        l0_count = 1 if not world.is_real and world.is_from("2.4.7") else 0
        assert (report.unknown_plans, report.left_out.total, report.left_out.l0) == (0, l0_count, l0_count)
        sources = sorted(source for plan in client.plans(result.job_id) for source in plan[0])
        assert sources == sorted(before)
        assert sorted(target for _, target in client.plans(result.job_id)) == sorted(after)
        l0 = milvus_ffi.CONSTANTS["SEGMENT_LEVEL_L0"]
        told = {key: segment.rows for key, segment in client.segments(name).items() if segment.level != l0}
        assert told == after
    world.settle(neighbour)
    assert world.segments(neighbour) == beside


def test_an_alias_stands_for_its_collection(world, client):
    name = world.collection("small")
    before = world.segments(name)
    job = client.compact(world.alias(name))
    client.wait(job)
    assert world.is_lite or not set(world.segments(name)) & set(before)


def test_what_does_not_exist_is_reported_and_nothing_is_compacted(world, client):
    name = world.collection("small")
    before = world.segments(name)
    for call in (client.compact, client.compact_with, client.check, client.resolve):
        error = failure_of(call, "does_not_exist")
        assert (error.status, error.in_doubt) == ("COLLECTION_NOT_FOUND", False), call
    error = failure_of(client.tasks, "does_not_exist")
    assert error.status == "COLLECTION_NOT_FOUND"
    error = failure_of(client.segments, "does_not_exist")
    assert error.status == "COLLECTION_NOT_FOUND"
    with milvus_ffi.Client(f"{world.uri}/no_such_database") as lost:
        assert failure_of(lost.compact, name).status == "DATABASE_NOT_FOUND"
    world.settle(name)
    assert world.segments(name) == before


def test_nothing_to_do_is_said_so(world, client):
    kinds = ["empty"] if world.is_from("2.4.13") else ["empty", "unindexed"]
    for kind in kinds:
        name = world.collection(kind)
        before = world.segments(name)
        check = client.check(name)
        # Nobody knows from which 2.4 on collections without an index are compacted.
        open_end = kind == "unindexed" and world.is_from("2.4.0")
        assert check.would_compact == milvus_ffi.CONSTANTS["NOT_KNOWN" if open_end else "NO"], check.reason
        result = client.compact_with(name)
        assert (result.trigger_name, result.planned) == ("NOTHING_TO_DO", 0)
        assert client.wait(result.job_id).verdict_name == "NOTHING_TO_DO"
        world.settle(name)
        assert world.segments(name) == before


def test_a_dry_run_changes_nothing_and_is_right(world, client):
    name = world.collection("small")
    before = world.segments(name)
    check = client.check(name)
    if world.is_lite:
        assert check.would_compact == milvus_ffi.CONSTANTS["NO"] and b"milvus-lite" in check.reason
        return
    # From 2.4 to 3.0.0 nobody can see whether another compaction holds the segments.
    can_see = not world.is_from("2.4.0") or world.is_from(NEWER_THAN_ANY)
    assert check.would_compact == milvus_ffi.CONSTANTS["YES" if can_see else "NOT_KNOWN"], check.reason
    assert check.would_compact_if_free == milvus_ffi.CONSTANTS["YES"], check.reason
    assert check.may_be_busy == milvus_ffi.CONSTANTS["NO" if can_see else "NOT_KNOWN"], check.reason
    assert (check.is_final, check.expected_segments) == (0, 1), check.reason
    assert (check.segments, check.rows) == (len(before), sum(before.values()))
    assert (check.is_enabled, check.is_indexed, check.unindexed_rows) == (1, 1, 0)
    assert check.l0_segments == (1 if world.is_from("2.4.7") else milvus_ffi.CONSTANTS["NOT_REPORTED"])
    world.settle(name)
    assert world.segments(name) == before, "it only reads"
    assert client.compact_with(name).trigger_name == "SCHEDULED"


OPTIONS = [(dict(is_clustering=True), "2.4.6"), (dict(is_l0=True), "2.6.3"), (dict(target_size_mb=4096), "2.6.12"),
           (dict(partition_name="_default"), "2.5.8"), (dict(segment_ids=[1]), "2.5.8")]


@pytest.mark.parametrize("params, needed", OPTIONS, ids=[next(iter(params)) for params, _ in OPTIONS])
def test_an_option_is_never_ignored(world, client, params, needed):
    name = world.collection("small")
    before = world.segments(name)
    if "segment_ids" in params:
        params = dict(segment_ids=[key or 1 for key in before][:2])
    if world.is_from(needed):
        # Without a list of jobs, nobody can tell whose job a clustering trigger is given.
        is_told = "is_clustering" not in params or world.is_from(NEWER_THAN_ANY)
        assert client.compact_with(name, **params).trigger_name == ("SCHEDULED" if is_told else "ACCEPTED")
        assert world.compacted()[-1].startswith(f"{name} "), "not a plain one"
        return
    for call in (client.compact_with, client.check):
        error = failure_of(call, name, **params)
        assert error.status == "UNSUPPORTED" and needed in error.message, error
    world.settle(name)
    assert world.segments(name) == before


def test_a_second_trigger_joins_the_first(world, client):
    name = world.collection("small")
    first, second = client.compact_with(name), client.compact_with(name)
    if world.is_lite:
        assert second.trigger_name == "NOTHING_TO_DO"
        return
    if second.trigger_name == "ALREADY_RUNNING":
        assert second.job_id == first.job_id
    else:
        assert world.is_real, "a played job runs until it is asked about"  # a real one may be over by then
    assert client.wait(first.job_id).verdict_name == "SUCCEEDED"


def test_a_trigger_while_the_job_of_another_client_runs_is_busy_and_a_later_one_works(world, client):
    """Servers of 2.4 to 3.0.0 say -1 to the second; older ones give every trigger an id, newer ones list the job."""
    if world.is_real:
        return  # none of the real ones is of these versions
    name = world.collection("small")
    with milvus_ffi.Client(world.uri) as other:
        job = other.compact(name)
        if world.is_from("2.4.0") and not world.is_from(NEWER_THAN_ANY):
            error = failure_of(client.compact, name)
            assert (error.status, error.retriable, error.in_doubt) == ("BUSY", True, False), error
        else:
            second = client.compact_with(name)
            running = ("ALREADY_RUNNING", job)
            assert (second.trigger_name, second.job_id) == running if world.is_from(NEWER_THAN_ANY) \
                else second.trigger_name == "NOTHING_TO_DO", second.trigger_name
        other.wait(job)
        later = client.compact_with(name)
        # 2.5 sorts the result of the first job later, and leaves it out until then.
        is_unsorted = world.is_from("2.5.0") and not world.is_from("2.6.0") and not world.is_lite
        assert later.trigger_name == ("NOTHING_TO_DO" if world.is_lite or is_unsorted else "SCHEDULED")
        assert later.unsorted_segments >= 1 or not is_unsorted
        client.wait(later.job_id)


def test_a_plan_that_the_server_forgot_is_judged_by_its_segments(world, client):
    if world.is_real or world.is_lite:
        return  # no real server here forgets when it is told to
    name = world.collection("forgets_some")
    job = client.compact(name)
    error = failure_of(client.wait, job)
    assert (error.status, error.report.verdict_name) == ("COMPACTION_FAILED", "PARTLY_FAILED")
    assert (error.report.counts.completed, error.report.counts.failed, error.report.unknown_plans) == (2, 1, 0)
    assert sorted(judgement for judgement, _ in client.judgements(job)) == ["COMPLETED", "COMPLETED", "FAILED"]


def test_a_job_that_nobody_knows_is_unknown(world, client):
    for job in (1, 123456789, 2 ** 63 - 1):
        error = failure_of(client.wait, job)
        assert (error.status, error.report.verdict_name) == ("OUTCOME_UNKNOWN", "UNKNOWN")
        assert error.report.has_segment_diff == 0 and error.report.segment_diff.rows_purged == milvus_ffi.CONSTANTS["NOT_REPORTED"]


def test_the_tasks_listed_are_those_of_the_collection_or_none(world, client):
    name, other = world.collection("small"), world.collection("small")
    client.wait(client.compact(name))
    if world.is_from(NEWER_THAN_ANY):
        assert client.tasks(name) > 0 and client.tasks(other) == 0
    else:
        assert failure_of(client.tasks, name).status == "UNSUPPORTED"



def test_segments_are_told_as_far_as_the_server_reports_them(world, client):
    name = world.collection("small")
    if world.is_lite:
        assert failure_of(client.segments, name).status == "UNSUPPORTED"
        return
    unknown = milvus_ffi.CONSTANTS["NOT_REPORTED"]
    for segment in client.segments(name).values():
        assert segment.state == milvus_ffi.CONSTANTS["SEGMENT_STATE_FLUSHED"]
        assert (segment.level == unknown) == (not world.is_from("2.4.7"))
        assert (segment.is_sorted == unknown) == (not world.is_from("2.5.0"))
        assert (segment.storage_version == unknown) == (not world.is_from("2.6.0"))
        assert segment.memory == unknown
    assert client.segments(name, "LOADED") == {}


def test_without_a_trigger_in_doubt_there_is_nothing_to_find(world, client):
    name = world.collection("small")
    found = client.resolve(name)
    assert (found.state_name, found.job_id) == ("NOT_IN_DOUBT", 0) and b"in doubt" in found.text


def test_flushing_and_optimizing_go_with_it(world, client):
    """On real servers with rows that are not flushed yet, and a loaded collection."""
    name = world.mergeable()
    if world.is_real:
        world.pymilvus.insert(name, [{"id": 10000 + row, "vector": [0.5] * 8} for row in range(50)])
        world.pymilvus.load_collection(name)
        before = world.row_count(name)
        client.flush(name)
        assert world.row_count(name) == before + (0 if world.is_lite else 50)
    else:
        client.flush(name)
    before = world.segments(name)
    result = optimize_ffi.optimize(client, name)
    assert (result.status, result.stage) == ("OK", "DONE"), result
    if world.is_lite:
        assert result.verdict == "NOTHING_TO_DO"
        return
    assert result.verdict == "SUCCEEDED" and result.segments_after < len(before)
    if world.is_real:
        assert set(client.segments(name, "LOADED")) == set(world.segments(name)), "the result is served, and nothing else"
