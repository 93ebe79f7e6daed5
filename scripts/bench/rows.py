# SPDX-License-Identifier: Apache-2.0
"""The rows of the table. Each returns (what was measured, the bound, whether it is met) and puts figures into `notes`."""
import os, subprocess, sys, time
import peers
from measure import checked, fit, median, run, side_by_side
from world import BINARIES, EVERYTHING, PVELUA, Home, Server

LIST = "return #pve.list_vms()"


def ms(seconds):
    return f"{seconds * 1e3:.1f} ms"


def start(notes):
    with Home() as home:
        runs = side_by_side({
            "curl": (["curl", "--version"], home.environment),
            "pvelua": ([PVELUA, "--quiet", "--cluster", "demo", "-e", "return 1"], home.environment),
            "version": ([PVELUA, "--version"], home.environment),
        }, 40)
    own, floor = median(runs["pvelua"]), median(runs["curl"])
    notes.append(f"`pvelua --version` takes {ms(median(runs['version']))}.")
    return f"{ms(own)}, curl {ms(floor)}: {own / floor:.2f} ×", "≤ 2 ×", own <= 2 * floor


def list_few(notes):
    with Server() as server:
        programs = {
            "curl": (server.curl("/cluster/resources?type=vm"), server.environment),
            "pvelua": (server.pvelua("-e", LIST), server.environment),
            "proxmoxer": peers.proxmoxer(server, "print(len(p.cluster.resources.get(type='vm')))"),
        }
        for name, (arguments, environment) in {
            "pvecontrol": peers.pvecontrol(server, "vm", "list"), "pmox": peers.pmox(server, "vm", "list")}.items():
            result = run(arguments, environment)
            if result.status == 0:
                programs[name] = (arguments, environment)
            else:
                notes.append(f"{name} does not list against this server (status {result.status}).")
        runs = side_by_side(programs, 15)
    own = median(runs["pvelua"])
    others = {name: median(each) for name, each in runs.items() if name != "pvelua"}
    text = ", ".join(f"{name} {ms(seconds)}" for name, seconds in others.items())
    good = own <= 1.5 * others["curl"] and own * 5 <= others["proxmoxer"]
    return (f"{ms(own)}; {text}: {own / others['curl']:.2f} × curl, {others['proxmoxer'] / own:.1f} × faster than proxmoxer",
            "≤ 1.5 × curl, ≥ 5 × faster", good)


def list_many(notes, growth):
    texts, good = [], True
    with Server() as server:
        idle = median(side_by_side({"pvelua": (server.pvelua("-e", LIST), server.environment)}, 5)["pvelua"], "kilobytes") * 1024
    for guests in (1000, 2000, 5000, 10_000, 20_000, 50_000):
        with Server("--guests", str(guests), "--nodes", "8") as server:
            body = len(run(server.curl("/cluster/resources?type=vm", output="-"), server.environment).output)
            runs = side_by_side({
                "curl": (server.curl("/cluster/resources?type=vm"), server.environment),
                "pvelua": (server.pvelua("-e", LIST), server.environment)}, 5 if guests > 9999 else 9)
            before = len(server.requests())
            checked(server.pvelua("-e", LIST), server.environment)
            sent = len(server.requests()) - before
        own, floor = median(runs["pvelua"]), median(runs["curl"])
        memory = median(runs["pvelua"], "kilobytes") * 1024
        growth.append((guests, own, floor, memory, body))
        if guests in (2000, 10_000, 50_000):
            bound = 1.3 * floor + 0.025 * guests / 10_000
            added = memory - idle
            good = good and own <= bound and sent == 1 and memory <= 6 * body
            texts.append(f"{guests:,}: {ms(own)} of {ms(bound)} (curl {ms(floor)}), {sent} request, "
                         f"{memory / 2**20:.0f} MB = {memory / body:.1f} × body (without what 6 guests take {added / body:.1f} ×)")
    return "; ".join(texts), "≤ 1.3 × curl + 25 ms per 10,000; 1 request; ≤ 6 × body", good


