"""milvus_optimize on a real server that is killed and started again in each stage, or whose collection is dropped,
released or reloaded meanwhile; and calls that end early. OK is said only if it is so, whatever happened on the way."""
import ctypes
import threading
import time
import uuid

import milvus_ffi
import milvus_server
import pytest
from milvus_ffi import lib
from optimize_ffi import Optimizing, optimize
from optimize_world import Lists, Look, Recorder, Writer, loaded, wait_until

SEGMENTS, ROWS = 6, 50
# Long enough to do something while a job runs.
HELD = {"DATACOORD_COMPACTION_CHECK_INTERVAL": "15"}


class Stand:
    """A server, what is asked of it, and a client."""

    def __init__(self, server):
        self.server, self.recorder, self.lists = server, Recorder(server.port), Lists(server.uri)
        self.client = milvus_ffi.Client(self.recorder.uri)

    def collection(self):
        """The name of a loaded collection of small segments, and what is stored."""
        name = f"f{uuid.uuid4().hex[:12]}"
        return name, loaded(self.server.uri, name, SEGMENTS, ROWS)

    def until_a_job_ends(self):
        """Returns when the server has just looked at its jobs: one that is triggered now has the whole interval before it."""
        name, _ = self.collection()
        job = self.lists.compact(name)
        while not self.lists.is_over(job):
            time.sleep(0.05)

    def optimize(self, name, stage, action, method=None):
        """Optimizes, and acts once before the first request of the stage, or the first of that method in the stage."""
        begun, lock, acted, failure = threading.Event(), threading.Lock(), [], []

        def watch(asked):
            begun.wait(10)
            with lock:
                if acted or method not in (None, asked) or optimizing.stage() != stage:
                    return
                acted.append(asked)
                try:
                    action()
                except Exception as error:
                    failure.append(error)
        self.recorder.watch = watch
        optimizing = Optimizing(self.client, name)
        begun.set()
        result = optimizing.result()
        self.recorder.watch = None
        assert acted and not failure, f"{failure}: {result}"
        return result

    def kill_and_start(self):
        self.server.kill()
        self.server.start(wait=False)

    def triggers(self):
        return self.recorder.counts["ManualCompaction"]

    def close(self):
        self.client.__exit__()
        self.recorder.__exit__()
        self.lists.channel.close()


@pytest.fixture(scope="module")
def mortal(start_server):
    """For a server that is killed: it compacts at once."""
    stand = Stand(start_server(settings=milvus_server.KILLED_AND_STARTED))
    yield stand
    stand.close()


@pytest.fixture(scope="module")
def held(start_server):
    """A server on which a job takes up to 15 s."""
    stand = Stand(start_server(environment=HELD, settings=milvus_server.KILLED_AND_STARTED))
    yield stand
    stand.close()


def assert_is_done(stand, name, before, result):
    """One segment in place of those from before, served, and nothing else."""
    now = Look.at(stand.lists, name)
    assert (result.status, result.stage, result.is_loaded) == ("OK", "DONE", True), result
    assert len(now.stored) == 1 and set(now.served) == set(now.stored), (now, result)
    assert not set(now.stored) & set(before) and sum(now.stored.values()) == SEGMENTS * ROWS


@pytest.mark.parametrize("stage", ["FLUSH", "INDEX", "REINDEX", "LOAD", "SERVE"])
def test_a_restart_in_a_stage_is_waited_out(mortal, stage):
    name, before = mortal.collection()
    triggers = mortal.triggers()
    result = mortal.optimize(name, stage, mortal.kill_and_start)
    assert_is_done(mortal, name, before, result)
    assert result.verdict == "SUCCEEDED" and mortal.triggers() == triggers + 1, result


def test_a_restart_before_the_trigger_is_waited_out(mortal):
    name, before = mortal.collection()
    result = mortal.optimize(name, "COMPACT", mortal.kill_and_start, "GetPersistentSegmentInfo")
    assert_is_done(mortal, name, before, result)


def test_a_trigger_that_a_crash_swallows_is_in_doubt_and_the_next_call_finishes(mortal):
    name, before = mortal.collection()
    result = mortal.optimize(name, "COMPACT", mortal.kill_and_start, "ManualCompaction")
    assert (result.status, result.stage, result.in_doubt) == ("UNAVAILABLE", "COMPACT", True), result
    mortal.server.wait_until_healthy()
    assert set(mortal.lists.stored(name)) == set(before)
    assert_is_done(mortal, name, before, optimize(mortal.client, name))


def test_a_job_that_a_crash_loses_is_not_called_done_and_the_next_call_finishes(held):
    """The restarted server says Completed although nothing was merged."""
    name, before = held.collection()
    result = held.optimize(name, "COMPACT", held.kill_and_start, "GetCompactionState")
    assert (result.status, result.stage, result.verdict) == ("OUTCOME_UNKNOWN", "COMPACT", "UNKNOWN"), result
    assert result.job_id > 0 and set(held.lists.stored(name)) == set(before)
    assert_is_done(held, name, before, optimize(held.client, name))


