"""milvus_optimize through ctypes, beside milvus_ffi. It needs the staged library, so the looks without it are elsewhere."""
import ctypes

from milvus_ffi import CompactParams, CONSTANTS, Future, LastError, LeftOut, Report, lib, name_of, params_of, status_name

_int32, _int64, _pointer, _text = ctypes.c_int32, ctypes.c_int64, ctypes.c_void_p, ctypes.c_char_p
_where = ctypes.POINTER(_pointer)  # where a list or a future is written


class Params(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("compaction", ctypes.POINTER(CompactParams))] + [
        (name, _int32) for name in ("skip_stages", "l0", "force", "only_estimate", "max_rounds", "concurrency")] + [
        (name, _int64) for name in ("pause_ms", "max_pause_ms", "serve_timeout_ms", "max_rewrite_rows", "max_rewrite_bytes",
                                    "min_segments", "row_bytes", "segment_bytes")]


class _Result(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("collection_name", _text)] + [
        (name, _int32) for name in ("status", "stage", "verdict", "rounds", "is_loaded", "reserved")] + [
        ("job_id", _int64), ("step_count", ctypes.c_size_t), ("error", ctypes.POINTER(LastError))] + [
        (name, _int64) for name in ("segments_before", "segments_after", "rows_before", "rows_after", "l0_segments_before",
                                    "l0_segments_after", "segments_in", "segments_out", "rewrite_rows", "rewrite_bytes",
                                    "row_bytes", "served_segments")] + [
        ("left_out", LeftOut), ("new_segments", _int64), ("elapsed_ms", _int64)]


class _Step(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t)] + [(name, _int32) for name in ("stage", "state", "round", "is_l0")] + [
        ("job_id", _int64), ("elapsed_ms", _int64), ("report", ctypes.POINTER(Report)), ("text", _text)]


for name, result, *parameters in [
        ("optimize", _int32, _pointer, _text, ctypes.POINTER(Params), _int64, _where),
        ("optimize_many", _int32, _pointer, ctypes.POINTER(_text), ctypes.c_size_t, ctypes.POINTER(Params), _int64, _where),
        ("optimize_async", _int32, _pointer, _text, ctypes.POINTER(Params), _int64, _where),
        ("optimize_list_count", ctypes.c_size_t, _pointer),
        ("optimize_list_get", _int32, _pointer, ctypes.c_size_t, ctypes.POINTER(_Result)),
        ("optimize_list_step", _int32, _pointer, ctypes.c_size_t, ctypes.c_size_t, ctypes.POINTER(_Step)),
        ("optimize_list_free", None, _pointer),
        ("future_take_optimized", _int32, _pointer, _where)]:
    function = getattr(lib, f"milvus_{name}")
    function.restype, function.argtypes = result, parameters


class Step:
    """A line of a result."""

    def __init__(self, step):
        self.stage, self.state = name_of("STAGE", step.stage), name_of("STEP", step.state)
        self.round, self.job_id, self.text = step.round, step.job_id, step.text.decode()

    def __repr__(self):
        return f"{self.stage} {self.state}: {self.text}"


class Optimized:
    """The result of a collection, as Python has it. Numbers are attributes of their names in C."""
    NUMBERS = [name for name, kind in _Result._fields_ if kind is _int64] + ["rounds"]

    def __init__(self, handle, index):
        result = _Result(ctypes.sizeof(_Result))
        assert lib.milvus_optimize_list_get(handle, index, ctypes.byref(result)) == 0
        self.name, self.status = result.collection_name.decode(), status_name(result.status)
        self.stage, self.verdict = name_of("STAGE", result.stage), name_of("VERDICT", result.verdict)
        self.is_loaded = {CONSTANTS["YES"]: True, CONSTANTS["NO"]: False}.get(result.is_loaded)
        self.message, self.in_doubt = result.error.contents.message.decode(), bool(result.error.contents.in_doubt)
        self.left_out = result.left_out.total
        for number in self.NUMBERS:
            setattr(self, number, getattr(result, number))
        self.steps = []
        for number in range(result.step_count):
            step = _Step(ctypes.sizeof(_Step))
            assert lib.milvus_optimize_list_step(handle, index, number, ctypes.byref(step)) == 0
            self.steps.append(Step(step))

    def step(self, stage):
        """The line of a whole stage; None if it was not reached."""
        return next((step for step in self.steps if step.stage == stage and step.round == 0), None)

    def __repr__(self):
        return f"{self.name}: {self.status} {self.stage} {self.verdict} {self.message!r} {self.steps}"


def params(stages_to_skip=(), compaction=None, **numbers):
    skipped = sum(CONSTANTS[f"STAGE_{stage}"] for stage in stages_to_skip)
    chosen = None if compaction is None else ctypes.pointer(params_of(**compaction))
    return Params(size=ctypes.sizeof(Params), compaction=chosen, skip_stages=skipped, **numbers)


def _taken(handle):
    """The results of a list, which is freed."""
    results = [Optimized(handle, index) for index in range(lib.milvus_optimize_list_count(handle))]
    lib.milvus_optimize_list_free(handle)
    return results


def optimize(client, name, timeout_ms=120000, **options):
    """The result, whatever it is; its status is that of the call."""
    out = _pointer()
    status = lib.milvus_optimize(client.handle, name.encode(), ctypes.byref(params(**options)), timeout_ms, ctypes.byref(out))
    [result] = _taken(out)
    assert result.status == status_name(status), result
    return result


def optimize_many(client, names, timeout_ms=120000, **options):
    """The status of the call, and the results."""
    texts, out = (_text * len(names))(*[name.encode() for name in names]), _pointer()
    status = lib.milvus_optimize_many(client.handle, texts, len(names), ctypes.byref(params(**options)), timeout_ms,
                                      ctypes.byref(out))
    return status_name(status), _taken(out)


class Optimizing(Future):
    """An optimization that was started."""

    def __init__(self, client, name, timeout_ms=120000, **options):
        super().__init__(lib.milvus_optimize_async, client.handle, name.encode(), ctypes.byref(params(**options)), timeout_ms)

    def stage(self):
        return name_of("STAGE", self.progress().stage)

    def result(self):
        """Waits for the end. The result, whatever it is."""
        assert self.wait(180000) != "PENDING", "it hangs"
        out = _pointer()
        lib.milvus_future_take_optimized(self.handle, ctypes.byref(out))
        [result] = _taken(out)
        return result
