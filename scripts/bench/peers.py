# SPDX-License-Identifier: Apache-2.0
"""The peers, in a virtual environment of their own; one that cannot be had on this machine is left out, and said so."""
import os, subprocess, sys
from world import PEERS

PACKAGES = ["proxmoxer", "requests", "pvecontrol", "pmox"]
# Needs a newer Python than some systems have.
OPTIONAL = ["proximo-proxmox"]


def prepare():
    """Builds the environment where it is missing; returns what could not be installed."""
    python = os.path.join(PEERS, "bin", "python")
    if not os.path.exists(python):
        subprocess.run([newest(), "-m", "venv", PEERS], check=True)
    missing = []
    for package in PACKAGES + OPTIONAL:
        show = subprocess.run([python, "-m", "pip", "show", "-q", package], capture_output=True)
        if show.returncode == 0:
            continue
        result = subprocess.run([python, "-m", "pip", "install", "-q", package], capture_output=True, text=True)
        if result.returncode != 0:
            missing.append(package)
    return missing


def newest():
    """A Python of at least 3.12 where there is one."""
    for name in ("python3.13", "python3.12"):
        found = subprocess.run(["sh", "-c", f"command -v {name}"], capture_output=True, text=True).stdout.strip()
        if found and subprocess.run([found, "-c", ""], capture_output=True).returncode == 0:
            return found
    return sys.executable


def proxmoxer(server, code):
    """A program that does something with proxmoxer's `p`."""
    user, name = server.token_id.split("!")
    host, port = server.address.split(":")
    text = f"""
from proxmoxer import ProxmoxAPI
p = ProxmoxAPI({host!r}, port={port}, user={user!r}, token_name={name!r}, token_value={server.secret!r},
               verify_ssl={server.authority!r})
{code}
"""
    return [os.path.join(PEERS, "bin", "python"), "-c", text], server.environment


def pvecontrol(server, *arguments):
    user, name = server.token_id.split("!")
    server.home.file("config/pvecontrol/config.yaml", f"""clusters:
  - name: lab
    host: {server.address}
    user: {user}
    token_name: {name}
    token_value: {server.secret}
    ssl_verify: true
""")
    return [os.path.join(PEERS, "bin", "pvecontrol"), "-c", "lab", *arguments], server.environment


def pmox(server, *arguments):
    host, port = server.address.split(":")
    environment = dict(server.environment, PROXMOX_TOKEN_SECRET=server.secret)
    return [os.path.join(PEERS, "bin", "pmox"), "--host", host, "--port", port, "--token-id", server.token_id,
            "--verify-ssl", "--json", *arguments], environment
