"""Wrong protocols and wrong credentials against the real server."""
import certificates
import milvus_ffi
import pytest


def error_of(uri, token=None):
    with milvus_ffi.Client(uri, token) as client:
        with pytest.raises(milvus_ffi.MilvusError) as failure:
            client.compact("c", timeout_ms=5000)
    assert not failure.value.in_doubt
    return failure.value


def test_tls_to_a_plaintext_port_is_named(plain_server):
    error = error_of(plain_server.uri.replace("http:", "https:"))
    assert error.status == "TLS_FAILED" and "http://" in error.message, error


@pytest.fixture(scope="module")
def tls_server(start_server, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    certificates.make_authority(folder, "ca")
    certificates.make_server(folder, "server", "ca")
    return start_server(settings={"tls.serverPemPath": str(folder / "server.pem"),
                                  "tls.serverKeyPath": str(folder / "server.key"),
                                  "tls.caPemPath": str(folder / "ca.pem"), "common.security.tlsMode": 1})


def test_plaintext_to_a_tls_port_is_named(tls_server):
    error = error_of(tls_server.uri)
    assert error.status in ("TLS_FAILED", "UNAVAILABLE") and "https://" in error.message, error


def test_an_unknown_issuer_is_named(tls_server):
    error = error_of(tls_server.uri.replace("http:", "https:"))
    assert error.status == "TLS_FAILED" and "authority" in error.message, error


@pytest.fixture(scope="module")
def guarded_server(start_server):
    return start_server(settings={"common.security.authorizationEnabled": True})


@pytest.mark.parametrize("token", [None, "root:wrong", "nobody:Milvus", "an-api-key", "root:"])
def test_wrong_credentials_are_refused_and_never_repeated(guarded_server, token):
    error = error_of(guarded_server.uri, token)
    assert (error.status, error.grpc_code) == ("UNAUTHENTICATED", 16)
    assert token is None or token not in error.message


def test_right_credentials_work_as_token_and_in_the_uri(guarded_server):
    assert error_of(guarded_server.uri, "root:Milvus").status == "COLLECTION_NOT_FOUND"
    with_user = guarded_server.uri.replace("//", "//root:Mil%76us@")
    assert error_of(with_user).status == "COLLECTION_NOT_FOUND"


def test_a_missing_privilege_is_named(guarded_server):
    import seed
    from pymilvus import MilvusClient
    admin = MilvusClient(guarded_server.uri, token="root:Milvus")
    seed.create(admin, "c")
    admin.create_user("alice", "wonder land")
    error = error_of(guarded_server.uri, "alice:wonder land")
    assert error.status == "PERMISSION_DENIED" and "Compaction" in error.message, error
