#!/usr/bin/env bash
# The kernel with kube-proxy's rules on both nodes (MODE iptables, iptables-nft or nftables, made by rules.py), and
# VXLAN as flannel sets it up; pods on veths of their own with a route each, so that all that leaves them passes the
# node's rules. kube-proxy itself does not run: what it computes before it calls iptables-restore or nft is not in the
# figures.
# usage: kernel.sh overlay | load NODE FILE | command     (command prints what applies a change, which it reads)
set -e
pods="1:1 1:2 2:1 2:2 2:3 2:4"

overlay() {
    local i other pod
    for i in 1 2; do
        other=$((3 - i))
        ip -n rb-n$i link add vx type vxlan id 1 dstport 8472 local 172.30.0.$i dev u$i nolearning
        ip -n rb-n$i link set vx address 02:00:00:00:00:0$i mtu 1450 up
        ip -n rb-n$i addr add 10.64.$i.0/32 dev vx
        ip -n rb-n$i route add 10.64.$other.0/24 via 10.64.$other.0 dev vx onlink
        ip -n rb-n$i neigh add 10.64.$other.0 lladdr 02:00:00:00:00:0$other dev vx nud permanent
        bridge -n rb-n$i fdb append 02:00:00:00:00:0$other dev vx dst 172.30.0.$other
    done
    for pod in $pods; do
        attach "${pod%:*}" "${pod#*:}"
    done
}

attach() {
    local node=rb-n$1 name=rb-n$1-p$2 address=10.64.$1.$((9 + $2)) gateway=10.64.$1.1
    ip link add "p$2" mtu 1450 netns "$node" type veth peer name eth0 mtu 1450 netns "$name"
    ip -n "$node" addr add "$gateway/32" dev "p$2"
    ip -n "$node" link set "p$2" up
    ip -n "$node" route add "$address" dev "p$2"
    ip -n "$name" addr add "$address/32" dev eth0
    ip -n "$name" link set eth0 up
    ip -n "$name" route add "$gateway" dev eth0 scope link
    ip -n "$name" route add default via "$gateway" dev eth0
}

# What kube-proxy calls, too.
command() {
    case "$MODE" in
        iptables) echo "iptables-legacy-restore -w 5 --noflush --counters" ;;
        iptables-nft) echo "iptables-nft-restore -w 5 --noflush --counters" ;;
        nftables) echo "nft -f -" ;;
    esac
}

# Prints the seconds that it took.
load() {
    ip netns exec "rb-n$1" "$HERE/timed.py" "$2" $(command)
}

"$@"
