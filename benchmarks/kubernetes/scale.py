"""What run.sh runs: the pods' servers, the client in a pod's namespace, and the rounds of measuring."""
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import time
import urllib.request

VIP, PORT = "10.96.255.1", 80
SLICE = "/apis/discovery.k8s.io/v1/namespaces/bench/endpointslices/probe-1"
PODS = {"1": "10.128.1.11", "2": "10.128.1.12"}


def serve(name):
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("0.0.0.0", 8080))
    while True:
        _, client = server.recvfrom(64)
        server.sendto(name.encode(), client)


def put(path, body):
    request = urllib.request.Request("http://172.31.0.1:6443" + path, json.dumps(body).encode(), method="PUT")
    urllib.request.urlopen(request).read()


def point_to(pod):
    put(SLICE, {"kind": "EndpointSlice", "apiVersion": "discovery.k8s.io/v1",
                "metadata": {"name": "probe-1", "namespace": "bench", "uid": "probe-e",
                             "labels": {"kubernetes.io/service-name": "probe"}},
                "addressType": "IPv4", "ports": [{"port": 8080, "protocol": "UDP"}],
                "endpoints": [{"addresses": [PODS[pod]], "conditions": {"ready": True}, "nodeName": "node1"}]})


def ask(client):
    try:
        client.send(b"x")
        return client.recv(64).decode()
    except OSError:
        return ""


def change(count):
    """In the client's namespace: seconds from just before each write to the API to the new pod's first answer."""
    put("/api/v1/namespaces/bench/services/probe",
        {"kind": "Service", "apiVersion": "v1", "metadata": {"name": "probe", "namespace": "bench", "uid": "probe-s"},
         "spec": {"type": "ClusterIP", "clusterIP": VIP, "clusterIPs": [VIP],
                  "ports": [{"port": PORT, "protocol": "UDP", "targetPort": 8080}]}})
    client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    client.connect((VIP, PORT))
    client.settimeout(0.02)
    point_to("1")
    while ask(client) != "1":
        time.sleep(0.05)
    seconds = []
    for i in range(count):
        pod = "2" if i % 2 == 0 else "1"
        time.sleep(0.05)
        start = time.perf_counter()
        point_to(pod)
        while ask(client) != pod:
            pass
        seconds.append(time.perf_counter() - start)
    print(json.dumps(seconds))


def memory(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        fields = dict(re.findall(r"^(VmRSS|VmHWM):\s+(\d+) kB", status.read(), re.M))
    return int(fields["VmRSS"]) / 1024, int(fields["VmHWM"]) / 1024


def start(launcher, state, services):
    """Starts the switch; returns it with the seconds until it forwards and until all Services are in force."""
    log = os.path.join(state, "switch.log")
    with open(log, "w", encoding="utf-8") as out:
        began = time.monotonic()
        daemon = subprocess.Popen(["ip", "netns", "exec", "rb-k1", launcher, "switch", "--config",
                                   os.path.join(state, "ringway.yaml")], stderr=out)
    ready = whole = None
    while whole is None:
        time.sleep(0.01)
        if daemon.poll() is not None:
            sys.exit("the switch ended: " + open(log, encoding="utf-8").read())
        text = open(log, encoding="utf-8").read()
        if ready is None and "ready: node" in text:
            ready = time.monotonic() - began
        counts = [int(n) for n in re.findall(r"Services: (\d+) addresses", text)]
        if counts and counts[-1] >= services and ready is not None:
            whole = time.monotonic() - began
    return daemon, ready, whole


def measure(launcher, state, services, changes, rounds):
    results = {"ready, nothing known (s)": [], "all Services, nothing known (s)": [], "ready, from disk (s)": [],
               "all Services, from disk (s)": [], "resident after that (MiB)": [], "most resident (MiB)": [],
               "change p50 (ms)": [], "change p99 (ms)": []}
    for number in range(rounds):
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
        subprocess.run(["rm", "-rf", os.path.join(state, "state"), os.path.join(state, "run")], check=True)
        daemon, ready, whole = start(launcher, state, services)
        results["ready, nothing known (s)"].append(ready)
        results["all Services, nothing known (s)"].append(whole)
        while not os.path.exists(os.path.join(state, "state", "kubernetes.json")):
            time.sleep(0.1)
        client = subprocess.run(["ip", "netns", "exec", "rb-k1-p3", "python3", __file__, "change", str(changes)],
                                check=True, capture_output=True, text=True)
        times = sorted(json.loads(client.stdout))
        results["change p50 (ms)"].append(statistics.median(times) * 1000)
        results["change p99 (ms)"].append(times[int(len(times) * 0.99)] * 1000)
        resident, most = memory(daemon.pid)
        results["resident after that (MiB)"].append(resident)
        results["most resident (MiB)"].append(most)
        daemon.terminate()
        daemon.wait()
        daemon, ready, whole = start(launcher, state, services)
        results["ready, from disk (s)"].append(ready)
        results["all Services, from disk (s)"].append(whole)
        daemon.terminate()
        daemon.wait()
    print("| | median | least | most |\n|---|---|---|---|")
    for name, values in results.items():
        print(f"| {name} | {statistics.median(values):.3g} | {min(values):.3g} | {max(values):.3g} |")


if __name__ == "__main__":
    {"serve": lambda: serve(sys.argv[2]), "change": lambda: change(int(sys.argv[2])),
     "measure": lambda: measure(sys.argv[2], sys.argv[3], *map(int, sys.argv[4:]))}[sys.argv[1]]()
