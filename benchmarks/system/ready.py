#!/usr/bin/env python3
"""Starts a daemon and waits until its control socket says that it is ready to forward.

usage: ready.py SOCKET PIDFILE COMMAND...

Prints the milliseconds from just before exec to the answer {"ready": true}. The daemon's output goes to standard
error; its process id to PIDFILE. `ip netns exec` and the launcher exec, so that the id stays that of the daemon.
"""
import json
import os
import socket
import subprocess
import sys
import time

LIMIT_S = 30


def is_ready(path):
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(5)
            client.connect(path)
            client.sendall(b'{"v":1,"op":"status"}\n')
            answer = client.makefile().readline()
        return json.loads(answer)["result"]["ready"]
    except (OSError, ValueError, KeyError):
        return False


def main():
    path, pid_file, command = sys.argv[1], sys.argv[2], sys.argv[3:]
    if os.path.exists(path):
        os.unlink(path)
    began = time.monotonic()
    daemon = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sys.stderr, start_new_session=True)
    with open(pid_file, "w", encoding="ascii") as out:
        out.write(str(daemon.pid))
    while not is_ready(path):
        if daemon.poll() is not None:
            sys.exit(f"{command} ended with {daemon.returncode}")
        if time.monotonic() - began > LIMIT_S:
            sys.exit(f"{command} is not ready after {LIMIT_S} s")
        time.sleep(0.003)
    print(f"{(time.monotonic() - began) * 1000:.0f}")


main()
