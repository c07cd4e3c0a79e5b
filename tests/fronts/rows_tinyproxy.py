"""tinyproxy as a forward proxy. (tests/e2e/proxies.py has more of it, before a real Milvus.)"""
import contextlib
import subprocess
import time

from world import ALWAYS, VERSION, WAIT, Played, Row, folder, free_port, program, stop, wait_for_port


class Tinyproxy:
    def __init__(self, path, settings=""):
        self.port, self.path = free_port(), path
        (path / "tinyproxy.conf").write_text(f"Port {self.port}\nListen 127.0.0.1\nTimeout 60\n"
                                             f'LogFile "{path}/log"\n{settings}\n')
        self.start()

    def start(self):
        binary, environment = program("tinyproxy")
        self.process = subprocess.Popen([binary, "-d", "-c", str(self.path / "tinyproxy.conf")], env=environment,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for_port(self.port, self.process)

    def restart(self):
        stop(self.process)
        time.sleep(1)
        self.start()


def stands(settings="", user="", gone=False, disturb=None):
    @contextlib.contextmanager
    def stand():
        with folder() as path, Played("serve", VERSION) as behind:
            proxy = Tinyproxy(path, settings)
            behind.options = {"proxy": f"http://{user}127.0.0.1:{proxy.port}"}
            if disturb:
                behind.tell("slow State 1200")
            try:
                yield behind, "http://127.0.0.1:1" if gone else behind.uri, disturb and (lambda: disturb(proxy))
            finally:
                stop(proxy.process)
    return stand


@contextlib.contextmanager
def no_proxy():
    with Played("serve", VERSION) as behind:
        behind.options = {"proxy": "http://127.0.0.1:1"}
        yield behind, behind.uri, None


ROWS = [
    Row("tinyproxy opens the tunnel", ALWAYS, stands(), "OK"),
    Row("tinyproxy takes the password", ALWAYS, stands("BasicAuth me secret", user="me:secret@"), "OK"),
    Row("tinyproxy wants a password: 407", ALWAYS, stands("BasicAuth me secret"), names="the proxy .* answers HTTP 407"),
    Row("tinyproxy allows no tunnel to that port: 403", ALWAYS, stands("ConnectPort 443"), names="the proxy .* answers HTTP 403"),
    Row("tinyproxy, Milvus is gone: 500", ALWAYS, stands(gone=True), names="the proxy .* answers HTTP 500"),
    Row("no tinyproxy is there", ALWAYS, no_proxy, names="the proxy .* is not reached: connection refused"),
    Row("tinyproxy restarts", WAIT, stands(disturb=Tinyproxy.restart), "OK", names=r"[1-9]\d* polls failed"),
]
