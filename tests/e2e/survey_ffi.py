"""The lists of collections and databases, and surveys, through ctypes, beside milvus_ffi."""
import ctypes

from milvus_ffi import CheckResult, CompactParams, LastError, check, lib, params_of, status_name

_int32, _int64, _pointer, _text = ctypes.c_int32, ctypes.c_int64, ctypes.c_void_p, ctypes.c_char_p
_where = ctypes.POINTER(_pointer)  # where a list is written


class Params(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("compaction", ctypes.POINTER(CompactParams)), ("concurrency", _int32),
                ("all_databases", _int32), ("row_bytes", _int64), ("segment_bytes", _int64)]


class Result(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("collection_name", _text), ("database", _text), ("status", _int32),
                ("reserved", _int32), ("error", ctypes.POINTER(LastError)), ("check", ctypes.POINTER(CheckResult))] + [
        (name, _int64) for name in ("stored_segments", "stored_rows", "stored_bytes", "small_segments", "unsorted_segments",
                                    "l0_segments", "deleted_rows", "merged_segments", "merged_into", "rewrite_rows",
                                    "rewrite_bytes", "row_bytes", "segment_bytes")] + [("fragmentation", ctypes.c_double)]


class CollectionInfo(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t)] + [(name, _text) for name in ("collection_name", "database", "aliases")] + [
        ("id", _int64), ("rows", _int64)] + [
        (name, _int32) for name in ("is_loaded", "has_clustering_key", "status", "reserved")] + [
        ("error", ctypes.POINTER(LastError))]


class DatabaseInfo(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("database", _text), ("id", _int64)]


for name, result, *parameters in [
        ("collections", _int32, _pointer, _text, _int64, _where),
        ("databases", _int32, _pointer, _int64, _where),
        ("survey", _int32, _pointer, ctypes.POINTER(_text), ctypes.c_size_t, ctypes.POINTER(Params), _int64, _where)] + [
        part for kind, struct in (("collection", CollectionInfo), ("database", DatabaseInfo), ("survey", Result)) for part in (
            (f"{kind}_list_count", ctypes.c_size_t, _pointer),
            (f"{kind}_list_get", _int32, _pointer, ctypes.c_size_t, ctypes.POINTER(struct)),
            (f"{kind}_list_free", None, _pointer))]:
    function = getattr(lib, f"milvus_{name}")
    function.restype, function.argtypes = result, parameters


class Entry:
    """An entry of a list, as Python has it: fields of their names in C, texts decoded."""

    def __init__(self, struct):
        for name, kind in struct._fields_[1:]:
            value = getattr(struct, name)
            if kind in (_text, _int32, _int64, ctypes.c_double):
                setattr(self, name, value.decode() if kind is _text else value)
        if getattr(struct, "check", None):
            self.reason = struct.check.contents.reason.decode()
            self.is_final, self.would_compact = struct.check.contents.is_final, struct.check.contents.would_compact


def _entries(kind, struct, handle):
    entries = []
    for index in range(getattr(lib, f"milvus_{kind}_list_count")(handle)):
        each = struct(ctypes.sizeof(struct))
        check(getattr(lib, f"milvus_{kind}_list_get")(handle, index, ctypes.byref(each)))
        entries.append(Entry(each))
    getattr(lib, f"milvus_{kind}_list_free")(handle)
    return entries


def collections(client, database=None):
    handle = _pointer()
    check(lib.milvus_collections(client.handle, database and database.encode(), 30000, ctypes.byref(handle)))
    return {entry.collection_name: entry for entry in _entries("collection", CollectionInfo, handle)}


def databases(client):
    handle = _pointer()
    check(lib.milvus_databases(client.handle, 30000, ctypes.byref(handle)))
    return [entry.database for entry in _entries("database", DatabaseInfo, handle)]


def survey(client, names=None, all_databases=False):
    """The entries, and the status name of the whole."""
    texts = None if names is None else (_text * len(names))(*[name.encode() for name in names])
    params = Params(ctypes.sizeof(Params), ctypes.pointer(params_of()), 0, all_databases, 0, 0)
    handle = _pointer()
    status = lib.milvus_survey(client.handle, texts, len(names or ()), ctypes.byref(params), 60000, ctypes.byref(handle))
    return _entries("survey", Result, handle), status_name(status)
