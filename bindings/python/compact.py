"""Compacts a collection from Python, with nothing but the standard library.

    python3 compact.py http://localhost:19530 products

The library is looked for as any other is; LD_LIBRARY_PATH helps. What is done here for two functions can be done for all
of them: milvus_client.h has their types.
"""
import ctypes
import sys
import time

# Generated from milvus_client.h by `make bindings`: constants.
MILVUS_OK = 0
MILVUS_BUSY = 43
MILVUS_NO = 0
# End of what is generated.
PATIENCE_S, PAUSE_S = 600, 5

lib = ctypes.CDLL("libmilvus_client.so.0")
lib.milvus_last_error_message.restype = ctypes.c_char_p
lib.milvus_options_new.restype = ctypes.c_void_p
for function, *parameters in (
    (lib.milvus_options_set, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p),
    (lib.milvus_options_free, ctypes.c_void_p),
    (lib.milvus_client_new_with, ctypes.c_char_p, ctypes.c_void_p, ctypes.POINTER(ctypes.c_void_p)),
    (lib.milvus_client_free, ctypes.c_void_p),
    (lib.milvus_compact, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int32, ctypes.c_int64, ctypes.POINTER(ctypes.c_int64)),
    (lib.milvus_compaction_wait, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p),
):
    function.argtypes = parameters


def check(status):
    if status != MILVUS_OK:
        sys.exit(lib.milvus_last_error_message().decode())


def trigger(client, collection):
    """Triggers until the server schedules something, or has nothing to do; the job."""
    job, give_up = ctypes.c_int64(), time.monotonic() + PATIENCE_S
    while True:
        status = lib.milvus_compact(client, collection.encode(), MILVUS_NO, 30_000, ctypes.byref(job))
        if status != MILVUS_BUSY or time.monotonic() > give_up:
            check(status)
            return job
        # Nothing was started: another compaction holds the segments.
        time.sleep(PAUSE_S)


def connect(uri):
    """A client that tells the server who it is."""
    client, options = ctypes.c_void_p(), lib.milvus_options_new()
    check(lib.milvus_options_set(options, b"user_agent", b"compact.py"))
    check(lib.milvus_client_new_with(uri.encode(), options, ctypes.byref(client)))
    lib.milvus_options_free(options)
    return client


def main(uri, collection):
    client = connect(uri)
    try:
        job = trigger(client, collection)
        # Other Python threads run meanwhile.
        check(lib.milvus_compaction_wait(client, job, 600_000, None))
        print("compacted, or nothing to do")
    finally:
        lib.milvus_client_free(client)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
