"""A real server drops a client that probes an idle connection too often, the third time it does. To see that ours does not
takes a minute, so it is one of the slow proofs (tools/deep.sh), whose name keeps it from being collected with the others."""
import os
import time

import milvus_ffi
import pytest


def sockets():
    """Those of this process, by their inodes."""
    links = set()
    for descriptor in os.listdir("/proc/self/fd"):
        try:
            links.add(os.readlink(f"/proc/self/fd/{descriptor}"))
        except FileNotFoundError:
            pass  # that of the listing itself
    return {link for link in links if link.startswith("socket:")}


def connected(uri, options=None):
    """A client that has just connected, and its socket."""
    before = sockets()
    client = milvus_ffi.Client(uri, options=options)
    client.server_version()
    [its_own] = sockets() - before
    return client, its_own


def test_no_idle_client_is_dropped_for_its_probes(plain_server):
    usual, its_socket = connected(plain_server.uri)
    eager, another = connected(plain_server.uri, {"keepalive_ms": "6000"})  # as often as the option allows
    with usual, eager:
        time.sleep(60)
        for client in (usual, eager):
            with pytest.raises(milvus_ffi.MilvusError) as failure:
                client.compact("no_such_collection")
            assert failure.value.status == "COLLECTION_NOT_FOUND"
        assert {its_socket, another} <= sockets()
