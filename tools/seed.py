"""Fills collections of a real server with small segments, and looks at them, with pymilvus."""
import random
import time

from pymilvus import DataType, MilvusClient
from pymilvus.grpc_gen import milvus_pb2

DIMENSION = 8


def create(client, name, indexed=True):
    """A collection with an int64 key and a vector. Without an index 2.3 servers never compact it."""
    schema = client.create_schema(auto_id=False)
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=DIMENSION)
    client.create_collection(name, schema=schema, consistency_level="Strong")
    if indexed:
        index = client.prepare_index_params()
        index.add_index("vector", index_type="FLAT", metric_type="L2")
        client.create_index(name, index)


def fill(client, name, segments=8, rows=100, partition=""):
    """Inserts `segments` times `rows` rows, each batch flushed into a segment of its own."""
    generator = random.Random(name)
    connection = client._get_connection()
    # Rows, as somebody may compact the segments meanwhile.
    expected = sum(segment.num_rows for segment in segments_of(client, name)) + segments * rows
    for segment in range(segments):
        first = segment * rows
        client.insert(name, [{"id": first + row, "vector": [generator.random() for _ in range(DIMENSION)]}
                             for row in range(rows)], partition_name=partition)
        # The flush is not waited for here: once at the end is enough, and six times as fast.
        database = client._config.db_name or "default"
        request = milvus_pb2.FlushRequest(db_name=database, collection_names=[name])
        connection._stub.Flush(request, metadata=[("dbname", database)], timeout=10)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        flushed = sum(segment.num_rows for segment in segments_of(client, name) if segment.state == 4)
        indexed = all(d.pending_index_rows == 0 and d.indexed_rows == d.total_rows for d in indexes_of(client, name))
        if flushed >= expected and indexed:
            return
        time.sleep(0.05)
    raise TimeoutError(f"{name}: {flushed} of {expected} rows were flushed within a minute")


def _call(client, method, request):
    database = client._config.db_name or "default"
    return getattr(client._get_connection()._stub, method)(request, metadata=[("dbname", database)], timeout=10)


def segments_of(client, name):
    """The persistent segments of a collection, as the protocol has them, by id."""
    database = client._config.db_name or "default"
    request = milvus_pb2.GetPersistentSegmentInfoRequest(dbName=database, collectionName=name)
    return sorted(_call(client, "GetPersistentSegmentInfo", request).infos, key=lambda segment: segment.segmentID)


def ids_of(client, name):
    """The ids of its segments."""
    return [segment.segmentID for segment in segments_of(client, name)]


def indexes_of(client, name):
    database = client._config.db_name or "default"
    request = milvus_pb2.DescribeIndexRequest(db_name=database, collection_name=name)
    return _call(client, "DescribeIndex", request).index_descriptions


def connect(uri, database=""):
    return MilvusClient(uri=uri, db_name=database)
