"""The release archive of the command, as a stranger finds it: `tools/deep.sh archive` makes it, and runs this."""
import os
import re
import shutil
import socket
import ssl
import subprocess
import tarfile
import threading

import pytest
from conftest import ROOT, run

[ARCHIVE] = (ROOT / "target/static").glob("milvus-compact-*.tar.gz")
DOCUMENTS = "share/doc/milvus-client-tools"


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("archive")
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(folder, filter="data")
    return folder / ARCHIVE.name.removesuffix(".tar.gz")


@pytest.fixture
def root(unpacked, tmp_path):
    """A root of a file system that has nothing but the command."""
    (tmp_path / "root").mkdir()
    shutil.copy(unpacked / "bin/milvus-compact", tmp_path / "root")
    return tmp_path / "root"


def inside(root, *arguments):
    return subprocess.run(["unshare", "--map-root-user", "chroot", root, "/milvus-compact", *arguments], env={"PATH": os.environ["PATH"]},
                          capture_output=True, text=True, check=False, timeout=60)


def test_the_archive_has_the_command_and_what_belongs_beside_it(unpacked):
    files = {str(path.relative_to(unpacked)): path for path in unpacked.rglob("*") if path.is_file()}
    jobs = {f"{DOCUMENTS}/examples/{path.name}" for path in (ROOT / "packaging/jobs").iterdir()}
    assert len(jobs) > 3 and set(files) == jobs | {
        "bin/milvus-compact", "share/man/man1/milvus-compact.1", "share/bash-completion/completions/milvus-compact",
        "share/zsh/site-functions/_milvus-compact", "share/fish/vendor_completions.d/milvus-compact.fish",
        *(f"{DOCUMENTS}/{name}" for name in ("LICENSE", "CHANGELOG.md", "third-party-notices.txt", "sbom.cdx.json"))}
    assert [name for name, path in files.items() if not path.stat().st_size] == []
    assert [name for name, path in files.items() if os.access(path, os.X_OK)] == ["bin/milvus-compact"]
    with tarfile.open(ARCHIVE) as archive:
        assert {(member.uid, member.gid) for member in archive} == {(0, 0)}


def test_the_notices_name_every_crate_that_is_linked(unpacked):
    target = f"{os.uname().machine}-unknown-linux-musl"
    tree = run("cargo", "tree", "--locked", "--package", "milvus-compact", "--edges", "normal", "--target", target, "--prefix", "none",
               "--format", "{p}", cwd=ROOT)
    linked = {crate for crate in re.findall(r"^(\S+) v(\S+)", tree, re.M) if not crate[0].startswith("milvus-")}
    notices = (unpacked / DOCUMENTS / "third-party-notices.txt").read_text()
    noticed = set(re.findall(r"^  - (\S+) (\d[^ ,\n]*)", notices, re.M))
    assert {"clap", "indicatif", "tokio", "ring"} <= {name for name, _ in linked} and linked - noticed == set()
    # What no crate brings.
    assert "The Rust Project Developers" in notices and "Rich Felker" in notices


def test_the_file_is_static(unpacked):
    headers = run("readelf", "--wide", "--program-headers", "--dynamic", unpacked / "bin/milvus-compact")
    assert "LOAD" in headers and "INTERP" not in headers and "NEEDED" not in headers


def test_it_starts_where_there_is_no_other_file(root):
    version = ARCHIVE.name.split("-")[2]
    assert inside(root, "--version").stdout == f"milvus-compact {version}\n"
    assert "survey" in inside(root, "--help").stdout


def test_it_finds_a_server_by_its_address_and_by_its_name(root, fake):
    port = fake.uri.rsplit(":", 1)[1]
    by_address = inside(root, "survey", "--all", "--uri", f"http://127.0.0.1:{port}")
    assert by_address.returncode == 0 and "fails_partly" in by_address.stdout, by_address
    (root / "etc").mkdir()
    (root / "etc/hosts").write_text("127.0.0.1 localhost\n")
    by_name = inside(root, "survey", "--all", "--uri", f"http://localhost:{port}")
    assert (by_name.returncode, by_name.stdout) == (0, by_address.stdout), by_name


def answered(query):
    """What a name server answers that knows the IPv4 address of milvus.test, and nothing else."""
    question = query[12:query.index(b"\0", 12) + 5]
    known = question[:-4] == b"\x06milvus\x04test\0"
    address = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\x7f\0\0\1" if known and question[-4:] == b"\0\1\0\1" else b""
    return query[:2] + (b"\x81\x80" if known else b"\x81\x83") + b"\0\1\0" + bytes([bool(address)]) + b"\0\0\0\0" + question + address


def test_it_asks_name_servers(root, fake):
    (root / "etc").mkdir()
    (root / "etc/resolv.conf").write_text("nameserver 127.0.0.1\n")
    port = fake.uri.rsplit(":", 1)[1]
    # Port 53 is free in a network of its own (tools/loopback_only.py).
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 53))

        def serve():
            query, asker = server.recvfrom(512)
            while query != b"end":
                server.sendto(answered(query), asker)
                query, asker = server.recvfrom(512)
        serving = threading.Thread(target=serve)
        serving.start()
        found = inside(root, "info", "--uri", f"http://milvus.test:{port}")
        unknown = inside(root, "info", "--uri", f"http://other.test:{port}", "--option", "timeout_ms=2000")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"end", ("127.0.0.1", 53))
        serving.join(30)
    assert found.returncode == 0 and "2.6.8" in found.stdout, found
    assert unknown.returncode != 0 and "other.test" in unknown.stderr, unknown


def test_it_trusts_the_certificates_of_the_system(root, tmp_path):
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
        "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE", "-keyout", "key.pem", "-out", "certificate.pem",
        cwd=tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "certificate.pem", tmp_path / "key.pem")
    context.set_alpn_protocols(["h2"])
    with socket.create_server(("127.0.0.1", 0)) as server:
        said = []

        def serve():
            with context.wrap_socket(server.accept()[0], server_side=True) as connection:
                said.append(connection.recv(24))
        serving = threading.Thread(target=serve)
        serving.start()
        (root / "etc/ssl/certs").mkdir(parents=True)
        shutil.copy(tmp_path / "certificate.pem", root / "etc/ssl/certs/ca-certificates.crt")
        done = inside(root, "info", "--uri", f"https://127.0.0.1:{server.getsockname()[1]}", "--option", "timeout_ms=2000")
        serving.join(30)
    # This server says no more, but the command has spoken to it, encrypted.
    assert said == [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"], done
