#!/usr/bin/env python3
"""Collects the figures of run.sh.

report.py line PEER COUNT ROUND LOADS FIGURES RESIDENT_KIB LOAD    one line of results.jsonl on standard output
report.py table OUT ROUNDS SECONDS WARM COMMIT    results.jsonl to results.json, results.md (printed too) and plots
"""
import json
import os
import platform
import statistics
import sys

import plot

# heading, how to find the figures in a row, decimals, file of the plot
COLUMNS = [
    ("new connections/s", lambda row: [row["short"]["rate"]], 0, "connections"),
    ("requests/s, kept connections", lambda row: [row["kept"]["rate"]], 0, "requests"),
    ("connect p50, us", lambda row: [row["first"]["connect_p50_us"]], 0, "connect-p50"),
    ("connect p99, us", lambda row: [row["first"]["connect_p99_us"]], 0, "connect-p99"),
    ("one endpoint changed, ms", lambda row: row["moved"]["total_ms"], 1, "change"),
    ("slowest connection meanwhile, ms", lambda row: row["moved"]["slowest_ms"]
     + row.get("whole", {}).get("slowest_ms", []), 1, None),
    ("the same in the whole file, ms", lambda row: row.get("whole", {}).get("total_ms", []), 1, None),
    ("whole table, s", lambda row: row["load_s"], 2, "load"),
    ("resident, MiB", lambda row: row.get("resident_mib", []), 0, None),
]


def line(peer, count, number, loads, figures, resident, load):
    row = {"peer": peer, "services": int(count), "round": int(number), "load": float(load),
           "load_s": [float(word) for word in loads.split()], **json.loads(figures)}
    if resident:
        row["resident_mib"] = [int(word) / 1024 for word in resident.split()]
    print(json.dumps(row))


def values(rows, peer, count, find):
    return [number for row in rows if row["peer"] == peer and row["services"] == count for number in find(row)]


def spread(numbers, decimals):
    if not numbers:
        return "-"
    return f"{statistics.median(numbers):.{decimals}f} ({min(numbers):.{decimals}f}-{max(numbers):.{decimals}f})"


def processor():
    with open("/proc/cpuinfo", encoding="ascii") as info:
        for entry in info:
            if entry.startswith("model name"):
                return entry.split(":", 1)[1].strip()
    return "unknown processor"


def failures(rows):
    """What went wrong, so that no figure hides it."""
    out = []
    for row in rows:
        errors = sum(row[part]["errors"] for part in ("short", "kept", "first"))
        failed = row["moved"]["failed"] + row.get("whole", {}).get("failed", 0)
        if errors or failed:
            out.append(f"- {row['peer']}, {row['services']} Services, round {row['round']}: {errors} failed connections"
                       f" under load, {failed} during changes")
    return out or ["No connection failed."]


def shares(rows, peers):
    """How evenly connections went to the five backends: the least and the greatest share of all rounds."""
    out = []
    for peer in peers:
        parts = []
        for row in rows:
            if row["peer"] == peer:
                counts = row["short"]["servers"].values()
                parts.extend(100 * count / sum(counts) for count in counts)
        out.append(f"{peer} {min(parts):.1f} to {max(parts):.1f} %")
    return "Shares of the five backends (20 % each wanted): " + ", ".join(out) + "."


def table(out, rounds, seconds, warm, commit):
    with open(os.path.join(out, "results.jsonl"), encoding="ascii") as source:
        rows = [json.loads(entry) for entry in source]
    peers = list(dict.fromkeys(row["peer"] for row in rows))
    counts = sorted({row["services"] for row in rows})
    machine = {"processor": processor(), "cores": os.cpu_count(), "kernel": platform.release(), "commit": commit}
    with open(os.path.join(out, "results.json"), "w", encoding="ascii") as target:
        json.dump({"machine": machine, "rounds": int(rounds), "seconds": float(seconds), "warm": float(warm),
                   "results": rows}, target, indent=1)
    text = [f"{machine['cores']} cores of {machine['processor']}, Linux {machine['kernel']}, commit {commit}; "
            f"{rounds} rounds, each peer set up afresh in each, {warm} s of connections before measuring, "
            f"{seconds} s a measurement; median (least-greatest).", "",
            "| Services | | " + " | ".join(heading for heading, *_ in COLUMNS) + " |",
            "|---" * (len(COLUMNS) + 2) + "|"]
    for count in counts:
        for peer in peers:
            cells = [spread(values(rows, peer, count, find), decimals) for _, find, decimals, _ in COLUMNS]
            text.append(f"| {count} | {peer} | " + " | ".join(cells) + " |")
    text += ["", shares(rows, peers), ""] + failures(rows)
    with open(os.path.join(out, "results.md"), "w", encoding="ascii") as target:
        target.write("\n".join(text) + "\n")
    print("\n".join(text))
    for heading, find, _, name in COLUMNS:
        if name:
            series = {peer: [values(rows, peer, count, find) for count in counts] for peer in peers}
            plot.write(os.path.join(out, name + ".svg"), heading, counts, series)


if __name__ == "__main__":
    {"line": line, "table": table}[sys.argv[1]](*sys.argv[2:])
