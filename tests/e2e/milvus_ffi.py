"""The C API through ctypes, as thin as can be: the tests call what a C program calls."""
import ctypes
import pathlib
import re
import types

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEADER = (ROOT / "include/milvus_client.h").read_text()
LIBRARY = ROOT / "target/stage/lib/libmilvus_client.so.0"
lib = ctypes.CDLL(str(LIBRARY))

# Every #define of a number, as the header has it.
CONSTANTS = {name: int(value) for name, value in re.findall(r"^#define MILVUS_(\w+) \(?(-?\d+)\)?$", HEADER, re.M)}
NO_TIMEOUT = CONSTANTS["NO_TIMEOUT"]
NO_JOB = CONSTANTS["NO_JOB"]

_int64, _status = ctypes.c_int64, ctypes.c_int32


def _struct(name, fields):
    return type(name, (ctypes.Structure,), {"_fields_": [("size", ctypes.c_size_t)] + fields})


def _part(name, *fields):
    """A struct that is part of others, and has no size."""
    return type(name, (ctypes.Structure,), {"_fields_": [(field, _int64) for field in fields]})


PlanCounts = _part("milvus_plan_counts", "executing", "completed", "failed", "timed_out")
SegmentDiff = _part("milvus_segment_diff", "segments_before", "segments_after", "rows_before", "rows_after", "rows_purged",
                    "segments_removed", "segments_added", "sources_remaining", "targets_missing", "targets_confirmed",
                    "l0_segments_before", "l0_segments_after")
LeftOut = _part("milvus_left_out", "total", "unsorted", "l0", "clustered", "importing", "unflushed", "not_asked_for", "other")
LastError = _struct("milvus_error", [
    ("status", _status), ("grpc_code", ctypes.c_int32), ("server_code", ctypes.c_int32), ("retriable", ctypes.c_int32),
    ("in_doubt", ctypes.c_int32), ("resolution", ctypes.c_int32), ("job_id", _int64), ("operation", ctypes.c_char_p), ("message", ctypes.c_char_p),
    ("request_id", ctypes.c_char_p)])
StateInfo = _struct("milvus_compaction_state_info", [
    ("state", ctypes.c_int32), ("reserved", ctypes.c_int32), ("counts", PlanCounts)])
Plan = _struct("milvus_plan", [
    ("sources", ctypes.POINTER(_int64)), ("source_count", ctypes.c_size_t), ("target", _int64),
    ("targets", ctypes.POINTER(_int64)), ("target_count", ctypes.c_size_t), ("judgement", ctypes.c_int32),
    ("reason", ctypes.c_int32), ("has_details", ctypes.c_int32),
    ("type", ctypes.c_int32), ("state", ctypes.c_int32), ("reserved", ctypes.c_int32), ("plan_id", _int64), ("job_id", _int64),
    ("collection_id", _int64), ("partition_id", _int64), ("channel", ctypes.c_char_p), ("failure_reason", ctypes.c_char_p)])
Report = _struct("milvus_compaction_report", [
    ("verdict", ctypes.c_int32), ("has_segment_diff", ctypes.c_int32), ("job_id", _int64), ("planned", _int64), ("counts", PlanCounts),
    ("unknown_plans", _int64), ("elapsed_ms", _int64), ("polls", ctypes.c_uint64), ("failed_polls", ctypes.c_uint64),
    ("segment_diff", SegmentDiff), ("left_out", LeftOut), ("unsorted_segments", _int64), ("stalled_ms", _int64)])
CompactParams = _struct("milvus_compact_params", [
    ("is_clustering", ctypes.c_int32), ("is_l0", ctypes.c_int32), ("target_size_mb", _int64), ("partition_name", ctypes.c_char_p),
    ("channel", ctypes.c_char_p), ("segment_ids", ctypes.POINTER(_int64)), ("segment_count", ctypes.c_size_t),
    ("database", ctypes.c_char_p), ("only_if_idle", ctypes.c_int32), ("reserved", ctypes.c_int32)])
