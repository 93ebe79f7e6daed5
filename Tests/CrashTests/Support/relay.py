# SPDX-License-Identifier: Apache-2.0
"""Carries bytes between a port of its own and another one, until it is killed: a pveproxy that may go away while the cluster
behind it lives on. Usage: relay.py PORT TARGET_PORT; PORT 0 takes a free one. Its first line of output is the port."""
import socket
import sys
import threading


def carry(source, goal):
    try:
        while data := source.recv(65536):
            goal.sendall(data)
    except OSError:
        pass
    for end in (source, goal):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", int(sys.argv[1])))
listener.listen(64)
print(listener.getsockname()[1], flush=True)
while True:
    near, _ = listener.accept()
    try:
        far = socket.create_connection(("127.0.0.1", int(sys.argv[2])))
    except OSError:
        near.close()
        continue
    threading.Thread(target=carry, args=(near, far), daemon=True).start()
    threading.Thread(target=carry, args=(far, near), daemon=True).start()
