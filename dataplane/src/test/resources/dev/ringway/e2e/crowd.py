"""Opens more flows through a Service than its node has room for, and tells what became of them, a line each.

usage: crowd.py ADDRESS PORT, where TCP and UDP are served
"""
import resource
import socket
import sys

SERVICE = (sys.argv[1], int(sys.argv[2]))
PATIENCE_S, MANY = 1.5, 1500
resource.setrlimit(resource.RLIMIT_NOFILE, (MANY + 100, max(MANY + 100, resource.getrlimit(resource.RLIMIT_NOFILE)[1])))


def ask(server):
    server.settimeout(10)
    server.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    answer = b""
    while not answer.partition(b"\r\n\r\n")[2].endswith(b"\n"):
        answer += server.recv(65535) or sys.exit("closed")
    return b" 200 " in answer


first = socket.create_connection(SERVICE, 10)
for _ in range(MANY):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(1)
        client.sendto(b"x", SERVICE)
        client.recv(100)
print("after datagrams:", ask(first))
held = [first]
try:
    while len(held) < MANY:
        held.append(socket.create_connection(SERVICE, PATIENCE_S))
except TimeoutError:
    pass
print("held:", len(held))
print("when full:", all(ask(server) for server in held[::20]))
for server in held[1:101]:
    server.close()
print("when some have ended:", ask(socket.create_connection(SERVICE, 10)))
