#!/usr/bin/env python3
"""Collects the figures of run.sh.

report.py line PEER ROUND FIGURES READY_MS FRESH_KIB LOADED_KIB LOAD    one line of results.jsonl on standard output
report.py table OUT ROUNDS SECONDS WARM COMMIT    results.jsonl to results.json and results.md, which is printed too
"""
import json
import os
import platform
import statistics
import sys

# key, heading, decimals
COLUMNS = [
    ("tcp1_gbits", "TCP 1 stream, Gbit/s", 2),
    ("tcp4_gbits", "TCP 4 streams, Gbit/s", 2),
    ("udp64_received_kpps", "UDP 64 B received, kpps", 0),
    ("udp1300_received_kpps", "UDP 1300 B received, kpps", 0),
    ("latency_p50_us", "latency p50, us", 0),
    ("latency_p99_us", "latency p99, us", 0),
]
# figure, peer, wanted ratio of ringway to that peer, whether more is better
GOALS = [
    ("tcp1_gbits", "limit", 0.9, True),
    ("tcp4_gbits", "limit", 0.9, True),
    ("tcp1_gbits", "ovs", 8, True),
    ("tcp4_gbits", "ovs", 8, True),
    ("udp64_received_kpps", "limit", 1.5, True),
    ("latency_p50_us", "limit", 1.3, False),
]


def line(peer, number, figures, ready, fresh, loaded, load):
    row = {"peer": peer, "round": int(number), "load": float(load), **json.loads(figures)}
    if ready:
        row["ready_ms"] = [int(word) for word in ready.split()]
        row["resident_fresh_mib"] = [int(word) / 1024 for word in fresh.split()]
        row["resident_loaded_mib"] = [int(word) / 1024 for word in loaded.split()]
    print(json.dumps(row))


def values(rows, peer, key):
    found = []
    for row in rows:
        if row["peer"] == peer and key in row:
            found.extend(row[key] if isinstance(row[key], list) else [row[key]])
    return found


def spread(numbers, decimals):
    text = f"{statistics.median(numbers):.{decimals}f}"
    return f"{text} ({min(numbers):.{decimals}f}-{max(numbers):.{decimals}f})"


def processor():
    with open("/proc/cpuinfo", encoding="ascii") as info:
        for entry in info:
            if entry.startswith("model name"):
                return entry.split(":", 1)[1].strip()
    return "unknown processor"


def figures_table(rows, peers):
    out = ["| | " + " | ".join(heading for _, heading, _ in COLUMNS) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    for peer in peers:
        cells = [spread(values(rows, peer, key), decimals) for key, _, decimals in COLUMNS]
        out.append(f"| {peer} | " + " | ".join(cells) + " |")
    return out


def goals_table(rows, peers):
    out = []
    for key, other, wanted, more in GOALS:
        if "ringway" not in peers or other not in peers:
            continue
        ratio = statistics.median(values(rows, "ringway", key)) / statistics.median(values(rows, other, key))
        met = ratio >= wanted if more else ratio <= wanted
        heading = next(h for k, h, _ in COLUMNS if k == key).split(",")[0]
        out.append(f"| {heading}, ringway to {other} | {'at least' if more else 'at most'} {wanted} | {ratio:.2f} | "
                   f"{'yes' if met else 'NO'} |")
    for key, heading, wanted, unit in (("ready_ms", "ready after its start", 1500, "ms"),
                                       ("resident_fresh_mib", "resident memory, 10 pods, before load", 160, "MiB"),
                                       ("resident_loaded_mib", "resident memory, 10 pods, after load", 160, "MiB")):
        numbers = values(rows, "ringway", key)
        if numbers:
            met = statistics.median(numbers) < wanted
            out.append(f"| {heading} | under {wanted} {unit} | {spread(numbers, 0)} {unit} | {'yes' if met else 'NO'} |")
    return ["| figure | wanted | measured | met |", "|---|---|---|---|"] + out if out else []


def table(out, rounds, seconds, warm, commit):
    with open(os.path.join(out, "results.jsonl"), encoding="ascii") as source:
        rows = [json.loads(entry) for entry in source]
    peers = list(dict.fromkeys(row["peer"] for row in rows))
    machine = {"processor": processor(), "cores": os.cpu_count(), "kernel": platform.release(), "commit": commit}
    with open(os.path.join(out, "results.json"), "w", encoding="ascii") as target:
        json.dump({"machine": machine, "rounds": int(rounds), "seconds": int(seconds), "warm": int(warm),
                   "results": rows}, target, indent=1)
    text = [f"{machine['cores']} cores of {machine['processor']}, Linux {machine['kernel']}, commit {commit}; "
            f"{rounds} rounds, each peer set up afresh in each, {warm} s of TCP and of UDP before measuring, "
            f"{seconds} s a measurement; median (least-greatest).", ""]
    text += figures_table(rows, peers) + [""] + goals_table(rows, peers)
    with open(os.path.join(out, "results.md"), "w", encoding="ascii") as target:
        target.write("\n".join(text) + "\n")
    print("\n".join(text))


{"line": line, "table": table}[sys.argv[1]](*sys.argv[2:])
