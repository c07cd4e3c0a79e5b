"""Faults that no program from Debian has on demand: half answers, endless ones, and broken HTTP/2."""
import contextlib

from world import ALWAYS, TRIGGER, WAIT, VERSION, Played, Row, Scripted

OFTEN = 1000


def answers(method, words):
    """The scripted front answers so."""
    @contextlib.contextmanager
    def stand():
        with Scripted() as front:
            front.tell(f"answer {method} {OFTEN} {words}")
            yield front, front.uri, None
    return stand


def answers_for_a_while(method, words):
    """The same in the middle of a wait, to the next few calls."""
    @contextlib.contextmanager
    def stand():
        with Scripted() as front:
            front.tell("slow State 300")
            yield front, front.uri, lambda: front.tell(f"answer {method} 3 {words}")
    return stand


def breaks(kind):
    """HTTP/2 itself is broken."""
    @contextlib.contextmanager
    def stand():
        with Played("serve", VERSION) as behind, Played("raw", kind) as front:
            yield behind, front.uri, None
    return stand


def trigger(title, words, names, in_doubt=True):
    return Row(title, TRIGGER, answers("ManualCompaction", words), names=names, in_doubt=in_doubt)


def wait(title, words):
    return Row(title, WAIT, answers_for_a_while("GetCompactionState", words), "OK", names=r"[1-9]\d* polls failed")


GRPC = "status=200 type=application/grpc"
CUT_OFF = "without a gRPC status"
BROKEN = "does not keep to HTTP/2"

ROWS = [
    trigger("a page of 10 MB: 404", "status=404 type=text/html body=10000000", "HTTP 404", in_doubt=False),
    trigger("a page of 10 MB: 200", "status=200 type=text/html body=10000000", "HTTP 200"),
    trigger("half a page: 502", "status=502 type=text/html body=100 end=cut", "HTTP 502"),
    trigger("an answer without a gRPC status, Milvus has the trigger", f"{GRPC} message passes_on", CUT_OFF),
    trigger("an answer that is only headers", GRPC, CUT_OFF),
    trigger("half an answer, then a reset", f"{GRPC} body=100 end=reset passes_on", "broke off an answer"),
    trigger("half an answer, then no connection", f"{GRPC} body=100 end=cut passes_on", "broke off an answer"),
    trigger("no answer, then no connection", "end=cut passes_on", "lost"),
    trigger("headers of 300 KB", f"status=200 type=text/html header=x:{'x' * 300_000}", "too large headers"),
    trigger("1xx for ever", "interim=1000000 status=200", "1xx"),
    wait("answers without a gRPC status, for a while", f"{GRPC} message"),
    wait("a page, for a while: 404", "status=404 type=text/html body=100"),
    wait("resets, for a while", "end=reset"),
    Row("closes at once", ALWAYS, breaks("ClosesAtOnce"), names="closed the connection"),
    Row("closes after the client's greeting", ALWAYS, breaks("ClosesAfterPreface"), names="closed the connection"),
    Row("closes after its own greeting", ALWAYS, breaks("ClosesAfterSettings"), names="lost|cannot connect"),
    Row("closes when a request comes", ALWAYS, breaks("ClosesAfterRequest"), names="lost"),
    Row("half a frame", ALWAYS, breaks("HalfAFrame"), names="lost"),
    Row("headers without an end, in small frames", ALWAYS, breaks("EndlessContinuation"), names=BROKEN),
    Row("headers without an end, in large frames", ALWAYS, breaks("EndlessHeaders"), names=BROKEN),
    Row("headers that are no HPACK", ALWAYS, breaks("BrokenHeaders"), names=BROKEN),
]
