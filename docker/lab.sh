#!/usr/bin/env bash
# Ringway's lab in containers: etcd, three nodes with a switch and two pods each, a web Service and a client. Works with
# Docker Compose v1 and v2; needs a distribution (./mvnw -DskipTests package) and a Docker that can be reached.
#
# usage: lab.sh build    make the image; where no registry is reached, on a Debian made by debootstrap (needs root)
#        lab.sh up       start everything, and wait until it works
#        lab.sh check    run all scenarios; fails if one did not come out right
#        lab.sh status   what each node knows
#        lab.sh down     remove everything but the image
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
ROOT=$(cd "$HERE/.." && pwd)
BASE=debian:bookworm-slim
PACKAGES=iproute2,nftables,conntrack,mount,procps,curl,iputils-ping,busybox,etcd-server,etcd-client
VIP=10.96.0.80
NODE_PORT=30080
NODES="1 2 3"
failed=0

say() { printf '\n== %s\n' "$*"; }
fail() {
    echo "FAILED: $*"
    failed=1
}

compose() {
    if docker compose version > /dev/null 2>&1; then
        docker compose -p ringway-lab -f "$HERE/docker-compose.yml" "$@"
    else
        docker-compose -p ringway-lab -f "$HERE/docker-compose.yml" "$@"
    fi
}

in_() { # SERVICE COMMAND...
    local service=$1
    shift
    docker exec "ringway-$service" "$@"
}

