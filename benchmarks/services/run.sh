#!/usr/bin/env bash
# Measures Services: Ringway beside kube-proxy's rules in its iptables and its nftables mode, over kernel VXLAN, in
# network namespaces of this machine, interleaved: every round sets up each peer afresh with each number of Services,
# warms it up, measures it and takes it down. Needs root, iproute2, python3, gcc; for the peers iptables and nftables.
#
# usage: run.sh [--rounds N] [--services LIST] [--peers LIST] [--seconds S] [--warm S] [--changes N] [--out DIR]
#   --rounds    how often everything is measured                   3
#   --services  how many Services, with five endpoints each        10,1000,10000
#   --peers     of iptables,iptables-nft,nftables,ringway; default: all of them
#               iptables is the kernel's own (iptables-legacy). Beyond 2,000 Services loading takes minutes with two of
#               them (the time grows with the square of their number): iptables-nft is left out there, and nftables
#               measured in the first round alone, with ten Services on node 2, where packets only miss in its map
#   --seconds   length of each measurement                         2
#   --warm      seconds of connections before measuring            3
#   --changes   how many changes of an endpoint are timed          4
#   --out       where results.json, results.md and plots go        benchmarks/target/services
#   DIST=DIR    distribution to measure                            dataplane/target/dist
set -e
LARGE=2000
HERE=$(cd "$(dirname "$0")" && pwd)
rounds=3 services=10,1000,10000 peers=iptables,iptables-nft,nftables,ringway
seconds=2 warm=3 changes=4 out=$HERE/../target/services
while [ $# -gt 0 ]; do
    case "$1" in
        --rounds) rounds=$2 ;;
        --services) services=$2 ;;
        --peers) peers=$2 ;;
        --seconds) seconds=$2 ;;
        --warm) warm=$2 ;;
        --changes) changes=$2 ;;
        --out) out=$2 ;;
        *) sed -n '2,/^set -e/{/^#/p}' "$0" >&2; exit 2 ;;
    esac
    shift 2
done
[ "$(id -u)" = 0 ] || { echo "run.sh: needs root, to make network namespaces" >&2; exit 1; }
for tool in ip python3 gcc; do
    command -v $tool > /dev/null || { echo "run.sh: $tool is missing (apt install iproute2 python3 gcc)" >&2; exit 1; }
done
for peer in ${peers//,/ }; do
    case "$peer" in
        iptables) tool=iptables-legacy-restore ;;
        iptables-nft) tool=iptables-nft-restore ;;
        nftables) tool=nft ;;
        ringway) tool=${DIST:=$HERE/../../dataplane/target/dist}/bin/ringway ;;
        *) echo "run.sh: no such peer: $peer" >&2; exit 2 ;;
    esac
    command -v "$tool" > /dev/null || { echo "run.sh: $peer needs $tool, which is missing" >&2; exit 1; }
done

mkdir -p "$out"
STATE=$(mktemp -d /tmp/ringway-bench.XXXXXX)
export HERE STATE DIST WANTED MODE PYTHONDONTWRITEBYTECODE=1
servers=

start_servers() {
    local pod
    for pod in n1-p2 n2-p1 n2-p2 n2-p3 n2-p4; do
        ip netns exec rb-$pod "$STATE/serve" 0.0.0.0 8080 $pod &
        servers="$servers $!"
    done
}

clear_away() {
    local pid
    "$HERE/peers/ringway.sh" down
    for pid in $servers; do
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    servers=
    "$HERE/nodes.sh" down
}
trap 'clear_away; rm -rf "$STATE"' EXIT
trap 'exit 130' INT TERM

left_out() {
    [ "$2" -gt $LARGE ] || return 1
    [ "$1" = iptables-nft ] || { [ "$1" = nftables ] && [ "$3" -gt 1 ]; }
}

# Sets the peer up with all Services; prints the seconds that took on each node.
load() {
    if [ "$1" = ringway ]; then
        "$HERE/peers/ringway.sh" load
    else
        MODE=$1
        "$HERE/peers/kernel.sh" overlay
        "$HERE/peers/kernel.sh" load 1 "$WANTED/whole"
        if [ "$1" = nftables ] && [ "$2" -gt $LARGE ]; then
            "$HERE/rules.py" nftables 10 "$STATE/small"
            "$HERE/peers/kernel.sh" load 2 "$STATE/small/whole" > /dev/null
        else
            "$HERE/peers/kernel.sh" load 2 "$WANTED/whole"
        fi
    fi
}

# Resident memory of the daemons in KiB, one a line; nothing for others.
resident() {
    local file
    for file in "$STATE"/node?.pid; do
        [ -s "$file" ] || continue
        awk '/^VmRSS/ {print $2}' "/proc/$(cat "$file")/status"
    done
}

for program in serve load watch; do
    gcc -O2 -Wall -Wextra -o "$STATE/$program" "$HERE/load/$program.c"
done
for peer in ${peers//,/ }; do
    for count in ${services//,/ }; do
        "$HERE/rules.py" "$peer" "$count" "$STATE/$peer-$count"
    done
done
"$HERE/nodes.sh" down
: > "$out/results.jsonl"
for round in $(seq "$rounds"); do
    for count in ${services//,/ }; do
        for peer in ${peers//,/ }; do
            if left_out "$peer" "$count" "$round"; then
                echo "round $round of $rounds: $count Services, $peer: left out, see --peers" >&2
                continue
            fi
            echo "round $round of $rounds: $count Services, $peer" >&2
            WANTED=$STATE/$peer-$count
            "$HERE/nodes.sh" up
            start_servers
            loads=$(load "$peer" "$count")
            figures=$("$HERE/measure.sh" "$peer" "$seconds" "$warm" "$changes")
            python3 "$HERE/report.py" line "$peer" "$count" "$round" "$loads" "$figures" "$(resident)" \
                "$(cut -d' ' -f1 /proc/loadavg)" >> "$out/results.jsonl"
            clear_away
        done
    done
done
python3 "$HERE/report.py" table "$out" "$rounds" "$seconds" "$warm" \
    "$(git -C "$HERE" rev-parse --short HEAD 2>/dev/null || echo unknown)"
