"""Every way to connect, good and bad, against the real server and impostors."""
import ctypes
import os
import ssl
import subprocess
import time

import connections
import milvus_ffi
import peers
import pytest
from certificates import SERVER, Certificate
from conftest import ROOT

NUMBER_OF_CASES = 44


@pytest.fixture(scope="module")
def world():
    world = connections.World()
    yield world
    world.close()


@pytest.fixture(scope="module")
def cases(world):
    return connections.cases(world)


def works(uri, token="", **options):
    """It connects and is answered: the collection does not exist."""
    options = {key.replace("__", "."): str(value) for key, value in options.items()}
    with milvus_ffi.Client(uri, token, options) as client:
        with pytest.raises(milvus_ffi.MilvusError) as failure:
            client.compact("no_such_collection", timeout_ms=10000)
        assert failure.value.status == "COLLECTION_NOT_FOUND", failure.value
        return client.server_info()


def test_tls_with_the_right_authority_works(world):
    ca = world.ca.pem
    assert works(world.secure(world.tls), tls__ca_file=ca).version == b"v2.3.5-lite"
    works(f"http://localhost:{world.tls.port}", tls="true", tls__ca_file=ca)
    works(f"https://127.0.0.1:{world.tls.port}", tls__ca_file=ca)
    identity = {"tls__cert_file": world.client.pem, "tls__key_file": world.client.key_file}
    works(world.secure(world.mutual), tls__ca_file=ca, **identity)


def test_no_write_over_tls_can_raise_sigpipe_or_needs_a_large_stack(world):
    """tests/c/caller.c counts what is written, and how."""
    program = ROOT / "target/tests-c/caller_c"
    given = [world.secure(world.mutual), world.ca.pem, world.client.pem, world.client.key_file]
    told = subprocess.run([program, "no fake", *given], capture_output=True, text=True, timeout=60)
    assert told.returncode == 0, told.stdout + told.stderr
    assert "writes to sockets" in told.stdout and "bytes of stack" in told.stdout


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("protocols", [("h2",), ()])
def test_tls_1_2_and_1_3_work_with_and_without_alpn(world, version, protocols):
    works(world.front(world.server, version=version, protocols=protocols).uri, tls__ca_file=world.ca.pem)


def test_the_servers_name_can_be_overridden(world):
    inside = Certificate(world.folder, "inside", issuer=world.ca, usage=SERVER, names=["milvus.internal"])
    works(world.front(inside).uri, tls__ca_file=world.ca.pem, tls__server_name="milvus.internal")


def test_a_self_signed_certificate_that_is_named_works(world):
    works(world.front(world.ca).uri, tls__ca_file=world.ca.pem)


def test_the_systems_roots_are_used_without_an_authority_file(world):
    """SSL_CERT_FILE stands in for the system's store, which tests should not change."""
    program = [connections.ROOT / "target/examples-c/compact", world.secure(world.tls), "", "no_such_collection"]
    for store, status in ((world.ca.pem, "MILVUS_COLLECTION_NOT_FOUND"), (world.foreign_ca.pem, "unknown issuer")):
        environment = dict(os.environ, SSL_CERT_FILE=str(store))
        done = subprocess.run(program, capture_output=True, text=True, env=environment, check=False)
        assert done.returncode == 3 and status in done.stderr, done


