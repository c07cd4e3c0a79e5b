"""Compactions on the real server: the right collection, the right verdict, nothing else touched."""
import subprocess
import time

import milvus_ffi
import pytest
import seed
from conftest import ROOT
from pymilvus.grpc_gen import milvus_pb2


def filled(pymilvus, name, segments=4, **options):
    """Creates and fills a collection; returns its segment ids."""
    seed.create(pymilvus, name, **options)
    seed.fill(pymilvus, name, segments, rows=50)
    ids = seed.ids_of(pymilvus, name)
    assert len(ids) == segments
    return ids


def test_small_segments_become_one(client, pymilvus, name):
    before = filled(pymilvus, name, 8)
    job = client.compact(name)
    report = client.wait(job)
    after = seed.ids_of(pymilvus, name)
    assert len(after) == 1 and after[0] not in before
    assert report.verdict_name == "SUCCEEDED"
    assert (report.planned, report.counts.completed, report.counts.failed) == (1, 1, 0)
    [(sources, target)] = client.plans(job)
    assert (sorted(sources), [target]) == (before, after)
    info = client.state(job)
    assert (info.state, info.counts.completed) == (milvus_ffi.CONSTANTS["COMPACTION_STATE_COMPLETED"], 1)
    assert sum(segment.num_rows for segment in seed.segments_of(pymilvus, name)) == 400


def test_only_the_named_collection_is_touched(client, server, pymilvus, name):
    """The same database and another one, which has a collection of the same name."""
    pymilvus.create_database(f"db_{name}")
    elsewhere = seed.connect(server.uri, f"db_{name}")
    neighbour = filled(pymilvus, f"{name}_neighbour")
    same_name = filled(elsewhere, name)
    mine = filled(pymilvus, name)

    assert client.wait(client.compact(name)).verdict_name == "SUCCEEDED"
    time.sleep(1)
    assert len(seed.ids_of(pymilvus, name)) == 1 != len(mine)
    assert seed.ids_of(pymilvus, f"{name}_neighbour") == neighbour
    assert seed.ids_of(elsewhere, name) == same_name

    # And the other way round: a database in the URI.
    mine = seed.ids_of(pymilvus, name)
    with milvus_ffi.Client(f"{server.uri}/db_{name}") as client_elsewhere:
        assert client_elsewhere.wait(client_elsewhere.compact(name)).verdict_name == "SUCCEEDED"
    time.sleep(1)
    assert len(seed.ids_of(elsewhere, name)) == 1
    assert seed.ids_of(pymilvus, name) == mine
    assert seed.ids_of(pymilvus, f"{name}_neighbour") == neighbour

    # The trap is real: what other clients send, a name alone, compacts everything on this server.
    request = milvus_pb2.ManualCompactionRequest(collection_name="does_not_exist")
    assert pymilvus._get_connection()._stub.ManualCompaction(request, timeout=10).status.code == 0
    deadline = time.monotonic() + 10
    while seed.ids_of(pymilvus, f"{name}_neighbour") == neighbour and time.monotonic() < deadline:
        time.sleep(0.1)
    assert seed.ids_of(pymilvus, f"{name}_neighbour") != neighbour


def test_an_unknown_collection_is_an_error_and_nothing_is_compacted(client, server, pymilvus, name):
    mine = filled(pymilvus, name)
    for unknown in ("does_not_exist", name.upper(), "n" * 255):
        with pytest.raises(milvus_ffi.MilvusError) as failure:
            client.compact(unknown)
        assert (failure.value.status, failure.value.in_doubt) == ("COLLECTION_NOT_FOUND", False)
        assert failure.value.server_code == 100
    with milvus_ffi.Client(f"{server.uri}/no_such_database") as lost:
        with pytest.raises(milvus_ffi.MilvusError) as failure:
            lost.compact(name)
        assert failure.value.status in ("COLLECTION_NOT_FOUND", "DATABASE_NOT_FOUND")
    time.sleep(1)
    assert seed.ids_of(pymilvus, name) == mine


