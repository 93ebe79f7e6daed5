# SPDX-License-Identifier: Apache-2.0
"""Counts the instructions of three hot paths with valgrind and holds them against expected.json; `--record` renews that.

What one more call costs is the difference of a long and a short run, so starting and ending do not count. The host is the debug
build, since that is what every test run has at hand; the worker's bridge is compiled here, with -O2, since the worker's own
sandbox does not let valgrind in. Figures depend on compiler and libraries, which is why expected.json names them.
"""
import json, os, platform, shutil, subprocess, sys, tempfile
from concurrent.futures import ThreadPoolExecutor

FOLDER = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(FOLDER))
BUILD = os.path.join(ROOT, ".build", "instructions")
DEBUG = os.path.join(ROOT, ".build", "debug")
EXPECTED = os.path.join(FOLDER, "expected.json")
MARGIN = 0.05


def skip(reason):
    print(f"instructions: skipped: {reason}")
    sys.exit(0)


def output(*arguments):
    return subprocess.run(arguments, capture_output=True, text=True, check=True).stdout


def prepare():
    """Compiles the worker's bridge and the stand-in for dispatch_main, and takes out of pvelua what valgrind cannot read."""
    os.makedirs(BUILD, exist_ok=True)
    clang = os.path.join(os.path.dirname(os.path.realpath(shutil.which("swiftc"))), "clang")
    bridge, json_source = (os.path.join(ROOT, "Sources", name) for name in ("LuaBridge", "CSimdjson"))
    includes = [f"-I{path}" for path in (bridge + "/include", json_source + "/include", ROOT + "/lua/include")]
    includes += output("pkg-config", "--cflags", "lua5.4").split()
    sources = sorted(os.path.join(bridge, name) for name in os.listdir(bridge) if name.endswith(".c"))
    sources += [os.path.join(ROOT, "lua", "lua_sources.c"), os.path.join(FOLDER, "worker_paths.c")]
    objects = [os.path.join(BUILD, os.path.basename(name) + ".o") for name in sources]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(
            lambda pair: output(clang, "-std=c2x", "-O2", "-w", *includes, "-c", pair[0], "-o", pair[1]),
            zip(sources, objects)))
    output(clang + "++", "-std=c++17", "-O2", *includes, "-c", json_source + "/csimdjson.cpp", "-o", BUILD + "/json.o")
    output(clang + "++", *objects, BUILD + "/json.o", "-llua5.4", "-lseccomp", "-lsimdjson", "-o", BUILD + "/worker_paths")
    output(clang, "-O1", "-shared", "-fPIC", FOLDER + "/main_queue.c", "-o", BUILD + "/main_queue.so")
    output("strip", "-o", BUILD + "/pvelua", DEBUG + "/pvelua")
    shutil.copy2(DEBUG + "/pvelua-worker", BUILD + "/pvelua-worker")


def collected(arguments, environment=None):
    result = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *arguments], capture_output=True, text=True,
        env=environment)
    for line in result.stderr.splitlines():
        if "Collected :" in line and result.returncode == 0:
            return int(line.split(":")[1])
    sys.exit(f"instructions: {' '.join(arguments)} failed under valgrind:\n{result.stderr[-2000:]}")


def each(arguments, few, many, environment=None):
    """How many instructions one more call takes."""
    counts = [collected(arguments(count), environment) for count in (few, many)]
    return round((counts[1] - counts[0]) / (many - few))


def measure():
    with tempfile.TemporaryDirectory() as home:
        environment = {
            "PATH": os.environ["PATH"], "HOME": home, "XDG_CONFIG_HOME": home + "/c", "XDG_STATE_HOME": home + "/s",
            "LD_PRELOAD": BUILD + "/main_queue.so"}

        def host(code):
            return lambda count: [
                BUILD + "/pvelua", "--quiet", "--cluster", "demo", "-e", f"for i = 1, {count} do {code} end"]

        def worker(path):
            return lambda count: [BUILD + "/worker_paths", path, str(count)]

        paths = {
            "response to Lua table (100 guests)": (worker("table"), 10, 60),
            "frame round trip, worker": (worker("frame"), 100, 1100),
            "frame round trip, host": (host("pve.now()"), 20, 220, environment),
            "Gate on a read": (host("pve.api.get('/version')"), 20, 120, environment),
        }
        # Other work on the machine takes time and adds no instructions.
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return dict(zip(paths, pool.map(lambda path: each(*path), paths.values())))


def tools():
    return {
        "machine": platform.machine(), "libc": " ".join(platform.libc_ver()),
        "swift": output("swiftc", "--version").splitlines()[0], "lua": output("pkg-config", "--modversion", "lua5.4").strip(),
        "valgrind": output("valgrind", "--version").strip()}


def main():
    if not shutil.which("valgrind"):
        skip("there is no valgrind (make test-packages installs it)")
    if subprocess.run(["valgrind", "--quiet", "true"], capture_output=True).returncode != 0:
        skip("valgrind runs nothing here")
    if not os.path.exists(DEBUG + "/pvelua"):
        skip("there is no debug build (swift build)")
    own = tools()
    recording = sys.argv[1:] == ["--record"]
    expected = None
    if not recording:
        with open(EXPECTED) as file:
            expected = json.load(file)
        different = [f"{key} {own[key]!r}, not {value!r}" for key, value in expected["tools"].items() if own[key] != value]
        if different:
            skip("expected.json is from other tools, whose counts are others: " + "; ".join(different))
    prepare()
    counts = measure()
    if recording:
        # Where things lie in memory, and Lua's seed, differ a little from run to run.
        runs = [counts] + [measure() for _ in range(4)]
        counts = {name: sorted(run[name] for run in runs)[2] for name in counts}
        with open(EXPECTED, "w") as file:
            json.dump({"tools": own, "instructions": counts}, file, indent=2)
            file.write("\n")
    worse = False
    for name, count in counts.items():
        before = counts[name] if recording else expected["instructions"][name]
        change = count / before - 1
        verdict = "ok" if abs(change) <= MARGIN else "MORE" if change > 0 else "fewer: record it (--record)"
        worse = worse or change > MARGIN
        print(f"{name:36} {count:>10,} of {before:>10,} {change:+7.1%}  {verdict}")
    sys.exit(1 if worse else 0)


main()
