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


# Why a row is not met, as profiles (perf) of the release build on this machine show it; see also docs/decisions.
REASONS = {
    "few": "Two processes start instead of one. Of the time from exec to exit about a quarter goes into loading and relocating pvelua, a "
           "tenth into reading the command line (ArgumentParser's Mirror), a tenth into configuration, policy and the worker's first frame, "
           "a fifth into TLS, which is curl's own as well. The worker, and libcurl with its thirty libraries, come up on the second processor "
           "meanwhile; with them both processors are busy from the first tenth on, so nothing is left to be done earlier.",
    "many": "Every value goes through three forms: the cluster's JSON, values that policy, secrets and the journal look at, and JSON for the worker, "
            "which makes tables of it. That costs the host about 4 µs a guest and the worker 2.6 µs, one after the other; the bound leaves 2.5 µs beyond "
            "1.3 × curl. Of 2,000 guests the start is the larger part. Letting the worker begin before the host has ended would save the shorter of encoding "
            "(1 µs) and building tables, which is not enough. A process that has listed six guests takes 30 MB, more than six times the body of 2,000 "
            "or 10,000; what comes with each guest is below that.",
    "starts": "Proxmox closes the connection after every POST (`Connection: close`, seen in recorded answers), so each start pays a TLS handshake, "
              "here on two processors that the server shares: see what curl takes for the POSTs alone. Beyond these, pvelua looks at each guest "
              "before and after, follows each task and writes each step to disk.",
    "memory": "About 15 of the 30 MB are clean pages of the program and its libraries, which the kernel maps in blocks around each page that is touched. "
              "Ordering functions by first use took them to 26 MB in all (docs/decisions/0024-small-binaries.md).",
    "size": "Linked in are the standard library (3.8 MB), Foundation's essentials (3.0 MB), regular expressions (0.8 MB), unwind tables (2.4 MB); link-time "
            "optimisation gave 22.9 MB for three more minutes of linking (docs/decisions/0024-small-binaries.md). No Swift runtime is needed.",
}


def main(wanted):
    missing = peers.prepare()
    notes, lines, guests, missed = [], [], [], []
    for key, title, row in TABLE:
        if wanted and key not in wanted:
            continue
        found, bound, good = row(notes) if row else rows.list_many(notes, guests)
        lines.append((title, found, bound, "yes" if good else "**no**"))
        if not good:
            missed.append((title, REASONS.get(key, "not looked into yet")))
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
        write(lines, notes, series, missing, missed)


def write(lines, notes, series, missing, missed):
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
    if missed:
        text += ["", "## Why a row is not met", ""] + [f"- **{title}**: {reason}" for title, reason in missed]
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