def test_an_alias_stands_for_its_collection_until_it_is_dropped(client, pymilvus, name):
    mine = filled(pymilvus, name)
    pymilvus.create_alias(name, f"alias_{name}")
    job = client.compact(f"alias_{name}")
    assert client.wait(job).verdict_name == "SUCCEEDED"
    [(sources, _)] = client.plans(job)
    assert sorted(sources) == mine and len(seed.ids_of(pymilvus, name)) == 1
    pymilvus.drop_alias(f"alias_{name}")
    with pytest.raises(milvus_ffi.MilvusError) as failure:
        client.compact(f"alias_{name}")
    assert failure.value.status == "COLLECTION_NOT_FOUND"


def test_nothing_to_do_is_said_so(client, pymilvus, name):
    unindexed = filled(pymilvus, name, indexed=False)
    seed.create(pymilvus, f"{name}_empty")
    for collection in (name, f"{name}_empty"):
        report = client.wait(client.compact(collection))
        assert (report.verdict_name, report.planned) == ("NOTHING_TO_DO", 0)
    assert seed.ids_of(pymilvus, name) == unindexed
    asked_before = time.monotonic()
    assert client.wait(milvus_ffi.NO_JOB).verdict_name == "NOTHING_TO_DO"
    assert client.plans(milvus_ffi.NO_JOB) == [] and time.monotonic() - asked_before < 5


def test_a_second_trigger_during_the_first_joins_it(start_server):
    server = start_server(environment={"DATACOORD_COMPACTION_CHECK_INTERVAL": "3"})  # the first takes its time
    filled(seed.connect(server.uri), "c")
    with milvus_ffi.Client(server.uri) as client, milvus_ffi.Client(server.uri) as other:
        first, second = client.compact_with("c"), client.compact_with("c")
        assert (first.trigger_name, second.trigger_name) == ("SCHEDULED", "ALREADY_RUNNING")
        assert second.job_id == first.job_id
        # Another client cannot know of the first, and this server gives it a job with nothing to do.
        third = other.compact_with("c")
        assert third.trigger_name == "NOTHING_TO_DO" and third.job_id != first.job_id
        assert other.wait(third.job_id).verdict_name == "NOTHING_TO_DO"
        assert client.wait(second.job_id).verdict_name == "SUCCEEDED"
        # Over, it is in nobody's way.
        assert client.compact_with("c").trigger_name == "SCHEDULED"


def test_deleted_rows_are_purged(client, pymilvus, name):
    filled(pymilvus, name, 4)
    pymilvus.load_collection(name)
    pymilvus.delete(name, filter="id < 120")
    time.sleep(0.5)
    pymilvus.flush(name)
    assert client.wait(client.compact(name)).verdict_name == "SUCCEEDED"
    assert sum(segment.num_rows for segment in seed.segments_of(pymilvus, name)) == 80


def test_rows_that_are_not_flushed_are_told_of_a_loaded_collection(client, pymilvus, name):
    """The server lists no segment that takes rows in: they are counted on the query nodes."""
    yes, no, not_known = (milvus_ffi.CONSTANTS[known] for known in ("YES", "NO", "NOT_KNOWN"))

    def has_unflushed():
        return client.check(name).has_unflushed

    filled(pymilvus, name, 2)
    assert has_unflushed() == not_known, "it is not loaded"
    pymilvus.load_collection(name)
    assert has_unflushed() == no
    pymilvus.insert(name, [{"id": 10000 + row, "vector": [0.5] * seed.DIMENSION} for row in range(70)])
    check = client.check(name)
    assert check.has_unflushed == yes and b"not flushed" in check.reason
    # Fewer rows are left than are stored: the sum of both would tell nothing.
    pymilvus.delete(name, filter="id < 80")
    assert has_unflushed() == yes
    # Flushed, they are still served from what grew, for some seconds.
    pymilvus.flush(name)
    deadline = time.monotonic() + 60
    while has_unflushed() != no:
        assert has_unflushed() != yes and time.monotonic() < deadline
        time.sleep(0.5)
    unknown = milvus_ffi.CONSTANTS["NOT_REPORTED"]
    assert {segment.memory for segment in client.segments(name, "LOADED").values()} == {unknown}, "it sends 0"


