# SPDX-License-Identifier: Apache-2.0
"""A home, a server and the ways to it for pvelua and its peers."""
import json, os, shutil, subprocess, tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BINARIES = os.environ.get("PVELUA_BINARIES", os.path.join(ROOT, ".build", "release"))
PEERS = os.path.join(ROOT, ".build", "peers")
PVELUA = os.path.join(BINARIES, "pvelua")
EVERYTHING = "version: 1\nrules: [{ id: all, actions: ['*'], effect: allow }]\n"


def write(path, text):
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    with open(path, "w") as file:
        file.write(text)
    os.chmod(path, 0o600)
    return path


class Home:
    """An empty home of its own, with the variables that lead there."""

    def __init__(self, policy=EVERYTHING, folder=None):
        self.path = tempfile.mkdtemp(prefix="pvelua-bench-", dir=folder)
        self.policy(policy)
        self.environment = dict(
            os.environ, HOME=self.path, XDG_CONFIG_HOME=self.path + "/config", XDG_STATE_HOME=self.path + "/state")
        for name in ("CI", "CLAUDECODE"):
            self.environment.pop(name, None)

    def policy(self, text):
        write(self.path + "/config/pvelua/policy.yaml", text)

    def file(self, name, text):
        return write(os.path.join(self.path, name), text)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)


class Server:
    """A running pvelua-sim, and a home that knows it as `lab`."""

    def __init__(self, *options, connections=8):
        self.process = subprocess.Popen(
            [os.path.join(BINARIES, "pvelua-sim"), "serve", "--port", "0", "--auth-delay", "0", *options],
            stdout=subprocess.PIPE, text=True)
        ready = json.loads(self.process.stdout.readline())
        self.url, self.authority = ready["url"], ready["ca_file"]
        self.token_id, self.secret = ready["token"].rsplit("=", 1)
        self.address = self.url.split("//")[1].rstrip("/")
        self.home = Home()
        self.home.file("token", self.secret + "\n")
        self.home.file("config/pvelua/config.yaml", f"""version: 1
default_cluster: lab
clusters:
  lab:
    hosts: ["{self.address}"]
    auth: {{ token_id: "{self.token_id}", token_secret: {{ file: "{self.home.path}/token" }} }}
    tls: {{ ca_file: "{self.authority}" }}
    limits: {{ connections: {connections} }}
""")
        self.environment = dict(self.home.environment, REQUESTS_CA_BUNDLE=self.authority)

    def curl(self, path, output="/dev/null"):
        return ["curl", "-sS", "--fail", "--cacert", self.authority, "-o", output,
                "-H", f"Authorization: PVEAPIToken={self.token_id}={self.secret}", self.url + "/api2/json" + path]

    def curl_starts(self, count):
        """curl starting as many stopped guests, eight at a time, and nothing else."""
        found = json.loads(subprocess.run(
            self.curl("/cluster/resources?type=vm", output="-"), capture_output=True, text=True, check=True).stdout)
        stopped = [row for row in found["data"] if row["status"] == "stopped" and not row.get("template")][:count]
        lines = [f'header = "Authorization: PVEAPIToken={self.token_id}={self.secret}"', f'cacert = "{self.authority}"', "silent",
                 'request = "POST"']
        for row in stopped:
            lines += [f'url = "{self.url}/api2/json/nodes/{row["node"]}/{row["type"]}/{row["vmid"]}/status/start"',
                      'output = "/dev/null"']
        return ["curl", "--parallel", "--parallel-max", "8", "--config", self.home.file("starts", "\n".join(lines) + "\n")]

    def pvelua(self, *arguments):
        return [PVELUA, "--quiet", *arguments]

    def requests(self):
        """How many requests of the API have come so far, by method and path."""
        out = subprocess.run(
            ["curl", "-sS", "--cacert", self.authority, "-H",
             f"Authorization: PVEAPIToken={self.token_id}={self.secret}", self.url + "/sim/requests"],
            capture_output=True, text=True, check=True).stdout
        rows = json.loads(out)
        return rows.get("data", rows) if isinstance(rows, dict) else rows

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.home.__exit__()
