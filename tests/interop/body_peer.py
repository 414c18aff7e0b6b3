# SPDX-License-Identifier: LGPL-2.1-or-later
"""A peer that takes and gives bodies of any size."""
import hashlib
import socket
import threading

from coap_raw import BLOCK1, BLOCK2, SIZE2, Message, Type, code, decode, uint
from conftest import PATIENCE

MIB = 1 << 20


class Peer:
    """Takes a body in blocks, or gives one of any size, in a thread of its own. What it
    gives stops at silent_at, where it answers no more, or changes at changes_at."""

    def __init__(self, size=0, silent_at=None, changes_at=None, fails_at=None):
        self.size, self.silent_at, self.changes_at, self.fails_at = size, silent_at, changes_at, fails_at
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(PATIENCE)
        self.uri = f"coap://127.0.0.1:{self.socket.getsockname()[1]}/x"
        self.digest, self.received, self.etag = hashlib.sha256(), 0, b"\1"
        self.options = []
        self.silent = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.socket.sendto(b"", self.socket.getsockname())
        self.thread.join(PATIENCE)
        self.socket.close()

    def run(self):
        while True:
            data, address = self.socket.recvfrom(2048)
            if not data:
                break
            request = decode(data)
            if request.type != Type.CON:
                continue
            self.options.append(request.options)
            answer = self.take(request) if request.code == 3 else self.give(request)
            if answer is None:
                self.silent.set()
            else:
                self.socket.sendto(answer.encode(), address)

    def take(self, request):
        value = request.uint(BLOCK1)
        self.digest.update(request.payload)
        self.received += len(request.payload)
        more = value is not None and value & 8
        return Message(Type.ACK, code("2.31" if more else "2.04"), request.mid, request.token,
                       [] if value is None else [(BLOCK1, uint(value))])

    def give(self, request):
        value = request.uint(BLOCK2)
        value = 6 if value is None else value
        size = 16 << (value & 7)
        number = value >> 4
        if number == self.silent_at:
            return None
        if number == self.fails_at:
            return Message(Type.ACK, code("5.00"), request.mid, request.token, [], b"no more")
        if number == self.changes_at:
            self.etag, self.changes_at = b"\2", None
        length = min(size, self.size - number * size)
        more = self.size > (number + 1) * size
        options = [(4, self.etag), (BLOCK2, uint(number << 4 | more << 3 | value & 7))]
        if request.all(SIZE2):
            options.append((SIZE2, uint(self.size)))
        return Message(Type.ACK, code("2.05"), request.mid, request.token, options, self.etag * length)
