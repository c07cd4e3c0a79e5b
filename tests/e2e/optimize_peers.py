"""What others do before a search: pymilvus' optimize, and the steps of VectorDBBench for Milvus, written anew from their
description. Each returns when its users go on to search.
"""
import time

import seed

INDEX = "vector"
# Both ask for the largest target size there is; Milvus 2.3.5 knows none.
LARGEST_TARGET_SIZE_MB = ((1 << 63) - 1) // (1 << 20)
ATTEMPTS, PAUSE_SECONDS = 10, 30


class GaveUp(Exception):
    """VectorDBBench ends so, and does not search."""


def pymilvus_optimize(uri, name):
    """Waits for the indexes, triggers once, waits for the job and for the indexes, refreshes the load."""
    pymilvus = seed.connect(uri)
    try:
        pymilvus.optimize(name)
    finally:
        pymilvus.close()


def vectordbbench_steps(uri, name, pause=PAUSE_SECONDS):
    """Flushes; a plain compaction; then compactions until the plans of one name every segment that was stored before it;
    refreshes the load. VectorDBBench also waits until each segment is sorted: servers before 2.5 sort none, so there that
    wait has no end, and it is left out here.
    """
    pymilvus = seed.connect(uri)
    try:
        pymilvus.flush(name)
        _wait_for_index(pymilvus, name)
        job = pymilvus.compact(name)
        if job > 0:
            _wait_for_job(pymilvus, job)
        _merge_all(pymilvus, name, pause)
        _wait_for_index(pymilvus, name)
        pymilvus.refresh_load(name)
    finally:
        pymilvus.close()


def _merge_all(pymilvus, name, pause):
    for attempt in range(ATTEMPTS):
        if attempt > 0:
            time.sleep(pause)
        _wait_for_index(pymilvus, name)
        stored = {segment.segment_id for segment in pymilvus.list_persistent_segments(name) if segment.state_name == "Flushed"}
        job = pymilvus.compact(name, target_size=LARGEST_TARGET_SIZE_MB)
        if job <= 0:
            continue
        _wait_for_job(pymilvus, job)
        named = {source for plan in pymilvus.get_compaction_plans(job).plans for source in plan.sources}
        if stored <= named:
            return
    raise GaveUp(f"after {ATTEMPTS} attempts: {len(stored - named)} segments in no plan")


def _wait_for_index(pymilvus, name):
    while pymilvus.describe_index(name, INDEX).get("pending_index_rows", -1) != 0:
        time.sleep(5)


def _wait_for_job(pymilvus, job):
    while pymilvus.get_compaction_state(job) != "Completed":
        time.sleep(0.5)
