"""Sends one datagram and tells what came back within two seconds, or how it failed.

usage: datagram.py ADDRESS PORT SOURCE SOURCE_PORT PAYLOAD; SOURCE is an address, or empty
"""
import socket
import sys

address, port, source, source_port, payload = sys.argv[1:]
client = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
client.bind((source, int(source_port)))
client.settimeout(2)
try:
    client.connect((address, int(port)))
    client.send(payload.encode())
    print(client.recv(65535).decode())
except OSError as e:
    sys.exit(str(e))
