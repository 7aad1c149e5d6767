#!/usr/bin/env bash
# Measures the CNI plugin with its daemon, beside the bridge plugin with host-local of Debian's
# containernetworking-plugins, in one run in network namespaces: ADD, DEL, STATUS, VERSION and parallel ADDs. Needs root,
# iproute2, python3 and, for the peer, containernetworking-plugins.
#
# usage: run.sh [--runs N] [--parallel N] [--out FILE]
#   --runs      how often each command is run             30
#   --parallel  how many ADDs at once                     50
#   --out       where the table goes, as Markdown         benchmarks/target/cni.md
#   DIST=DIR    distribution to measure                   dataplane/target/dist
set -e
here=$(cd "$(dirname "$0")" && pwd)
runs=30 parallel=50 out=$here/../target/cni.md
while [ $# -gt 0 ]; do
    case "$1" in
        --runs) runs=$2 ;;
        --parallel) parallel=$2 ;;
        --out) out=$2 ;;
        *) sed -n '2,/^set -e/{/^#/p}' "$0" >&2; exit 2 ;;
    esac
    shift 2
done
[ "$(id -u)" = 0 ] || { echo "run.sh: needs root, to make network namespaces" >&2; exit 1; }
DIST=${DIST:-$here/../../dataplane/target/dist}
[ -x "$DIST/bin/ringway" ] || { echo "run.sh: no $DIST/bin/ringway (./mvnw -pl dataplane package)" >&2; exit 1; }
[ -x /usr/lib/cni/bridge ] || { echo "run.sh: no /usr/lib/cni/bridge (apt install containernetworking-plugins)" >&2
    exit 1; }

state=$(mktemp -d /tmp/ringway-cni.XXXXXX)
daemon=
pods=$(seq 0 $((parallel > runs ? parallel - 1 : runs - 1)))
clear_away() {
    [ -z "$daemon" ] || { kill "$daemon" && wait "$daemon" || true; }
    for i in $pods; do ip netns del rbc-pod$i 2>/dev/null || true; done
    ip netns del rbc-node 2>/dev/null || true
    rm -rf "$state"
}
trap clear_away EXIT
trap 'exit 130' INT TERM

ip netns add rbc-node
ip -n rbc-node link set lo up
ip -n rbc-node addr add 172.30.0.1/32 dev lo
for i in $pods; do ip netns add rbc-pod$i; done
cat > "$state/node.yaml" <<YAML
node: node1
cluster:
  podCidrs: [10.244.0.0/16, "fd00:244::/32"]
  nodes: [{name: node1, address: 172.30.0.1, podCidrs: [10.244.1.0/24, "fd00:244:1::/64"]}]
mtu: 1450
control: {socket: $state/ringway.sock}
cni: {stateDir: $state/state}
YAML
ip netns exec rbc-node "$DIST/bin/ringway" switch --config "$state/node.yaml" > "$state/log" 2>&1 &
daemon=$!
for _ in $(seq 100); do [ ! -e "$state/cni-ready" ] || break; sleep 0.1; done
[ -e "$state/cni-ready" ] || { cat "$state/log" >&2; exit 1; }
"$DIST/bin/ringway" install-cni --bin-dir "$state/bin" --conf-dir "$state/net.d" --socket "$state/ringway.sock" >&2
mkdir -p "$(dirname "$out")"
ip netns exec rbc-node python3 "$here/measure.py" "$state" "$runs" "$parallel" | tee "$out"
