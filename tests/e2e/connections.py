"""Bad connections, each with what this library has to say. Run as a program, it sends each of them through
pymilvus and through this library and writes the comparison to docs/errors.md.
"""
import contextlib
import dataclasses
import json
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests/e2e")]

from cryptography.hazmat.primitives import hashes  # noqa: E402
from cryptography.hazmat.primitives.asymmetric import ec  # noqa: E402

import milvus_server  # noqa: E402
import peers  # noqa: E402
import seed  # noqa: E402
from certificates import CLIENT, SERVER, Certificate  # noqa: E402

TIMEOUT_MS = 2000


@dataclasses.dataclass
class Case:
    """One way to connect badly. `names` is what the message has to contain."""
    title: str
    uri: str
    status: str
    names: str
    token: str = ""
    options: dict = dataclasses.field(default_factory=dict)
    before: object = None
    after: object = None


class World:
    """All servers that the cases need; real ones wherever a real one can do it."""

    def __init__(self):
        self.stack = contextlib.ExitStack()
        self.folder = pathlib.Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        make = lambda name, **how: Certificate(self.folder, name, **how)
        self.ca, self.foreign_ca = make("ca"), make("foreign-ca")
        self.server = make("server", issuer=self.ca, usage=SERVER)
        self.client = make("client", issuer=self.ca, usage=CLIENT)
        self.foreign_client = make("foreign-client", issuer=self.foreign_ca, usage=CLIENT)
        self.expired_client = make("expired-client", issuer=self.ca, usage=CLIENT, days=(-9, -2))
        self.server_as_client = make("server-as-client", issuer=self.ca, usage=SERVER)
        tls = {"tls.serverPemPath": str(self.server.pem), "tls.serverKeyPath": str(self.server.key_file),
               "tls.caPemPath": str(self.ca.pem)}
        self.plain = self._milvus()
        self.tls = self._milvus(dict(tls, **{"common.security.tlsMode": 1}))
        self.mutual = self._milvus(dict(tls, **{"common.security.tlsMode": 2}))
        self.guarded = self._milvus({"common.security.authorizationEnabled": True})
        self._fill_guarded()

        self.silent, self.hanging_up = self._peer(peers.say_nothing), self._peer(peers.hang_up)
        self.http1, self.nonsense = self._peer(peers.speak_http1), self._peer(peers.speak_nonsense)
        self.black_hole = peers.BlackHole()
        self.stack.callback(self.black_hole.stop)
        self.socket = self._peer(peers.forward_to(self.plain.port), path=str(self.folder / "milvus.sock"))

    def close(self):
        self.stack.close()

    def _milvus(self, settings=None):
        server = milvus_server.temporary_server(ROOT / "target/e2e", settings=settings)
        self.stack.callback(server.remove)
        server.start()
        return server

    def _peer(self, serve, **how):
        peer = peers.Peer(serve, **how)
        self.stack.callback(peer.stop)
        return peer

    def front(self, certificate, **how):
        """A TLS port of another certificate in front of the plaintext server."""
        return self._peer(peers.forward_to(self.plain.port), tls=peers.tls_context(certificate, **how))

    def _fill_guarded(self):
        from pymilvus import MilvusClient
        admin = MilvusClient(self.guarded.uri, token="root:Milvus")
        seed.create(admin, "c")
        admin.create_user("alice", "wonderland")
        admin.close()

    def secure(self, server):
        return f"https://localhost:{server.port}"


