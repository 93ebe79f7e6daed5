# SPDX-License-Identifier: Apache-2.0
"""A TLS server on loopback that misbehaves on request, for the tests of the curl transport.

Usage: hostile_server.py FOLDER. The folder holds good.pem and other.pem (certificate and key in one file). The server
writes its ports as one JSON line to standard output, appends what it receives to FOLDER/requests.jsonl, and ends when its
standard input does.
"""
import gzip
import json
import os
import socket
import ssl
import struct
import sys
import threading
import time
import zlib

FOLDER = sys.argv[1]
LOCK = threading.Lock()
LOG = open(os.path.join(FOLDER, "requests.jsonl"), "a", encoding="utf-8")


def note(**facts):
    with LOCK:
        LOG.write(json.dumps(facts) + "\n")
        LOG.flush()


def context(name):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(os.path.join(FOLDER, name))
    # Whoever offers HTTP/2 would get it.
    made.set_alpn_protocols(["h2", "http/1.1"])
    return made


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    # Without TLS's own good-bye: the raw socket is closed.
    os.close(connection.detach())


def answer(connection, body, status="200 OK", headers=(), length=None):
    head = "HTTP/1.1 %s\r\nContent-Type: application/json;charset=UTF-8\r\nContent-Length: %d\r\n" % (
        status, len(body) if length is None else length)
    head += "".join(line + "\r\n" for line in headers)
    connection.sendall(head.encode("utf-8") + b"\r\n" + body)


def read_request(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65536)
        if not part:
            return None
        data += part
    head, body = data.split(b"\r\n\r\n", 1)
    lines = head.decode("latin-1").split("\r\n")
    headers = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    while len(body) < int(headers.get("content-length", "0")):
        part = connection.recv(65536)
        if not part:
            return None
        body += part
    method, target, version = lines[0].split(" ")
    return method, target, version, headers, body


COUNTS = {}


def api(connection, method, target):
    """Answers a call of the API for a node whose fault is in faults.json.

    The first letter of the node's name says when the fault comes: r and w at once, p after one look at the task, o at the
    second look only; for e the fault's reason is how the task ended.
    """
    node = target.split("/")[4]
    try:
        with open(os.path.join(FOLDER, "faults.json"), encoding="utf-8") as file:
            fault = json.load(file)[node[1:]]
    except (OSError, KeyError):
        answer(connection, b'{"data":null}')
        return True
    if "/log?" in target:
        answer(connection, b'{"data":[{"n":1,"t":"TASK ERROR: see above"}],"total":1}')
        return True
    with LOCK:
        COUNTS[node] = COUNTS.get(node, 0) + 1
        count = COUNTS[node]
    if node[0] == "e":
        status = {"status": "stopped", "exitstatus": fault["reason"]}
        answer(connection, json.dumps({"data": status}).encode("utf-8"))
        return True
    if node[0] in "po" and count == 1:
        answer(connection, b'{"data":{"status":"running"}}')
        return True
    if node[0] == "o" and count > 2:
        answer(connection, b'{"data":{"status":"stopped","exitstatus":"OK"}}')
        return True
    if "behaviour" in fault:
        return behave(connection, fault["behaviour"], str(fault.get("argument", "")), method, target)
    status = "%d %s" % (fault["status"], fault["reason"])
    answer(connection, fault.get("body", "").encode("utf-8"), status, ["Connection: close"])
    return False


