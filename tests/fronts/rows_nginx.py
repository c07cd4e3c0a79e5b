"""nginx as an ingress: its own pages, redirections, limits, reloads."""
import contextlib
import os
import subprocess
import time

from world import ALWAYS, TRIGGER, VERSION, WAIT, Played, Row, folder, free_port, program, stop, wait_for_port

TRIGGER_PATH = "/milvus.proto.milvus.MilvusService/ManualCompaction"

CONFIGURATION = """
daemon off; master_process on; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log; {user}
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} {protocol};
        {server}
    }}
}}
"""


class Nginx:
    """A running nginx, whose configuration can change."""

    def __init__(self, path, server, protocol="http2"):
        self.path, self.protocol, self.port = path, protocol, free_port()
        self.binary, self.environment = program("nginx")
        self.process = None
        self.configure(server)
        self.start()

    def configure(self, server):
        user = "user root;" if os.geteuid() == 0 else ""
        text = CONFIGURATION.format(folder=self.path, port=self.port, protocol=self.protocol, server=server, user=user)
        (self.path / "nginx.conf").write_text(text)

    def _command(self):
        return [self.binary, "-p", str(self.path), "-c", "nginx.conf", "-e", str(self.path / "error.log")]

    def start(self):
        self.process = subprocess.Popen(self._command(), env=self.environment, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        wait_for_port(self.port, self.process)

    def reload(self, server):
        self.configure(server)
        subprocess.run(self._command() + ["-s", "reload"], env=self.environment, check=True, capture_output=True)

    def stop(self):
        stop(self.process)


def passes_on(port, more=""):
    return f"location / {{ grpc_pass grpc://127.0.0.1:{port}; {more} }}"


def for_trigger(port, answer):
    """Passes everything on, but has something else for the trigger."""
    return passes_on(port) + f"\nlocation = {TRIGGER_PATH} {{ {answer} }}"


def page(status):
    return f'default_type text/html; return {status} "<html>{status}</html>";'


def stands(server, protocol="http2", before=None):
    """A function that starts it. `server` takes the port of Milvus, `before` the played server."""
    @contextlib.contextmanager
    def stand():
        with folder() as path, Played("serve", VERSION) as behind:
            if before:
                before(behind)
            nginx = Nginx(path, server(behind.port), protocol)
            try:
                yield behind, f"http://127.0.0.1:{nginx.port}", None
            finally:
                nginx.stop()
    return stand


def disturbed(change, before=None):
    """The same with a change in the middle of a wait: a function that takes nginx and the port of Milvus."""
    @contextlib.contextmanager
    def stand():
        with folder() as path, Played("serve", VERSION) as behind:
            if before:
                before(behind)
            nginx = Nginx(path, passes_on(behind.port))
            try:
                yield behind, f"http://127.0.0.1:{nginx.port}", lambda: change(nginx, behind.port)
            finally:
                nginx.stop()
    return stand


def replaced_for_a_while(server, seconds=1.5):
    """Another configuration for some time."""
    def change(nginx, port):
        nginx.reload(server)
        time.sleep(seconds)
        nginx.reload(passes_on(port))
    return change


def replaced(server):
    """Another configuration for good."""
    return lambda nginx, _: nginx.reload(server)


def restarted(nginx, _):
    nginx.stop()
    time.sleep(1)
    nginx.start()


def slow_job(behind):
    """Lets the wait last: each answer about the job takes a while."""
    behind.tell("slow State 700")


def slow_trigger(behind):
    behind.tell("slow Trigger 2000")


def everywhere(answer):
    return lambda _: f"location / {{ {answer} }}"


def nobody_listens(_):
    return passes_on(1)


GRPC_ERROR = """
error_page 502 = /gone;
location = /gone {
    internal; default_type application/grpc; add_header grpc-status 14; add_header content-length 0; return 204;
}
"""

ROWS = [
    Row("nginx passes everything on", ALWAYS, stands(passes_on), "OK"),
    Row("nginx, no such route: 404", ALWAYS, stands(everywhere("return 404;")),
        names=r"HTTP 404 \(text/html\); is the route to the gRPC port right\?"),
    Row("nginx forbids: 403", ALWAYS, stands(everywhere("return 403;")), names=r"HTTP 403 \(text/html\)"),
    Row("nginx wants a login: 401", ALWAYS, stands(everywhere("return 401;")), names="HTTP 401"),
    Row("nginx, Milvus is gone: 502", ALWAYS, stands(nobody_listens), names="HTTP 502.*does it reach Milvus"),
    Row("nginx, maintenance: 503", ALWAYS, stands(everywhere("return 503;")), names="HTTP 503"),
    Row("nginx redirects to https: 301", ALWAYS, stands(everywhere("return 301 https://$host:443$request_uri;")),
        names="HTTP 301.*redirects to https://127.0.0.1"),
    Row("nginx, a page: 200", ALWAYS, stands(everywhere(page(200))), names=r"HTTP 200 \(text/html\)"),
    Row("nginx, HTTP/1 only", ALWAYS, stands(everywhere(page(200)), protocol=""), names="answers HTTP/1"),
    Row("nginx, Milvus is gone: 204 with a gRPC status", ALWAYS, stands(lambda _: passes_on(1) + GRPC_ERROR),
        names="HTTP 204"),
    Row("nginx, no route for the trigger: 404", TRIGGER, stands(lambda port: for_trigger(port, "return 404;")),
        names="HTTP 404"),
    Row("nginx forbids the trigger: 403", TRIGGER, stands(lambda port: for_trigger(port, "return 403;")), names="HTTP 403"),
    Row("nginx limits the rate of triggers: 429", TRIGGER, stands(lambda port: for_trigger(port, "return 429;")),
        names="HTTP 429"),
    Row("nginx redirects the trigger: 308", TRIGGER, stands(lambda port: for_trigger(port, "return 308 https://$host/x;")),
        names="HTTP 308"),
    Row("nginx, Milvus hangs up on the trigger: 502", TRIGGER,
        stands(passes_on, before=lambda behind: behind.tell("fail Trigger cut")), names="HTTP 502", in_doubt=True),
    Row("nginx, Milvus is slow with the trigger: 504", TRIGGER,
        stands(lambda port: passes_on(port, "grpc_read_timeout 500ms;"), before=slow_trigger), names="HTTP 504",
        in_doubt=True),
    Row("nginx, the trigger gets a page: 200", TRIGGER, stands(lambda port: for_trigger(port, page(200))),
        names="HTTP 200", in_doubt=True),
    Row("nginx, the trigger gets: 500", TRIGGER, stands(lambda port: for_trigger(port, page(500))),
        names="HTTP 500", in_doubt=True),
    Row("nginx reloads", WAIT, disturbed(lambda nginx, port: nginx.reload(passes_on(port)), slow_job), "OK"),
    Row("nginx restarts", WAIT, disturbed(restarted, slow_job), "OK", names=r"[1-9]\d* polls failed"),
    Row("nginx is redeployed: 404 for a while", WAIT,
        disturbed(replaced_for_a_while("location / { return 404; }"), slow_job), "OK", names=r"[1-9]\d* polls failed"),
    Row("nginx is redeployed: 403 for a while", WAIT,
        disturbed(replaced_for_a_while("location / { return 403; }"), slow_job), "OK", names=r"[1-9]\d* polls failed"),
    Row("nginx is redeployed: a page for a while", WAIT,
        disturbed(replaced_for_a_while(f"location / {{ {page(200)} }}"), slow_job), "OK", names=r"[1-9]\d* polls failed"),
    Row("nginx, Milvus is gone for a while: 502", WAIT, disturbed(replaced_for_a_while(passes_on(1)), slow_job), "OK",
        names=r"[1-9]\d* polls failed"),
    Row("nginx is redeployed: 404 for 30 s", WAIT,
        disturbed(replaced_for_a_while("location / { return 404; }", 30), slow_job), "OK",
        names=r"[1-9]\d* polls failed", is_slow=True),
    Row("nginx, Milvus is gone for good: 502", WAIT, disturbed(replaced(passes_on(1)), slow_job),
        names="no answer for 6.* s.*HTTP 502", is_slow=True),
    Row("nginx loses its route for good: 404", WAIT, disturbed(replaced("location / { return 404; }"), slow_job),
        names="no answer for 6.* s.*HTTP 404", is_slow=True),
]