CompactResult = _struct("milvus_compact_result", [
    ("trigger", ctypes.c_int32), ("reserved", ctypes.c_int32), ("job_id", _int64), ("planned", _int64), ("unsorted_segments", _int64)])
Segment = _struct("milvus_segment", [
    ("id", _int64), ("collection_id", _int64), ("partition_id", _int64), ("rows", _int64), ("state", ctypes.c_int32),
    ("level", ctypes.c_int32), ("is_sorted", ctypes.c_int32), ("reserved", ctypes.c_int32), ("storage_version", _int64),
    ("memory", _int64), ("channel", ctypes.c_char_p), ("compaction_from", ctypes.POINTER(_int64)),
    ("compaction_from_count", ctypes.c_size_t), ("nodes", ctypes.POINTER(_int64)), ("node_count", ctypes.c_size_t)])
CheckResult = _struct("milvus_check_result", [
    (name, ctypes.c_int32) for name in ("would_compact", "would_compact_if_free", "may_be_busy", "is_enabled", "is_running",
                                        "is_indexed", "needs_index", "has_clustering_key", "has_unflushed", "is_final")]
    + [(name, _int64) for name in ("segments", "rows", "expected_segments", "unsorted_segments", "l0_segments", "unindexed_rows")]
    + [("reason", ctypes.c_char * 256)])
Resolution = _struct("milvus_resolution", [
    ("state", ctypes.c_int32), ("reserved", ctypes.c_int32), ("job_id", _int64), ("text", ctypes.c_char * 256)])

OptionInfo = _struct("milvus_option_info", [
    ("key", ctypes.c_char_p), ("default_value", ctypes.c_char_p), ("help", ctypes.c_char_p), ("kind", ctypes.c_int32),
    ("reserved", ctypes.c_int32), ("minimum", _int64), ("maximum", _int64)])
ServerInfo = _struct("milvus_server_info", [
    ("client_id", _int64), ("is_lite", ctypes.c_int32), ("reserved", ctypes.c_int32), ("version", ctypes.c_char * 64),
    ("deploy_mode", ctypes.c_char * 64)])
Progress = _struct("milvus_progress", [
    ("elapsed_ms", _int64), ("planned", _int64), ("completed", _int64), ("failed", _int64), ("plans_per_second", ctypes.c_double),
    ("collections", _int64), ("collections_done", _int64), ("collections_failed", _int64),
    ("collections_skipped", _int64), ("stalled_ms", _int64), ("remaining_ms", _int64), ("stage", ctypes.c_int32),
    ("round", ctypes.c_int32), ("stage_done", _int64), ("stage_total", _int64), ("rewrite_segments", _int64),
    ("rewrite_rows", _int64), ("rewrite_bytes", _int64)])
ManyParams = _struct("milvus_many_params", [
    ("compaction", ctypes.POINTER(CompactParams)), ("concurrency", ctypes.c_int32), ("only_trigger", ctypes.c_int32),
    ("match", ctypes.c_char_p), ("all_databases", ctypes.c_int32), ("include_final", ctypes.c_int32), ("min_segments", _int64),
    ("min_deleted_percent", ctypes.c_double), ("max_collections", _int64), ("start_within_ms", _int64)])
ManyResult = _struct("milvus_many_result", [
    ("collection_name", ctypes.c_char_p), ("status", _status), ("trigger", ctypes.c_int32), ("job_id", _int64), ("planned", _int64),
    ("report", ctypes.POINTER(Report)), ("error", ctypes.POINTER(LastError)), ("unsorted_segments", _int64),
    ("skip", ctypes.c_int32), ("reserved", ctypes.c_int32), ("skip_text", ctypes.c_char_p), ("database", ctypes.c_char_p)])
LogCallback = ctypes.CFUNCTYPE(None, ctypes.c_int32, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_void_p)

