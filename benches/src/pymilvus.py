"""The same calls through pymilvus; prints the same line as the other clients."""

import argparse
import resource
import threading
import time

import pymilvus

parser = argparse.ArgumentParser()
parser.add_argument("--uri")
for number, default in [("threads", 1), ("calls", 1), ("warmup", 0), ("idle", 0)]:
    parser.add_argument(f"--{number}", type=int, default=default)
arguments = parser.parse_args()

client = pymilvus.MilvusClient(uri=arguments.uri)
latencies = []


def usage():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return time.monotonic_ns(), time.process_time_ns(), used.ru_nvcsw + used.ru_nivcsw


def call():
    start = time.monotonic_ns()
    client.get_compaction_state(1, timeout=10)
    latencies.append(time.monotonic_ns() - start)


def calls():
    for _ in range(arguments.calls // arguments.threads):
        call()


for _ in range(arguments.warmup):
    call()
latencies.clear()
before = usage()
if arguments.idle:
    time.sleep(arguments.idle / 1000)
else:
    workers = [threading.Thread(target=calls) for _ in range(arguments.threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
wall, cpu, switches = (after - start for after, start in zip(usage(), before))
latencies.sort()
median = latencies[len(latencies) // 2] if latencies else 0
with open("/proc/self/status") as status:
    most = next(line.split()[1] for line in status if line.startswith("VmHWM:"))
print(f"calls={len(latencies)} median_ns={median} wall_ns={wall} cpu_ns={cpu} switches={switches} rss_kb={most}")
