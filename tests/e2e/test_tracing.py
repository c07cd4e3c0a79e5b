"""The real server's log has the trace id of the library's operations."""
import time

import milvus_ffi
import pytest

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def lines_with(server, text):
    """The lines of the server's log that have a text, once there are some."""
    for _ in range(200):
        logs = [path.read_text(errors="replace") for path in (server.folder / "logs").glob("*.log")]
        if found := [line for log in logs for line in log.splitlines() if text in line]:
            return found
        time.sleep(0.05)
    return []


def test_the_servers_log_has_the_trace_id_that_the_thread_has_set(plain_server):
    lib = milvus_ffi.lib
    milvus_ffi.check(lib.milvus_thread_set_request_id(b"order-4711"))
    milvus_ffi.check(lib.milvus_thread_set_metadata(b"traceparent", f"00-{TRACE}-00f067aa0ba902b7-01".encode()))
    try:
        with milvus_ffi.Client(plain_server.uri) as client:
            with pytest.raises(milvus_ffi.MilvusError) as failed:
                client.compact("there_is_no_such_collection")
    finally:
        milvus_ffi.check(lib.milvus_thread_set_metadata(b"traceparent", None))
        milvus_ffi.check(lib.milvus_thread_set_request_id(None))
    assert failed.value.request_id == "order-4711"
    of_call = lines_with(plain_server, "collectionName=there_is_no_such_collection")
    assert of_call and all(f"traceID={TRACE}" in line for line in of_call)
