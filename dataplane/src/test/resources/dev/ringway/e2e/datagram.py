"""Sends a datagram from each of some ports, and tells what came back within two seconds, or how it failed.

usage: datagram.py ADDRESS PORT SOURCE SOURCE_PORT PORTS PAYLOAD; SOURCE is an address, or empty
"""
import socket
import sys

address, port, source, first, ports, payload = sys.argv[1:]
for own in range(int(first), int(first) + int(ports)):
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        client.bind((source, own))
        client.settimeout(2)
        try:
            client.connect((address, int(port)))
            client.send(payload.encode())
            print(client.recv(65535).decode())
        except OSError as e:
            print(e)
