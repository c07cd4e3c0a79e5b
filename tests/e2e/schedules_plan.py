"""What happens in one life, and when: drawn from a seed, before it begins."""
import dataclasses
import random

from schedules_network import TO_CLIENT, TO_SERVER

# With how much of what: a share of the packets, or seconds.
NETWORK = {
    "loss": lambda r: r.choice([0.05, 0.2, 0.5]),
    "delay": lambda r: r.choice([0.005, 0.05, 0.3, 1.0]),
    "jitter": lambda r: r.choice([0.01, 0.1, 0.5]),
    "reorder": lambda r: r.choice([0.1, 0.4]),
    "duplicate": lambda r: r.choice([0.1, 0.5, 1.0]),
    "blackhole": lambda _: 1,
    "reset the client": lambda _: 1,
    "reset the server": lambda _: 1,
    # 1: whatever the client sends is refused; 0: new connections only.
    "refuse": lambda r: r.choice([0, 1]),
    "link down": lambda _: 1,
}
ONE_SHOT = ("reset the client", "reset the server")
# A session outlives a crash by so many seconds, and plans fail meanwhile.
TTLS = (5, 15, 30)
# Jobs take a moment, or long enough to be killed under.
PACES = (0.2, 2)
FREEZE = "freeze"
RESTARTS = ("kill", "stop")
# What somebody else does to collections.
CHANGES = ("rename", "alias", "fill", "drop")


@dataclasses.dataclass(eq=False)
class Fault:
    """One event of a schedule: it begins at so many seconds of the life and lasts so many."""
    at: float
    kind: str
    seconds: float = 0
    amount: float = 0
    # Of packets: None is both.
    direction: str = None
    # Of a server that starts again: how often it looks after its plans, in seconds.
    pace: float = 0

    def __str__(self):
        parts = [f"{self.at:5.2f} s: {self.kind}"]
        if self.kind in NETWORK and self.kind not in ONE_SHOT:
            parts += [f"for {self.seconds:.2f} s", f"amount {self.amount:g}", self.direction or "both ways"]
        elif self.kind == FREEZE:
            parts.append(f"for {self.seconds:.2f} s")
        elif self.kind in RESTARTS:
            parts.append(f"down for {self.seconds:.2f} s, then a session.ttl of {self.amount} and a look at plans every {self.pace} s")
        return ", ".join(parts)


@dataclasses.dataclass
class Schedule:
    """What is done to the network (in order of time), and what to the server and its collections, one after the other."""
    seconds: float
    network: list
    server: list

    def __str__(self):
        return "\n".join(str(fault) for fault in sorted(self.network + self.server, key=lambda fault: fault.at))


def draw(seed):
    """The schedule of a seed. Some are quiet, some a storm; a third has restarts. In most the way is long, so that faults
    come while questions and answers are under way."""
    r = random.Random(seed)
    restarts = r.choice([0, 0, 0, 0, 1, 2])
    seconds = r.uniform(6, 10) + 10 * restarts
    moment = lambda: r.uniform(0.2, seconds - 0.5)
    network, server = [], []
    if delay := r.choice([0, 0.02, 0.06, 0.15]):
        network.append(Fault(0, "delay", seconds, delay))
    for _ in range(r.choice([1, 3, 6, 10])):
        kind = r.choice([*NETWORK, *ONE_SHOT])
        has_direction = kind in ("loss", "delay", "jitter", "reorder", "duplicate", "blackhole")
        network.append(Fault(moment(), kind, 0 if kind in ONE_SHOT else r.choice([0.3, 1, 3, 6]) * r.uniform(0.5, 1.5),
                             NETWORK[kind](r), r.choice([None, TO_SERVER, TO_CLIENT]) if has_direction else None))
    for _ in range(restarts):
        server.append(Fault(r.uniform(0.2, seconds - 8), r.choice(RESTARTS), r.choice([0, 0.5, 3]), r.choice(TTLS), pace=r.choice(PACES)))
    for _ in range(r.choice([0, 0, 1, 2])):
        server.append(Fault(moment(), FREEZE, r.choice([0.1, 0.6, 3])))
    for _ in range(r.choice([0, 1, 3])):
        server.append(Fault(moment(), r.choice(CHANGES)))
    by_time = lambda fault: fault.at
    return Schedule(seconds, sorted(network, key=by_time), sorted(server, key=by_time))