_pointer, _text = ctypes.c_void_p, ctypes.c_char_p
_future = ctypes.POINTER(_pointer)  # where a future or a list is written
FutureCallback = ctypes.CFUNCTYPE(None, _pointer, _status, _pointer)
for name, result, *parameters in [
        ("last_error", ctypes.POINTER(LastError)),
        ("status_name", _text, _status),
        ("verdict_name", _text, ctypes.c_int32),
        ("client_new", _status, _text, _text, ctypes.POINTER(_pointer)),
        ("options_new", _pointer),
        ("options_set", _status, _pointer, _text, _text),
        ("options_free", None, _pointer),
        ("option_count", ctypes.c_size_t),
        ("option_get", _status, ctypes.c_size_t, ctypes.POINTER(OptionInfo)),
        ("client_new_with", _status, _text, _pointer, ctypes.POINTER(_pointer)),
        ("client_server_info", _status, _pointer, _int64, ctypes.POINTER(ServerInfo)),
        ("thread_set_request_id", _status, _text),
        ("thread_set_metadata", _status, _text, _text),
        ("set_log", _status, ctypes.c_int32, LogCallback, _pointer),
        ("client_free", None, _pointer),
        ("client_server_version", _status, _pointer, _int64, _text, ctypes.c_size_t, ctypes.POINTER(ctypes.c_size_t)),
        ("compact", _status, _pointer, _text, ctypes.c_int32, _int64, ctypes.POINTER(_int64)),
        ("compaction_state", _status, _pointer, _int64, _int64, ctypes.POINTER(StateInfo)),
        ("compaction_plans", _status, _pointer, _int64, _int64, ctypes.POINTER(_pointer)),
        ("compaction_wait", _status, _pointer, _int64, _int64, ctypes.POINTER(Report)),
        ("compact_with", _status, _pointer, _text, ctypes.POINTER(CompactParams), _int64, ctypes.POINTER(CompactResult)),
        ("parse_target_size", _status, _text, ctypes.POINTER(_int64)),
        ("flush", _status, _pointer, _text, _text, _int64),
        ("compaction_check", _status, _pointer, _text, ctypes.POINTER(CompactParams), _int64, ctypes.POINTER(CheckResult)),
        ("compaction_resolve", _status, _pointer, _text, _text, _int64, ctypes.POINTER(Resolution)),
        ("compaction_tasks", _status, _pointer, _text, _text, _int64, ctypes.POINTER(_pointer)),
        ("segments", _status, _pointer, _text, _text, ctypes.c_int32, _int64, ctypes.POINTER(_pointer)),
        ("segment_list_count", ctypes.c_size_t, _pointer),
        ("segment_list_get", _status, _pointer, ctypes.c_size_t, ctypes.POINTER(Segment)),
        ("segment_list_free", None, _pointer),
        ("segments_compare", _status, _pointer, _pointer, _pointer, ctypes.POINTER(SegmentDiff)),
        ("plan_type_name", _text, ctypes.c_int32),
        ("plan_state_name", _text, ctypes.c_int32),
        ("plan_list_count", ctypes.c_size_t, _pointer),
        ("plan_list_get", _status, _pointer, ctypes.c_size_t, ctypes.POINTER(Plan)),
        ("plan_list_free", None, _pointer),
        ("client_close", _status, _pointer, _int64),
        ("client_set_token", _status, _pointer, _text),
        ("compact_many", _status, _pointer, ctypes.POINTER(_text), ctypes.c_size_t, ctypes.POINTER(ManyParams), _int64, _future),
        ("many_list_count", ctypes.c_size_t, _pointer),
        ("many_list_get", _status, _pointer, ctypes.c_size_t, ctypes.POINTER(ManyResult)),
        ("many_list_free", None, _pointer),
        ("compact_async", _status, _pointer, _text, ctypes.c_int32, _int64, _future),
        ("compaction_wait_async", _status, _pointer, _int64, _int64, _future),
        ("future_wait", _status, _pointer, _int64),
        ("future_poll", _status, _pointer),
        ("future_cancel", _status, _pointer),
        ("future_progress", _status, _pointer, ctypes.POINTER(Progress)),
        ("future_error", ctypes.POINTER(LastError), _pointer),
        ("future_set_callback", _status, _pointer, FutureCallback, _pointer, _pointer),
        ("future_set_queue", _status, _pointer, _pointer, _pointer),
        ("future_take_job_id", _status, _pointer, ctypes.POINTER(_int64)),
        ("future_take_report", _status, _pointer, ctypes.POINTER(Report)),
        ("future_free", None, _pointer),
        ("queue_new", _status, _future),
        ("queue_fd", _status, _pointer, ctypes.POINTER(ctypes.c_int32)),
        ("queue_next", _status, _pointer, _int64, _future, _future),
        ("queue_free", None, _pointer)]:
    function = getattr(lib, f"milvus_{name}")
    function.restype, function.argtypes = result, parameters


