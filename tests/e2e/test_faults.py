"""A real server that is not there, not ready, frozen, killed, or fails its plans."""
import signal
import threading
import time

import milvus_ffi
import milvus_server
import peers
import pytest
import seed


# Far above any timeout here: only a call that does not come back takes so long.
HANGS = 60


def failure_of(call, *arguments, **options):
    """The error of a call, and how long it took."""
    started = time.monotonic()
    with pytest.raises(milvus_ffi.MilvusError) as failure:
        call(*arguments, **options)
    return failure.value, time.monotonic() - started


def collection(server, name="c", segments=4):
    pymilvus = seed.connect(server.uri)
    seed.create(pymilvus, name)
    seed.fill(pymilvus, name, segments, rows=50)
    return pymilvus


def test_a_server_that_is_still_starting_is_reported_within_the_timeout(start_server):
    server = start_server(wait=False)
    with milvus_ffi.Client(server.uri) as client:
        seen = set()
        for _ in range(40):
            started = time.monotonic()
            try:
                client.compact("c", timeout_ms=300)
            except milvus_ffi.MilvusError as error:
                seen.add(error.status)
                assert not error.in_doubt, error
                if error.status == "COLLECTION_NOT_FOUND":
                    break  # it serves now
            assert time.monotonic() - started < HANGS
            time.sleep(0.2)
        server.wait_until_healthy()
        assert client.server_version() == "v2.3.5-lite", "the same client works once the server does"
    assert seen & {"UNAVAILABLE", "TIMEOUT", "NOT_READY"}, seen


def test_a_timeout_of_one_millisecond_is_a_timeout(start_server):
    server = start_server()
    with milvus_ffi.Client(server.uri) as client:
        error, took = failure_of(client.compact, "c", timeout_ms=1)
        assert (error.status, error.in_doubt) == ("TIMEOUT", False)
        assert "1 ms" in error.message and took < HANGS


def test_a_frozen_server_ends_calls_with_and_without_a_timeout(start_server):
    server = start_server()
    with milvus_ffi.Client(server.uri) as client:
        client.server_version()
        server.signal(signal.SIGSTOP)
        try:
            error, took = failure_of(client.compact, "c", timeout_ms=500)
            assert (error.status, error.in_doubt) == ("TIMEOUT", False) and took < HANGS
            # Without a limit, the keepalive finds out: a probe after 10 s, 5 s for its answer.
            error, took = failure_of(client.compact, "c", timeout_ms=milvus_ffi.NO_TIMEOUT)
            assert (error.status, error.in_doubt) == ("UNAVAILABLE", False) and took < HANGS
            assert "stopped answering" in error.message
        finally:
            server.signal(signal.SIGCONT)
        assert client.server_version() == "v2.3.5-lite"


def test_a_job_lost_in_a_crash_is_not_called_done(start_server):
    """The restarted server says Completed although nothing was merged."""
    server = start_server(environment={"DATACOORD_COMPACTION_CHECK_INTERVAL": "30"},
                          settings=milvus_server.KILLED_AND_STARTED)
    pymilvus = collection(server)
    before = seed.ids_of(pymilvus, "c")
    with milvus_ffi.Client(server.uri) as client:
        job = client.compact("c")
        assert client.state(job).counts.executing == 1
        outcome = {}

        def wait():
            try:
                client.wait(job, 60000)
            except milvus_ffi.MilvusError as error:
                outcome["error"] = error

        waiting = threading.Thread(target=wait)
        waiting.start()
        time.sleep(0.5)
        server.kill()
        error, _ = failure_of(client.compact, "c", timeout_ms=10000)
        assert (error.status, error.in_doubt) == ("UNAVAILABLE", False)
        server.start()
        waiting.join(60)
        error = outcome["error"]
        assert (error.status, error.report.verdict_name) == ("OUTCOME_UNKNOWN", "UNKNOWN")
        assert error.report.failed_polls > 0 and error.report.planned == 1
        assert client.plans(job) == [(before, -1)], "remembered, though the server has forgotten"
        assert seed.ids_of(seed.connect(server.uri), "c") == before
        with milvus_ffi.Client(server.uri) as other:
            error, _ = failure_of(other.wait, job)
            assert error.status == "OUTCOME_UNKNOWN"


