#!/usr/bin/env bash
# Throughput, loss and latency between two pods; prints one JSON object.
# usage: measure.sh CLIENT_NS SERVER_NS SERVER_ADDRESS SECONDS WARM_UP_SECONDS
set -e
client=$1 server=$2 address=$3 seconds=$4 warm=$5

# Runs iperf3 for $1 seconds with the further arguments; its JSON goes to standard output.
iperf() {
    local pid port=5201
    ip netns exec "$server" iperf3 -s -1 -p $port > /dev/null 2>&1 &
    pid=$!
    until ip netns exec "$server" ss -Htln "sport = :$port" | grep -q .; do sleep 0.05; done
    ip netns exec "$client" iperf3 -c "$address" -p $port -t "$@" -J || true
    kill $pid 2>/dev/null || true
    wait $pid 2>/dev/null || true
}

latency() {
    local pid
    ip netns exec "$server" sockperf sr -i "$address" -p 11111 > /dev/null 2>&1 &
    pid=$!
    until ip netns exec "$server" ss -Huln 'sport = :11111' | grep -q .; do sleep 0.05; done
    ip netns exec "$client" sockperf pp -i "$address" -p 11111 -t "$1" -m 64 2>&1 || true
    kill $pid
    wait $pid 2>/dev/null || true
}

# Everybody is warmed up alike; it is a JVM that needs it.
if [ "$warm" -gt 0 ]; then
    iperf "$warm" -P 4 > /dev/null
    iperf "$warm" -u -b 0 -l 64 > /dev/null
    latency 1 > /dev/null
fi

{
    echo tcp1; iperf "$seconds" | tr '\n' ' '; echo
    echo tcp4; iperf "$seconds" -P 4 | tr '\n' ' '; echo
    echo udp64; iperf "$seconds" -u -b 0 -l 64 | tr '\n' ' '; echo
    echo udp1300; iperf "$seconds" -u -b 0 -l 1300 | tr '\n' ' '; echo
    echo latency; latency "$seconds" | tr '\n' ' '; echo
} | python3 "$(dirname "$0")/figures.py"
