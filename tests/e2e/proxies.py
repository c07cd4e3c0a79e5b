"""Connections through forward proxies: a real tinyproxy, and impostors. Run as a program inside
tools/loopback_only.py, it sends each case through this library and through pymilvus to a real Milvus, and prints what
both say as a JSON list.
"""
import asyncio
import contextlib
import dataclasses
import fcntl
import json
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests/e2e")]

import connections  # noqa: E402
import milvus_ffi  # noqa: E402
import milvus_server  # noqa: E402
import peers  # noqa: E402
import seed  # noqa: E402
from certificates import SERVER, Certificate  # noqa: E402

# An address of this machine that is not loopback, and a link-local one, both at the loopback interface.
ADDRESS, LINK_LOCAL, INTERFACE = "10.9.8.7", "fe80::7", "lo"
TIMEOUT_MS = 3000
PROXY_VARIABLES = ["grpc_proxy", "https_proxy", "http_proxy", "HTTPS_PROXY", "no_grpc_proxy", "no_proxy"]


@dataclasses.dataclass
class Case:
    """`names` is what the message of this library has to contain, `through` the number of tunnels that tinyproxy opens for
    it: none for a direct connection. pymilvus gets the option's proxy as `grpc_proxy`."""
    title: str
    uri: str
    status: str = "OK"
    names: str = ""
    proxy: str = ""
    environment: dict = dataclasses.field(default_factory=dict)
    options: dict = dataclasses.field(default_factory=dict)
    through: int = 0
    token: str = ""


class Tinyproxy:
    """A real one, on loopback."""
    PROGRAM = shutil.which("tinyproxy", path=f"{ROOT}/target/fronts/root/usr/bin{os.pathsep}{os.environ['PATH']}")

    def __init__(self, folder, name, *settings):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.log = folder / f"{name}.log"
        configuration = folder / f"{name}.conf"
        configuration.write_text("\n".join([f"Port {self.port}", "Listen 127.0.0.1", "Timeout 60", "LogLevel Connect",
                                            f'LogFile "{self.log}"', *settings, ""]))
        self.process = subprocess.Popen([self.PROGRAM, "-d", "-c", configuration], stdout=subprocess.DEVNULL)
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            time.sleep(0.05)
        raise RuntimeError(f"tinyproxy does not start: {configuration}")

    @property
    def uri(self):
        return f"http://127.0.0.1:{self.port}"

    def with_user(self, user_info):
        return self.uri.replace("//", f"//{user_info}@")

    def tunnels(self):
        return self.log.read_text().count(": CONNECT ")

    def stop(self):
        self.process.terminate()
        self.process.wait(10)


def answering(*parts, again=b"", close=False):
    """An impostor: what it answers to CONNECT, and what it then repeats for ever."""
    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        for part in parts:
            writer.write(part)
        await writer.drain()
        while again:
            writer.write(again)
            await writer.drain()
            await asyncio.sleep(0)
        if not close:
            await reader.read(4096)
    return serve


class World:
    """A Milvus in plaintext and one behind TLS, proxies, and impostors."""

    def __init__(self):
        self.stack = contextlib.ExitStack()
        self.folder = pathlib.Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.ca = Certificate(self.folder, "ca")
        server = Certificate(self.folder, "server", issuer=self.ca, usage=SERVER, names=["localhost", ADDRESS])
        self.plain = self._milvus()
        self.tls = self._milvus({"tls.serverPemPath": str(server.pem), "tls.serverKeyPath": str(server.key_file),
                                 "common.security.tlsMode": 1})
        from pymilvus import MilvusClient
        admin = MilvusClient(self.plain.uri)
        seed.create(admin, "c")
        admin.close()
        admin = MilvusClient(f"https://localhost:{self.tls.port}", server_pem_path=str(self.ca.pem))
        seed.create(admin, "c")
        admin.close()
        (self.folder / "filter").write_text("^allowed.example$\n")
        self.open = self._tinyproxy("open")
        self.basic = self._tinyproxy("basic", "BasicAuth joe s3cret")
        self.https_only = self._tinyproxy("https-only", "ConnectPort 443")
        self.filtering = self._tinyproxy("filtering", f'Filter "{self.folder}/filter"', "FilterDefaultDeny Yes")
        self.denying = self._tinyproxy("denying", "Allow 10.0.0.1")

    def close(self):
        self.stack.close()

    def _milvus(self, settings=None):
        server = milvus_server.temporary_server(ROOT / "target/e2e", settings=settings)
        self.stack.callback(server.remove)
        server.start()
        return server

    def _tinyproxy(self, name, *settings):
        proxy = Tinyproxy(self.folder, name, *settings)
        self.stack.callback(proxy.stop)
        return proxy

    def impostor(self, *parts, **how):
        peer = peers.Peer(answering(*parts, **how))
        self.stack.callback(peer.stop)
        return f"http://127.0.0.1:{peer.port}"

    def relay(self, **how):
        peer = peers.Peer(peers.forward_to(self.plain.port), **how)
        self.stack.callback(peer.stop)
        return peer


