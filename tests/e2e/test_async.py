"""Futures, queues and many at once against the real server."""
import ctypes
import re
import select
import signal
import subprocess
import threading
import time
import uuid

import milvus_ffi
import peers
import pytest
import seed
from conftest import ROOT
from milvus_ffi import lib

EXAMPLES = ROOT / "target/examples-c"
FAKE = ROOT / "target/debug/milvus-fake"


@pytest.fixture()
def client(plain_server):
    with milvus_ffi.Client(plain_server.uri) as client:
        yield client


def collections(uri, count, database="", segments=3):
    """Fills so many collections; returns their names."""
    pymilvus = seed.connect(uri, database)
    names = [f"a{uuid.uuid4().hex[:12]}" for _ in range(count)]
    for name in names:
        seed.create(pymilvus, name)
        seed.fill(pymilvus, name, segments, rows=20)
    return pymilvus, names


def run(program, *arguments):
    done = subprocess.run([EXAMPLES / program, *arguments], capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout, done.stderr


def test_a_job_is_triggered_and_followed_without_blocking(client, plain_server):
    pymilvus, [name] = collections(plain_server.uri, 1)
    trigger = client.compact_async(name)
    assert trigger.wait() == "OK"
    wait = client.wait_async(trigger.job_id())
    assert wait.wait(1) in ("PENDING", "OK")
    assert wait.wait() == "OK"
    report, progress = wait.report(), wait.progress()
    assert (report.verdict, report.planned, report.segment_diff.segments_after) == (milvus_ffi.CONSTANTS["VERDICT_SUCCEEDED"], 1, 1)
    assert (progress.planned, progress.completed, progress.failed) == (1, 1, 0)
    assert len(seed.ids_of(pymilvus, name)) == 1


def test_completions_wake_an_event_loop(client, plain_server):
    pymilvus, names = collections(plain_server.uri, 3)
    queue, fd, over, tag = ctypes.c_void_p(), ctypes.c_int32(), ctypes.c_void_p(), ctypes.c_void_p()
    milvus_ffi.check(lib.milvus_queue_new(ctypes.byref(queue)))
    milvus_ffi.check(lib.milvus_queue_fd(queue, ctypes.byref(fd)))
    triggers = [client.compact_async(name) for name in names]
    for index, trigger in enumerate(triggers):
        milvus_ffi.check(lib.milvus_future_set_queue(trigger.handle, queue, index + 1))
    arrived = set()
    while len(arrived) < len(names):
        assert select.select([fd.value], [], [], 30)[0]
        while lib.milvus_queue_next(queue, 0, ctypes.byref(over), ctypes.byref(tag)) == 0:
            assert over.value == triggers[tag.value - 1].handle.value
            arrived.add(tag.value)
    assert arrived == {1, 2, 3}
    for trigger, name in zip(triggers, names):
        client.wait(trigger.job_id())
        assert len(seed.ids_of(pymilvus, name)) == 1
    lib.milvus_queue_free(queue)


def test_a_callback_comes_on_another_thread_and_exactly_once(client, plain_server):
    _, [name] = collections(plain_server.uri, 1)
    told, came = [], threading.Event()

    @milvus_ffi.FutureCallback
    def on_end(future, status, _):
        job = ctypes.c_int64()
        told.append((status, lib.milvus_future_take_job_id(future, ctypes.byref(job)), job.value, threading.get_ident()))
        came.set()

    trigger = client.compact_async(name)
    milvus_ffi.check(lib.milvus_future_set_callback(trigger.handle, on_end, None, None))
    del trigger  # freed: it calls back all the same
    assert came.wait(30)
    client.close()
    [(status, taken, job, thread)] = told
    assert (status, taken) == (0, 0) and job > 0 and thread != threading.get_ident()


def test_cancelling_with_a_frozen_server(start_server):
    """Nothing had been sent of it, so nothing is in doubt; the server goes on as if nothing had been."""
    server = start_server()
    pymilvus, [name] = collections(server.uri, 1)
    before = seed.ids_of(pymilvus, name)
    with milvus_ffi.Client(server.uri) as client:
        client.server_version()
        server.signal(signal.SIGSTOP)
        try:
            trigger = client.compact_async(name, timeout_ms=milvus_ffi.NO_TIMEOUT)
            assert trigger.wait(200) == "PENDING"
            trigger.cancel()
            assert trigger.wait() == "CANCELLED"
            assert not trigger.error().in_doubt and trigger.error().retriable
        finally:
            server.signal(signal.SIGCONT)
        assert client.server_version() == "v2.3.5-lite"
        assert seed.ids_of(pymilvus, name) == before


def test_a_cancelled_trigger_that_the_server_has_got_is_in_doubt(plain_server):
    pymilvus, [name] = collections(plain_server.uri, 1)
    before = seed.ids_of(pymilvus, name)
    peer = peers.Unreliable(plain_server.port)
    try:
        with milvus_ffi.Client(peer.uri) as client:
            client.server_version()
            peer.withhold_answers_from(4)  # after the looks at the collection, its segments and the plans
            trigger = client.compact_async(name, timeout_ms=milvus_ffi.NO_TIMEOUT)
            deadline = time.monotonic() + 30
            while seed.ids_of(pymilvus, name) == before and time.monotonic() < deadline:
                assert trigger.poll() == "PENDING"
                time.sleep(0.05)
            assert seed.ids_of(pymilvus, name) != before, "the server has carried it out"
            trigger.cancel()
            assert trigger.wait() == "CANCELLED"
            assert trigger.error().in_doubt and not trigger.error().retriable
    finally:
        peer.stop()


def test_closing_while_the_server_is_being_killed(start_server):
    server = start_server(environment={"DATACOORD_COMPACTION_CHECK_INTERVAL": "30"})  # the job cannot end before
    _, [name] = collections(server.uri, 1)
    with milvus_ffi.Client(server.uri) as client:
        job = client.compact(name)
        waits = [client.wait_async(job, milvus_ffi.NO_TIMEOUT) for _ in range(20)]
        server.signal(signal.SIGKILL)
        time.sleep(0.3)
        client.close(milvus_ffi.NO_TIMEOUT)
        assert {wait.poll() for wait in waits} == {"CLOSED"}
        with pytest.raises(milvus_ffi.MilvusError) as failure:
            client.compact(name)
        assert failure.value.status == "CLOSED"


def test_a_list_is_compacted_and_what_is_not_in_it_is_not(client, plain_server):
    pymilvus, names = collections(plain_server.uri, 4)
    untouched = seed.ids_of(pymilvus, names[3])
    results, status = client.compact_many(names[:3] + ["missing"], concurrency=2)
    succeeded = ("OK", milvus_ffi.CONSTANTS["VERDICT_SUCCEEDED"])
    assert status == "SOME_FAILED" and results.pop("missing") == ("COLLECTION_NOT_FOUND", None)
    assert results == {name: succeeded for name in names[:3]}
    assert [len(seed.ids_of(pymilvus, name)) for name in names[:3]] == [1, 1, 1]
    assert seed.ids_of(pymilvus, names[3]) == untouched


def test_a_whole_database_is_compacted_and_no_other(plain_server):
    other, [outside] = collections(plain_server.uri, 1)
    other.create_database("many")
    pymilvus, names = collections(plain_server.uri, 3, "many")
    untouched = seed.ids_of(other, outside)
    code, out, _ = run("many", f"{plain_server.uri}/many", "")
    assert code == 0 and out.count("Every plan of the job completed.") == 3
    assert re.search(r"s: \d of 3 collections, ", out)
    assert [len(seed.ids_of(pymilvus, name)) for name in names] == [1, 1, 1]
    assert seed.ids_of(other, outside) == untouched


def test_the_epoll_example_on_the_real_server(plain_server):
    pymilvus, names = collections(plain_server.uri, 5)
    code, out, _ = run("epoll", plain_server.uri, "", *names, "missing")
    assert code == 1 and "5 of 6 collections compacted" in out and out.count(": succeeded, ") == 5
    assert [len(seed.ids_of(pymilvus, name)) for name in names] == [1] * 5


def test_the_epoll_example_drives_a_hundred_compactions():
    with subprocess.Popen([FAKE, "serve", "v2.6.8"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as fake:
        uri = fake.stdout.readline().strip()
        names = [f"c{index}" for index in range(100)]
        for name in names:
            fake.stdin.write(f"add {name} succeeds\n")
            fake.stdin.flush()
            assert fake.stdout.readline() == "done\n"
        code, out, _ = run("epoll", uri, "", *names)
        fake.stdin.write("compacted\n")
        fake.stdin.flush()
        assert sorted(fake.stdout.readline().strip().split(";")) == sorted(names)
        fake.stdin.close()
    assert code == 0 and "100 of 100 collections" in out and out.count(": succeeded, ") == 100


@pytest.mark.parametrize("program", ["epoll", "many"])
def test_examples_say_what_is_wrong(program):
    code, _, err = run(program)
    assert code == 2 and err.startswith("usage:")
    code, _, err = run(program, "localhost:19530", "", "c")
    assert code == 3 and "scheme" in err
