#!/usr/bin/env bash
# Measures the switch on one node of a large cluster, which an API server of the tests makes up: how long until it
# forwards and until all Services are in force, with nothing known and from what it has kept; its memory; and the time
# from a change of one endpoint in the API to the first packet that follows it. Needs root, iproute2, python3, socat.
#
# usage: run.sh [--nodes N] [--services N] [--endpoints N] [--changes N] [--rounds N] [--heap SIZE]
#   --nodes      of the cluster                              1000
#   --services   of one port                                 10000
#   --endpoints  of all Services together                    100000
#   --changes    how many changes are timed in each round    200
#   --rounds     how often everything is measured            3
#   --heap       the switch's most heap, as the DaemonSet's  256m
#   DIST=DIR     distribution to measure                     dataplane/target/dist
set -eu
HERE=$(cd "$(dirname "$0")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
nodes=1000 services=10000 endpoints=100000 changes=200 rounds=3 heap=256m
while [ $# -gt 0 ]; do
    case "$1" in
        --nodes) nodes=$2 ;;
        --services) services=$2 ;;
        --endpoints) endpoints=$2 ;;
        --changes) changes=$2 ;;
        --rounds) rounds=$2 ;;
        --heap) heap=$2 ;;
        --help) sed -n "2,/^set -e/{/^#/p}" "$0"; exit ;;
        *) sed -n '2,/^set -e/{/^#/p}' "$0" >&2; exit 2 ;;
    esac
    shift 2
done
[ "$(id -u)" = 0 ] || { echo "run.sh: needs root, to make network namespaces" >&2; exit 1; }
for tool in ip python3 socat; do
    command -v $tool > /dev/null || { echo "run.sh: $tool is missing (apt install iproute2 python3 socat)" >&2; exit 1; }
done
: "${DIST:=$ROOT/dataplane/target/dist}"
for home in ${JAVA_HOME:-} /usr/lib/jvm/*25*; do JAVA=$home/bin/java; [ ! -x "$JAVA" ] || break; done
STATE=$(mktemp -d /tmp/ringway-bench.XXXXXX)
pids=

finish() {
    for pid in $pids; do kill "$pid" 2> /dev/null || true; done
    wait 2> /dev/null || true
    for ns in rb-k1 rb-k1-p1 rb-k1-p2 rb-k1-p3; do ip netns del $ns 2> /dev/null || true; done
    rm -rf "$STATE"
}
trap finish EXIT

echo "the tests' classes and their libraries" >&2
(cd "$ROOT" && ./mvnw -q -ntp test-compile dependency:build-classpath -Dmdep.outputFile="$STATE/classpath" \
    -Dmdep.includeScope=test -pl dataplane -am)
classes=$ROOT/dataplane/target/test-classes:$ROOT/dataplane/target/classes:$(cat "$STATE/classpath")

for ns in rb-k1 rb-k1-p1 rb-k1-p2 rb-k1-p3; do
    ip netns add $ns
    ip -n $ns link set lo up
done
ip -n rb-k1 link add eth0 type veth peer name far
ip -n rb-k1 link set eth0 up
ip -n rb-k1 link set far up
ip -n rb-k1 addr add 172.31.0.1/16 dev eth0
cat > "$STATE/ringway.yaml" << YAML
node: node1
cluster: {source: kubernetes, podCidrs: [10.128.0.0/10], serviceCidrs: [10.96.0.0/12]}
kubernetes: {apiServer: "http://127.0.0.1:6444"}
encap: {port: 8472}
pods:
  - {name: bench/a, netns: rb-k1-p1, addresses: [10.128.1.11]}
  - {name: bench/b, netns: rb-k1-p2, addresses: [10.128.1.12]}
  - {name: bench/client, netns: rb-k1-p3, addresses: [10.128.1.13]}
control: {socket: $STATE/run/ringway.sock}
cni: {stateDir: $STATE/state}
cleanup: keep
YAML
echo "an API of $nodes nodes, $services Services, $endpoints endpoints" >&2
mkdir "$STATE/objects"
ip netns exec rb-k1 "$JAVA" -Xmx3g -cp "$classes" dev.ringway.control.kubernetes.FakeApiServer 6444 "$STATE/objects" \
    "$nodes" "$services" "$endpoints" > "$STATE/api.log" 2>&1 &
api=$!
pids="$pids $api"
until grep -q serving "$STATE/api.log"; do
    kill -0 $api 2> /dev/null || { cat "$STATE/api.log" >&2; exit 1; }
    sleep 0.2
done
ip netns exec rb-k1 socat TCP-LISTEN:6443,bind=172.31.0.1,fork,reuseaddr TCP:127.0.0.1:6444 &
pids="$pids $!"
for pod in 1 2; do
    ip netns exec rb-k1-p$pod python3 "$HERE/scale.py" serve $pod &
    pids="$pids $!"
done
export RINGWAY_JAVA_OPTS=-Xmx$heap
python3 "$HERE/scale.py" measure "$DIST/bin/ringway" "$STATE" "$services" "$changes" "$rounds"