build() {
    [ -x "$ROOT/dataplane/target/dist/bin/ringway" ] ||
        { echo "lab.sh: no distribution; build it: ./mvnw -DskipTests package" >&2; exit 1; }
    if ! docker image inspect $BASE > /dev/null 2>&1 && ! docker pull -q $BASE; then
        say "no registry: $BASE is made by debootstrap"
        command -v debootstrap > /dev/null || { echo "lab.sh: debootstrap is missing (apt install debootstrap)" >&2; exit 1; }
        local root
        root=$(mktemp -d)
        debootstrap --variant=minbase --include=$PACKAGES bookworm "$root/fs" > "$root/log" 2>&1 ||
            { tail -n 20 "$root/log" >&2; exit 1; }
        tar -C "$root/fs" --exclude=./var/cache/apt/* --exclude=./usr/share/doc/* --exclude=./dev/* -c . |
            docker import - $BASE
        rm -rf "$root"
    fi
    DOCKER_BUILDKIT=0 docker build -f "$HERE/lab/Dockerfile" -t ringway-lab "$ROOT"
}

await() { # WHAT COMMAND...
    local what=$1 i
    shift
    for i in $(seq 120); do
        ! "$@" > /dev/null 2>&1 || return 0
        sleep 0.5
    done
    echo "lab.sh: waited 60 s in vain for $what" >&2
    return 1
}

knows_all() { [ "$(in_ "node$1" ringway peers --json | grep -o '"node"' | wc -l)" = 2 ]; }
serves() { in_ "node$1" curl -sf -m 2 http://$VIP/; }

await_all() {
    local n
    for n in $NODES; do
        await "node$n to know the others" knows_all "$n"
        await "the Service on node$n" serves "$n"
    done
}

up() {
    compose up -d
    await_all
    say "up: $(compose ps -q | wc -l) containers"
}

matrix() {
    local n targets='' all=0 lost=0 line
    for n in $NODES; do
        targets="$targets 172.28.5.1$n 10.244.$n.11 10.244.$n.12 fd00:28:5::1$n fd00:244:$n::11 fd00:244:$n::12"
    done
    for n in $NODES; do
        # shellcheck disable=SC2086  # a list of addresses
        while read -r line; do
            all=$((all + 1))
            case $line in *lost) lost=$((lost + 1)); echo "node$n: $line" ;; esac
        done < <(in_ "node$n" /lab/matrix $targets || true)
    done
    echo "$all ways between pods and nodes, IPv4 and IPv6: $lost do not work"
    [ $lost = 0 ] && [ $all = 162 ] || fail "the matrix is not complete"
}

spread_of() { # WHO OUTPUT
    echo "$1:" $2
    local n
    for n in $NODES; do
        case "$2" in *"node$n-pod1"*) ;; *) fail "node$n's pod got nothing of $1's requests" ;; esac
    done
    case "$2" in *lost*) fail "requests of $1 were lost" ;; esac
}

spread() {
    spread_of "a pod" "$(in_ node1 /lab/requests pod2 http://$VIP/ 60)"
    spread_of "a node" "$(in_ node2 /lab/requests - http://$VIP/ 60)"
    spread_of "the client, by node3's port" "$(in_ client /lab/requests - http://172.28.5.13:$NODE_PORT/ 60)"
}

# Requests all the while, one every 0.1 s; what became of them comes into a file.
begin() { # COUNT
    flow=$(mktemp)
    in_ node1 /lab/requests pod2 http://$VIP/ "$1" 0.1 > "$flow" &
    running=$!
}

end() { # MOST_LOST
    wait $running
    echo "requests of a pod of node1 meanwhile:" $(cat "$flow")
    local lost
    lost=$(awk '$1 == "lost" { print $2 }' "$flow")
    [ "${lost:-0}" -le "$1" ] || fail "$lost requests were lost, $1 at most may be"
    rm "$flow"
}

node_loss() {
    begin 120
    sleep 2
    docker kill ringway-node3 > /dev/null
    echo "node3 is gone; its endpoint is taken out after 4 s"
    sleep 4
    in_ etcd /lab/service 1 2
    # A SYN to the dead node's pod waits for its time-out until the endpoint is out or ejected.
    end 5
    case "$(in_ node1 /lab/requests pod2 http://$VIP/ 30)" in *lost* | *node3*) fail "node3 still gets requests" ;; esac
    compose up -d > /dev/null 2>&1
    in_ etcd /lab/service 1 2 3
    await_all
    matrix
}

partition() {
    begin 120
    sleep 2
    in_ node1 nft 'table inet partition {
        chain in { type filter hook input priority 0; ip saddr 172.28.5.13 drop; }
        chain out { type filter hook output priority 0; ip daddr 172.28.5.13 drop; }; }'
    in_ node1 ip netns exec pod1 ping -n -q -c 3 -i 0.2 -W 1 10.244.3.11 > /dev/null && fail "nothing is cut off"
    in_ node1 ip netns exec pod1 ping -n -q -c 1 -W 3 10.244.2.11 > /dev/null || fail "node1 does not reach node2 any more"
    in_ node2 ip netns exec pod1 ping -n -q -c 1 -W 3 10.244.3.11 > /dev/null || fail "node2 does not reach node3 any more"
    echo "node1 and node3 do not reach each other, both reach node2"
    sleep 4
    in_ node1 nft delete table inet partition
    echo "they do again"
    # As above: until the backend out of reach is ejected, and when it is tried again.
    end 5
    matrix
}

ready_again() { # NODE FORMER_PID
    [ "$(in_ "node$1" cat /run/switch.pid)" != "$2" ] && in_ "node$1" ringway status > /dev/null
}

restart_switch() { # NODE
    local before
    before=$(in_ "node$1" cat /run/switch.pid)
    in_ "node$1" kill -TERM "$before"
    await "the next switch of node$1" ready_again "$1" "$before"
}

rolling_restart() {
    local stream n
    stream=$(mktemp)
    in_ node1 ip netns exec pod1 curl -sS --limit-rate 6M -o /dev/null -w '%{size_download}' http://10.244.2.12:8080/big > "$stream" &
    local download=$!
    begin 80
    for n in $NODES; do
        restart_switch "$n"
    done
    end 0
    wait $download || fail "the stream broke"
    echo "a TCP stream from node2 to node1 all the while: $(cat "$stream") of 67108864 bytes arrived"
    [ "$(cat "$stream")" = 67108864 ] || fail "the stream is not whole"
    rm "$stream"
}

check() {
    say "reachability"; matrix
    say "how a Service's requests spread"; spread
    say "loss of a node"; node_loss
    say "partition of two nodes"; partition
    say "rolling restart of all switches"; rolling_restart
    [ $failed = 0 ] && say "all as it should be" || { say "something FAILED, see above"; exit 1; }
}

status() {
    local n
    for n in $NODES; do
        say "node$n"
        in_ "node$n" ringway peers
        in_ "node$n" ringway services
    done
}

case "${1-}" in
    build | up | check | status) "$1" ;;
    down) compose down -t 5 ;;
    *) sed -n '2,/^set -e/{/^#/p}' "$0"; [ "${1-}" = --help ] || exit 2 ;;
esac
