"""One client and many databases, and which of many collections are compacted, on the real server."""
import milvus_ffi
import pytest
import seed


@pytest.fixture()
def database(pymilvus, name):
    """Another database than the client's own, by name, and a client of pymilvus for it."""
    pymilvus.create_database(f"db_{name}")
    return f"db_{name}"


def filled(pymilvus, name, segments=4):
    seed.create(pymilvus, name)
    seed.fill(pymilvus, name, segments, rows=50)
    return seed.ids_of(pymilvus, name)


def test_each_operation_is_for_the_database_that_it_names(client, server, pymilvus, name, database):
    elsewhere = seed.connect(server.uri, database)
    own, other = filled(pymilvus, name), filled(elsewhere, name)
    assert sorted(client.segments(name)) == own
    assert sorted(client.segments(name, database=database)) == other
    client.flush(name, database=database)
    assert client.check(name, database=database).segments == 4
    triggered = client.compact_with(name, database=database)
    assert client.wait(triggered.job_id).verdict_name == "SUCCEEDED"
    assert len(seed.ids_of(elsewhere, name)) == 1 and seed.ids_of(pymilvus, name) == own
    assert client.resolve(name, database=database).state_name == "NOT_IN_DOUBT"
    # The same again in the client's own: the job of the other database is no obstacle.
    assert client.wait(client.compact(name)).verdict_name == "SUCCEEDED"
    assert len(seed.ids_of(pymilvus, name)) == 1


def test_a_database_that_does_not_exist_is_named(client, name):
    for call in (client.flush, client.segments, client.compact_with, client.check, client.resolve):
        with pytest.raises(milvus_ffi.MilvusError) as raised:
            call(name, database="no_such_db")
        assert raised.value.status == "DATABASE_NOT_FOUND" and "no_such_db" in raised.value.message


def test_what_is_final_is_skipped_the_second_night(client, server, pymilvus, name, database):
    elsewhere = seed.connect(server.uri, database)
    names = [f"{name}_{number}" for number in range(3)]
    for each in names:
        filled(elsewhere, each)
    first, status = client.compact_these(match=f"{name}_*", all_databases=1)
    assert status == "OK" and {(result.database, result.name) for result in first} == {(database, each) for each in names}
    assert {result.verdict for result in first} == {"SUCCEEDED"}
    merged = {each: seed.ids_of(elsewhere, each) for each in names}
    assert {len(ids) for ids in merged.values()} == {1}
    second, status = client.compact_these(match=f"{name}_*", all_databases=1)
    assert status == "OK" and {result.skip for result in second} == {milvus_ffi.CONSTANTS["SKIP_FINAL"]}
    assert {each: seed.ids_of(elsewhere, each) for each in names} == merged, "no segment was rewritten"
    asked, status = client.compact_these(match=f"{name}_0", all_databases=1, include_final=1)
    assert status == "OK" and asked[0].skip == milvus_ffi.CONSTANTS["SKIP_NONE"]
    assert seed.ids_of(elsewhere, names[0]) != merged[names[0]], "the server rewrites what it is asked to"


def test_only_what_is_worth_it_is_compacted(client, pymilvus, name):
    many, few = filled(pymilvus, f"{name}_many", 5), filled(pymilvus, f"{name}_few", 2)
    results, status = client.compact_these(match=f"{name}_*", min_segments=4)
    by_name = {result.name: result for result in results}
    assert status == "OK" and by_name[f"{name}_many"].verdict == "SUCCEEDED"
    assert by_name[f"{name}_few"].skip == milvus_ffi.CONSTANTS["SKIP_TOO_LITTLE"]
    assert by_name[f"{name}_few"].skip_text == "2 segments would be merged, and min_segments is 4"
    assert seed.ids_of(pymilvus, f"{name}_few") == few and seed.ids_of(pymilvus, f"{name}_many") != many
    with pytest.raises(milvus_ffi.MilvusError) as raised:
        client.compact_these(match=f"{name}x*")
    assert raised.value.status == "COLLECTION_NOT_FOUND"


def test_who_asks_first_leaves_what_runs_alone(client, server, pymilvus, name):
    """A job of one small segment is over within a moment, so it takes some to ask while one runs."""
    filled(pymilvus, name, 8)
    seen = None
    with milvus_ffi.Client(server.uri) as other:
        for _ in range(100):
            job = other.compact(name)
            try:
                client.wait(client.compact_with(name, only_if_idle=1).job_id)
            except milvus_ffi.MilvusError as error:
                seen = error
                break
            finally:
                other.wait(job)
    assert seen and seen.status == "BUSY" and "not completed lists segment" in seen.message, seen
    assert client.compact_with(name, only_if_idle=1).job_id > 0