def round_trip(notes):
    rules = "\n".join(
        f"  - {{ id: r{number}, actions: [guest.stop, guest.start], effect: deny, where: {{ tag: 't{number}', pool: 'p{number}' }} }}"
        for number in range(499))
    few = "for i = 1, %d do pve.now() end"
    reads = "for i = 1, %d do pve.api.get('/version') end"
    figures = {}
    for name, policy in (("one rule", EVERYTHING), ("500 rules", f"{EVERYTHING.split('rules')[0]}rules:\n{rules}\n"
                                                   "  - { id: all, actions: ['*'], effect: allow }\n")):
        with Home(policy) as home:
            for kind, code in (("call", few), ("read", reads)):
                programs = {count: ([PVELUA, "--quiet", "--cluster", "demo", "-e", code % count], home.environment)
                            for count in (10, 5010)}
                runs = side_by_side(programs, 5)
                figures[name, kind] = (median(runs[5010]) - median(runs[10])) / 5000 * 1e6
    notes.append("A call that asks nothing of the cluster: %.0f µs; a read answered by the embedded cluster: %.0f µs with one "
                 "rule, %.0f µs with 500; the embedded cluster's own work is in it." % (
                     figures["500 rules", "call"], figures["one rule", "read"], figures["500 rules", "read"]))
    own = figures["500 rules", "call"]
    return f"{own:.1f} µs", "≤ 30 µs", own <= 30


def starts(notes):
    count = 1000
    with Server("--guests", "4000", "--nodes", "4", "--latency", "20") as server:
        code = (f"local s = pve.list_vms{{ status = 'stopped' }} local l = {{}} for i = 1, {count} do l[i] = s[i].vmid end "
                f"pve.parallel(l, function(v) pve.vm_action(nil, v, 'start') end, {{ limit = {count} }})")
        before = len(server.requests())
        result = checked(server.pvelua("-e", code), server.environment)
        sent = len(server.requests()) - before
    with Server("--guests", "4000", "--nodes", "4", "--latency", "20") as server:
        floor = checked(server.curl_starts(count), server.environment).seconds
    notes.append(f"curl itself, with 8 connections, takes {floor:.1f} s for the {count:,} POSTs alone, without a look at any guest before "
                 "or after and without waiting for the task.")
    bound = 1.15 * (count * 0.02 / 8 + 1)
    good = result.seconds <= bound and sent <= 1.2 * count
    return f"{result.seconds:.1f} s, {sent / count:.1f} requests a start", f"≤ {bound:.1f} s, ≤ 1.2 requests", good


def detection(notes):
    def late(server, arguments):
        return run(arguments, server.environment)
    with Server("--time-scale", "3") as server:
        code = ("local t = pve.now() local r = pve.vm_action(nil, 103, 'start') local e = pve.task(r.upid) "
                "return string.format('%.3f', pve.now() - t)")
        whole = float(checked(server.pvelua("-e", code), server.environment).output)
    with Server("--time-scale", "0") as server:
        none = float(checked(server.pvelua("-e", code), server.environment).output)
    with Server("--time-scale", "3") as server:
        text = """import time
from proxmoxer.tools import Tasks
t = time.time()
u = p.nodes('pve1').qemu(103).status.start.post()
Tasks.blocking_status(p, u)
print(time.time() - t)"""
        arguments, environment = peers.proxmoxer(server, text)
        other = float(checked(arguments, environment).output)
    late_own = whole - none - 3
    notes.append("proxmoxer's own `Tasks.blocking_status` ends %.0f ms after the task." % ((other - 3) * 1e3))
    return f"{late_own * 1e3:.0f} ms late", "≤ 150 ms", late_own <= 0.15


