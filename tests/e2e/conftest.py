"""Real servers for the tests. Those of a module are shared by its tests and removed after it."""
import os
import pathlib
import sys
import uuid

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

# Else gRPC acts in each process that is forked off to start a server, which can crash it before it is one.
os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "false"

import milvus_ffi  # noqa: E402
import milvus_server  # noqa: E402
import seed  # noqa: E402

# A proxy that this machine needs for other things would stand between the tests and hosts that do not exist.
for variable in ("grpc_proxy", "https_proxy", "http_proxy"):
    os.environ.pop(variable, None)


@pytest.fixture(scope="module")
def start_server():
    """A function that starts a server of its own for a test module."""
    servers = []

    def start(wait=True, **options):
        server = milvus_server.temporary_server(ROOT / "target/e2e", **options)
        servers.append(server)
        server.start(wait=wait)
        return server

    yield start
    for server in servers:
        server.remove()


@pytest.fixture(scope="session")
def plain_server():
    """The ordinary server that most tests use."""
    server = milvus_server.temporary_server(ROOT / "target/e2e")
    server.start()
    yield server
    server.remove()


@pytest.fixture()
def server(plain_server):
    """The server of a test, unless its module has its own."""
    return plain_server


@pytest.fixture()
def pymilvus(server):
    return seed.connect(server.uri)


@pytest.fixture()
def client(server):
    with milvus_ffi.Client(server.uri) as client:
        yield client


@pytest.fixture()
def name():
    return f"c{uuid.uuid4().hex[:12]}"
