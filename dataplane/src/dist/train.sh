#!/bin/sh
# The training run behind the start-up cache (JEP 514, JEP 515): the one place that says what Ringway does while the
# JVM takes notes of the classes it loads and of how its methods run. The build calls it, and its output is
# target/train.log:
#   train.sh DIST CACHE JAVA     DIST: a distribution without a cache yet; CACHE: the file to write; JAVA: of a JDK
#
# The run is a switch with a pod, whose cluster is in an API (TrainingApi.java), and a peer node, both Ringway, in
# network, mount and process namespaces of their own that end with this script. Without root, TUN devices or the tools
# for it, it is the help text only: that start-up cache still has the libraries the command line uses.
set -eu
PATH=$PATH:/usr/sbin:/sbin
here=$(dirname "$0")

tools_missing() {
    [ "$(id -u)" = 0 ] && [ -c /dev/net/tun ] || return 0
    for tool in ip nft ping iperf3 nsenter unshare; do
        command -v "$tool" >/dev/null || return 0
    done
    ! unshare --net --mount --pid --fork true
}

# --- inside the namespaces ----------------------------------------------------------------------------------------

node_config() { # NODE POD
    cat <<CONFIG
node: train$1
pods:
  - {name: train/pod$1, netns: /run/netns/pod$1, interface: eth0, addresses: [10.244.$1.10, "fd00:244:$1::a"]}
control: {socket: /run/train$1/ringway.sock}
cni: {stateDir: /run/train$1}
encap: {vni: 1, port: 8472}
cluster:
  podCidrs: [10.244.0.0/16, "fd00:244::/32"]
CONFIG
    if [ "$1" = 1 ]; then
        cat <<CONFIG
  source: kubernetes
  serviceCidrs: [10.96.0.0/16]
kubernetes: {apiServer: "http://127.0.0.1:6443"}
CONFIG
    else
        cat <<CONFIG
  nodes:
    - {name: train1, address: 172.30.0.1, podCidrs: [10.244.1.0/24, "fd00:244:1::/64"]}
    - {name: train2, address: 172.30.0.2, mac: "02:00:00:00:00:02", podCidrs: [10.244.2.0/24, "fd00:244:2::/64"]}
CONFIG
    fi
}

wait_until_ready() { # PID LOG
    while kill -0 "$1"; do
        ! grep -q 'ready: node' "$2" || return 0
        sleep 0.1
    done
    cat "$2"
    return 1
}

# Tests are elsewhere: what fails here is in the log, and the run goes on.
pod1() {
    nsenter --net=/run/netns/pod1 "$@" || echo "failed: $*"
}

# Its server listens anew after each test.
iperf() {
    sleep 0.2
    pod1 iperf3 -c "$@"
}

traffic() {
    for address in 10.244.2.10 fd00:244:2::a; do
        pod1 ping -q -c 300 -i 0.002 "$address"
        pod1 ping -q -c 50 -i 0.002 -s 1200 "$address"
        iperf "$address" -t 1
        iperf "$address" -t 1 -R
        iperf "$address" -t 1 -u -b 50M -l 64 --bidir
        ping -q -c 50 -i 0.002 "$address"
    done
    iperf 10.96.1.0 -t 1
    iperf 10.96.1.0 -t 1 -R
    pod1 ping -q -c 2 -i 0.2 10.244.9.9 # answered "unreachable"
    for question in status pods routes peers counters services flows; do
        "$dist/bin/ringway" "$question" --socket /run/train1/ringway.sock --json >/run/answer || cat /run/answer
    done
}

inside() {
    mount -t tmpfs none /run
    mkdir /run/netns
    ip link set lo up
    for name in node2 pod1 pod2; do
        ip netns add "$name"
        ip -n "$name" link set lo up
    done
    ip link add eth0 type veth peer name eth0 netns node2
    ip addr add 172.30.0.1/24 dev eth0
    ip link set eth0 up
    ip -n node2 addr add 172.30.0.2/24 dev eth0
    ip -n node2 link set eth0 up

    for node in 1 2; do
        node_config "$node" >"/run/train$node.yaml"
    done
    "$java" "$here/TrainingApi.java" &
    api=$!
    nsenter --net=/run/netns/node2 "$dist/bin/ringway" switch --config /run/train2.yaml >/run/train2.log 2>&1 &
    peer=$!
    RINGWAY_JAVA_OPTS=$record "$dist/bin/ringway" switch --config /run/train1.yaml >/run/train1.log 2>&1 &
    daemon=$!
    wait_until_ready "$daemon" /run/train1.log
    wait_until_ready "$peer" /run/train2.log
    nsenter --net=/run/netns/pod2 iperf3 -s -D
    traffic
    ! command -v curl >/dev/null || for path in metrics healthz readyz; do
        curl -sSf -o /dev/null "http://127.0.0.1:9465/$path" || echo "failed: $path"
    done
    kill "$daemon"
    wait "$daemon" || cat /run/train1.log
    kill "$api"
}

# --- outside ------------------------------------------------------------------------------------------------------

if [ "$1" = inside ]; then
    dist=$2
    record=$3
    java=$4
    inside
    exit
fi
dist=$1
cache=$2
java=$3
notes=$cache.notes
record="-XX:AOTMode=record -XX:AOTConfiguration=$notes"
trap 'rm -f "$notes"' EXIT
if tools_missing; then
    echo 'training by the help text only: a switch needs root, /dev/net/tun, unshare, iproute2, nftables, ping, iperf3'
    RINGWAY_JAVA_OPTS=$record "$dist/bin/ringway" --help
else
    timeout 120 unshare --net --mount --pid --fork --kill-child --mount-proc sh "$0" inside "$dist" "$record" "$java"
fi
RINGWAY_JAVA_OPTS="-XX:AOTMode=create -XX:AOTConfiguration=$notes -XX:AOTCacheOutput=$cache" "$dist/bin/ringway"
