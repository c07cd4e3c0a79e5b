"""Looking around on the real server: what is listed and surveyed is what pymilvus made and counts."""
import time
import uuid

import milvus_ffi
import pytest
import seed
import survey_ffi

YES, NO = milvus_ffi.CONSTANTS["YES"], milvus_ffi.CONSTANTS["NO"]


@pytest.fixture()
def client(plain_server):
    with milvus_ffi.Client(plain_server.uri) as client:
        yield client


def made(uri, database="", segments=4):
    pymilvus, name = seed.connect(uri, database), f"s{uuid.uuid4().hex[:12]}"
    seed.create(pymilvus, name)
    seed.fill(pymilvus, name, segments, rows=100)
    return pymilvus, name


def only(client, name):
    [entry], status = survey_ffi.survey(client, [name])
    assert status == "OK"
    return entry


def test_collections_and_databases_are_those_that_pymilvus_made(client, plain_server):
    pymilvus, name = made(plain_server.uri, segments=2)
    alias, database = f"alias_{name}", f"db_{name}"
    pymilvus.create_alias(name, alias)
    pymilvus.load_collection(name)
    info = survey_ffi.collections(client)[name]
    assert (info.aliases, info.rows, info.is_loaded, info.has_clustering_key) == (alias, 200, YES, NO)
    assert (info.database, info.id) == ("default", pymilvus.describe_collection(name)["collection_id"])
    pymilvus.release_collection(name)
    assert survey_ffi.collections(client)[name].is_loaded == NO

    pymilvus.create_database(database)
    other, there = made(plain_server.uri, database, segments=2)
    assert set(survey_ffi.databases(client)) >= {"default", database}
    assert set(survey_ffi.collections(client, database)) == {there}
    entries, status = survey_ffi.survey(client, all_databases=True)
    assert status == "OK"
    places = {(entry.database, entry.collection_name): entry for entry in entries}
    assert (places["default", name].stored_segments, places[database, there].stored_segments) == (2, 2)
    assert ("default", there) not in places
    other.drop_collection(there)
    pymilvus.drop_database(database)


def test_a_survey_predicts_the_compaction_and_only_reads(client, plain_server):
    pymilvus, name = made(plain_server.uri)
    pymilvus.load_collection(name)
    pymilvus.delete(name, ids=list(range(30)))
    before = seed.ids_of(pymilvus, name)
    seen = only(client, name)
    assert (seen.stored_segments, seen.stored_rows, seen.small_segments) == (4, 400, 4)
    assert (seen.merged_segments, seen.merged_into, seen.rewrite_rows) == (4, 1, 400)
    assert (seen.fragmentation, seen.is_final, seen.would_compact) == (0.75, NO, YES)
    assert seen.deleted_rows == 30
    assert seen.row_bytes == 8 + 4 * seed.DIMENSION and seen.stored_bytes == 400 * seen.row_bytes
    assert seen.segment_bytes == 512 << 20
    assert seed.ids_of(pymilvus, name) == before

    client.flush(name)
    client.wait(client.compact(name))
    after = seed.segments_of(pymilvus, name)
    assert len(after) == seen.merged_into
    deadline = time.monotonic() + 60
    while (final := only(client, name)).deleted_rows == -1 and time.monotonic() < deadline:
        time.sleep(0.5)  # until the query nodes serve the result
    assert (final.stored_segments, final.merged_segments, final.fragmentation) == (1, 0, 0)
    assert final.is_final == YES
    assert final.stored_rows == after[0].num_rows and final.deleted_rows == final.stored_rows - 370


def test_a_missing_collection_keeps_no_other_back(client, plain_server):
    _, name = made(plain_server.uri, segments=2)
    (missing, there), status = survey_ffi.survey(client, ["no_such_collection", name])
    assert (status, milvus_ffi.status_name(missing.status)) == ("SOME_FAILED", "COLLECTION_NOT_FOUND")
    assert (missing.stored_segments, there.status, there.stored_segments) == (-1, 0, 2)
