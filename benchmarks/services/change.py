#!/usr/bin/env python3
"""How long a change of one endpoint takes until new connections go to the new one.

usage: change.py run ADDRESS TIMES DIR COMMAND...     runs COMMAND with DIR/to-b, then DIR/to-a, … on its input
       change.py replace ADDRESS TIMES A B FILE...    replaces each FILE by B, then A, … (a copy beside it, renamed)

A watcher in the client's pod connects to ADDRESS all the time, one connection after the other. A change counts from
just before the command, or the writing of the copy, to the first answer of the new endpoint. Prints one JSON object of
lists: total_ms, command_ms (the command or the writing alone), slowest_ms (the longest that a connection took before
and during the change, to its answer), and failed, how many connections failed.
"""
import json
import os
import random
import select
import shutil
import subprocess
import sys
import time

SERVERS = ["n2-p2", "n2-p1"]
LIMIT_S = 60
BETWEEN_S = 0.3
# For a peer that looks for changes at fixed times: no change comes at the same time after such a look as the others.
SPREAD_S = 1.0


def line(watcher):
    """The next change that the watcher has seen: server, monotonic nanoseconds, failures, slowest in microseconds."""
    ready, _, _ = select.select([watcher.stdout], [], [], LIMIT_S)
    if not ready:
        sys.exit(f"no new connection went to the other endpoint in {LIMIT_S} s")
    server, at, failures, slowest = watcher.stdout.readline().split()
    return server, int(at), int(failures), int(slowest)


def run(directory, *command):
    def apply(turn):
        with open(os.path.join(directory, ("to-b", "to-a")[turn % 2]), "rb") as source:
            subprocess.run(command, stdin=source, stdout=sys.stderr, check=True)

    return apply


def replace(a, b, *files):
    def apply(turn):
        for file in files:
            beside = os.path.join(os.path.dirname(file), ".next")
            shutil.copyfile((b, a)[turn % 2], beside)
            os.rename(beside, file)

    return apply


def main():
    how, address, times = sys.argv[1], sys.argv[2], int(sys.argv[3])
    apply = {"run": run, "replace": replace}[how](*sys.argv[4:])
    found = {"total_ms": [], "command_ms": [], "slowest_ms": [], "failed": 0}
    # ip netns exec becomes the program, which is what is ended below.
    watcher = subprocess.Popen(["ip", "netns", "exec", "rb-n1-p1", os.environ["STATE"] + "/watch", address, "80"],
                               stdout=subprocess.PIPE, text=True, bufsize=1)
    try:
        server, *_ = line(watcher)
        if server != SERVERS[1]:
            sys.exit(f"{address} is answered by {server}, not {SERVERS[1]}")
        for turn in range(times):
            time.sleep(BETWEEN_S + SPREAD_S * random.random())
            began = time.monotonic_ns()
            apply(turn)
            done = time.monotonic_ns()
            server, at, failures, slowest = line(watcher)
            if server != SERVERS[turn % 2]:
                sys.exit(f"{address} is answered by {server}, not {SERVERS[turn % 2]}")
            found["total_ms"].append(round((at - began) / 1e6, 2))
            found["command_ms"].append(round((done - began) / 1e6, 2))
            found["slowest_ms"].append(round(slowest / 1e3, 2))
            found["failed"] += failures
    finally:
        watcher.kill()
        watcher.wait()
    print(json.dumps(found))


main()
