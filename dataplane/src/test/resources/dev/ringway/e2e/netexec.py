"""A pod's server: tells over HTTP, UDP and SCTP who it is and whom it sees as the client.

usage: netexec.py NAME PORT
"""
import http.server
import socket
import socketserver
import sys
import threading

import sctp

NAME, PORT = sys.argv[1], int(sys.argv[2])


def plain(address):
    return address.removeprefix("::ffff:")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path.startswith("/big/"):
            body = b"x" * int(self.path[5:])
        else:
            body = f"{NAME} {plain(self.client_address[0])}\n".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    address_family = socket.AF_INET6
    daemon_threads = True
    request_queue_size = 128

    def server_bind(self):
        self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        socketserver.TCPServer.server_bind(self)


def udp():
    """Answers from the address that it was asked by, of which a node has many."""
    server = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
    server.bind(("::", PORT))
    while True:
        data, info, _, client = server.recvmsg(65535, 256)
        answer = f"{NAME} {plain(client[0])} {len(data)}".encode() if data != b"echo" else data
        asked = [(level, kind, value[:16] + bytes(4)) for level, kind, value in info]
        server.sendmsg([answer], asked, 0, client)


threading.Thread(target=udp, daemon=True).start()
sctp.start(NAME, PORT)
Server(("::", PORT), Handler).serve_forever()