def test_a_partition_that_is_not_loaded_may_have_rows(client, pymilvus, name):
    filled(pymilvus, name, 2)
    pymilvus.create_partition(name, "other")
    pymilvus.load_partitions(name, ["_default"])
    assert client.check(name).has_unflushed == milvus_ffi.CONSTANTS["NOT_KNOWN"]
    pymilvus.insert(name, [{"id": 10000, "vector": [0.5] * seed.DIMENSION}], partition_name="other")
    assert client.check(name).has_unflushed == milvus_ffi.CONSTANTS["NOT_KNOWN"]
    pymilvus.load_partitions(name, ["other"])
    assert client.check(name).has_unflushed == milvus_ffi.CONSTANTS["YES"]


def test_a_final_collection_is_said_to_be_so(client, pymilvus, name):
    filled(pymilvus, name, 4)
    yes, no = milvus_ffi.CONSTANTS["YES"], milvus_ffi.CONSTANTS["NO"]
    check = client.check(name)
    assert (check.would_compact_if_free, check.may_be_busy, check.is_final) == (yes, no, no), check.reason
    assert (check.segments, check.expected_segments) == (4, 1), check.reason
    client.wait(client.compact(name))
    deadline = time.monotonic() + 60
    while not client.check(name).is_final:
        assert time.monotonic() < deadline, "it is not indexed again"
        time.sleep(0.2)
    before = seed.ids_of(pymilvus, name)
    check = client.check(name)
    assert check.would_compact == yes and b"in final form" in check.reason, "it is rewritten all the same"
    assert client.wait(client.compact(name)).verdict_name == "SUCCEEDED"
    assert len(seed.ids_of(pymilvus, name)) == 1 and seed.ids_of(pymilvus, name) != before


def test_a_job_that_nobody_knows_is_unknown(client):
    for job in (1, 123456789, 2 ** 63 - 1):
        with pytest.raises(milvus_ffi.MilvusError) as failure:
            client.wait(job)
        assert (failure.value.status, failure.value.job_id) == ("OUTCOME_UNKNOWN", job)
        assert failure.value.report.verdict_name == "UNKNOWN"
        assert client.plans(job) == []


def test_clustering_is_refused_on_a_server_that_would_merge_instead(client, pymilvus, name):
    mine = filled(pymilvus, name)
    with pytest.raises(milvus_ffi.MilvusError) as failure:
        client.compact(name, is_clustering=True)
    assert failure.value.status == "UNSUPPORTED"
    assert "2.4.6" in failure.value.message and "2.3.5" in failure.value.message
    time.sleep(1)
    assert seed.ids_of(pymilvus, name) == mine


def test_the_version_is_the_servers(client):
    assert client.server_version() == "v2.3.5-lite"


def test_a_name_that_the_server_refuses_keeps_its_reason_short(client):
    with pytest.raises(milvus_ffi.MilvusError) as failure:
        client.compact("n" * 10240)
    assert failure.value.status in ("INVALID_ARGUMENT", "COLLECTION_NOT_FOUND")
    assert len(failure.value.message.encode()) < 1024
    with pytest.raises(milvus_ffi.MilvusError) as failure:
        client.compact("bad-name!")
    assert failure.value.status in ("INVALID_ARGUMENT", "COLLECTION_NOT_FOUND")


def test_the_sample_program_tells_the_same(server, pymilvus, name):
    program = str(ROOT / "target/examples-c/compact")

    def run(*arguments):
        return subprocess.run([program, *arguments], capture_output=True, text=True, timeout=60, check=False)

    before = filled(pymilvus, name)
    done = run(server.uri, "", name)
    assert (done.returncode, done.stderr) == (0, ""), done
    assert "succeeded: Every plan" in done.stdout and "1 of 1 plans completed" in done.stdout
    [target] = seed.ids_of(pymilvus, name)
    assert f"4 segments {' '.join(map(str, before))} -> {target}" in done.stdout
    unknown = run(server.uri, "", "does_not_exist")
    assert unknown.returncode == 3 and "MILVUS_COLLECTION_NOT_FOUND" in unknown.stderr, unknown
    assert run(server.uri).returncode == 2
    assert run("http://127.0.0.1:1", "", name).returncode == 3