def cases(world):
    plain, far = f"http://127.0.0.1:{world.plain.port}", f"http://{ADDRESS}:{world.plain.port}"
    tls, ca = f"https://localhost:{world.tls.port}", {"tls.ca_file": str(world.ca.pem)}
    proxy, refused = world.open.uri, "UNAVAILABLE"
    closed = "closed the connection before its answer was complete"
    link_local = world.relay(host=f"{LINK_LOCAL}%{INTERFACE}").port
    return [
        Case("tinyproxy, plaintext", plain, proxy=proxy, through=1),
        Case("tinyproxy, TLS inside", tls, proxy=proxy, options=ca, through=1),
        Case("tinyproxy, Basic authentication", plain, proxy=world.basic.with_user("joe:s3cret"), through=1),
        Case("tinyproxy, TLS inside, authority unknown", tls, "TLS_FAILED", f"through the proxy {proxy[7:]}: unknown issuer",
             proxy=proxy, through=1),
        Case("tinyproxy, http:// to a TLS port", f"http://127.0.0.1:{world.tls.port}", "TLS_FAILED", "use https://",
             proxy=proxy, through=2),
        Case("tinyproxy, https:// to a plaintext port", f"https://127.0.0.1:{world.plain.port}", "TLS_FAILED",
             "does not answer as a TLS server does", proxy=proxy, through=1),
        Case("tinyproxy, no server behind it", "http://127.0.0.1:1", refused, "answers HTTP 500 Unable to connect", proxy=proxy,
             through=1),
        Case("tinyproxy does not know the server's name", "http://no-such-host.invalid", refused, "answers HTTP 500", proxy=proxy,
             through=1),
        Case("tinyproxy wants a password", plain, refused, "wants a user and password", proxy=world.basic.uri, through=1),
        Case("tinyproxy, wrong password", plain, refused, "does not accept the user and password",
             proxy=world.basic.with_user("joe:wr0ng-one"), through=1, token="joe:wr0ng-one"),
        Case("tinyproxy allows CONNECT to port 443 only", plain, refused, "answers HTTP 403 Access violation",
             proxy=world.https_only.uri, through=1),
        Case("tinyproxy filters the host", plain, refused, "answers HTTP 403 Filtered", proxy=world.filtering.uri, through=1),
        Case("tinyproxy allows no client", plain, refused, "answers HTTP 403 Access denied", proxy=world.denying.uri),
        Case("proxy is not there", plain, refused, "the proxy 127.0.0.1:1 is not reached: connection refused",
             proxy="http://127.0.0.1:1"),
        Case("proxy's name does not exist", plain, refused, "the proxy proxy.invalid:3128 is not reached",
             proxy="http://proxy.invalid:3128"),
        Case("Milvus itself is named as the proxy", plain, refused, "is it a forward proxy", proxy=world.plain.uri),
        Case("proxy's port speaks TLS", plain, refused, "speaks TLS on that port", proxy=f"http://127.0.0.1:{world.tls.port}"),
        Case("proxy says nothing", plain, "TIMEOUT", "through the proxy", proxy=world.impostor()),
        Case("proxy hangs up", plain, refused, closed, proxy=world.impostor(close=True)),
        Case("proxy sends half an answer", plain, refused, closed, proxy=world.impostor(b"HTTP/1.1 200 O", close=True)),
        Case("proxy hangs up within its headers", plain, refused, closed,
             proxy=world.impostor(b"HTTP/1.1 200 OK\r\nvia: x\r\n", close=True)),
        Case("proxy opens a tunnel and hangs up", plain, refused, "closed the connection without sending anything",
             proxy=world.impostor(b"HTTP/1.1 200 OK\r\n\r\n", close=True)),
        Case("proxy sends headers for ever", plain, refused, "more than 16 KiB or 100 lines of headers",
             proxy=world.impostor(b"HTTP/1.1 200 OK\r\n", again=b"x: y\r\n")),
        Case("proxy sends 103 for ever", plain, "TIMEOUT", "through the proxy",
             proxy=world.impostor(again=b"HTTP/1.1 103 Early Hints\r\n\r\n")),
        Case("proxy sends a page of 10 MB", plain, refused, "answers HTTP 403 Forbidden",
             proxy=world.impostor(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 10000000\r\n\r\n", b"x" * 10_000_000)),
        Case("proxy sends rubbish", plain, refused, "does not answer in HTTP/1", proxy=world.impostor(b"\xde\xad\xbe\xef" * 64)),
        Case("proxy leads to a login page", plain, refused, "answers HTTP 302 Found",
             proxy=world.impostor(b"HTTP/1.1 302 Found\r\nlocation: http://login.example/\r\ncontent-length: 0\r\n\r\n")),
        Case("proxy wants Negotiate", plain, refused, "wants the authentication Negotiate",
             proxy=world.impostor(b"HTTP/1.1 407 Denied\r\nproxy-authenticate: Negotiate\r\ncontent-length: 0\r\n\r\n")),
        Case("environment: grpc_proxy", far, environment={"grpc_proxy": proxy, "http_proxy": "http://127.0.0.1:1"}, through=1),
        Case("environment: https_proxy", far, environment={"https_proxy": proxy}, through=1),
        Case("environment: http_proxy", far, environment={"http_proxy": proxy}, through=1),
        Case("environment: HTTPS_PROXY, which gRPC does not read", far, environment={"HTTPS_PROXY": proxy}),
        Case("environment: no_proxy has the server's network", far, environment={"http_proxy": proxy, "no_proxy": "x, 10.0.0.0/8"}),
        Case("environment: no_grpc_proxy counts before no_proxy", far,
             environment={"http_proxy": proxy, "no_grpc_proxy": "x", "no_proxy": ADDRESS}, through=1),
        Case("environment: SOCKS, which gRPC does not speak", far, environment={"https_proxy": "socks5://127.0.0.1:1"}),
        Case("environment: SOCKS, and no direct way", f"http://{ADDRESS}:1", refused, "no proxy is used: https_proxy: SOCKS",
             environment={"https_proxy": "socks5://127.0.0.1:1"}),
        Case("environment: loopback", plain, environment={"grpc_proxy": proxy}),
        Case("a link-local address with its zone", f"http://[{LINK_LOCAL}%25{INTERFACE}]:{link_local}"),
        Case("a zone that is no interface", f"http://[{LINK_LOCAL}%25nosuch0]:{link_local}", refused,
             'no network interface "nosuch0"'),
    ]


def ours(world, case):
    """What this library says, after how long, and how many tunnels tinyproxy was asked for."""
    options = dict(case.options, **({"proxy": case.proxy} if case.proxy else {}), **{"retry.max_attempts": "1"})
    in_doubt, started, before = False, time.monotonic(), tunnels(world)
    with variables(case.environment):
        try:
            with milvus_ffi.Client(case.uri, options=options) as client:
                client.compact("c", timeout_ms=TIMEOUT_MS)
            status, message = "OK", ""
        except milvus_ffi.MilvusError as error:
            status, message, in_doubt = error.status, error.message, error.in_doubt
    return {"status": status, "message": message, "in_doubt": in_doubt, "seconds": time.monotonic() - started,
            "through": tunnels(world) - before}


def pymilvus(world, case):
    """The same of pymilvus, in a process of its own."""
    before = tunnels(world)
    asked = connections.Case(case.title, case.uri, "", "", options=case.options)
    with variables(case.environment or ({"grpc_proxy": case.proxy} if case.proxy else {})):
        said, seconds = connections.pymilvus(asked)
    return {"message": said, "seconds": seconds, "through": tunnels(world) - before}


def tunnels(world):
    return sum(proxy.tunnels() for proxy in (world.open, world.basic, world.https_only, world.filtering, world.denying))


@contextlib.contextmanager
def variables(values):
    """Only these of a proxy's variables are set."""
    kept = {name: os.environ.pop(name) for name in PROXY_VARIABLES if name in os.environ}
    os.environ.update(values)
    yield
    for name in values:
        del os.environ[name]
    os.environ.update(kept)


def give_addresses():
    """Gives the loopback interface the two addresses; only where the network is private."""
    SIOCSIFADDR = 0x8916
    with socket.socket(socket.AF_INET) as control:
        address = struct.pack("HH4s8x", socket.AF_INET, 0, socket.inet_aton(ADDRESS))
        fcntl.ioctl(control, SIOCSIFADDR, struct.pack("16s16s8x", b"lo:1", address))
    with socket.socket(socket.AF_INET6) as control:
        address = socket.inet_pton(socket.AF_INET6, LINK_LOCAL)
        fcntl.ioctl(control, SIOCSIFADDR, struct.pack("16sIi", address, 64, socket.if_nametoindex(INTERFACE)))


def main():
    give_addresses()
    world, rows = World(), []
    try:
        for case in cases(world):
            said = {"ours": ours(world, case), "pymilvus": pymilvus(world, case)}
            rows.append({"case": dataclasses.asdict(case), **said})
            print(case.title, said, file=sys.stderr, flush=True)
    finally:
        world.close()
    json.dump(rows, sys.stdout)


if __name__ == "__main__":
    main()
