"""stunnel as what ends TLS before Milvus."""
import contextlib
import subprocess
import sys
import time

from world import ALWAYS, ROOT, VERSION, WAIT, Played, Row, folder, free_port, program, stop, wait_for_port

sys.path.insert(0, str(ROOT / "tests/e2e"))

from certificates import SERVER, Certificate  # noqa: E402

CONFIGURATION = """
foreground = yes
pid =
debug = err
[front]
accept = 127.0.0.1:{port}
connect = 127.0.0.1:{behind}
cert = {certificate.pem}
key = {certificate.key_file}
{more}
"""


class Stunnel:
    def __init__(self, path, behind, certificate, more):
        self.port, self.path = free_port(), path
        text = CONFIGURATION.format(port=self.port, behind=behind, certificate=certificate, more=more)
        (path / "stunnel.conf").write_text(text)
        self.start()

    def start(self):
        binary, environment = program("stunnel4")
        self.process = subprocess.Popen([binary, str(self.path / "stunnel.conf")], env=environment,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for_port(self.port, self.process)

    def restart(self):
        stop(self.process)
        time.sleep(1)
        self.start()


def stands(more="", gone=False, disturb=None, **how):
    """`how`: what the server's certificate is like."""
    @contextlib.contextmanager
    def stand():
        with folder() as path, Played("serve", VERSION) as behind:
            authority = Certificate(path, "ca")
            certificate = Certificate(path, "server", issuer=authority, usage=SERVER, **how)
            more_here = more.format(ca=authority.pem)
            stunnel = Stunnel(path, 1 if gone else behind.port, certificate, more_here)
            behind.options = {"tls.ca_file": str(authority.pem)}
            if disturb:
                behind.tell("slow State 1200")
            try:
                yield behind, f"https://localhost:{stunnel.port}", disturb and (lambda: disturb(stunnel))
            finally:
                stop(stunnel.process)
    return stand


ROWS = [
    Row("stunnel ends TLS", ALWAYS, stands(), "OK"),
    Row("stunnel, Milvus is gone", ALWAYS, stands(gone=True), names="closed the connection|lost"),
    Row("stunnel's certificate has expired", ALWAYS, stands(days=(-9, -2)), "TLS_FAILED", names="has expired on 20"),
    Row("stunnel's certificate is for another name", ALWAYS, stands(names=["milvus.example"]), "TLS_FAILED",
        names='name mismatch: the server\'s certificate is not for "localhost" but for milvus.example'),
    Row("stunnel wants a client certificate", ALWAYS, stands("verifyChain = yes\nCAfile = {ca}"), "TLS_FAILED",
        names="it wants a client certificate"),
    Row("stunnel restarts", WAIT, stands(disturb=Stunnel.restart), "OK", names=r"[1-9]\d* polls failed"),
]