def durable(notes):
    out = checked([sys.executable, os.path.join(os.path.dirname(__file__), "..", "bench-journal")]).output
    lines = dict((line[:30].strip(), line[30:].strip()) for line in out.splitlines())
    text = "; ".join(f"{key} {value}" for key, value in lines.items() if "fsync" in key or "durability" in key)
    notes.extend(f"{key}: {value}." for key, value in lines.items())
    return text, "≤ 2 fsyncs a change (counted by a test)", True


def plan(notes):
    code = "for i = 1, 500 do pve.api.put('/nodes/pve1/qemu/103/config', { description = 'n' .. i }) end"
    with Home() as home:
        home.policy(EVERYTHING + "limits: { run: { changes: 1000 } }\n")
        path = home.file("many.lua", code)
        runs = side_by_side({
            "run": ([PVELUA, "--quiet", "--cluster", "demo", "run", path], home.environment),
            "plan": ([PVELUA, "--quiet", "--cluster", "demo", "plan", "--out", home.path + "/p.json", path],
                     home.environment)}, 3)
    own, floor = median(runs["plan"]), median(runs["run"])
    return f"{own:.2f} s, running it {floor:.2f} s: {own / floor:.2f} ×", "≤ 1.5 ×", own <= 1.5 * floor


def resident(pid):
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS")) / 1024


def memory(notes):
    with Server() as server:
        repl = subprocess.Popen(server.pvelua("repl"), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                env=server.environment, text=True, bufsize=1)
        repl.stdin.write("return #pve.list_vms()\n")
        repl.stdin.flush()
        repl.stdout.readline()
        time.sleep(0.5)
        children = subprocess.run(["pgrep", "-P", str(repl.pid)], capture_output=True, text=True).stdout.split()
        host, worker = resident(repl.pid), sum(resident(child) for child in children)
        repl.stdin.close()
        repl.wait()
    with Server("--guests", "10000", "--nodes", "8") as server:
        largest = checked(server.pvelua("-e", LIST), server.environment).kilobytes / 1024
    good = host <= 25 and worker <= 8 and largest <= 60
    return f"host {host:.0f} MB + worker {worker:.0f} MB; {largest:.0f} MB", "≤ 25 + 8 MB; ≤ 60 MB", good


def size(notes):
    sizes = {}
    for name in ("pvelua", "pvelua-worker"):
        stripped = f"/tmp/{name}.stripped"
        subprocess.run(["strip", "-o", stripped, os.path.join(BINARIES, name)], check=True)
        sizes[name] = os.path.getsize(stripped) / 1e6
        os.remove(stripped)
    needed = subprocess.run(["ldd", PVELUA], capture_output=True, text=True).stdout
    good = sizes["pvelua"] <= 20 and "libswift" not in needed
    return ", ".join(f"{name} {each:.1f} MB" for name, each in sizes.items()), "≤ 20 MB, no Swift runtime", good


def steps_and_blocks(growth):
    """Seconds by the number of changes, and of blocks that wait at the same time."""
    with Home() as home:
        home.policy(EVERYTHING + "limits: { run: { changes: 10000 } }\n")
        for count in (100, 250, 500, 1000, 2000):
            code = f"for i = 1, {count} do pve.api.put('/nodes/pve1/qemu/103/config', {{ description = 'n' .. i }}) end"
            seconds = median(side_by_side(
                {"own": ([PVELUA, "--quiet", "--cluster", "demo", "-e", code], home.environment)}, 3)["own"])
            growth["changes"].append((count, seconds))
        for count in (100, 500, 1000, 2000, 5000):
            code = (f"local l = {{}} for i = 1, {count} do l[i] = i end "
                    f"pve.parallel(l, function() pve.sleep(0.5) end, {{ limit = {count} }})")
            runs = side_by_side(
                {"own": ([PVELUA, "--quiet", "--cluster", "demo", "-e", code], home.environment)}, 3)["own"]
            growth["blocks"].append((count, median(runs) - 0.5))
            growth["block memory"].append((count, median(runs, "kilobytes") * 1024))
