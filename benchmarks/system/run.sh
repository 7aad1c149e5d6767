#!/usr/bin/env bash
# Measures Ringway beside its peers in one run on this machine, in network namespaces, interleaved: every round sets up
# each peer afresh, warms it up, measures it and takes it down. Needs root, iproute2, iperf3, sockperf, python3; for the
# peers openvswitch-switch, ethtool and gcc.
#
# usage: run.sh [--rounds N] [--seconds S] [--warm S] [--peers LIST] [--out DIR]
#   --rounds   how often each peer is measured                  5
#   --seconds  length of each measurement                       5
#   --warm     seconds of TCP and of UDP before measuring       5
#   --peers    of kernel,ovs,limit,ringway,ringway-gre,ringway-dedicated; default: all of them
#   --out      where results.json and results.md go             benchmarks/target/system
#   DIST=DIR   distribution to measure                          dataplane/target/dist
set -e
here=$(cd "$(dirname "$0")" && pwd)
rounds=5 seconds=5 warm=5 peers=kernel,ovs,limit,ringway,ringway-gre,ringway-dedicated out=$here/../target/system
while [ $# -gt 0 ]; do
    case "$1" in
        --rounds) rounds=$2 ;;
        --seconds) seconds=$2 ;;
        --warm) warm=$2 ;;
        --peers) peers=$2 ;;
        --out) out=$2 ;;
        *) sed -n '2,/^set -e/{/^#/p}' "$0" >&2; exit 2 ;;
    esac
    shift 2
done
[ "$(id -u)" = 0 ] || { echo "run.sh: needs root, to make network namespaces" >&2; exit 1; }
for tool in ip iperf3 sockperf python3 ss; do
    command -v $tool > /dev/null || { echo "run.sh: $tool is missing (apt install iproute2 iperf3 sockperf python3)" >&2
        exit 1; }
done
export DIST=${DIST:-$here/../../dataplane/target/dist}
case ",$peers" in
    *,ringway*) [ -x "$DIST/bin/ringway" ] || { echo "run.sh: no $DIST/bin/ringway (./mvnw -pl dataplane package)" >&2
        exit 1; } ;;
esac

mkdir -p "$out"
STATE=$(mktemp -d /tmp/ringway-bench.XXXXXX)
export STATE
script=

# Runs the script of a peer; ringway's variants are one script with settings.
peer() {
    case "$1" in
        ringway-gre) ENCAP=gre "$here/peers/ringway.sh" "$2" ;;
        ringway-dedicated) THREADING=dedicated "$here/peers/ringway.sh" "$2" ;;
        *) "$here/peers/$1.sh" "$2" ;;
    esac
}

clear_away() {
    [ -z "$script" ] || peer "$script" down
    script=
    "$here/nodes.sh" down
}
trap 'clear_away; rm -rf "$STATE"' EXIT
trap 'exit 130' INT TERM

# Resident memory of Ringway's daemons in KiB, one a line; nothing for others.
resident() {
    local file
    for file in "$STATE"/node?.pid; do
        [ -s "$file" ] || continue
        awk '/^VmRSS/ {print $2}' "/proc/$(cat "$file")/status"
    done
}

"$here/nodes.sh" down
: > "$out/results.jsonl"
for round in $(seq "$rounds"); do
    for name in ${peers//,/ }; do
        echo "round $round of $rounds: $name" >&2
        rm -f "$STATE/ready"
        "$here/nodes.sh" up
        script=$name
        address=$(peer "$name" up)
        fresh=$(resident)
        figures=$("$here/measure.sh" rwb-n1-p1 rwb-n2-p1 "$address" "$seconds" "$warm")
        python3 "$here/report.py" line "$name" "$round" "$figures" "$(cat "$STATE/ready" 2>/dev/null)" \
            "$fresh" "$(resident)" "$(cut -d' ' -f1 /proc/loadavg)" >> "$out/results.jsonl"
        clear_away
    done
done
python3 "$here/report.py" table "$out" "$rounds" "$seconds" "$warm" \
    "$(git -C "$here" rev-parse --short HEAD 2>/dev/null || echo unknown)"
