#!/usr/bin/env bash
# Ringway: the daemon of the distribution on both nodes, ten pods a node, of which the first carries the traffic.
# ENCAP (vxlan | gre) and THREADING (shared | dedicated) vary it. Start-up times go to $STATE/ready, see ready.py.
# usage: ringway.sh up | down          (up prints the address of the pod on node 2)
set -e
here=$(cd "$(dirname "$0")" && pwd)
dist=${DIST:-$here/../../../dataplane/target/dist}

config() {
    local pod
    cat << END
node: node$1
cluster:
  podCidrs: [10.42.0.0/16, "fd00:42::/48"]
  nodes:
    - {name: node1, address: 172.30.0.1, podCidrs: [10.42.1.0/24, "fd00:42:0:1::/64"]}
    - {name: node2, address: 172.30.0.2, podCidrs: [10.42.2.0/24, "fd00:42:0:2::/64"]}
encap: {type: ${ENCAP:-vxlan}}
threading: {mode: ${THREADING:-shared}}
control: {socket: $STATE/node$1/ringway.sock}
cni: {stateDir: $STATE/node$1/state}
pods:
END
    for pod in $(seq 10); do
        echo "  - {name: bench/p$pod, netns: rwb-n$1-p$pod, interface: eth0, addresses: [10.42.$1.$((9 + pod))]}"
    done
}

up() {
    local i pod
    : > "$STATE/ready"
    for i in 1 2; do
        for pod in $(seq 2 10); do
            ip netns add rwb-n$i-p$pod
        done
        config $i > "$STATE/node$i.yaml"
        "$here/../ready.py" "$STATE/node$i/ringway.sock" "$STATE/node$i.pid" \
            ip netns exec rwb-n$i "$dist/bin/ringway" switch --config "$STATE/node$i.yaml" \
            2> "$STATE/node$i.log" >> "$STATE/ready"
    done
    echo 10.42.2.10
}

down() {
    local i pid
    for i in 1 2; do
        [ -s "$STATE/node$i.pid" ] || continue
        pid=$(cat "$STATE/node$i.pid")
        kill "$pid" 2>/dev/null || true
        while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
        rm "$STATE/node$i.pid"
    done
}

"$1"
