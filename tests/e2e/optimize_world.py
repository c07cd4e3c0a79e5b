"""A loaded collection of a real server that somebody writes to, and the server's own lists of it, asked for without this
library: what is stored, indexed and served, and which plans there were.
"""
import collections
import dataclasses
import random
import threading
import time
from concurrent import futures

import grpc
import seed
from pymilvus.grpc_gen import common_pb2, milvus_pb2, milvus_pb2_grpc

COMPLETED = 2
ALL_JOBS = 0  # 2.3.5 answers with the plans of every job
WRITER_ROWS = 100


class Lists:
    """A server's answers. Every failure is an exception."""

    def __init__(self, uri):
        self.channel = grpc.insecure_channel(uri.removeprefix("http://"), [("grpc.max_reconnect_backoff_ms", 200)])
        self.stub = milvus_pb2_grpc.MilvusServiceStub(self.channel)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.channel.close()

    def ask(self, method, **fields):
        request = "GetCompactionPlans" if method == "GetCompactionStateWithPlans" else method
        answer = getattr(self.stub, method)(getattr(milvus_pb2, f"{request}Request")(**fields), timeout=20, wait_for_ready=True)
        status = getattr(answer, "status", answer)
        if status.code or status.error_code:
            raise RuntimeError(f"{method}: code {status.code}, {status.reason}")
        return answer

    def stored(self, name):
        """From id to rows, of the flushed segments."""
        segments = self.ask("GetPersistentSegmentInfo", collectionName=name).infos
        return {segment.segmentID: segment.num_rows for segment in segments if segment.state == common_pb2.Flushed}

    def served(self, name):
        """From id to the query nodes that serve it. The list is without the rows that are still growing."""
        return {segment.segmentID: list(segment.nodeIds)
                for segment in self.ask("GetQuerySegmentInfo", collectionName=name).infos}

    def indexed(self, name):
        """Indexed rows, all rows, and rows that wait for the index."""
        [index] = self.ask("DescribeIndex", collection_name=name).index_descriptions
        return index.indexed_rows, index.total_rows, index.pending_index_rows

    def id_of(self, name):
        return self.ask("DescribeCollection", collection_name=name).collectionID

    def nodes(self, name):
        """The nodes of each replica."""
        return [sorted(one.node_ids) for one in self.ask("GetReplicas", collectionID=self.id_of(name)).replicas]

    def is_loaded(self, name):
        return self.ask("GetLoadState", collection_name=name).state == common_pb2.LoadStateLoaded

    def plans(self, job=ALL_JOBS):
        """A set of (sources, target); a target of -1 is not there yet."""
        infos = self.ask("GetCompactionStateWithPlans", compactionID=job).mergeInfos
        return {(frozenset(plan.sources), plan.target) for plan in infos}

    def compact(self, name):
        """Triggers as another client does that knows its server: by id. Returns the job."""
        return self.ask("ManualCompaction", collectionID=self.id_of(name)).compactionID

    def is_over(self, job):
        return self.ask("GetCompactionState", compactionID=job).state == COMPLETED

    def flush(self, name):
        """Asks for a flush, and does not wait for it."""
        self.ask("Flush", collection_names=[name])


def wait_until(is_so, limit=60):
    """A ceiling that means it hangs, not a measure."""
    deadline = time.monotonic() + limit
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {limit} s")
        time.sleep(0.05)


def loaded(uri, name, segments=8, rows=100):
    """A collection of small segments, all of them indexed and served. Returns what is stored."""
    pymilvus = seed.connect(uri)
    seed.create(pymilvus, name)
    seed.fill(pymilvus, name, segments, rows)
    with Lists(uri) as lists:
        lists.ask("LoadCollection", collection_name=name)
        wait_until(lambda: lists.is_loaded(name) and set(lists.served(name)) == set(lists.stored(name)), 180)
        return lists.stored(name)


class Writer(threading.Thread):
    """Another client that inserts 100 rows every 0.2 s and has them flushed every second, for a minute at most."""

    def __init__(self, uri, name, limit=60):
        super().__init__(daemon=True)
        self.name_of_collection, self.limit, self.error, self.flushes = name, limit, None, 0
        self.pymilvus, self.lists, self.over = seed.connect(uri), Lists(uri), threading.Event()

    def run(self):
        deadline, row = time.monotonic() + self.limit, 1_000_000
        try:
            while time.monotonic() < deadline and not self.over.wait(0.2):
                rows = [{"id": row + count, "vector": [random.random() for _ in range(seed.DIMENSION)]}
                        for count in range(WRITER_ROWS)]
                self.pymilvus.insert(self.name_of_collection, rows)
                row += WRITER_ROWS
                if row % (5 * WRITER_ROWS) == 0:
                    self.lists.flush(self.name_of_collection)
                    self.flushes += 1
        except Exception as error:  # the test that uses it says so
            self.error = error

    def __enter__(self):
        self.start()
        wait_until(lambda: self.flushes > 0 or self.error)
        return self

    def __exit__(self, *_):
        self.over.set()
        self.join(30)
        self.lists.channel.close()


@dataclasses.dataclass(frozen=True)
class Look:
    """A collection at one moment. What is served is asked for first."""
    served: dict
    stored: dict
    plans: set
    indexed: tuple

    @classmethod
    def at(cls, lists, name, with_served=True):
        served = lists.served(name) if with_served else {}
        return cls(served, lists.stored(name), lists.plans(), lists.indexed(name))

    def holding(self, before):
        """The stored segments that hold rows of the segments `before`: those themselves, and what they became."""
        sources = {target: sources for sources, target in self.plans if target > 0}

        def comes_from(segment):
            return segment in before or any(comes_from(source) for source in sources.get(segment, ()))
        return {segment for segment in self.stored if comes_from(segment)}

    def stale(self):
        """Served segments that are not stored any more."""
        return set(self.served) - set(self.stored)

    def missing(self, before):
        """Stored segments with rows of `before` that no query node serves."""
        return self.holding(before) - {segment for segment, nodes in self.served.items() if nodes}


class Recorder:
    """Stands before a server on loopback, counts what it is asked, and tells `watch` before it passes a request on."""
    PATIENCE = 60

    def __init__(self, port):
        self.channel = grpc.insecure_channel(f"127.0.0.1:{port}", [("grpc.max_reconnect_backoff_ms", 200)])
        self.counts, self.watch = collections.Counter(), None
        self.server = grpc.server(futures.ThreadPoolExecutor(32), handlers=[self])
        self.uri = f"http://127.0.0.1:{self.server.add_insecure_port('127.0.0.1:0')}"
        self.server.start()

    def service(self, call):
        """What grpc asks for each request: how to answer it."""
        return grpc.unary_unary_rpc_method_handler(lambda request, context: self._pass_on(call, request, context))

    def _pass_on(self, call, request, context):
        method = call.method.rpartition("/")[2]
        self.counts[method] += 1
        if self.watch:
            self.watch(method)
        metadata = [pair for pair in call.invocation_metadata if not pair[0].startswith("grpc-")]
        timeout = min(context.time_remaining() or self.PATIENCE, self.PATIENCE)
        try:
            return self.channel.unary_unary(call.method)(request, metadata=metadata, timeout=timeout)
        except grpc.RpcError as error:
            context.abort(error.code(), error.details())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.stop(0)
        self.channel.close()
