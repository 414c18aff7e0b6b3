# SPDX-License-Identifier: LGPL-2.1-or-later
"""The gateway of the lossy plugtests: passes datagrams between one client and a
server, loses those it was told to lose, and remembers what it saw."""
import select
import socket
import threading

from coap_raw import decode

UP, DOWN = "up", "down"


class Gateway(threading.Thread):
    """@losses: pairs of a direction and a predicate on the message; each loses the
    first message it fits, once."""

    def __init__(self, server_port, losses=()):
        super().__init__(daemon=True)
        self.inside = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.inside.bind(("127.0.0.1", 0))
        self.outside = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.outside.connect(("127.0.0.1", server_port))
        self.port = self.inside.getsockname()[1]
        self.losses, self.seen = list(losses), []
        self.stop, self.stopped = socket.socketpair()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop.close()
        self.join()
        for one in self.inside, self.outside, self.stopped:
            one.close()

    def loses(self, direction, message):
        for loss in self.losses:
            if loss[0] == direction and loss[1](message):
                self.losses.remove(loss)
                return True
        return False

    def run(self):
        client = None
        while True:
            ready = select.select([self.inside, self.outside, self.stopped], [], [])[0]
            # What the client sent before it ended is seen before we end.
            if ready == [self.stopped]:
                return
            for one in set(ready) - {self.stopped}:
                try:
                    data, sender = one.recvfrom(65536)
                except ConnectionRefusedError:
                    continue
                direction = UP if one is self.inside else DOWN
                client = sender if direction == UP else client
                message = decode(data)
                lost = self.loses(direction, message)
                self.seen.append((direction, message, lost))
                if not lost and direction == UP:
                    self.outside.send(data)
                elif not lost:
                    self.inside.sendto(data, client)

    def passed(self, direction, predicate):
        """How often such a message came to the gateway, lost ones included."""
        return sum(1 for where, message, _ in self.seen if where == direction and predicate(message))