def test_a_cancelled_call_says_where_it_was_and_the_next_goes_on_without_a_trigger(held):
    name, before = held.collection()
    triggers = held.triggers()
    optimizing = Optimizing(held.client, name)
    wait_until(lambda: optimizing.progress().planned > 0)
    assert optimizing.stage() == "COMPACT" and optimizing.progress().rewrite_rows == SEGMENTS * ROWS
    optimizing.cancel()
    result = optimizing.result()
    assert (result.status, result.stage) == ("CANCELLED", "COMPACT") and result.job_id > 0, result
    assert not held.lists.is_over(result.job_id) and set(held.lists.stored(name)) == set(before)
    again = optimize(held.client, name)
    assert_is_done(held, name, before, again)
    assert again.job_id == result.job_id and held.triggers() == triggers + 1, again


def test_a_client_that_imported_the_job_goes_on_where_another_ran_out_of_time(held):
    name, before = held.collection()
    held.until_a_job_ends()
    triggers = held.triggers()
    result = optimize(held.client, name, timeout_ms=4000)
    assert (result.status, result.stage) == ("TIMEOUT", "COMPACT") and result.job_id > 0, result
    assert not held.lists.is_over(result.job_id), "it goes on"
    text, length = ctypes.create_string_buffer(1 << 16), ctypes.c_size_t()
    milvus_ffi.check(lib.milvus_job_export(held.client.handle, ctypes.c_int64(result.job_id), text, ctypes.c_size_t(len(text)),
                                           ctypes.byref(length)))
    with milvus_ffi.Client(held.recorder.uri) as heir:
        job = ctypes.c_int64()
        milvus_ffi.check(lib.milvus_job_import(heir.handle, text, ctypes.byref(job)))
        assert job.value == result.job_id
        assert_is_done(held, name, before, optimize(heir, name))
    assert held.triggers() == triggers + 1


def test_a_job_of_another_client_is_waited_for(held):
    """This server schedules nothing while another job holds the segments."""
    name, before = held.collection()
    theirs = held.lists.compact(name)
    result = optimize(held.client, name)
    assert held.lists.is_over(theirs)
    assert_is_done(held, name, before, result)
    assert held.lists.plans(theirs) == {(frozenset(before), next(iter(held.lists.stored(name))))}, "theirs merged them"


def test_what_a_writer_stores_while_a_job_runs_is_no_reason_to_rewrite_everything_again(held):
    """The second round is for what the writer had begun to store before the first."""
    name, before = held.collection()
    with Writer(held.server.uri, name) as writer:
        result = optimize(held.client, name)
        now = Look.at(held.lists, name)
    assert writer.error is None
    assert (result.status, result.stage) == ("OK", "DONE") and result.rounds <= 2 and result.new_segments > 0, result
    assert len(now.holding(before)) == 1 and not now.missing(before) and not now.stale()


@pytest.mark.parametrize("stage", ["INDEX", "COMPACT", "REINDEX", "LOAD", "SERVE"])
def test_a_collection_that_is_dropped_meanwhile_is_said_to_be_gone(mortal, stage):
    name, _ = mortal.collection()
    result = mortal.optimize(name, stage, lambda: mortal.lists.ask("DropCollection", collection_name=name))
    # A load that fails is looked into by the stage after it.
    ends = ("LOAD", "SERVE") if stage == "LOAD" else (stage,)
    assert result.status == "COLLECTION_NOT_FOUND" and result.stage in ends, result


@pytest.mark.parametrize("stage", ["REINDEX", "LOAD", "SERVE"])
def test_a_collection_that_is_released_meanwhile_is_compacted_and_not_served(mortal, stage):
    name, before = mortal.collection()
    result = mortal.optimize(name, stage, lambda: mortal.lists.ask("ReleaseCollection", collection_name=name))
    assert (result.status, result.stage, result.verdict, result.is_loaded) == ("OK", "DONE", "SUCCEEDED", False), result
    assert result.step("SERVE").state == "SKIPPED" and "not loaded" in result.step("SERVE").text, result
    now = Look.at(mortal.lists, name)
    assert len(now.stored) == 1 and not set(now.stored) & set(before) and not now.served


@pytest.mark.parametrize("stage", ["LOAD", "SERVE"])
def test_a_collection_that_is_reloaded_meanwhile_is_waited_for(mortal, stage):
    name, before = mortal.collection()

    def reload():
        mortal.lists.ask("ReleaseCollection", collection_name=name)
        mortal.lists.ask("LoadCollection", collection_name=name)
    assert_is_done(mortal, name, before, mortal.optimize(name, stage, reload))


def test_an_index_that_is_dropped_meanwhile_does_not_hold_the_call_up(mortal):
    name, before = mortal.collection()

    def drop():
        mortal.lists.ask("ReleaseCollection", collection_name=name)
        mortal.lists.ask("DropIndex", collection_name=name)
    result = mortal.optimize(name, "REINDEX", drop)
    assert (result.status, result.verdict, result.is_loaded) == ("OK", "SUCCEEDED", False), result
    assert "index" in result.step("REINDEX").text and len(mortal.lists.stored(name)) == 1