def name_of(group, number):
    """The name of a constant of a group, e.g. STARTED for 1 of RESOLUTION."""
    return next(name[len(group) + 1:] for name, value in CONSTANTS.items()
                if name.startswith(group + "_") and value == number)


def params_of(is_clustering=False, is_l0=False, target_size_mb=0, partition_name=None, channel=None, segment_ids=None,
              database=None, only_if_idle=0):
    ids = None if segment_ids is None else (ctypes.c_int64 * len(segment_ids))(*segment_ids)
    return CompactParams(ctypes.sizeof(CompactParams), is_clustering, is_l0, target_size_mb, _optional(partition_name),
                         _optional(channel), ids, len(segment_ids or ()), _optional(database), only_if_idle, 0)


def _optional(text):
    return None if text is None else text.encode()


class MilvusError(Exception):
    """A failed call, with everything milvus_last_error() has."""

    def __init__(self, report=None):
        error = lib.milvus_last_error().contents
        self.status = lib.milvus_status_name(error.status).decode().replace("MILVUS_", "", 1)
        self.message = error.message.decode()
        self.in_doubt, self.retriable = bool(error.in_doubt), bool(error.retriable)
        self.server_code, self.grpc_code, self.job_id = error.server_code, error.grpc_code, error.job_id
        self.resolution = name_of("RESOLUTION", error.resolution)
        self.request_id = error.request_id.decode()
        self.report = report
        super().__init__(f"{self.status}: {self.message}")


def check(status, report=None):
    if status != 0:
        raise MilvusError(report)


def status_name(status):
    return lib.milvus_status_name(status).decode().replace("MILVUS_", "", 1)


class Future:
    """An operation that was started; frees itself."""

    def __init__(self, start, *arguments):
        self.handle = _pointer()
        check(start(*arguments, ctypes.byref(self.handle)))

    def __del__(self):
        lib.milvus_future_free(self.handle)

    def wait(self, timeout_ms=30000):
        return status_name(lib.milvus_future_wait(self.handle, timeout_ms))

    def poll(self):
        return status_name(lib.milvus_future_poll(self.handle))

    def cancel(self):
        check(lib.milvus_future_cancel(self.handle))

    def job_id(self):
        job = _int64(-77)
        check(lib.milvus_future_take_job_id(self.handle, ctypes.byref(job)))
        return job.value

    def report(self):
        """What was seen, also of a wait that has failed."""
        report = Report(ctypes.sizeof(Report))
        lib.milvus_future_take_report(self.handle, ctypes.byref(report))
        return report

    def progress(self):
        progress = Progress(ctypes.sizeof(Progress))
        check(lib.milvus_future_progress(self.handle, ctypes.byref(progress)))
        return progress

    def error(self):
        return lib.milvus_future_error(self.handle).contents