def behave(connection, name, argument, method="", target=""):
    """Answers one request; returns whether the connection stays open."""
    if name == "api2" and target.startswith("/api2/json/nodes/"):
        return api(connection, method, target)
    if name == "api2":
        answer(connection, b'{"data":{"version":"8.4.1"}}')
    elif name == "ok":
        answer(connection, b'{"data":{"ok":1}}')
    elif name == "garbage":
        connection.sendall(b"\x00\x01 this is no HTTP\r\n\r\n" * 20)
        return False
    elif name == "cut":
        answer(connection, b'{"data":', length=5000)
        return False
    elif name == "huge":
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (int(argument) + 1))
        try:
            connection.sendall(b" " * (int(argument) + 1))
        except OSError:
            pass
        return False
    elif name == "bomb":
        answer(connection, gzip.compress(b" " * int(argument)), headers=["Content-Encoding: gzip"])
    elif name == "reset":
        reset(connection)
        return False
    elif name == "silent":
        time.sleep(20)
        return False
    elif name == "gate":
        # Says nothing until a file of that name is there.
        while not os.path.exists(os.path.join(FOLDER, argument.split("/")[0])):
            time.sleep(0.02)
        answer(connection, b'{"data":1}')
    elif name == "hold":
        # Says nothing, and notices when the client hangs up.
        connection.recv(1)
        return False
    elif name == "drip":
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(200):
            connection.sendall(b" ")
            time.sleep(0.1)
        return False
    elif name == "status":
        code, _, reason = argument.partition("/")
        answer(connection, b"", "%s %s" % (code, reason.replace("_", " ")), ["Connection: close"])
        return False
    elif name == "kept":
        # Says nothing of closing, whatever the status is.
        answer(connection, b'{"data":1}', "%s Whatever" % argument.split("/")[0])
    elif name == "slow":
        time.sleep(int(argument.split("/")[0]) / 1000)
        answer(connection, b'{"data":1}')
    elif name == "steady":
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 20480\r\n\r\n")
        for _ in range(10):
            connection.sendall(b" " * 2048)
            time.sleep(0.3)
    elif name == "deflate":
        answer(connection, zlib.compress(b'{"data":"' + b"x" * 5000 + b'"}'), headers=["Content-Encoding: deflate"])
    elif name == "gzip":
        answer(connection, gzip.compress(b'{"data":"' + b"x" * 5000 + b'"}'), headers=["Content-Encoding: gzip"])
    elif name == "redirect":
        answer(connection, b"", "301 Moved", ["Location: /ok/1"])
    elif name == "once":
        # Says keep-alive and closes: the next request finds a dead connection.
        answer(connection, b'{"data":1}', headers=["Connection: Keep-Alive"])
        return False
    elif name == "headers":
        answer(connection, b"{}", headers=["X-Many: " + "y" * 1000] * int(argument))
    elif name == "line":
        answer(connection, b"{}", headers=["X-Long: " + "y" * int(argument)])
    elif name == "cookie":
        answer(connection, b'{"data":1}', headers=["Set-Cookie: PVEAuthCookie=evil; Path=/"])
    elif name == "empty":
        return False
    return True


def serve(raw, tls, port_name):
    try:
        connection = tls.wrap_socket(raw, server_side=True)
    except (ssl.SSLError, OSError) as error:
        note(port=port_name, handshake="failed", error=str(error))
        raw.close()
        return
    note(port=port_name, handshake="done", protocol=connection.selected_alpn_protocol() or "none")
    if port_name == "quits":
        reset(connection)
        return
    identity = "%s-%d" % (port_name, connection.fileno()) + str(time.time_ns())
    try:
        while True:
            request = read_request(connection)
            if request is None:
                return
            method, target, version, headers, body = request
            parts = target.split("?")[0].split("/", 3)
            note(port=port_name, connection=identity, method=method, target=target, version=version, headers=headers,
                 body=body.decode("utf-8", "replace"))
            if not behave(connection, parts[1], "/".join(parts[2:]), method, target):
                return
    except (ssl.SSLError, OSError, ValueError):
        pass
    finally:
        note(port=port_name, closed=identity, time=time.time())
        try:
            connection.close()
        except OSError:
            pass


def open_connections(port):
    """How many connections to a port of ours the clients have not closed, as the kernel has it for the clients' own ends.

    The servers' ends would learn of a closing only later. Whatever is closed while the table is read may be counted
    together with what is opened after it, so the least of a few readings counts.
    """
    server = "0100007F:%04X" % port

    def count():
        with open("/proc/net/tcp", encoding="ascii") as table:
            rows = [line.split() for line in table][1:]
        return sum(1 for row in rows if row[2] == server and row[3] in ("01", "02"))

    return min(count() for _ in range(5))


def listen(port_name, handler):
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(256)

    def run():
        while True:
            raw, _ = listener.accept()
            if port_name == "counted":
                note(port=port_name, open=open_connections(listener.getsockname()[1]))
            threading.Thread(target=handler, args=(raw,), daemon=True).start()

    threading.Thread(target=run, daemon=True).start()
    return listener.getsockname()[1]


def hang_up(raw):
    raw.recv(1)
    reset(raw)


def stall(raw):
    time.sleep(30)


GOOD = context("good.pem")
OTHER = context("other.pem")
PORTS = {
    "good": listen("good", lambda raw: serve(raw, GOOD, "good")),
    "other": listen("other", lambda raw: serve(raw, OTHER, "other")),
    "counted": listen("counted", lambda raw: serve(raw, GOOD, "counted")),
    "lanes": listen("lanes", lambda raw: serve(raw, GOOD, "lanes")),
    "quits": listen("quits", lambda raw: serve(raw, GOOD, "quits")),
    "hangup": listen("hangup", hang_up),
    "stall": listen("stall", stall),
}
print(json.dumps(PORTS), flush=True)
sys.stdin.read()
