#!/usr/bin/env python3
"""Runs a command in a network of its own that has nothing but loopback: what it starts can neither listen on
nor talk to anything else. (Milvus 2.2 dials the machine's address, and every version listens on all of them.)

usage: loopback_only.py COMMAND [ARGUMENT...]

Where the system does not allow that, the command runs in the machine's network, and this program says so.
"""
import fcntl
import os
import socket
import struct
import subprocess
import sys

SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1


def bring_loopback_up():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sh14x", b"lo", 0)
        _, flags = struct.unpack("16sh14x", fcntl.ioctl(control, SIOCGIFFLAGS, request))
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))


def main():
    arguments = sys.argv[1:]
    if arguments[:1] == ["--inside"]:
        bring_loopback_up()
        os.execvp(arguments[1], arguments[1:])
    if not arguments:
        sys.exit(__doc__)
    private = ["unshare", "--map-root-user", "--net"]
    try:
        subprocess.run(private + ["true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        print("loopback_only: this system allows no private network; using the machine's", file=sys.stderr)
        os.execvp(arguments[0], arguments)
    os.execvp(private[0], private + [sys.executable, os.path.abspath(__file__), "--inside"] + arguments)


if __name__ == "__main__":
    main()
