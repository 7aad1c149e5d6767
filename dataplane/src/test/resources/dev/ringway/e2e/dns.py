"""A DNS server on port 53 over UDP and TCP, which tells on its output what it was asked.

usage: dns.py ADDRESS: "who" has this address, "big" a hundred, which take 1.6 kB
"""
import socket
import socketserver
import struct
import sys
import threading

WHO = {"who": [socket.inet_aton(sys.argv[1])], "big": [bytes([192, 0, 2, i]) for i in range(100)]}
A, OPT, TRUNCATED = 1, 41, 0x0200


def answer(query, over, limit):
    """What is larger than a datagram's limit is left out, and the client told so."""
    end = query.index(0, 12) + 5
    name, (kind,) = query[13:13 + query[12]].decode(), struct.unpack_from(">H", query, end - 4)
    if limit and query[10:12] != bytes(2) and query[end:end + 3] == bytes([0, 0, OPT]):
        limit, = struct.unpack_from(">H", query, end + 3)
    records = [struct.pack(">HHHIH", 0xC00C, A, 1, 30, 4) + one for one in WHO[name]] if kind == A else []
    cut = bool(limit) and end + 16 * len(records) > limit
    print(name, over, "truncated" if cut else "whole", flush=True)
    if cut:
        records = []
    flags = 0x8580 | (TRUNCATED if cut else 0)
    return query[:2] + struct.pack(">HHHHH", flags, 1, len(records), 0, 0) + query[12:end] + b"".join(records)


class Tcp(socketserver.StreamRequestHandler):
    def handle(self):
        while length := self.rfile.read(2):
            told = answer(self.rfile.read(int.from_bytes(length, "big")), "tcp", 0)
            self.wfile.write(len(told).to_bytes(2, "big") + told)


class Udp(socketserver.BaseRequestHandler):
    def handle(self):
        query, server = self.request
        server.sendto(answer(query, "udp", 512), self.client_address)


threading.Thread(target=socketserver.UDPServer(("", 53), Udp).serve_forever, daemon=True).start()
socketserver.ThreadingTCPServer(("", 53), Tcp).serve_forever()
