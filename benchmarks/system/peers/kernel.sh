#!/usr/bin/env bash
# Kernel VXLAN set up as flannel does: a VTEP a node, static neighbour and FDB, pods behind a bridge. No process.
# usage: kernel.sh up | down          (up prints the address of the pod on node 2)
set -e

up() {
    local i other
    for i in 1 2; do
        other=$((3 - i))
        ip -n rwb-n$i link add vx type vxlan id 1 dstport 8472 local 172.30.0.$i dev u$i nolearning
        ip -n rwb-n$i link set vx address 02:00:00:00:00:0$i mtu 1450 up
        ip -n rwb-n$i addr add 10.42.$i.0/32 dev vx
        ip -n rwb-n$i route add 10.42.$other.0/24 via 10.42.$other.0 dev vx onlink
        ip -n rwb-n$i neigh add 10.42.$other.0 lladdr 02:00:00:00:00:0$other dev vx nud permanent
        bridge -n rwb-n$i fdb append 02:00:00:00:00:0$other dev vx dst 172.30.0.$other
        ip -n rwb-n$i link add pods mtu 1450 type bridge
        ip -n rwb-n$i addr add 10.42.$i.1/24 dev pods
        ip -n rwb-n$i link set pods up
        ip link add h$i mtu 1450 netns rwb-n$i type veth peer name eth0 mtu 1450 netns rwb-n$i-p1
        ip -n rwb-n$i link set h$i master pods up
        ip -n rwb-n$i-p1 addr add 10.42.$i.10/24 dev eth0
        ip -n rwb-n$i-p1 link set eth0 up
        ip -n rwb-n$i-p1 route add default via 10.42.$i.1
    done
    echo 10.42.2.10
}

down() { :; }

"$1"
