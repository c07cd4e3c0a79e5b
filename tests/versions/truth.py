"""What is said about a compaction, and what was true: situations on real servers and on the scripted one. Each is played
twice, once with pymilvus and once with this library. What was true is told by the segments on the server, or by the
script that it plays.
"""
import concurrent.futures
import contextlib
import dataclasses
import time

import worlds  # its paths come before what follows

import milvus_server
import seed
from truth_clients import (DONE, FAILED, INSTEAD, LIMIT_S, NOTHING, OTHERS, PARTLY, REFUSED, RUNNING, UNKNOWN, Ours, PyMilvus,
                           judge)


def look(world, *names):
    return [world.segments(name) for name in names]


def changed(world, before, name, neighbour):
    """What was true of a plain compaction of `name`: told by the segments."""
    world.settle(name)
    mine, beside = look(world, name, neighbour)
    if beside != before[1]:
        return OTHERS
    return DONE if mine != before[0] else NOTHING


@dataclasses.dataclass
class Situation:
    """`play(world, connect)` returns (claim, words, truth); connect() makes the client whose turn it is."""
    title: str
    world: str
    play: object


def plain(kind="small", limit=LIMIT_S, **params):
    """Compacts a collection, with a neighbour beside it."""
    def play(world, connect):
        name, neighbour = world.collection(kind), world.collection("small")
        before = look(world, name, neighbour)
        with connect() as client:
            claim, words = client.compact(name, limit, **params)
        truth = changed(world, before, name, neighbour)
        # An option that was asked for, and was not carried out as such.
        if truth == DONE and params and not (not world.is_real and " " in world.compacted()[-1]):
            truth = INSTEAD
        return claim, words, truth
    return play


def unknown_name(world, connect):
    neighbour = world.collection("small")
    before = look(world, neighbour)
    with connect() as client:
        claim, words = client.compact("does_not_exist")
    world.settle(neighbour)
    return claim, words, NOTHING if look(world, neighbour) == before else OTHERS


def by_alias(world, connect):
    name, neighbour = world.collection("small"), world.collection("small")
    before = look(world, name, neighbour)
    with connect() as client:
        claim, words = client.compact(world.alias(name))
    return claim, words, changed(world, before, name, neighbour)


def missing_database(world, connect):
    name = world.collection("small")
    before = look(world, name)
    try:
        with connect("no_such_database") as client:
            claim, words = client.compact(name)
    except Exception as error:  # pymilvus says so when it connects
        claim, words = REFUSED, f"{type(error).__name__}: {error}"
    world.settle(name)
    return claim, words, NOTHING if look(world, name) == before else OTHERS


def two_databases(world, connect):
    """The same name in two databases; the second one is meant."""
    with contextlib.suppress(Exception):
        world.pymilvus.create_database("second")
    name = world.collection("small")
    elsewhere = seed.connect(world.uri, "second")
    seed.create(elsewhere, name)
    seed.fill(elsewhere, name, 4, rows=50)
    before, there = look(world, name), seed.ids_of(elsewhere, name)
    with connect("second") as client:
        claim, words = client.compact(name)
    world.settle(name)
    if look(world, name) != before:
        truth = OTHERS
    else:
        truth = DONE if seed.ids_of(elsewhere, name) != there else NOTHING
    elsewhere.close()
    return claim, words, truth


def unflushed(world, connect):
    name, neighbour = world.collection("empty"), world.collection("small")
    world.pymilvus.insert(name, [{"id": row, "vector": [0.5] * seed.DIMENSION} for row in range(50)])
    before = look(world, name, neighbour)
    with connect() as client:
        claim, words = client.compact(name)
    return claim, words, changed(world, before, name, neighbour)


def deleted_rows(world, connect):
    name, neighbour = world.collection("small"), world.collection("small")
    world.pymilvus.load_collection(name)
    world.pymilvus.delete(name, filter="id < 120")
    time.sleep(0.5)
    world.pymilvus.flush(name)
    before = look(world, name, neighbour)
    with connect() as client:
        claim, words = client.compact(name)
    truth = changed(world, before, name, neighbour)
    assert world.row_count(name) == 80, "the rows are gone in truth"
    return claim, words, truth


def second_trigger(world, connect):
    """While the first job is held up."""
    name = world.collection("slow" if not world.is_real else "small")
    before = look(world, name)
    with connect() as client:
        client.trigger(name)
        claim, words = client.compact(name, wait_limit=2)
    assert look(world, name) == before, "it was running all the time"
    return claim, words, RUNNING


def crash_under_a_job(world, connect):
    name = world.collection("small")
    before = look(world, name)
    with connect() as client:
        job = client.trigger(name)
        client.wait(job, 1)
        world.crash()
        claim, words = client.wait(job, 30)
    world.settle(name)
    return claim, words, NOTHING if look(world, name) == before else DONE


