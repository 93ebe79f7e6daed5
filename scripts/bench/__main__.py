# SPDX-License-Identifier: Apache-2.0
"""`make bench`: pvelua beside its peers, in one run on one machine; prints a table and writes docs/benchmarks.md.

Timings are for people: no test depends on them. `python3 scripts/bench ROW…` measures some rows and writes nothing."""
import collections, os, platform, subprocess, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import peers, plot, rows
from measure import fit
from world import ROOT

TABLE = [
    ("start", "start: `-e 'return 1'` on demo", rows.start),
    ("few", "list 6 guests over HTTPS", rows.list_few),
    ("many", "list 2,000, 10,000 and 50,000 guests", None),
    ("call", "one call round trip (host, worker, Gate, no network), policy of 500 rules", rows.round_trip),
    ("starts", "1,000 starts with waiting: latency 20 ms, tasks 1 s, 8 connections", rows.starts),
    ("end", "detecting the end of a task of 3 s", rows.detection),
    ("durable", "durable change (intent and outcome)", rows.durable),
    ("plan", "plan of a script of 500 changes, beside running it on demo", rows.plan),
    ("memory", "resident memory: idle REPL; list of 10,000", rows.memory),
    ("size", "binary, stripped", rows.size),
]


def main(wanted):
    missing = peers.prepare()
    notes, lines, guests = [], [], []
    for key, title, row in TABLE:
        if wanted and key not in wanted:
            continue
        found, bound, good = row(notes) if row else rows.list_many(notes, guests)
        lines.append((title, found, bound, "yes" if good else "**no**"))
        print(f"{'ok  ' if good else 'MISS'} {title}: {found} (must reach {bound})", flush=True)
    if wanted and "growth" not in wanted:
        return
    growth = collections.defaultdict(list)
    rows.steps_and_blocks(growth)
    series = [
        ("guests listed", "s", [(n, own) for n, own, _, _, _ in guests]),
        ("guests listed", "MB", [(n, memory / 2**20) for n, _, _, memory, _ in guests]),
        ("changes", "s", growth["changes"]), ("waiting blocks", "s", growth["blocks"]),
        ("waiting blocks", "MB", [(n, memory / 2**20) for n, memory in growth["block memory"]]),
    ]
    series = [each for each in series if each[2]]
    for what, unit, points in series:
        slope, offset, square = fit(points)
        print(f"     {what}: {slope * 1000:.3g} {unit} per thousand + {offset:.3g} {unit}, R² {square:.4f}")
    if not wanted:
        write(lines, notes, series, missing)


def write(lines, notes, series, missing):
    with open(os.path.join(ROOT, "docs", "benchmarks.svg"), "w") as file:
        file.write(plot.svg(series))
    processor = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    commit = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    text = ["# Benchmarks", "",
            "Written by `make bench`: every figure is from one run on one machine, against `pvelua-sim` on loopback, medians of runs",
            "in turns with what they are compared to. Ratios are what counts; seconds depend on the machine. No test depends on them.", "",
            f"Machine: {os.cpu_count()} × {processor}, {platform.system()} {platform.release()}; load before: "
            f"{os.getloadavg()[0]:.1f}; commit {commit}.", "",
            "| work | measured | must reach | met |", "|---|---|---|---|"]
    text += [f"| {title} | {found} | {bound} | {good} |" for title, found, bound, good in lines]
    text += ["", "## Growth", "", "![straight lines through the measured points](benchmarks.svg)", "",
             "| over | slope per thousand | at zero | R² |", "|---|---|---|---|"]
    for what, unit, points in series:
        slope, offset, square = fit(points)
        text.append(f"| {what}, {unit} | {slope * 1000:.3g} {unit} | {offset:.3g} {unit} | {square:.4f} |")
    text += ["", "## Notes", ""] + [f"- {note}" for note in notes]
    if missing:
        text.append(f"- Not to be had on this machine: {', '.join(missing)}.")
    with open(os.path.join(ROOT, "docs", "benchmarks.md"), "w") as file:
        file.write("\n".join(text) + "\n")


main(sys.argv[1:])
