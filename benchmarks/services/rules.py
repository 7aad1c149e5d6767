#!/usr/bin/env python3
"""Writes what the peers are given, into a directory.

usage: rules.py iptables|iptables-nft|nftables|ringway COUNT DIR

For the kernel's: whole (all Services, endpoints in state a), to-a and to-b (the change of the Service moved).
For ringway: whole.yaml (all but moved), whole-b.yaml (the same with turned in state b), to-a and to-b (moved alone).
"""
import os
import sys

import iptables
import kubernetes
import nftables
import wanted


def named(table, name):
    return next(service for service in table if service.name == name)


def kernel_files(writer, count):
    before, after = wanted.services(count), wanted.services(count, moved="b")
    a, b = named(before, "moved"), named(after, "moved")
    return {"whole": writer.whole(before), "to-a": writer.change(before, b, a), "to-b": writer.change(after, a, b)}


def ringway_files(count):
    def others(turned):
        return kubernetes.text(service for service in wanted.services(count, turned=turned) if service.name != "moved")

    return {"whole.yaml": others("a"), "whole-b.yaml": others("b"),
            "to-a": kubernetes.text([named(wanted.services(count), "moved")]),
            "to-b": kubernetes.text([named(wanted.services(count, moved="b"), "moved")])}


def main():
    peer, count, directory = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    writers = {"iptables": iptables, "iptables-nft": iptables, "nftables": nftables}
    files = ringway_files(count) if peer == "ringway" else kernel_files(writers[peer], count)
    os.makedirs(directory, exist_ok=True)
    for name, text in files.items():
        with open(os.path.join(directory, name), "w", encoding="ascii") as out:
            out.write(text)


main()