def restart_under_a_job(world, connect):
    name = world.collection("small")
    before = look(world, name)
    with connect() as client:
        job = client.trigger(name)
        world.tell("restart")
        claim, words = client.wait(job)
    return claim, words, NOTHING if look(world, name) == before else DONE


def failing_plans(world, connect):
    """A crash leaves the session of the data node behind; plans sent to it fail."""
    name = world.collection("small")
    before = look(world, name)
    world.crash()
    with connect() as client:
        claim, words = client.compact(name, 40)
    assert look(world, name) == before
    return claim, words, FAILED


def unknown_job(job):
    def play(world, connect):
        with connect() as client:
            claim, words = client.wait(job, 3)
        # There is no such job: whoever says that it is done is wrong, and so is who says it had nothing to do.
        return claim, words, NOTHING if claim == REFUSED else INSTEAD
    return play


def script(kind, truth, **params):
    """A job whose fate is in the script that the server plays."""
    def play(world, connect):
        name = world.collection(kind)
        with connect() as client:
            claim, words = client.compact(name, 5, **params)
        return claim, words, truth
    return play


def lost(command, truth):
    """The connection breaks under the trigger."""
    def play(world, connect):
        name = world.collection("slow")
        with connect() as client:
            client.wait(1, 0.5)  # connected
            world.tell(f"fail trigger {command}")
            claim, words = client.compact(name, 5, wait_limit=2)
        ran = sum(entry == name for entry in world.compacted())
        assert ran == (0 if truth == NOTHING else 1) or ran <= 2, ran
        # Who triggered again has two jobs in truth, or had the second one refused while the first runs.
        return claim, words, RUNNING if ran else NOTHING
    return play


def no_clustering_key(world, connect):
    world.tell("no_clustering_keys")
    return plain(is_clustering=True)(world, connect)


def rate_limited(world, connect):
    first, second = world.collection("small"), world.collection("small")
    with connect() as client:
        for _ in range(3):  # the limiter lets a first one or two pass
            claim, words = client.compact(first, 2)
        before = look(world, second)
        claim, words = client.compact(second, 1)
        world.settle(second)
    return claim, words, NOTHING if look(world, second) == before else DONE


def tasks(world, connect):
    """Tasks of a collection that was never compacted, after another one was."""
    name, other = world.collection("small"), world.collection("small")
    with Ours(world.uri).client as client:
        client.wait(client.compact(other))
    with connect() as client:
        count = client.tasks(name)
    if isinstance(count, str):
        return REFUSED, count, NOTHING
    return (NOTHING if count == 0 else DONE), f"{count} tasks", NOTHING


REAL, OLD, LITE = "real-2.3.5", "real-2.2.16", "real-lite"
HELD, CRASHING, DISABLED, LIMITED = "held-2.3.5", "crashing-2.3.5", "disabled-2.3.5", "limited-2.3.5"
SPECIAL = {
    HELD: dict(environment={"DATACOORD_COMPACTION_CHECK_INTERVAL": "30"}, settings=milvus_server.KILLED_AND_STARTED),
    CRASHING: dict(settings={"common.session.ttl": 30}),
    DISABLED: dict(settings={"dataCoord.enableCompaction": False}),
    LIMITED: dict(settings={"quotaAndLimits.enabled": True, "quotaAndLimits.compactionRate.enabled": True,
                            "quotaAndLimits.compactionRate.max": 0.1}),
}


def played(version):
    return f"played-{version}"


