#!/usr/bin/env python3
"""Turns what iperf3 and sockperf printed into one JSON object of figures; see measure.sh for the input."""
import json
import re
import sys


def tcp(report):
    end = report["end"]
    return {"gbits": end["sum_received"]["bits_per_second"] / 1e9, "retransmits": end["sum_sent"].get("retransmits")}


def udp(report):
    total = report["end"]["sum"]
    sent = total["packets"] / total["seconds"] / 1e3
    return {"sent": sent, "received": sent * (1 - total["lost_packets"] / total["packets"])}


def percentile(text, which):
    found = re.search(r"percentile " + re.escape(which) + r" *= *([0-9.]+)", text)
    return float(found.group(1))


def main():
    lines = iter(sys.stdin.read().split("\n"))
    raw = {name: next(lines) for name in lines if name}
    figures = {}
    for streams in ("tcp1", "tcp4"):
        measured = tcp(json.loads(raw[streams]))
        figures[streams + "_gbits"] = measured["gbits"]
        figures[streams + "_retransmits"] = measured["retransmits"]
    for size in ("udp64", "udp1300"):
        measured = udp(json.loads(raw[size]))
        figures[size + "_sent_kpps"] = measured["sent"]
        figures[size + "_received_kpps"] = measured["received"]
    text = re.sub(r"\x1b\[[0-9;]*m", "", raw["latency"])
    figures["latency_p50_us"] = percentile(text, "50.000")
    figures["latency_p99_us"] = percentile(text, "99.000")
    print(json.dumps(figures))


main()
