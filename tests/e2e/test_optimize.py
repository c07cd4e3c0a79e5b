"""milvus_optimize on the real server. What is stored, indexed and served is asked of the server itself, right after a call
has returned."""
import uuid

import milvus_ffi
import pytest
import seed
from optimize_ffi import optimize, optimize_many
from optimize_world import Lists, Look, Recorder, Writer, loaded

SEGMENTS, ROWS = 8, 100


@pytest.fixture()
def lists(plain_server):
    with Lists(plain_server.uri) as lists:
        yield lists


@pytest.fixture()
def recorder(plain_server):
    with Recorder(plain_server.port) as recorder:
        yield recorder


@pytest.fixture()
def client(recorder):
    with milvus_ffi.Client(recorder.uri) as client:
        yield client


@pytest.fixture()
def name():
    return f"o{uuid.uuid4().hex[:12]}"


def not_loaded(uri, name, segments=SEGMENTS, **options):
    """Small segments, indexed. Returns what is stored."""
    pymilvus = seed.connect(uri)
    seed.create(pymilvus, name, **options)
    seed.fill(pymilvus, name, segments, ROWS)
    with Lists(uri) as lists:
        return lists.stored(name)


def states(result):
    """How each stage ended."""
    return {step.stage: step.state for step in result.steps if step.round == 0}


def assert_is_served(look, before):
    assert not look.stale(), f"{look.stale()} are served, although they were replaced"
    assert not look.missing(before), f"{look.missing(before)} are stored, but not served"


def test_under_a_writer_the_call_returns_when_the_merged_segment_is_served(client, plain_server, lists, name):
    """Before: eight segments, indexed and served. After: one segment in their place, indexed and served, and none of the
    eight; whatever the writer stored meanwhile."""
    before = loaded(plain_server.uri, name, SEGMENTS, ROWS)
    then = Look.at(lists, name)
    assert then.holding(before) == set(then.stored) == set(then.served) == set(before)
    assert then.indexed == (SEGMENTS * ROWS, SEGMENTS * ROWS, 0)
    with Writer(plain_server.uri, name) as writer:
        result = optimize(client, name)
        now = Look.at(lists, name)
    assert writer.error is None
    assert (result.status, result.stage, result.verdict, result.is_loaded) == ("OK", "DONE", "SUCCEEDED", True), result
    [merged] = now.holding(before)
    assert merged not in before and now.stored[merged] >= SEGMENTS * ROWS
    assert_is_served(now, before)
    assert now.served[merged] == lists.nodes(name)[0], "by the node of its only replica"
    assert now.indexed[0] >= SEGMENTS * ROWS
    assert result.served_segments >= 1


def test_without_a_writer_exactly_the_merged_segment_is_served_and_a_second_call_does_nothing(
        client, recorder, plain_server, lists, name):
    before = loaded(plain_server.uri, name, SEGMENTS, ROWS)
    result = optimize(client, name)
    now = Look.at(lists, name)
    [merged] = now.stored
    assert (result.status, result.stage, result.verdict, result.left_out) == ("OK", "DONE", "SUCCEEDED", 0), result
    assert set(now.served) == {merged} and now.indexed == (SEGMENTS * ROWS, SEGMENTS * ROWS, 0)
    assert (result.segments_before, result.segments_after, result.rows_before, result.rows_after) == (
        SEGMENTS, 1, SEGMENTS * ROWS, SEGMENTS * ROWS)
    assert (result.segments_in, result.segments_out, result.rewrite_rows) == (SEGMENTS, 1, SEGMENTS * ROWS)
    assert (result.rounds, result.new_segments, result.served_segments) == (1, 0, 1)
    assert lists.plans(result.job_id) == {(frozenset(before), merged)}
    assert states(result) == dict.fromkeys(("FLUSH", "SORT", "INDEX", "COMPACT", "REINDEX", "LOAD", "SERVE"), "DONE")
    assert recorder.counts["ManualCompaction"] == 1

    # What is final and served is left alone, though this server would rewrite it.
    again = optimize(client, name)
    assert (again.status, again.stage, again.verdict, again.rounds) == ("OK", "DONE", "NOTHING_TO_DO", 0), again
    assert recorder.counts["ManualCompaction"] == 1 and Look.at(lists, name) == now