def test_a_restarted_server_serves_the_next_call_of_the_same_client(start_server):
    server = start_server(settings=milvus_server.KILLED_AND_STARTED)
    with milvus_ffi.Client(server.uri) as client:
        first = client.server_info().client_id
        server.stop()
        error, _ = failure_of(client.compact, "c", timeout_ms=10000)
        assert (error.status, error.in_doubt, error.retriable) == ("UNAVAILABLE", False, True)
        server.start()
        error, _ = failure_of(client.compact, "c")
        assert error.status == "COLLECTION_NOT_FOUND"
        assert client.server_info().client_id not in (0, first), "the handshake was done again"


def test_disabled_compaction_is_named_although_2_3_hides_it(start_server):
    server = start_server(settings={"dataCoord.enableCompaction": False})
    collection(server)
    with milvus_ffi.Client(server.uri) as client:
        error, _ = failure_of(client.compact, "c", timeout_ms=2 * HANGS * 1000)
        assert (error.status, error.in_doubt, error.retriable) == ("COMPACTION_DISABLED", False, False)
        assert len(error.message.encode()) < 1024
        # Given less time, the server may or may not come to say so.
        error, _ = failure_of(client.compact, "c", timeout_ms=1000)
        assert (error.status, error.in_doubt) in [("TIMEOUT", True), ("COMPACTION_DISABLED", False)]


def test_a_rate_limit_is_waited_out_inside_the_timeout(start_server):
    server = start_server(settings={"quotaAndLimits.enabled": True, "quotaAndLimits.compactionRate.enabled": True,
                                    "quotaAndLimits.compactionRate.max": 0.1})
    collection(server)
    with milvus_ffi.Client(server.uri) as client:
        for _ in range(3):  # the limiter lets a first one or two pass
            try:
                client.compact("c", timeout_ms=3000)
            except milvus_ffi.MilvusError as error:
                assert (error.status, error.server_code, error.in_doubt) == ("RATE_LIMITED", 8, False)
                assert error.retriable
                break
        else:
            pytest.fail("the server's rate limit never refused anything")
        assert client.compact("c", timeout_ms=30000) > 0


def test_plans_that_really_fail_are_reported(start_server):
    """A crash leaves the session of the old data node behind for its whole life, and plans sent to it fail."""
    server = start_server()
    pymilvus = collection(server)
    before = seed.ids_of(pymilvus, "c")
    server.kill()  # one that is asked to end may or may not take its session along
    server.start()
    with milvus_ffi.Client(server.uri) as client:
        error, _ = failure_of(client.wait, client.compact("c"), 60000)
        assert (error.status, error.report.verdict_name) == ("COMPACTION_FAILED", "FAILED")
        assert (error.report.counts.failed, error.report.counts.completed) == (1, 0)
    assert seed.ids_of(seed.connect(server.uri), "c") == before


def test_a_trigger_in_doubt_is_looked_into(plain_server):
    """The connection breaks under the trigger: before the server got it, and after."""
    pymilvus = collection(plain_server, "answered_in_vain")
    collection(plain_server, "never_arrived")
    peer = peers.Unreliable(plain_server.port)
    try:
        with milvus_ffi.Client(peer.uri) as client:
            for name, passes_it_on, found in (("never_arrived", False, "NO_TRACE"), ("answered_in_vain", True, "STARTED")):
                before = seed.ids_of(pymilvus, name)
                client.server_version()
                peer.break_request(4, passes_it_on)  # after the looks at the collection, its segments and the plans
                error, _ = failure_of(client.compact, name)
                assert (error.status, error.in_doubt, error.resolution) == ("UNAVAILABLE", True, found), error.message
                look = client.resolve(name)
                assert look.state_name == found and look.text.decode() in error.message
                deadline = time.monotonic() + 20
                while passes_it_on and seed.ids_of(pymilvus, name) == before and time.monotonic() < deadline:
                    time.sleep(0.1)
                assert (seed.ids_of(pymilvus, name) == before) == (not passes_it_on)
                assert client.resolve(name).state_name == found
            # The next trigger is answered, and nothing is in doubt any more.
            assert client.wait(client.compact("never_arrived")).verdict_name == "SUCCEEDED"
            assert client.resolve("never_arrived").state_name == "NOT_IN_DOUBT"
    finally:
        peer.stop()
