#!/usr/bin/env bash
# The userspace limit: ../limit/tunvx.c, one thread a node without tables, TUN super-packets and UDP GSO/GRO.
# usage: limit.sh up | down          (up prints the address of the pod on node 2)
set -e

up() {
    local i other
    gcc -O3 -march=native -w -o "$STATE/tunvx" "$(dirname "$0")/../limit/tunvx.c"
    for i in 1 2; do
        other=$((3 - i))
        # The last argument asks for inner checksums, as a product must compute them.
        ip netns exec rwb-n$i "$STATE/tunvx" rwb-n$i-p1 eth0 172.30.0.$i 172.30.0.$other 1450 1 \
            > "$STATE/tunvx$i.log" 2>&1 &
        echo $! > "$STATE/tunvx$i.pid"
        until ip -n rwb-n$i-p1 link show eth0 > /dev/null 2>&1; do sleep 0.05; done
        ip -n rwb-n$i-p1 link set eth0 mtu 1450 txqueuelen 1000 up
        ip -n rwb-n$i-p1 addr add 10.42.$i.10/32 dev eth0
        ip -n rwb-n$i-p1 route add default dev eth0
    done
    echo 10.42.2.10
}

down() {
    local i
    for i in 1 2; do
        if [ -s "$STATE/tunvx$i.pid" ]; then
            kill "$(cat "$STATE/tunvx$i.pid")" 2>/dev/null || true
            rm "$STATE/tunvx$i.pid"
        fi
    done
}

"$1"