def test_a_collection_that_is_not_loaded_is_compacted_and_stays_so(client, plain_server, lists, name):
    before = not_loaded(plain_server.uri, name)
    result = optimize(client, name)
    [merged] = lists.stored(name)
    assert (result.status, result.stage, result.verdict, result.is_loaded) == ("OK", "DONE", "SUCCEEDED", False), result
    assert merged not in before and lists.plans(result.job_id) == {(frozenset(before), merged)}
    assert (states(result)["LOAD"], states(result)["SERVE"]) == ("SKIPPED", "SKIPPED")
    assert "not loaded" in result.step("SERVE").text and not lists.is_loaded(name)


def test_a_collection_that_is_still_loading_is_waited_for(client, plain_server, lists, name):
    """Until it is loaded, this server refuses to refresh the load."""
    before = not_loaded(plain_server.uri, name)
    lists.ask("LoadCollection", collection_name=name)
    assert not lists.is_loaded(name)
    result = optimize(client, name)
    now = Look.at(lists, name)
    assert (result.status, result.stage, result.is_loaded) == ("OK", "DONE", True), result
    assert len(now.stored) == 1 and set(now.served) == set(now.stored) == now.holding(before)


def test_a_partition_that_is_not_loaded_does_not_count(client, plain_server, lists, name):
    pymilvus = seed.connect(plain_server.uri)
    not_loaded(plain_server.uri, name, 3)
    pymilvus.create_partition(name, "x")
    pymilvus.insert(name, [{"id": 9000 + row, "vector": [0.5] * seed.DIMENSION} for row in range(ROWS)], partition_name="x")
    pymilvus.flush(name)
    pymilvus.load_partitions(name, ["x"])
    result = optimize(client, name)
    assert (result.status, result.stage, result.verdict, result.is_loaded) == ("OK", "DONE", "SUCCEEDED", True), result
    stored, served = lists.stored(name), lists.served(name)
    assert sorted(stored.values()) == [ROWS, 3 * ROWS], "each partition has one"
    assert [stored[segment] for segment in served] == [ROWS], "that of x is served"


def test_a_segment_is_rewritten_alone_only_if_it_is_asked_for(client, recorder, plain_server, lists, name):
    before = loaded(plain_server.uri, name, 1, ROWS)
    result = optimize(client, name)
    assert (result.status, result.verdict, result.rounds) == ("OK", "NOTHING_TO_DO", 0), result
    assert recorder.counts["ManualCompaction"] == 0 and lists.stored(name) == before
    forced = optimize(client, name, force=1)
    now = Look.at(lists, name)
    assert (forced.status, forced.verdict, forced.rounds) == ("OK", "SUCCEEDED", 1), forced
    assert set(now.served) == set(now.stored) == now.holding(before) and not set(now.stored) & set(before)


def test_more_segments_than_a_plan_takes_become_one_in_rounds(client, plain_server, lists, name):
    """A plan of this server takes 30: one round leaves two, the next merges them."""
    before = loaded(plain_server.uri, name, 40, 20)
    result = optimize(client, name)
    now = Look.at(lists, name)
    assert (result.status, result.verdict, result.rounds) == ("OK", "SUCCEEDED", 2), result
    assert len(now.stored) == 1 and set(now.served) == set(now.stored) == now.holding(before)


