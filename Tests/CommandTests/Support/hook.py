# A server for webhooks on loopback: prints its port, writes each request as a line of JSON into the file of its first
# argument, and answers with the status that the file of its second argument holds (200 where there is none).
import http.server
import json
import os
import sys


class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        row = {"path": self.path, "headers": dict(self.headers.items()), "body": json.loads(body)}
        with open(sys.argv[1], "a") as log:
            log.write(json.dumps(row) + "\n")
        status = int(open(sys.argv[2]).read()) if os.path.exists(sys.argv[2]) else 200
        self.send_response(status)
        if status in (301, 302, 307):
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Hook)
print(server.server_port, flush=True)
server.serve_forever()