def test_the_example_with_options_connects_over_tls(world):
    program = [connections.ROOT / "target/examples-c/options", world.secure(world.mutual), "no_such_collection",
               f"tls.ca_file={world.ca.pem}", f"tls.cert_file={world.client.pem}", f"tls.key_file={world.client.key_file}"]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "connected to Milvus v2.3.5" in done.stdout and '"no_such_collection"' in done.stdout, done
    done = subprocess.run(program[:3], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "connected" not in done.stdout, done


def test_ipv6_literals_work(world):
    peer = peers.Peer(peers.forward_to(world.plain.port), host="::1")
    works(f"http://[::1]:{peer.port}")
    peer.stop()


def test_unix_sockets_work_in_every_form(world):
    works(world.socket.uri)
    works(world.socket.uri.replace("unix:", "unix://"))


def test_credentials_work_as_token_in_the_uri_and_as_user_and_password(world):
    works(world.guarded.uri, "root:Milvus")
    works(world.guarded.uri.replace("//", "//root:Mil%76us@"))
    works(world.guarded.uri, user="root", password="Milvus")
    works(world.plain.uri, "root:Milvus")  # a server without authorization does not mind


def test_tokens_are_renewed_without_a_new_client(world):
    """A password that changes on the real server. The jobs stay."""
    from pymilvus import MilvusClient
    admin = MilvusClient(world.guarded.uri, token="root:Milvus")
    admin.create_user("bob", "Wonder-1")
    admin.grant_role("bob", "admin")
    file = world.folder / "token"
    file.write_text("bob:Wonder-1\n")
    refused = lambda client: pytest.raises(milvus_ffi.MilvusError, client.compact, "c").value
    with milvus_ffi.Client(world.guarded.uri, "bob:Wonder-1") as told, \
            milvus_ffi.Client(world.guarded.uri, "", {"token_file": str(file)}) as reading:
        job = told.compact("c")
        reading.compact("c")
        admin.update_password("bob", "Wonder-1", "Wonder-2")
        assert refused(told).status == "UNAUTHENTICATED"
        told.set_token("bob:Wonder-2")
        file.write_text("bob:Wonder-2\n")
        told.state(job)
        told.compact("c")
        reading.compact("c")
        file.unlink()
        admin.update_password("bob", "Wonder-2", "Wonder-3")
        failure = refused(reading)
        assert failure.status == "UNAUTHENTICATED" and "could not be read again (no such file" in failure.message, failure
        assert "Wonder" not in failure.message
    admin.close()


def test_a_database_can_be_named_in_uri_and_option(world):
    works(f"{world.plain.uri}/default")
    works(world.plain.uri, database="default")
    works(f"{world.plain.uri}/no_such_database", database="default")


def test_the_log_tells_of_connections_and_never_of_tokens(world):
    seen = []
    calls_from_within = []

    def receive(level, message, fields, _):
        seen.append((level, message.decode(), fields.decode()))
        if not calls_from_within:
            calls_from_within.append(milvus_ffi.lib.milvus_client_server_version(client.handle, 0, None, 0, None))
            calls_from_within.append(milvus_ffi.lib.milvus_set_log(debug, callback, None))

    callback = milvus_ffi.LogCallback(receive)
    debug = milvus_ffi.CONSTANTS["LOG_DEBUG"]
    with milvus_ffi.Client(world.guarded.uri, "root:Milvus") as client:
        milvus_ffi.check(milvus_ffi.lib.milvus_set_log(debug, callback, None))
        try:
            client.server_version()
            milvus_ffi.lib.milvus_compaction_state(client.handle, 1, 0, ctypes.byref(milvus_ffi.StateInfo(ctypes.sizeof(milvus_ffi.StateInfo))))
            works("http://localhost:" + str(world.plain.port), retry__max_attempts=2)
            with milvus_ffi.Client("http://127.0.0.1:1", options={"retry.max_attempts": "2"}) as lost:
                with pytest.raises(milvus_ffi.MilvusError):
                    lost.compact("c")
            deadline = time.monotonic() + 10
            while "trying again" not in {message for _, message, _ in seen} and time.monotonic() < deadline:
                time.sleep(0.01)  # it is told in its own time
        finally:
            milvus_ffi.check(milvus_ffi.lib.milvus_set_log(debug, milvus_ffi.LogCallback(), None))
        reported = len(seen)
        client.state(1)
        assert len(seen) == reported, "nothing is reported after the callback is taken away"
    messages = {message for _, message, _ in seen}
    assert {"connected", "server identified", "call", "cannot connect", "trying again"} <= messages
    assert calls_from_within == [0, 0], "calls from within the callback work"
    assert any("method=GetCompactionState" in fields for _, _, fields in seen)
    assert all("Milvus" not in fields.replace("MilvusService", "") and "cm9vd" not in fields for _, _, fields in seen)
    assert all(1 <= level <= 4 for level, _, _ in seen)
    with pytest.raises(milvus_ffi.MilvusError):
        milvus_ffi.check(milvus_ffi.lib.milvus_set_log(9, callback, None))


def test_every_option_is_described(world):
    info = milvus_ffi.OptionInfo(ctypes.sizeof(milvus_ffi.OptionInfo))
    keys = []
    for index in range(milvus_ffi.lib.milvus_option_count()):
        milvus_ffi.check(milvus_ffi.lib.milvus_option_get(index, ctypes.byref(info)))
        keys.append(info.key.decode())
        assert info.help and (info.kind != milvus_ffi.CONSTANTS["OPTION_KIND_NUMBER"] or info.minimum < info.maximum)
    assert len(keys) == len(set(keys)) > 10 and "tls.ca_file" in keys
    with pytest.raises(milvus_ffi.MilvusError) as failure:
        milvus_ffi.Client(world.plain.uri, options={"tls.verify": "false"})
    assert all(key in failure.value.message for key in keys), "an unknown key is answered with the known ones"


@pytest.mark.parametrize("index", range(NUMBER_OF_CASES))
def test_a_bad_connection_is_named(cases, index):
    assert len(cases) == NUMBER_OF_CASES
    case = cases[index]
    if case.before:
        case.before()
    try:
        status, message, took = connections.ours(case)
    finally:
        if case.after:
            case.after()
    said = f"{case.title}: {status} {message}"
    assert status in case.status.split("|"), said
    assert any(name in message for name in case.names.split("|")), said
    assert len(message.encode()) < 1024 and "\n" not in message and "transport error" not in message, said
    assert took < 60, "it hangs"
    for secret in filter(None, [case.token, case.token.partition(":")[2]]):
        assert secret not in message, said
