"""The two who say what became of a compaction, each used in the way of a careful user; and what can be said.

pymilvus: compact(), then get_compaction_state() until it says Completed. This library: milvus_compact(), then
milvus_compaction_wait().
"""
import functools
import logging
import sys
import time

import worlds

sys.path[:0] = [str(worlds.ROOT / "tests/e2e")]

import milvus_ffi  # noqa: E402
import seed  # noqa: E402

LIMIT_S = 15
logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # it logs what it raises

# What a client can claim, and what can be true. REFUSED says that nothing was done.
DONE, NOTHING, REFUSED, FAILED, PARTLY, RUNNING, UNKNOWN = (
    "done", "nothing to do", "refused", "failed", "partly failed", "still running", "cannot tell")
OTHERS, INSTEAD = "others compacted", "something else was done"
HELD, GONE = "not started, as another job runs", "the collection is gone"
RIGHT = {DONE: {DONE}, NOTHING: {NOTHING}, REFUSED: {NOTHING, HELD, GONE}, FAILED: {FAILED}, PARTLY: {PARTLY}, RUNNING: {RUNNING}}


def judge(claim, truth):
    if claim == UNKNOWN:
        return "unknown"
    return "right" if truth in RIGHT[claim] else "wrong"


class PyMilvus:
    """The SDK, with a limit on everything that would wait for ever without."""
    name = "pymilvus"

    def __init__(self, uri, database=""):
        self.client = seed.connect(uri, database)

    def close(self):
        self.client.close()

    def trigger(self, name, limit=LIMIT_S, **params):
        if "target_size_mb" in params:
            params["target_size"] = params.pop("target_size_mb")
        return self.client.compact(name, timeout=limit, **params)

    def wait(self, job, limit=LIMIT_S):
        """(claim, words)"""
        deadline = time.monotonic() + limit
        while time.monotonic() < deadline:
            try:
                state = self.client.get_compaction_state(job, timeout=5)
            except Exception as error:  # a server that restarts: a careful user asks again
                state = f"{type(error).__name__}"
            if state == "Completed":
                return DONE, f"job {shown(job)}: Completed"
            time.sleep(0.2)
        return RUNNING, f"job {shown(job)}: {state}"

    def compact(self, name, limit=LIMIT_S, wait_limit=None, **params):
        try:
            job = self.trigger(name, limit, **params)
        except Exception as error:
            return REFUSED, f"{type(error).__name__}: {error}"
        return self.wait(job, wait_limit or limit)

    def tasks(self, name):
        try:
            return len(self.client.list_compaction_tasks(name, timeout=5).plans)
        except Exception as error:
            return f"{type(error).__name__}: {error}"


class Ours:
    """This library."""
    name = "this library"
    VERDICTS = {"SUCCEEDED": DONE, "NOTHING_TO_DO": NOTHING, "FAILED": FAILED, "TIMED_OUT": FAILED, "PARTLY_FAILED": PARTLY,
                "UNKNOWN": UNKNOWN, "NOT_STARTED": REFUSED, "NONE": RUNNING}

    def __init__(self, uri, database=""):
        self.client = milvus_ffi.Client(f"{uri}/{database}")

    def close(self):
        milvus_ffi.lib.milvus_client_free(self.client.handle)

    def trigger(self, name, limit=LIMIT_S, **params):
        return self.client.compact_with(name, timeout_ms=int(limit * 1000), **params).job_id

    def tell(self, name, limit, **params):
        """What is said in the end, in the library's own words: (verdict or status, message, rows purged or None)."""
        try:
            report, message = self.client.wait(self.trigger(name, limit, **params), int(limit * 1000)), ""
        except milvus_ffi.MilvusError as error:
            report, message = error.report, error.message
            if report is None or report.verdict_name == "NONE":
                return error.status, message, None
        has_purged = report.has_segment_diff and report.segment_diff.rows_purged != milvus_ffi.CONSTANTS["NOT_REPORTED"]
        return report.verdict_name, message, report.segment_diff.rows_purged if has_purged else None

    def wait(self, job, limit=LIMIT_S):
        try:
            report, words = self.client.wait(job, int(limit * 1000)), ""
        except milvus_ffi.MilvusError as error:
            if error.report is None or error.report.verdict_name == "NONE" and error.status != "TIMEOUT":
                return REFUSED, f"{error.status}: {error.message}"
            report, words = error.report, f": {error.message}"
        return self.VERDICTS[report.verdict_name], f"{report.verdict_name}{words}"

    def compact(self, name, limit=LIMIT_S, wait_limit=None, **params):
        try:
            job = self.trigger(name, limit, **params)
        except milvus_ffi.MilvusError as error:
            if error.resolution == "STARTED":
                return RUNNING, f"{error.status}, in doubt: {error.message}"
            return UNKNOWN if error.in_doubt else REFUSED, f"{error.status}: {error.message}"
        return self.wait(job, wait_limit or limit)

    def tasks(self, name):
        try:
            return self.client.tasks(name)
        except milvus_ffi.MilvusError as error:
            return f"{error.status}: {error.message}"


@functools.lru_cache(maxsize=None)
def shown(job):
    return job if abs(job) < 10 else f"{str(job)[:3]}..."