class Client:
    def __init__(self, uri, token=None, options=None):
        self.handle = _pointer()
        if options is None:
            check(lib.milvus_client_new(uri.encode(), None if token is None else token.encode(),
                                        ctypes.byref(self.handle)))
            return
        pairs = lib.milvus_options_new()
        try:
            for key, value in dict(options, **({"token": token} if token else {})).items():
                check(lib.milvus_options_set(pairs, key.encode(), value.encode()))
            check(lib.milvus_client_new_with(uri.encode(), pairs, ctypes.byref(self.handle)))
        finally:
            lib.milvus_options_free(pairs)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        lib.milvus_client_free(self.handle)

    def set_token(self, token):
        check(lib.milvus_client_set_token(self.handle, token.encode()))

    def server_version(self, timeout_ms=10000):
        buffer, length = ctypes.create_string_buffer(64), ctypes.c_size_t()
        check(lib.milvus_client_server_version(self.handle, timeout_ms, buffer, 64, ctypes.byref(length)))
        return buffer.value.decode()

    def server_info(self, timeout_ms=10000):
        info = ServerInfo(ctypes.sizeof(ServerInfo))
        check(lib.milvus_client_server_info(self.handle, timeout_ms, ctypes.byref(info)))
        return info

    def compact(self, name, is_clustering=False, timeout_ms=10000):
        job = _int64(-77)
        check(lib.milvus_compact(self.handle, name.encode(), is_clustering, timeout_ms, ctypes.byref(job)))
        return job.value

    def _filled(self, struct, call, *arguments):
        result = struct(ctypes.sizeof(struct))
        check(call(self.handle, *arguments, ctypes.byref(result)))
        return result

    def compact_with(self, name, timeout_ms=10000, **params):
        """The result; its `trigger_name` says what came of the trigger."""
        result = self._filled(CompactResult, lib.milvus_compact_with, name.encode(), ctypes.byref(params_of(**params)), timeout_ms)
        result.trigger_name = name_of("TRIGGER", result.trigger)
        return result

    def close(self, timeout_ms=10000):
        check(lib.milvus_client_close(self.handle, timeout_ms))

    def compact_async(self, name, timeout_ms=10000):
        return Future(lib.milvus_compact_async, self.handle, name.encode(), False, timeout_ms)

    def wait_async(self, job, timeout_ms=30000):
        return Future(lib.milvus_compaction_wait_async, self.handle, job, timeout_ms)

    def compact_many(self, names=None, timeout_ms=60000, concurrency=0):
        """A dict from name to status name and verdict number, and the status name of the whole."""
        texts = None if names is None else (_text * len(names))(*[name.encode() for name in names])
        params = ManyParams(ctypes.sizeof(ManyParams), None, concurrency, 0)
        many, found = _pointer(), {}
        status = lib.milvus_compact_many(self.handle, texts, len(names or ()), ctypes.byref(params), timeout_ms, ctypes.byref(many))
        for index in range(lib.milvus_many_list_count(many)):
            result = ManyResult(ctypes.sizeof(ManyResult))
            check(lib.milvus_many_list_get(many, index, ctypes.byref(result)))
            verdict = result.report.contents.verdict if result.report else None
            found[result.collection_name.decode()] = (status_name(result.status), verdict)
        lib.milvus_many_list_free(many)
        return found, status_name(status)

    def compact_these(self, timeout_ms=60000, match=None, **policy):
        """The collections that the policy selects, as objects with the fields of milvus_many_result, and the status name."""
        params = ManyParams(ctypes.sizeof(ManyParams), match=_optional(match), **policy)
        many, found = _pointer(), []
        status = lib.milvus_compact_many(self.handle, None, 0, ctypes.byref(params), timeout_ms, ctypes.byref(many))
        if status not in (CONSTANTS["OK"], CONSTANTS["SOME_FAILED"]):
            check(status)
        for index in range(lib.milvus_many_list_count(many)):
            result = ManyResult(ctypes.sizeof(ManyResult))
            check(lib.milvus_many_list_get(many, index, ctypes.byref(result)))
            verdict = name_of("VERDICT", result.report.contents.verdict) if result.report else None
            found.append(types.SimpleNamespace(
                name=result.collection_name.decode(), database=result.database.decode(), status=status_name(result.status),
                skip=result.skip, skip_text=result.skip_text.decode(), verdict=verdict))
        lib.milvus_many_list_free(many)
        return found, status_name(status)

    def check(self, name, timeout_ms=10000, **params):
        return self._filled(CheckResult, lib.milvus_compaction_check, name.encode(), ctypes.byref(params_of(**params)), timeout_ms)

    def flush(self, name, timeout_ms=30000, database=None):
        check(lib.milvus_flush(self.handle, name.encode(), _optional(database), timeout_ms))

    def resolve(self, name, timeout_ms=10000, database=None):
        found = self._filled(Resolution, lib.milvus_compaction_resolve, name.encode(), _optional(database), timeout_ms)
        found.state_name = name_of("RESOLUTION", found.state)
        return found

    def tasks(self, name, timeout_ms=10000):
        plans = _pointer()
        check(lib.milvus_compaction_tasks(self.handle, name.encode(), None, timeout_ms, ctypes.byref(plans)))
        count = lib.milvus_plan_list_count(plans)
        lib.milvus_plan_list_free(plans)
        return count

    def segments(self, name, which="STORED", timeout_ms=10000, database=None):
        """A dict from id to a milvus_segment (without what points into the freed list)."""
        segments, found = _pointer(), {}
        check(lib.milvus_segments(self.handle, name.encode(), _optional(database), CONSTANTS[f"SEGMENTS_{which}"], timeout_ms,
                                  ctypes.byref(segments)))
        for index in range(lib.milvus_segment_list_count(segments)):
            segment = Segment(ctypes.sizeof(Segment))
            check(lib.milvus_segment_list_get(segments, index, ctypes.byref(segment)))
            found[segment.id] = segment
        lib.milvus_segment_list_free(segments)
        return found

    def state(self, job, timeout_ms=10000):
        info = StateInfo(ctypes.sizeof(StateInfo))
        check(lib.milvus_compaction_state(self.handle, job, timeout_ms, ctypes.byref(info)))
        return info

    def plans(self, job, timeout_ms=10000):
        """A list of (sources, target)."""
        plans, found = _pointer(), []
        check(lib.milvus_compaction_plans(self.handle, job, timeout_ms, ctypes.byref(plans)))
        for index in range(lib.milvus_plan_list_count(plans)):
            plan = Plan(ctypes.sizeof(Plan))
            check(lib.milvus_plan_list_get(plans, index, ctypes.byref(plan)))
            found.append((plan.sources[:plan.source_count], plan.target))
        lib.milvus_plan_list_free(plans)
        return found

    def judgements(self, job, timeout_ms=10000):
        """A list of (judgement, reason) of the plans."""
        plans, found = _pointer(), []
        check(lib.milvus_compaction_plans(self.handle, job, timeout_ms, ctypes.byref(plans)))
        for index in range(lib.milvus_plan_list_count(plans)):
            plan = Plan(ctypes.sizeof(Plan))
            check(lib.milvus_plan_list_get(plans, index, ctypes.byref(plan)))
            found.append((name_of("JUDGEMENT", plan.judgement), name_of("REASON", plan.reason)))
        lib.milvus_plan_list_free(plans)
        return found

    def wait(self, job, timeout_ms=30000):
        """The report; its `verdict_name` is the verdict. Raises with the report for anything but MILVUS_OK."""
        report = Report(ctypes.sizeof(Report))
        return self._judged(lib.milvus_compaction_wait(self.handle, job, timeout_ms, ctypes.byref(report)), report)

    @staticmethod
    def _judged(status, report):
        report.verdict_name = name_of("VERDICT", report.verdict)
        check(status, report)
        return report
