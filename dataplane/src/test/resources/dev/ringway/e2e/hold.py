"""Asks again and again on one connection; tells the first answer, and how the connection ended.

usage: hold.py ADDRESS PORT
"""
import errno
import socket
import sys
import time

with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=30) as server:
    told = False
    try:
        while True:
            server.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            heard = server.recv(65535)
            if not heard:
                print("closed")
                break
            if not told:
                print("open", flush=True)
                told = True
            time.sleep(0.1)
    except OSError as e:
        print(errno.errorcode.get(e.errno, e))
