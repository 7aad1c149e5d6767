#!/usr/bin/env bash
# Open vSwitch with its userspace datapath and native VXLAN: one ovs-vswitchd a node, its state in $STATE.
# usage: ovs.sh up | down          (up prints the address of the pod on node 2)
set -e

up() {
    local i other dir vsctl
    for i in 1 2; do
        other=$((3 - i))
        dir=$STATE/ovs$i
        mkdir -p "$dir"
        ovsdb-tool create "$dir/conf.db" /usr/share/openvswitch/vswitch.ovsschema
        ip netns exec rwb-n$i ovsdb-server "$dir/conf.db" --remote="punix:$dir/db.sock" --pidfile="$dir/db.pid" \
            --detach --no-chdir --log-file="$dir/db.log" --unixctl="$dir/db.ctl" 2>> "$dir/start.log"
        vsctl="ovs-vsctl --timeout=20 --db=unix:$dir/db.sock"
        $vsctl --no-wait init
        ip netns exec rwb-n$i ovs-vswitchd "unix:$dir/db.sock" --pidfile="$dir/switch.pid" \
            --detach --no-chdir --log-file="$dir/switch.log" --unixctl="$dir/switch.ctl" 2>> "$dir/start.log"
        $vsctl add-br br-phy -- set bridge br-phy datapath_type=netdev
        $vsctl add-br br-int -- set bridge br-int datapath_type=netdev
        $vsctl add-port br-phy u$i
        ip -n rwb-n$i addr flush dev u$i
        ip -n rwb-n$i addr add 172.30.0.$i/24 dev br-phy
        ip -n rwb-n$i link set br-phy up
        $vsctl add-port br-int vx0 -- set interface vx0 type=vxlan options:remote_ip=172.30.0.$other options:key=1
        ip link add h$i mtu 1450 netns rwb-n$i type veth peer name eth0 mtu 1450 netns rwb-n$i-p1
        ip -n rwb-n$i link set h$i up
        $vsctl add-port br-int h$i
        # The userspace datapath takes no unfinished checksums.
        ip netns exec rwb-n$i-p1 ethtool -K eth0 tx off > /dev/null
        ip -n rwb-n$i-p1 addr add 10.42.0.1$i/16 dev eth0
        ip -n rwb-n$i-p1 link set eth0 up
    done
    echo 10.42.0.12
}

down() {
    local i file
    for i in 1 2; do
        for file in switch db; do
            if [ -s "$STATE/ovs$i/$file.pid" ]; then
                kill "$(cat "$STATE/ovs$i/$file.pid")" 2>/dev/null || true
            fi
        done
    done
    for i in $(seq 50); do
        [ -e "$STATE/ovs1/switch.pid" ] || [ -e "$STATE/ovs2/switch.pid" ] || break
        sleep 0.1
    done
    rm -rf "$STATE/ovs1" "$STATE/ovs2"
}

"$1"