SITUATIONS = [
    Situation("a collection of four small segments", REAL, plain()),
    Situation("the same", OLD, plain()),
    Situation("the same", played("2.4.17"), plain()),
    Situation("the same", played("2.6.8"), plain()),
    Situation("the same", LITE, plain()),
    Situation("a collection that does not exist", REAL, unknown_name),
    Situation("the same", OLD, unknown_name),
    Situation("the same", played("2.4.17"), unknown_name),
    Situation("the same", played("2.6.8"), unknown_name),
    Situation("the same", LITE, unknown_name),
    Situation("an alias", REAL, by_alias),
    Situation("the same", played("2.6.8"), by_alias),
    Situation("a database that does not exist", REAL, missing_database),
    Situation("two databases with a collection of the same name", REAL, two_databases),
    Situation("an empty collection", REAL, plain("empty")),
    Situation("the same: the server answers -1", played("2.6.8"), plain("empty")),
    Situation("a collection without an index", REAL, plain("unindexed")),
    Situation("the same", played("2.4.6"), plain("unindexed")),
    Situation("the same", played("2.6.8"), plain("unindexed")),
    Situation("rows that are not flushed yet", REAL, unflushed),
    Situation("deleted rows to be purged", REAL, deleted_rows),
    Situation("a second trigger while the first job runs", HELD, second_trigger),
    Situation("the same", played("2.6.8"), second_trigger),
    Situation("kill -9 under a job", HELD, crash_under_a_job),
    Situation("a restart under a job, which is lost", played("2.4.6"), restart_under_a_job),
    Situation("a restart under a job, which goes on", played("2.6.8"), restart_under_a_job),
    Situation("plans that really fail", CRASHING, failing_plans),
    Situation("plans that fail and are cleaned up", played("2.6.8"), script("vanishes", FAILED)),
    Situation("the same, with the server's reason", played("3.1.0"), script("vanishes", FAILED)),
    Situation("one plan of three fails", played("2.6.8"), script("fails_partly", PARTLY)),
    Situation("two plans of three complete, and no counter shows the third, which failed", played("2.6.8"),
              script("forgets_some", PARTLY)),
    Situation("the plan runs out of the server's time", played("2.6.8"), script("times_out", FAILED)),
    Situation("plans that are forgotten before they are seen to end", played("2.6.8"), script("is_forgotten", UNKNOWN)),
    Situation("a job id that nobody knows", REAL, unknown_job(123456789)),
    Situation("the job id -1", REAL, unknown_job(-1)),
    Situation("the answer to the trigger is lost, the job runs", played("2.3.5"), lost("cut", RUNNING)),
    Situation("the same", played("2.6.8"), lost("cut", RUNNING)),
    Situation("the same", played("3.1.0"), lost("cut", RUNNING)),
    Situation("the trigger itself is lost", played("2.6.8"), lost("lost", NOTHING)),
    Situation("clustering, which this server ignores", REAL, plain(is_clustering=True)),
    Situation("the same", played("2.4.5"), plain(is_clustering=True)),
    Situation("clustering", played("2.6.8"), plain(is_clustering=True)),
    Situation("clustering without a clustering key", played("2.6.8"), no_clustering_key),
    Situation("L0, which this server ignores", REAL, plain(is_l0=True)),
    Situation("the same", played("2.5.8"), plain(is_l0=True)),
    Situation("a target size, which this server ignores", REAL, plain(target_size_mb=4096)),
    Situation("the same", played("2.6.3"), plain(target_size_mb=4096)),
    Situation("a target size", played("2.6.12"), plain(target_size_mb=4096)),
    Situation("compaction is switched off", DISABLED, plain(limit=25)),
    Situation("a rate limit that lasts longer than the call", LIMITED, rate_limited),
    Situation("the tasks of a collection that has none", REAL, tasks),
    Situation("the same", played("3.0.0"), tasks),
    Situation("the same", played("3.1.0"), tasks),
]


@dataclasses.dataclass
class Row:
    title: str
    server: str
    said: dict  # client's name -> (claim, words, truth, judgement)


class Worlds:
    """Real servers are started once, when first needed; played ones for each turn anew."""

    def __init__(self):
        self.shared = {}

    @contextlib.contextmanager
    def get(self, name):
        if name.startswith("played-"):
            world = worlds.FakeWorld(name.removeprefix("played-"))
            try:
                yield world
            finally:
                world.close()
            return
        if name not in self.shared:
            # One special server at a time is enough.
            for other in [other for other in self.shared if other in SPECIAL]:
                self.shared.pop(other).close()
            special = SPECIAL.get(name)
            self.shared[name] = worlds.RealWorld("2.3.5", **special) if special else worlds.ALL[name]()
        yield self.shared[name]

    def close(self):
        for world in self.shared.values():
            world.close()


def titled():
    """(full title, situation): one that is called the same has the title of the one before."""
    title = ""
    for situation in SITUATIONS:
        rest = situation.title.removeprefix("the same")
        title = title if rest != situation.title else situation.title
        yield (title + rest if rest != situation.title else title), situation


def play(pairs, report):
    """Plays situations one after another, each with both clients."""
    servers, rows = Worlds(), []
    try:
        for title, situation in pairs:
            said = {}
            for who in (PyMilvus, Ours):
                with servers.get(situation.world) as world:
                    @contextlib.contextmanager
                    def connect(database=""):
                        with contextlib.closing(who(world.uri, database)) as client:
                            yield client
                    claim, words, truth = situation.play(world, connect)
                    said[who.name] = (claim, words, truth, judge(claim, truth))
                    server = str(world)
            rows.append(Row(title, server, said))
            report(rows[-1])
    finally:
        servers.close()
    return rows


def run(report=lambda row: None):
    """The rows of all situations, in their order."""
    pairs = list(titled())
    # Those with servers of their own mostly wait: they go beside the others.
    special = [pair for pair in pairs if pair[1].world in SPECIAL]
    others = [pair for pair in pairs if pair[1].world not in SPECIAL]
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        beside = pool.submit(play, special, report)
        rows = iter(play(others, report))
        rows_beside = iter(beside.result())
    return [next(rows_beside if pair in special else rows) for pair in pairs]
