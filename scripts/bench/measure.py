# SPDX-License-Identifier: Apache-2.0
"""Programs run and timed: wall time, processor time and memory of each, as the kernel counts them."""
import os, statistics, time


class Run:
    """What one run of a program took."""

    def __init__(self, seconds, processor, kilobytes, output, status):
        self.seconds, self.processor, self.kilobytes = seconds, processor, kilobytes
        self.output, self.status = output, status


def run(arguments, environment=None, stdin=os.devnull):
    """Runs a program to its end; its standard output is kept, its memory is the largest of itself and its children."""
    reader, writer = os.pipe()
    actions = [(os.POSIX_SPAWN_OPEN, 0, stdin, os.O_RDONLY, 0), (os.POSIX_SPAWN_DUP2, writer, 1),
               (os.POSIX_SPAWN_CLOSE, reader)]
    begin = time.perf_counter()
    pid = os.posix_spawnp(arguments[0], arguments, environment or os.environ, file_actions=actions)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        output = pipe.read()
    _, status, usage = os.wait4(pid, 0)
    seconds = time.perf_counter() - begin
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss, output.decode(errors="replace"),
               os.waitstatus_to_exitcode(status))


def checked(arguments, environment=None):
    """The same, for a program that must succeed."""
    result = run(arguments, environment)
    if result.status != 0:
        raise SystemExit(f"{' '.join(arguments)} ended with {result.status}")
    return result


def side_by_side(programs, rounds):
    """Runs several programs in turns, so that what the machine does besides hits all of them alike.

    `programs` are pairs of arguments and environment by name; returns the runs by name, the first of each thrown away."""
    runs = {name: [] for name in programs}
    for number in range(rounds + 1):
        for name, (arguments, environment) in programs.items():
            result = checked(arguments, environment)
            if number > 0:
                runs[name].append(result)
    return runs


def median(runs, field="seconds"):
    return statistics.median(getattr(each, field) for each in runs)


def fit(points):
    """The straight line nearest to points, and how much of their spread it explains: slope, offset, R²."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    slope, offset = statistics.linear_regression(xs, ys)
    return slope, offset, statistics.correlation(xs, ys) ** 2
