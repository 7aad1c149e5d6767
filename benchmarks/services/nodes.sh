#!/usr/bin/env bash
# Two "nodes" (namespaces rb-n1, rb-n2) joined by a veth, 172.30.0.1 and .2 on devices u1 and u2, with namespaces for
# their pods: rb-n1-p1 is the client, rb-n1-p2 and rb-n2-p1 to p4 have servers. Every peer starts from this.
# usage: nodes.sh up | down
set -e
pods="rb-n1-p1 rb-n1-p2 rb-n2-p1 rb-n2-p2 rb-n2-p3 rb-n2-p4"

up() {
    local name i
    for name in rb-n1 rb-n2 $pods; do
        ip netns add "$name"
        ip -n "$name" link set lo up
    done
    # The client needs many ports, as its connections come and go faster than the defaults are made for.
    ip netns exec rb-n1-p1 sysctl -qw net.ipv4.ip_local_port_range='1024 65535'
    ip link add u1 mtu 1500 netns rb-n1 type veth peer name u2 mtu 1500 netns rb-n2
    for i in 1 2; do
        ip -n rb-n$i addr add 172.30.0.$i/24 dev u$i
        ip -n rb-n$i link set u$i up
        ip netns exec rb-n$i sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 \
            net.ipv4.conf.default.rp_filter=0
    done
}

down() {
    local name
    for name in $(ip netns list | awk '/^rb-n/ {print $1}'); do
        ip netns del "$name"
    done
}

"$1"
