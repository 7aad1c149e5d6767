#!/usr/bin/env bash
# Two "nodes" (namespaces rwb-n1, rwb-n2) joined by a veth, 172.30.0.1 and .2 on devices u1 and u2, with one pod
# namespace each (rwb-n1-p1, rwb-n2-p1). Every peer starts from this.
# usage: nodes.sh up | down
set -e

up() {
    for name in rwb-n1 rwb-n2 rwb-n1-p1 rwb-n2-p1; do
        ip netns add $name
        ip -n $name link set lo up
    done
    ip link add u1 mtu 1500 netns rwb-n1 type veth peer name u2 mtu 1500 netns rwb-n2
    for i in 1 2; do
        ip -n rwb-n$i addr add 172.30.0.$i/24 dev u$i
        ip -n rwb-n$i link set u$i up
        ip netns exec rwb-n$i sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 \
            net.ipv4.conf.default.rp_filter=0
    done
}

down() {
    local name
    for name in $(ip netns list | awk '/^rwb-/ {print $1}'); do
        ip netns del "$name"
    done
}

"$1"
