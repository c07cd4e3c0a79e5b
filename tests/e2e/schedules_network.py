"""A network of two ends with a router between them that can do to a packet whatever a network can.

Each end is a TUN device in a network of its own; the router is a thread that reads packets from one and writes them to
the other. It forges resets and refusals with the numbers that the two ends expect, as firewalls and balancers do.
"""
import contextlib
import fcntl
import heapq
import os
import random
import select
import socket
import struct
import threading
import time

from loopback_only import IFF_UP, SIOCGIFFLAGS, SIOCSIFFLAGS

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 1, 0x1000
SIOCSIFADDR, SIOCSIFNETMASK = 0x8916, 0x891C
TO_SERVER, TO_CLIENT = "to the server", "to the client"
SERVER_ADDRESS, CLIENT_ADDRESS, MASK = "10.77.0.1", "10.77.0.2", "255.255.255.0"
FIN, SYN, RST, ACK = 1, 2, 4, 16
LARGEST_PACKET = 65536


def set_up(name, is_up):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sh14x", name.encode(), 0)
        _, flags = struct.unpack("16sh14x", fcntl.ioctl(control, SIOCGIFFLAGS, request))
        flags = flags | IFF_UP if is_up else flags & ~IFF_UP
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", name.encode(), flags))


def open_device(name, address):
    """A TUN device of this network that is up and has the address: what is sent to it can be read from the descriptor."""
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        for request, value in ((SIOCSIFADDR, address), (SIOCSIFNETMASK, MASK)):
            fcntl.ioctl(control, request, struct.pack("16sHH4s8x", name.encode(), socket.AF_INET, 0, socket.inet_aton(value)))
    set_up(name, True)
    return device


def _checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def reset_packet(source, target, sequence, acknowledged=None):
    """A TCP reset from an (address, port) to another."""
    addresses = source[0] + target[0]
    flags = RST if acknowledged is None else RST | ACK
    parts = source[1], target[1], sequence, acknowledged or 0, 5 << 4, flags, 0
    tcp = struct.pack("!HHIIBBHHH", *parts, 0, 0)
    tcp = struct.pack("!HHIIBBHHH", *parts, _checksum(addresses + struct.pack("!HH", socket.IPPROTO_TCP, len(tcp)) + tcp), 0)
    head = lambda check: struct.pack("!BBHHHBBH8s", 0x45, 0, 20 + len(tcp), 0, 0, 64, socket.IPPROTO_TCP, check, addresses)
    return head(_checksum(head(0))) + tcp


class Segment:
    """What the router has to know of a TCP packet; None where a packet is something else."""

    def __init__(self, packet):
        start = (packet[0] & 15) * 4
        self.source, self.target = packet[12:16], packet[16:20]
        self.source_port, self.target_port, self.sequence, self.acknowledged, _, self.flags = struct.unpack_from("!HHIIBB", packet, start)

    @classmethod
    def of(cls, packet):
        return cls(packet) if len(packet) >= 40 and packet[0] >> 4 == 4 and packet[9] == socket.IPPROTO_TCP else None


class Router:
    """Passes packets on between two devices. `faults` are those in force: objects with kind, direction and amount."""

    def __init__(self, server_device, client_device, seed):
        self.devices = {TO_SERVER: server_device, TO_CLIENT: client_device}
        self.random = random.Random(seed)
        self.faults = []
        self.lock = threading.Lock()
        # By the client's port: the address pair, and what each side acknowledged last, which is what it expects next.
        self.flows = {}
        self.waiting = []
        self.number = 0
        self.counts = {"passed": 0, "dropped": 0, "delayed": 0, "duplicated": 0, "reset": 0, "refused": 0}
        self.waker, self.woken = os.pipe()[::-1]
        self.is_over = False
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def begin(self, fault):
        with self.lock:
            self.faults.append(fault)
            if fault.kind in ("reset the client", "reset the server"):
                self._reset(TO_CLIENT if fault.kind == "reset the client" else TO_SERVER)

    def end(self, fault):
        with self.lock, contextlib.suppress(ValueError):
            self.faults.remove(fault)

    def clear(self):
        with self.lock:
            self.faults.clear()

    def stop(self):
        self.is_over = True
        os.write(self.waker, b"x")
        self.thread.join()
        os.close(self.waker)
        os.close(self.woken)

    def _run(self):
        ways = {self.devices[TO_CLIENT]: TO_SERVER, self.devices[TO_SERVER]: TO_CLIENT}
        while not self.is_over:
            pause = max(0.0, self.waiting[0][0] - time.monotonic()) if self.waiting else None
            readable, _, _ = select.select([*ways, self.woken], [], [], pause)
            with self.lock:
                for device in readable:
                    # The other end's device may be gone, or down.
                    with contextlib.suppress(OSError):
                        while device in ways:
                            self._arrived(os.read(device, LARGEST_PACKET), ways[device])
                while self.waiting and self.waiting[0][0] <= time.monotonic():
                    _, _, packet, way = heapq.heappop(self.waiting)
                    self._write(packet, way)

    def _write(self, packet, way):
        with contextlib.suppress(OSError):
            os.write(self.devices[way], packet)

    def _arrived(self, packet, way):
        segment = Segment.of(packet)
        if segment is None:
            return
        self._remember(segment, way)
        is_first = segment.flags & (SYN | ACK) == SYN
        active = [fault for fault in self.faults if fault.direction in (None, way)]
        if any(fault.kind == "refuse" and way == TO_SERVER and (is_first or fault.amount) for fault in active):
            self.counts["refused"] += 1
            self._write(reset_packet((segment.target, segment.target_port), (segment.source, segment.source_port),
                                     segment.acknowledged if segment.flags & ACK else 0, segment.sequence + 1 & 0xFFFFFFFF), TO_CLIENT)
            return
        chance = lambda kind: any(fault.kind == kind and self.random.random() < fault.amount for fault in active)
        if any(fault.kind == "blackhole" for fault in active) or chance("loss"):
            self.counts["dropped"] += 1
            return
        copies = 2 if chance("duplicate") else 1
        self.counts["duplicated"] += copies - 1
        for _ in range(copies):
            pause = sum(fault.amount for fault in active if fault.kind == "delay")
            pause += sum(fault.amount * self.random.random() for fault in active if fault.kind == "jitter")
            pause += 0.03 * chance("reorder")
            if pause:
                self.counts["delayed"] += 1
                self.number += 1
                heapq.heappush(self.waiting, (time.monotonic() + pause, self.number, packet, way))
            else:
                self.counts["passed"] += 1
                self._write(packet, way)

    def _remember(self, segment, way):
        port = segment.source_port if way == TO_SERVER else segment.target_port
        if segment.flags & RST:
            self.flows.pop(port, None)
            return
        flow = self.flows.setdefault(port, {})
        if segment.flags & SYN and way == TO_SERVER:
            flow.clear()
        ends = (segment.source, segment.source_port), (segment.target, segment.target_port)
        flow["client"], flow["server"] = ends if way == TO_SERVER else ends[::-1]
        if segment.flags & ACK:
            # What comes this way has to begin with this number.
            flow[TO_CLIENT if way == TO_SERVER else TO_SERVER] = segment.acknowledged

    def _reset(self, way):
        """Resets each connection at one of its ends; the other end finds out when it sends."""
        for flow in self.flows.values():
            if way in flow:
                source, target = ("server", "client") if way == TO_CLIENT else ("client", "server")
                self.counts["reset"] += 1
                self._write(reset_packet(flow[source], flow[target], flow[way]), way)