def cases(world):
    """Every case, for a world that is up."""
    ca = {"tls.ca_file": str(world.ca.pem)}
    tls, mutual, guarded = world.secure(world.tls), world.secure(world.mutual), world.guarded.uri
    identity = lambda who, key=None: dict(ca, **{"tls.cert_file": str(who.pem), "tls.key_file": str((key or who).key_file)})
    bad = lambda name, issuer, **how: world.front(Certificate(world.folder, name, issuer=issuer, usage=SERVER, **how)).uri
    expired_own = Certificate(world.folder, "expired-own", days=(-9, -2))
    nonsense = world.folder / "nonsense.pem"
    nonsense.write_text("-----BEGIN CERTIFICATE-----\nbm9uc2Vuc2U=\n-----END CERTIFICATE-----\n")
    freeze = lambda: world.plain.signal(signal.SIGSTOP)
    thaw = lambda: world.plain.signal(signal.SIGCONT)
    return [
        Case("nothing listens on the port", "http://127.0.0.1:1", "UNAVAILABLE", "connection refused"),
        Case("host name does not exist", "http://no-such-host.invalid:19530", "UNAVAILABLE", "name or service not known"),
        Case("connection attempts stay unanswered", world.black_hole.uri, "TIMEOUT", "connecting to"),
        Case("accepts, then says nothing", world.silent.uri, "TIMEOUT", "connecting to"),
        Case("accepts, then hangs up", world.hanging_up.uri, "UNAVAILABLE", "without sending anything"),
        Case("a web server (HTTP/1)", world.http1.uri, "UNAVAILABLE", "answers HTTP/1"),
        Case("something else entirely", world.nonsense.uri, "UNAVAILABLE", "cannot connect"),
        Case("no such unix socket", "unix:/nonexistent.sock", "UNAVAILABLE", "no such file"),
        Case("URI without a scheme", "localhost:19530", "INVALID_ARGUMENT", "has no scheme"),
        Case("URI with an unknown scheme", "ftp://localhost:19530", "INVALID_ARGUMENT", "unknown scheme"),
        Case("URI with port 70000", "http://localhost:70000", "INVALID_ARGUMENT", "port"),
        Case("plaintext to a TLS port", world.tls.uri, "TLS_FAILED", "the port speaks TLS; use https://"),
        Case("TLS to a plaintext port", world.secure(world.plain), "TLS_FAILED", "the port speaks HTTP/2 without TLS; use http://"),
        Case("private authority, system roots only", tls, "TLS_FAILED", "unknown issuer"),
        Case("wrong authority", tls, "TLS_FAILED", "unknown issuer", options={"tls.ca_file": str(world.foreign_ca.pem)}),
        Case("name not in the certificate", tls, "TLS_FAILED", "localhost",
             options=dict(ca, **{"tls.server_name": "milvus.example"})),
        Case("server certificate expired", bad("expired", world.ca, days=(-9, -2)), "TLS_FAILED", "has expired", options=ca),
        Case("certificate has only a common name", bad("localhost", world.ca, names=()), "TLS_FAILED", "only a common name (\"localhost\")", options=ca),
        Case("certificate has the address as a DNS name", bad("address", world.ca, names=["DNS:127.0.0.1"]).replace("localhost", "127.0.0.1"),
             "TLS_FAILED", "subjectAltName=IP:127.0.0.1", options=ca),
        Case("wildcard does not fit", bad("wildcard", world.ca, names=["*.localhost"]), "TLS_FAILED", "exactly one label", options=ca),
        Case("server's key on P-521", bad("p521", world.ca, curve=ec.SECP521R1), "TLS_FAILED", "a key on the curve P-521", options=ca),
        Case("signed with ECDSA and SHA-512", bad("sha512", world.ca, digest=hashes.SHA512), "TLS_FAILED", "signed with ECDSA and SHA-512", options=ca),
        Case("intermediate certificate not sent", bad("alone", Certificate(world.folder, "middle", issuer=world.ca, ca=True)),
             "TLS_FAILED", "intermediate certificates too (it sent none)", options=ca),
        Case("server certificate not valid yet", bad("early", world.ca, days=(3, 9)), "TLS_FAILED", "not valid yet", options=ca),
        Case("server uses a client certificate", world.front(world.client).uri, "TLS_FAILED", "not meant for servers|name", options=ca),
        Case("server uses an authority's certificate", world.front(Certificate(world.folder, "intermediate", issuer=world.ca, usage=SERVER, ca=True)).uri,
             "TLS_FAILED", "CA:TRUE", options=ca),
        Case("self-signed certificate, expired", world.front(expired_own).uri, "TLS_FAILED", "has expired",
             options={"tls.ca_file": str(expired_own.pem)}),
        Case("self-signed certificate, other name", world.front(world.ca).uri, "TLS_FAILED", "name mismatch",
             options=dict(ca, **{"tls.server_name": "milvus.example"})),
        Case("authority file does not exist", tls, "INVALID_ARGUMENT", "tls.ca_file", options={"tls.ca_file": "/nonexistent.pem"}),
        Case("authority file is no certificate", tls, "INVALID_ARGUMENT", "nonsense.pem", options={"tls.ca_file": str(nonsense)}),
        Case("mutual TLS, plaintext client", world.mutual.uri, "TLS_FAILED", "the port speaks TLS; use https://"),
        Case("mutual TLS, no client certificate", mutual, "TLS_FAILED", "client certificate", options=ca),
        Case("mutual TLS, certificate of another authority", mutual, "TLS_FAILED", "not signed by an authority", options=identity(world.foreign_client)),
        Case("mutual TLS, expired certificate", mutual, "TLS_FAILED", "has expired", options=identity(world.expired_client)),
        Case("mutual TLS, a server's certificate", mutual, "TLS_FAILED", "not meant for clients", options=identity(world.server_as_client)),
        Case("client key does not match", mutual, "INVALID_ARGUMENT", "does not belong", options=identity(world.client, world.foreign_client)),
        Case("authorization on, no token", guarded, "UNAUTHENTICATED", "missing authorization"),
        Case("wrong password", guarded, "UNAUTHENTICATED", "auth check failure", token="root:wrong"),
        Case("unknown user", guarded, "UNAUTHENTICATED", "auth check failure", token="nobody:Milvus"),
        Case("wrong API key", guarded, "UNAUTHENTICATED", "api key", token="not-an-api-key"),
        Case("no privilege to compact", guarded, "PERMISSION_DENIED", "PrivilegeCompaction", token="alice:wonderland"),
        Case("no such database", f"{world.plain.uri}/no_such_database", "DATABASE_NOT_FOUND", "no_such_database"),
        Case("no such collection", world.plain.uri, "COLLECTION_NOT_FOUND", "no collection or alias"),
        Case("frozen server (SIGSTOP)", world.plain.uri, "TIMEOUT", f"{TIMEOUT_MS} ms", before=freeze, after=thaw),
    ]