def test_what_is_not_served_in_time_is_said_with_segments_and_nodes(client, recorder, plain_server, lists, name):
    """Nobody refreshes the load, so the query nodes serve the old segments for some seconds more."""
    before = loaded(plain_server.uri, name, 4, ROWS)
    late = optimize(client, name, stages_to_skip=["LOAD"], serve_timeout_ms=1000)
    assert (late.status, late.stage, late.verdict) == ("NOT_SERVED", "SERVE", "SUCCEEDED"), late
    [merged] = lists.stored(name)
    [[node]] = lists.nodes(name)
    assert str(merged) in late.message and f"node {node}" in late.message, late.message
    assert any(str(segment) in late.message for segment in before), "and what is served in its place"
    # The second call triggers nothing, and brings it to its end.
    again = optimize(client, name)
    assert (again.status, again.verdict) == ("OK", "NOTHING_TO_DO"), again
    assert set(lists.served(name)) == {merged} and recorder.counts["ManualCompaction"] == 1


def test_a_bound_keeps_the_library_from_triggering(client, recorder, plain_server, lists, name):
    before = not_loaded(plain_server.uri, name)
    for bound in ({"max_rewrite_rows": SEGMENTS * ROWS - 1}, {"max_rewrite_bytes": 1}, {"min_segments": SEGMENTS + 1}):
        result = optimize(client, name, **bound)
        assert (result.status, result.stage, result.rounds) == ("OUT_OF_BOUNDS", "COMPACT", 0), result
        assert f"{SEGMENTS * ROWS} rows" in result.message and next(iter(bound)) in result.message, result.message
    told = optimize(client, name, only_estimate=1)
    assert told.status == "OK" and (told.segments_in, told.segments_out, told.rewrite_rows) == (SEGMENTS, 1, SEGMENTS * ROWS)
    assert told.rewrite_bytes == told.rewrite_rows * told.row_bytes and told.row_bytes == 8 + 4 * seed.DIMENSION
    assert recorder.counts["ManualCompaction"] == 0 and lists.stored(name) == before
    within = optimize(client, name, max_rewrite_rows=SEGMENTS * ROWS, min_segments=SEGMENTS)
    assert within.status == "OK" and len(lists.stored(name)) == 1, within


def test_rows_in_memory_are_stored_first_unless_the_caller_does_not_want_it(client, plain_server, lists, name):
    not_loaded(plain_server.uri, name, 2)
    insert = lambda first: seed.connect(plain_server.uri).insert(
        name, [{"id": first + row, "vector": [0.5] * seed.DIMENSION} for row in range(ROWS)])
    insert(10_000)
    skipped = optimize(client, name, stages_to_skip=["FLUSH"])
    assert states(skipped)["FLUSH"] == "SKIPPED" and list(lists.stored(name).values()) == [2 * ROWS], skipped
    insert(20_000)
    result = optimize(client, name)
    assert result.status == "OK" and list(lists.stored(name).values()) == [4 * ROWS], result


def test_a_collection_without_an_index_is_named_as_such(client, plain_server, lists, name):
    """This server compacts no rows without an index."""
    before = not_loaded(plain_server.uri, name, 3, indexed=False)
    result = optimize(client, name, max_pause_ms=1000)
    assert result.status != "OK" and "index" in result.message, result
    assert lists.stored(name) == before


def test_many_collections_are_optimized_and_a_missing_one_stops_none(client, plain_server, lists, name):
    names = [f"{name}_{number}" for number in range(5)]
    before = [loaded(plain_server.uri, one, 3, 20) for one in names[:3]] + [not_loaded(plain_server.uri, names[3], 3)]
    before.append(loaded(plain_server.uri, names[4], 1, 20))
    status, results = optimize_many(client, names + ["does_not_exist"], concurrency=3)
    assert status == "SOME_FAILED" and [result.name for result in results] == names + ["does_not_exist"]
    assert [result.status for result in results] == ["OK"] * 5 + ["COLLECTION_NOT_FOUND"], results
    assert [result.verdict for result in results[:5]] == ["SUCCEEDED"] * 4 + ["NOTHING_TO_DO"], results
    for one, was in zip(names, before):
        now = Look.at(lists, one)
        assert len(now.holding(was)) == 1 and (set(now.served) == set(now.stored) or one == names[3]), one
    status, results = optimize_many(client, names)
    assert (status, {result.verdict for result in results}) == ("OK", {"NOTHING_TO_DO"}), results
