"""haproxy as a load balancer: its own pages, timeouts, and a server that is down."""
import contextlib
import subprocess

from world import ALWAYS, TRIGGER, VERSION, Played, Row, folder, free_port, program, stop, wait_for_port

CONFIGURATION = """
defaults
    mode {mode}
    timeout connect 1s
    timeout client 30s
    timeout server {limit}
    retries 0
frontend front
    bind 127.0.0.1:{port} {protocol}
    {rules}
    default_backend milvus
backend milvus
    server milvus 127.0.0.1:{behind} {protocol}
"""
IS_TRIGGER = "{ path_end /ManualCompaction }"


def stands(rules="", mode="http", limit="30s", gone=False, before=None):
    @contextlib.contextmanager
    def stand():
        with folder() as path, Played("serve", VERSION) as behind:
            if before:
                before(behind)
            binary, environment = program("haproxy")
            port, protocol = free_port(), "proto h2" if mode == "http" else ""
            text = CONFIGURATION.format(mode=mode, limit=limit, port=port, protocol=protocol, rules=rules,
                                        behind=1 if gone else behind.port)
            (path / "haproxy.cfg").write_text(text)
            process = subprocess.Popen([binary, "-db", "-f", str(path / "haproxy.cfg")], env=environment,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                wait_for_port(port, process)
                yield behind, f"http://127.0.0.1:{port}", None
            finally:
                stop(process)
    return stand


def hangs_up(behind):
    """It has done its work then."""
    behind.tell("fail Trigger cut")


def denies(status):
    return f"http-request deny deny_status {status} if {IS_TRIGGER}"


ROWS = [
    Row("haproxy passes everything on", ALWAYS, stands(), "OK"),
    Row("haproxy, no server is up: 503", ALWAYS, stands(gone=True), names="HTTP 503"),
    Row("haproxy as a TCP balancer, no server is up", ALWAYS, stands(mode="tcp", gone=True),
        names="closed the connection|lost"),
    Row("haproxy forbids the trigger: 403", TRIGGER, stands(denies(403)), names="HTTP 403"),
    Row("haproxy, the trigger took too long to arrive: 408", TRIGGER, stands(denies(408)), names="HTTP 408", in_doubt=True),
    Row("haproxy, the trigger gets: 500", TRIGGER, stands(denies(500)), names="HTTP 500", in_doubt=True),
    Row("haproxy, Milvus is slow with the trigger: 504", TRIGGER,
        stands(limit="500ms", before=lambda behind: behind.tell("slow Trigger 2000")), names="HTTP 504", in_doubt=True),
    Row("haproxy, Milvus hangs up on the trigger", TRIGGER, stands(before=hangs_up),
        names="may or may not have been started.*refused", in_doubt=True),
]
