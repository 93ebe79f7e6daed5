# SPDX-License-Identifier: Apache-2.0
"""Runs a command at a terminal of its own and plays the person in front of it.

usage: terminal.py STEPS COMMAND...
STEPS is a JSON list of [pattern, answer]: when the pattern appears, the answer is typed; {1} stands for its first group.
All that the terminal showed goes to stdout; the command's exit status is this program's. Whoever waits too long says for what.
"""
import json
import os
import pty
import re
import select
import sys
import time

steps = json.loads(sys.argv[1])
pid, master = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])

seen = ""
start = 0
deadline = time.monotonic() + float(os.environ.get("PATIENCE", "110"))
while time.monotonic() < deadline:
    ready, _, _ = select.select([master], [], [], 0.2)
    if ready:
        try:
            data = os.read(master, 65536)
        except OSError:
            break
        if not data:
            break
        seen += data.decode("utf-8", "replace")
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", seen)
    if steps:
        found = re.compile(steps[0][0]).search(plain, start)
        if found:
            start = found.end()
            answer = steps.pop(0)[1]
            for number, group in enumerate(found.groups(), 1):
                answer = answer.replace("{%d}" % number, group)
            os.write(master, answer.encode())
else:
    os.kill(pid, 9)
    seen += "\nterminal.py gave up: %s\n" % ("never saw %r" % steps[0][0] if steps else "the command did not end")
sys.stdout.write(seen)
sys.stdout.flush()
_, status = os.waitpid(pid, 0)
sys.exit(os.waitstatus_to_exitcode(status) & 255)
