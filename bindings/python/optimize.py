"""Optimizes a collection from Python, with nothing but the standard library, and prints a line for each step.

    python3 optimize.py http://localhost:19530 products

The library is looked for as any other is; LD_LIBRARY_PATH helps.
"""
import ctypes
import sys

# Generated from milvus_client.h by `make bindings`: constants.
MILVUS_OK = 0
MILVUS_NOT_REPORTED = -1
# End of what is generated.


# Generated from milvus_client.h by `make bindings`: structs.
class milvus_left_out(ctypes.Structure):
    _fields_ = (
        ("total", ctypes.c_int64), ("unsorted", ctypes.c_int64), ("l0", ctypes.c_int64),
        ("clustered", ctypes.c_int64), ("importing", ctypes.c_int64), ("unflushed", ctypes.c_int64),
        ("not_asked_for", ctypes.c_int64), ("other", ctypes.c_int64),
    )


class milvus_optimize_result(ctypes.Structure):
    _fields_ = (
        ("size", ctypes.c_size_t), ("collection_name", ctypes.c_char_p), ("status", ctypes.c_int32),
        ("stage", ctypes.c_int32), ("verdict", ctypes.c_int32), ("rounds", ctypes.c_int32),
        ("is_loaded", ctypes.c_int32), ("reserved", ctypes.c_int32), ("job_id", ctypes.c_int64),
        ("step_count", ctypes.c_size_t), ("error", ctypes.c_void_p), ("segments_before", ctypes.c_int64),
        ("segments_after", ctypes.c_int64), ("rows_before", ctypes.c_int64), ("rows_after", ctypes.c_int64),
        ("l0_segments_before", ctypes.c_int64), ("l0_segments_after", ctypes.c_int64),
        ("segments_in", ctypes.c_int64), ("segments_out", ctypes.c_int64), ("rewrite_rows", ctypes.c_int64),
        ("rewrite_bytes", ctypes.c_int64), ("row_bytes", ctypes.c_int64), ("served_segments", ctypes.c_int64),
        ("left_out", milvus_left_out), ("new_segments", ctypes.c_int64), ("elapsed_ms", ctypes.c_int64),
    )


class milvus_optimize_step(ctypes.Structure):
    _fields_ = (
        ("size", ctypes.c_size_t), ("stage", ctypes.c_int32), ("state", ctypes.c_int32), ("round", ctypes.c_int32),
        ("is_l0", ctypes.c_int32), ("job_id", ctypes.c_int64), ("elapsed_ms", ctypes.c_int64),
        ("report", ctypes.c_void_p), ("text", ctypes.c_char_p),
    )
# End of what is generated.


lib = ctypes.CDLL("libmilvus_client.so.0")
lib.milvus_last_error_message.restype = lib.milvus_stage_name.restype = ctypes.c_char_p
handle, number = ctypes.c_void_p, ctypes.c_size_t
for function, *parameters in (
    (lib.milvus_client_new, ctypes.c_char_p, ctypes.c_char_p, ctypes.POINTER(handle)),
    (lib.milvus_client_free, handle),
    (lib.milvus_optimize, handle, ctypes.c_char_p, ctypes.c_void_p, ctypes.c_int64, ctypes.POINTER(handle)),
    (lib.milvus_optimize_list_get, handle, number, ctypes.POINTER(milvus_optimize_result)),
    (lib.milvus_optimize_list_step, handle, number, number, ctypes.POINTER(milvus_optimize_step)),
    (lib.milvus_optimize_list_free, handle),
):
    function.argtypes = parameters


def check(status):
    if status != MILVUS_OK:
        sys.exit(lib.milvus_last_error_message().decode())


def show(results):
    result = milvus_optimize_result(size=ctypes.sizeof(milvus_optimize_result))
    check(lib.milvus_optimize_list_get(results, 0, result))
    for index in range(result.step_count):
        step = milvus_optimize_step(size=ctypes.sizeof(milvus_optimize_step))
        check(lib.milvus_optimize_list_step(results, 0, index, step))
        print(f"{lib.milvus_stage_name(step.stage).decode():7} {step.elapsed_ms:6} ms  {step.text.decode()}")
    if result.segments_after != MILVUS_NOT_REPORTED:
        print(f"segments: {result.segments_before} -> {result.segments_after}")
    if result.status != MILVUS_OK:
        print(f"latest stage: {lib.milvus_stage_name(result.stage).decode()}")


def main(uri, collection):
    client, results = handle(), handle()
    check(lib.milvus_client_new(uri.encode(), None, client))
    try:
        # Other Python threads run meanwhile.
        status = lib.milvus_optimize(client, collection.encode(), None, 3_600_000, results)
        failure = lib.milvus_last_error_message().decode()
        if results:  # also if it failed half-way
            show(results)
        if status != MILVUS_OK:
            sys.exit(failure)
    finally:
        lib.milvus_optimize_list_free(results)
        lib.milvus_client_free(client)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
