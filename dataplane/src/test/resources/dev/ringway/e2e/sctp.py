"""SCTP associations by hand, over raw sockets: for kernels without SCTP, since one that has it would abort them.

usage: sctp.py ADDRESS PORT COUNT: opens associations and closes them, one after the other; tells what each server has
told, or how it failed
"""
import os
import socket
import struct
import sys
import threading

SCTP = 132
INIT, INIT_ACK, SHUTDOWN, SHUTDOWN_ACK, COOKIE_ECHO, COOKIE_ACK, SHUTDOWN_COMPLETE = 1, 2, 7, 8, 10, 11, 14
STATE_COOKIE = 7
IP_RECVERR, IPV6_RECVERR = 11, 25


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def packet(source, destination, tag, kind, body=b""):
    chunk = struct.pack(">BBH", kind, 0, 4 + len(body)) + body + bytes(-len(body) % 4)
    head = struct.pack(">HHI", source, destination, tag)
    return head + struct.pack("<I", crc32c(head + bytes(4) + chunk)) + chunk


def parse(data):
    """Ports, tag, kind and body of the first chunk, and whether the checksum is right."""
    source, destination, tag = struct.unpack_from(">HHI", data)
    crc, = struct.unpack_from("<I", data, 8)
    kind, _, length = struct.unpack_from(">BBH", data, 12)
    return source, destination, tag, kind, data[16:12 + length], crc == crc32c(data[:8] + bytes(4) + data[12:])


def random32():
    return int.from_bytes(os.urandom(4), "big") | 1


def opening(tag, parameters=b""):
    return struct.pack(">IIHHI", tag, 65536, 1, 1, random32()) + parameters


def open_raw(family):
    return socket.socket(family, socket.SOCK_RAW, SCTP)


def receive(raw, family):
    """A packet without its IPv4 header, and who has sent it."""
    data, sender = raw.recvfrom(65535)
    return data[(data[0] & 15) * 4:] if family == socket.AF_INET else data, sender[0]


def serve(name, port, family):
    """Answers for good. What a client has to know lies in the cookie that it gets and brings back."""
    raw = open_raw(family)
    while True:
        data, client = receive(raw, family)
        source, destination, tag, kind, body, right = parse(data)
        if destination != port or not right:
            continue
        if kind == INIT:
            peer, = struct.unpack_from(">I", body)
            cookie = struct.pack(">I", peer) + f"{name} {client}".encode()
            answer = packet(port, source, peer, INIT_ACK,
                            opening(peer, struct.pack(">HH", STATE_COOKIE, 4 + len(cookie)) + cookie))
        elif kind == COOKIE_ECHO:
            answer = packet(port, source, struct.unpack_from(">I", body)[0], COOKIE_ACK)
        elif kind == SHUTDOWN:
            # Both ends have the same tag here, so that nothing needs to be remembered.
            answer = packet(port, source, tag, SHUTDOWN_ACK)
        else:
            continue
        raw.sendto(answer, (client, 0))


def start(name, port):
    for family in (socket.AF_INET, socket.AF_INET6):
        threading.Thread(target=serve, args=(name, port, family), daemon=True).start()


def call(address, port):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    raw = open_raw(family)
    raw.settimeout(5)
    if family == socket.AF_INET:
        raw.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
    else:
        raw.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVERR, 1)
    own, tag = 20000 + random32() % 40000, random32()

    def ask(to, kind, body, expected):
        raw.sendto(packet(own, port, to, kind, body), (address, 0))
        while True:
            data, sender = receive(raw, family)
            source, destination, answered, said, answer, right = parse(data)
            if destination != own:
                continue
            seen = (sender, source, answered, said, right)
            if seen != (address, port, tag, expected, True):
                raise SystemExit(f"expected {(address, port, tag, expected, True)}, got {seen}")
            return answer

    answer = ask(0, INIT, opening(tag), INIT_ACK)
    peer, = struct.unpack_from(">I", answer)
    kind, length = struct.unpack_from(">HH", answer, 16)
    cookie = answer[20:16 + length]
    ask(peer, COOKIE_ECHO, cookie, COOKIE_ACK)
    ask(peer, SHUTDOWN, bytes(4), SHUTDOWN_ACK)
    raw.sendto(packet(own, port, peer, SHUTDOWN_COMPLETE), (address, 0))
    return cookie[4:].decode()


if __name__ == "__main__":
    try:
        for _ in range(int(sys.argv[3])):
            print(call(sys.argv[1], int(sys.argv[2])))
    except OSError as e:
        sys.exit(str(e))
