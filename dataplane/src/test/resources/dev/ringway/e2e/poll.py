"""Connects again and again and tells, with the time, whenever it is another server that answers.

usage: poll.py ADDRESS PORT
"""
import socket
import sys
import time

last = None
while True:
    try:
        with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=5) as server:
            server.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            name = server.makefile().read().split("\n")[-2].split()[0]
    except OSError:
        continue
    if name != last:
        last = name
        print(int(time.time() * 1000), name, flush=True)
    time.sleep(0.002)
