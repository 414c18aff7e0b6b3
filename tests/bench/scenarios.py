# SPDX-License-Identifier: LGPL-2.1-or-later
"""What run.py measures. A scenario makes itself known to a server and runs once; its report says how much was done
per second (rate), how much in all the time in which the server's use of its processor was counted (done), and how
much was lost."""
import dataclasses

import measure

WARMUP = 1000


@dataclasses.dataclass(frozen=True)
class Requests:
    """Small GETs."""
    name: str
    text: str
    outstanding: int
    endpoints: int = 1
    non: bool = False
    quick: bool = False
    # If not those that anybody asked for: whoever serves protected requests, and itself with plain ones.
    peers: tuple = ()
    unit = "requests"
    scheme = "coap"

    def prepare(self, folder, server, core):
        measure.generate(folder, server, outstanding=self.outstanding, non=self.non, endpoints=self.endpoints,
                         count=max(WARMUP, self.endpoints), core=core, oscore=server.take_client())

    def run(self, folder, server, seconds, core):
        report = measure.generate(folder, server, outstanding=self.outstanding, endpoints=self.endpoints,
                                  non=self.non, warmup=WARMUP, seconds=seconds, core=core, oscore=server.take_client())
        # All that the server answered counts, warm-up included.
        return report | {"done": report["answered"], "lost": report["timeouts"]}


@dataclasses.dataclass(frozen=True)
class Transfers:
    """A body of 1 MiB, in blocks of 1024 bytes, one outstanding per client."""
    name: str
    text: str
    clients: int
    put: bool = False
    quick: bool = False
    unit = "blocks"
    scheme = "coap"

    def prepare(self, folder, server, core):
        measure.transfer(folder, server, put=self.put, clients=self.clients, seconds=0.1, core=core)

    def run(self, folder, server, seconds, core):
        report = measure.transfer(folder, server, put=self.put, clients=self.clients, seconds=seconds, core=core)
        return report | {"done": report["blocks"], "lost": report["timeouts"]}


@dataclasses.dataclass(frozen=True)
class Observers:
    """Notifications of one resource that changes as soon as all know of the change before."""
    name: str
    text: str
    observers: int
    confirmable: bool = False
    quick: bool = False
    unit = "notifications"
    scheme = "coap"

    def prepare(self, folder, server, core):
        measure.observe(folder, server, observers=self.observers, confirmable=self.confirmable, seconds=0, core=core)

    def run(self, folder, server, seconds, core):
        report = measure.observe(folder, server, observers=self.observers, confirmable=self.confirmable,
                                 registered=True, seconds=seconds, core=core)
        return report | {"done": report["notifications"]}


@dataclasses.dataclass(frozen=True)
class Sessions:
    """Small GETs over connections or sessions; without any outstanding, their making alone."""
    name: str
    text: str
    scheme: str
    connections: int
    outstanding: int
    quick: bool = False

    @property
    def unit(self):
        return "requests" if self.outstanding else "handshakes"

    def arguments(self, core):
        return {"connections": self.connections, "outstanding": max(self.outstanding, 1),
                "reconnect": self.outstanding == 0, "core": core}

    def prepare(self, folder, server, core):
        measure.request_over_sessions(folder, server, count=WARMUP if self.outstanding else WARMUP // 10,
                                      **self.arguments(core))

    def run(self, folder, server, seconds, core):
        report = measure.request_over_sessions(folder, server, seconds=seconds, **self.arguments(core))
        done = report["answered"] if self.outstanding else report["handshakes"]
        return report | {"done": done, "lost": report["timeouts"]}


OSCORE_PEERS = ("ours", "ours-oscore")

SCENARIOS = [
    Requests("con-1", "CON GET, 1 outstanding", 1, quick=True),
    Requests("con-16", "CON GET, 16 outstanding", 16, quick=True),
    Requests("con-256", "CON GET, 256 outstanding", 256, quick=True),
    Requests("non-256", "NON GET, 256 outstanding", 256, non=True),
    # 64 outstanding fit into the default receive buffer: the endpoints are to
    # be measured here, and not what is lost.
    Requests("endpoints-16", "CON GET, 64 outstanding, 16 endpoints", 64, 16),
    Requests("endpoints-1000", "CON GET, 64 outstanding, 1,000 endpoints", 64, 1000, quick=True),
    Requests("endpoints-10000", "CON GET, 64 outstanding, 10,000 endpoints", 64, 10000),
    Requests("oscore-1", "CON GET plain and protected by OSCORE, 1 outstanding", 1, peers=OSCORE_PEERS),
    Requests("oscore-16", "CON GET plain and protected by OSCORE, 16 outstanding", 16, quick=True, peers=OSCORE_PEERS),
    Requests("oscore-256", "CON GET plain and protected by OSCORE, 256 outstanding", 256, peers=OSCORE_PEERS),
    Transfers("get-1", "Block-wise GET of 1 MiB, 1 client", 1),
    Transfers("get-16", "Block-wise GET of 1 MiB, 16 clients", 16, quick=True),
    Transfers("put-1", "Block-wise PUT of 1 MiB, 1 client", 1, put=True),
    Transfers("put-16", "Block-wise PUT of 1 MiB, 16 clients", 16, put=True, quick=True),
    Observers("observe-1000", "Non-confirmable notifications, 1,000 observers", 1000, quick=True),
    Observers("observe-10000", "Non-confirmable notifications, 10,000 observers", 10000),
    Observers("confirm-100", "Confirmable notifications, 100 observers", 100, confirmable=True),
    Observers("confirm-1000", "Confirmable notifications, 1,000 observers", 1000, confirmable=True, quick=True),
    Observers("confirm-10000", "Confirmable notifications, 10,000 observers", 10000, confirmable=True),
    Sessions("tcp-1", "TCP, 1 connection, 1 outstanding", "coap+tcp", 1, 1, quick=True),
    Sessions("tcp-1-16", "TCP, 1 connection, 16 outstanding", "coap+tcp", 1, 16),
    Sessions("tcp-64", "TCP, 64 connections, 1 outstanding each", "coap+tcp", 64, 1, quick=True),
    Sessions("tcp-64-16", "TCP, 64 connections, 16 outstanding each", "coap+tcp", 64, 16, quick=True),
    Sessions("tls-64", "TLS 1.3 with a pre-shared key, 64 connections, 1 outstanding each", "coaps+tcp", 64, 1),
    Sessions("tls-64-16", "TLS 1.3 with a pre-shared key, 64 connections, 16 outstanding each", "coaps+tcp", 64, 16),
    Sessions("dtls-1", "DTLS with a pre-shared key, 1 session, 1 outstanding", "coaps", 1, 1),
    Sessions("dtls-16", "DTLS with a pre-shared key, 1 session, 16 outstanding", "coaps", 1, 16, quick=True),
    Sessions("dtls-64", "DTLS with a pre-shared key, 64 sessions, 1 outstanding each", "coaps", 64, 1, quick=True),
    Sessions("handshakes", "DTLS handshakes with a pre-shared key, 32 at once", "coaps", 32, 0, quick=True),
]
