#!/usr/bin/env bash
# Ringway: the daemon of the distribution on both nodes; Services from a directory of files for each node, one file with
# all of them but the one whose change is timed, which has its own.
# usage: ringway.sh load | down          (load prints the seconds from each daemon's start to its being ready)
set -e
dist=${DIST:-$HERE/../../dataplane/target/dist}

config() {
    local pod
    cat << END
node: node$1
cluster:
  podCidrs: [10.64.0.0/11]
  serviceCidrs: [10.96.0.0/12]
  nodes:
    - {name: node1, address: 172.30.0.1, podCidrs: [10.64.1.0/24]}
    - {name: node2, address: 172.30.0.2, podCidrs: [10.64.2.0/24]}
services: {file: $STATE/services$1}
cni: {stateDir: $STATE/cni$1}
control: {socket: $STATE/run$1/ringway.sock}
pods:
END
    for pod in $(ip netns list | sed -n "s/^rb-n$1-p\([0-9]*\).*/\1/p" | sort -n); do
        echo "  - {name: bench/p$pod, netns: rb-n$1-p$pod, interface: eth0, addresses: [10.64.$1.$((9 + pod))]}"
    done
}

load() {
    local i ready
    for i in 1 2; do
        mkdir -p "$STATE/services$i" "$STATE/run$i"
        cp "$WANTED/whole.yaml" "$STATE/services$i/whole.yaml"
        cp "$WANTED/to-a" "$STATE/services$i/moved.yaml"
        config $i > "$STATE/node$i.yaml"
        ready=$("$HERE/../system/ready.py" "$STATE/run$i/ringway.sock" "$STATE/node$i.pid" \
            ip netns exec rb-n$i "$dist/bin/ringway" switch --config "$STATE/node$i.yaml" 2> "$STATE/node$i.log")
        awk -v ms="$ready" 'BEGIN {print ms / 1000}'
    done
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
    rm -rf "$STATE"/services?
}

"$1"