def ours(case):
    """(status, message, seconds) of this library."""
    import milvus_ffi
    started = time.monotonic()
    try:
        with milvus_ffi.Client(case.uri, case.token, case.options) as client:
            client.compact("c", timeout_ms=TIMEOUT_MS)
        said = ("OK", "")
    except milvus_ffi.MilvusError as error:
        said = (error.status, error.message)
    return (*said, time.monotonic() - started)


PYMILVUS_NAMES = {"tls.ca_file": "ca_pem_path", "tls.cert_file": "client_pem_path", "tls.key_file": "client_key_path",
                  "tls.server_name": "server_name"}
# In a process of its own: it may hang.
PYMILVUS_PROGRAM = """
import json, sys, time
from pymilvus import MilvusClient
case = json.loads(sys.argv[1])
started = time.monotonic()
try:
    client = MilvusClient(case["uri"], token=case["token"], timeout=case["timeout"], **case["options"])
    said = f"compacted: job {client.compact('c', timeout=case['timeout'])}"
except Exception as error:
    said = f"{type(error).__name__}: {error}"
print(json.dumps([said, time.monotonic() - started]))
"""


def pymilvus(case):
    """(message, seconds) of pymilvus, given the same timeout twice: to connect, and to compact."""
    options = {PYMILVUS_NAMES[key]: value for key, value in case.options.items()}
    if set(options) <= {"ca_pem_path", "server_name"} and "ca_pem_path" in options:
        options["server_pem_path"] = options.pop("ca_pem_path")  # its name for it when there is no client certificate
    arguments = json.dumps({"uri": case.uri, "token": case.token, "timeout": TIMEOUT_MS / 1000, "options": options})
    try:
        done = subprocess.run([sys.executable, "-c", PYMILVUS_PROGRAM, arguments], capture_output=True, text=True,
                              timeout=60, check=False)
        return tuple(json.loads(done.stdout.splitlines()[-1]))
    except subprocess.TimeoutExpired:
        return ("hangs; ended after 60 s", 60.0)
    except IndexError:
        return ("ends without a word", 0.0)


def cell(text, limit=300):
    text = " ".join(str(text).split()).replace("|", "\\|")
    text = re.sub(r"\S*/(?=[\w-]+\.(pem|key))", ".../", text).replace(str(ROOT), "...")
    return text if len(text) <= limit else text[:limit] + " ..."


def main():
    rows = []
    world = World()
    try:
        for case in cases(world):
            said = {}
            for who, ask in (("ours", ours), ("pymilvus", pymilvus)):
                if case.before:
                    case.before()
                said[who] = ask(case)
                if case.after:
                    case.after()
            rows.append((case.title, said))
            print(case.title, "|", *said["ours"], "|", *said["pymilvus"], flush=True)
    finally:
        world.close()
    import pymilvus as package
    lines = [
        "# Bad connections, and what is said about them", "",
        f"Made by `make errors`, against a real Milvus 2.3.5, with pymilvus {package.__version__}. Both are asked to",
        f"compact a collection within {TIMEOUT_MS / 1000:g} s; pymilvus gets that time to connect, and again to compact.",
        "Seconds are of one run on one machine.", "",
        "| case | this library | s | pymilvus | s |", "|---|---|---|---|---|"]
    for title, said in rows:
        status, message, took = said["ours"]
        text, their_time = said["pymilvus"]
        lines.append(f"| {title} | `{status}` {cell(message)} | {took:.2f} | {cell(text)} | {their_time:.2f} |")
    page = ROOT / "docs/errors.md"
    # What follows is made by `make fronts`.
    _, heading, fronts = page.read_text().partition("\n## ")
    page.write_text("\n".join(lines) + "\n" + heading + fronts)
    print(f"{len(rows)} rows written to docs/errors.md")


if __name__ == "__main__":
    main()
