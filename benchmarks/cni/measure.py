"""Times CNI commands as a runtime runs them; part of run.sh.

usage: measure.py STATE RUNS PARALLEL
"""
import concurrent.futures
import json
import os
import socket
import statistics
import subprocess
import sys
import time

STATE, RUNS, PARALLEL = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
NETWORKS = {
    "ringway": (f"{STATE}/bin/ringway-cni",
                {"cniVersion": "1.1.0", "name": "ringway", "type": "ringway-cni", "socket": f"{STATE}/ringway.sock"}),
    "bridge + host-local": ("/usr/lib/cni/bridge", {
        "cniVersion": "1.0.0", "name": "bench", "type": "bridge", "bridge": "cni-bench0", "isGateway": True,
        "ipam": {"type": "host-local", "dataDir": f"{STATE}/host-local",
                 "ranges": [[{"subnet": "10.99.0.0/24"}], [{"subnet": "fd00:99::/64"}]]}}),
}


def call(network, command, pod=None):
    """Milliseconds that a command took; it must succeed."""
    program, config = NETWORKS[network]
    env = {"PATH": os.environ["PATH"], "CNI_COMMAND": command, "CNI_PATH": f"{STATE}/bin:/usr/lib/cni"}
    if pod is not None:
        env |= {"CNI_CONTAINERID": f"pod{pod}", "CNI_NETNS": f"/run/netns/rbc-pod{pod}", "CNI_IFNAME": "eth0"}
    start = time.perf_counter()
    done = subprocess.run([program], input=json.dumps(config), text=True, capture_output=True, env=env)
    took = (time.perf_counter() - start) * 1000
    if done.returncode != 0:
        sys.exit(f"{network} {command}: {done.stdout} {done.stderr}")
    return took


def ask_daemon(command, pod):
    """Milliseconds of the daemon's part: what the plugin asks for over the control socket."""
    request = {"v": 1, "op": "cni", "args": {
        "command": command, "containerId": f"pod{pod}", "netns": f"/run/netns/rbc-pod{pod}", "ifname": "eth0",
        "args": "", "path": "", "config": NETWORKS["ringway"][1], "ownNetns": os.readlink("/proc/self/ns/net")}}
    start = time.perf_counter()
    with socket.socket(socket.AF_UNIX) as daemon:
        daemon.connect(f"{STATE}/ringway.sock")
        daemon.sendall(json.dumps(request).encode() + b"\n")
        answer = json.loads(daemon.makefile().readline())
    took = (time.perf_counter() - start) * 1000
    if not answer["ok"]:
        sys.exit(f"{command}: {answer}")
    return took


def row(network, command, times):
    q = statistics.quantiles(times, n=4)
    print(f"| {network} | {command} | {statistics.median(times):.1f} | {q[0]:.1f}..{q[2]:.1f} | {max(times):.1f} |")


print("| plugin | command | median ms | quartiles | longest |\n|---|---|---|---|---|")
results = {}
for i in range(3):  # what is slow only once: page cache, the daemon's classes
    for network in NETWORKS:
        call(network, "ADD", i)
        call(network, "DEL", i)
for i in range(RUNS):
    for network in NETWORKS:
        for command in ("ADD", "DEL"):
            results.setdefault((network, command), []).append(call(network, command, i))
    for command in ("ADD", "DEL"):
        results.setdefault(("ringway, the daemon alone", command), []).append(ask_daemon(command, i))
    for command in ("STATUS", "VERSION"):
        results.setdefault(("ringway", command), []).append(call("ringway", command))
for (network, command), times in sorted(results.items()):
    row(network, command, times)
for network in NETWORKS:
    with concurrent.futures.ThreadPoolExecutor(PARALLEL) as pool:
        start = time.perf_counter()
        list(pool.map(lambda i: call(network, "ADD", i), range(PARALLEL)))
        print(f"| {network} | {PARALLEL} ADDs at once, all | {(time.perf_counter() - start) * 1000:.0f} | | |")
        list(pool.map(lambda i: call(network, "DEL", i), range(PARALLEL)))
