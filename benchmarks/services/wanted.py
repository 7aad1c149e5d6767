"""The wanted state that all peers are given: COUNT Services of one TCP port with five endpoints each.

In the middle of the table, where a Service is found after half of it has been searched, stand the ones that are
measured; kube-proxy's order is that of a hash map. The others are fillers, whose endpoints do not exist.
  web     four pods on node 2 and one on node 1; takes the load
  moved   one endpoint, pod 1 or pod 2 of node 2; the change of it is timed
  turned  the same again; for peers that have two ways to be told
"""
from typing import NamedTuple

POD_RANGE = "10.64.0.0/11"
SERVICE_RANGE = "10.96.0.0/12"
PORT = 80
TARGET_PORT = 8080
FILLER_ENDPOINTS = 5


class Endpoint(NamedTuple):
    address: str
    node: str


class Service(NamedTuple):
    name: str
    address: str
    endpoints: list


def dotted(number):
    return ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))


def pod(node, number):
    """Address of a pod, as nodes.sh sets it."""
    return Endpoint(f"10.64.{node}.{9 + number}", f"node{node}")


def changing(state):
    """The endpoint of moved and turned in state a or b."""
    return [pod(2, {"a": 1, "b": 2}[state])]


def services(count, moved="a", turned="a"):
    """The whole table; the first three of its middle are measured."""
    if count < 3:
        raise SystemExit("at least 3 services")
    first_service, first_endpoint = 10 << 24 | 96 << 16 | 1 << 8, 10 << 24 | 80 << 16
    table = [Service(f"filler-{i}", dotted(first_service + i),
                     [Endpoint(dotted(first_endpoint + i * FILLER_ENDPOINTS + j), "node2")
                      for j in range(FILLER_ENDPOINTS)])
             for i in range(count)]
    middle = count // 2
    web = [pod(2, number) for number in range(1, 5)] + [pod(1, 2)]
    for i, (name, endpoints) in enumerate((("web", web), ("moved", changing(moved)), ("turned", changing(turned)))):
        table[middle - 1 + i] = Service(name, f"10.96.0.{10 + i}", endpoints)
    return table
