#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# A stand-in for pvesh that asks a pvelua-sim server; pvesh.json beside it says where. It behaves as pve-facts §9 and
# PVE/CLI/pvesh.pm do: options by the rules of Perl's Getopt::Long, tasks in the foreground with their log before the UPID,
# status 0 for failed tasks, errors as text.
import json, os, ssl, sys, time, urllib.error, urllib.parse, urllib.request

here = os.path.dirname(os.path.abspath(__file__))
settings = json.load(open(os.path.join(here, "pvesh.json")))
with open(os.path.join(here, "calls"), "a") as log:
    log.write(json.dumps(sys.argv[1:]) + "\n")

METHODS = {"get": "GET", "create": "POST", "set": "PUT", "delete": "DELETE"}
OWN = ["output-format", "human-readable", "noborder", "noheader", "quiet", "noproxy"]
exact = "no_auto_abbrev" in os.environ.get("PERL5OPT", "") and "no_ignore_case" in os.environ.get("PERL5OPT", "")


def stop(text, status=255):
    sys.stdout.flush()
    sys.stderr.write(text + "\n")
    sys.exit(status)


if len(sys.argv) < 3 or sys.argv[1] not in METHODS:
    stop("ERROR: unknown command '%s'\nUSAGE: pvesh <COMMAND> [ARGS] [OPTIONS]" % " ".join(sys.argv[1:2]))
command, path = sys.argv[1], sys.argv[2]
own, parameters = {}, {}
words = sys.argv[3:]
while words:
    word = words.pop(0)
    if not word.startswith("-"):
        stop("400 too many arguments\npvesh %s <api_path> [OPTIONS]" % command)
    name, equals, value = word.lstrip("-").partition("=")
    if equals and not value:
        stop("Option %s requires an argument\n400 unable to parse option" % name)
    if not equals:
        if not words:
            stop("Option %s requires an argument\n400 unable to parse option" % name)
        value = words.pop(0)
    if not exact:
        near = [option for option in OWN if option.startswith(name.lower())]
        name = near[0] if len(near) == 1 else name
    elif name not in OWN and any(option.startswith(name) for option in OWN):
        stop("Unknown option: %s\n400 unable to parse option\npvesh %s <api_path> [OPTIONS]" % (name, command))
    if name in OWN:
        own[name] = value
    else:
        parameters.setdefault(name, []).append(value)

context = ssl.create_default_context(cafile=settings["ca_file"])


def call(method, path, parameters):
    url = settings["url"] + "/api2/json" + urllib.parse.quote(path, safe="/:!@")
    pairs = [(name, value) for name, values in parameters.items() for value in values]
    body = None
    headers = {"Authorization": "PVEAPIToken=" + settings["token"]}
    if method in ("POST", "PUT"):
        members = {name: values[0] if len(values) == 1 else values for name, values in parameters.items()}
        body = json.dumps(members).encode()
        headers["Content-Type"] = "application/json"
    elif pairs:
        url += "?" + urllib.parse.urlencode(pairs, quote_via=urllib.parse.quote)
    request = urllib.request.Request(url, data=body, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, context=context) as answer:
            return json.load(answer)["data"]
    except urllib.error.HTTPError as error:
        text = error.read().decode()
        try:
            answer = json.loads(text)
        except ValueError:
            answer = {}
        reason = (answer.get("message") or error.reason or text).strip()
        if error.code == 501:
            stop("No '%s' handler defined for '%s'" % (command, path), 1)
        if error.code == 400:
            fields = "".join("%s: %s\n" % (name, str(value).strip()) for name, value in (answer.get("errors") or {}).items())
            stop("400 %s\n%spvesh %s <api_path> [OPTIONS]" % (reason, fields, command))
        stop(reason if error.code == 500 else "%d %s" % (error.code, reason), 2 if error.code == 500 else 255)


data = call(METHODS[command], path, parameters)
if command != "get" and isinstance(data, str) and data.startswith("UPID:"):
    node = data.split(":")[1]
    task = "/nodes/%s/tasks/%s" % (node, data)
    while call("GET", task + "/status", {})["status"] == "running":
        time.sleep(0.01)
    for line in call("GET", task + "/log", {"limit": ["0"]}):
        if line["t"].startswith("TASK ERROR: "):
            sys.stderr.write(line["t"][12:] + "\n")
        elif line["t"] != "TASK OK":
            print(line["t"])
    if node != settings["node"]:
        # The other node's pvesh printed its log as well, so what it printed is no JSON and comes as the text it is.
        data = "something from its log" + json.dumps(data)
if data is not None:
    print(json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False))
