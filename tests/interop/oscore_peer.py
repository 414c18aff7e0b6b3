# SPDX-License-Identifier: LGPL-2.1-or-later
"""A client and a server on the OSCORE reference, with the resources of the OSCORE
plugtests, over UDP."""
import socket
import threading
import time

from coap_raw import (CONTENT_FORMAT, EMPTY, ETAG, GET, IF_MATCH, IF_NONE_MATCH, MAX_AGE, POST, PUT, TEXT,
                      URI_PATH, Client, Malformed, Message, Type, code, decode, uint)
from oscore_reference import (OBSERVE, OSCORE, Context, Refused, protect_request, protect_response,
                              unprotect_request, unprotect_response)

ECHO = 252

SECRET = bytes.fromhex("0102030405060708090a0b0c0d0e0f10")
SALT = bytes.fromhex("9e7ca92223786340")
ID_CONTEXT = bytes.fromhex("37cbf3210017a2d3")


def client_context(**changes):
    """Context A of the plugtests, or C with an ID Context."""
    return Context(**{"secret": SECRET, "sender_id": b"", "recipient_id": b"\1", "salt": SALT, **changes})


def server_context(**changes):
    """Context B of the plugtests, or D with an ID Context."""
    return Context(**{"secret": SECRET, "sender_id": b"\1", "recipient_id": b"", "salt": SALT, **changes})


class ReferenceClient(Client):
    """Asks under one context. What it sent and got is kept: outer, then inner."""

    def __init__(self, host, port, context, timeout=10, with_kid_context=False):
        super().__init__(host, port, timeout)
        self.context, self.with_kid_context = context, with_kid_context
        self.sent, self.got, self.bindings = [], [], {}

    def protect(self, *args, piv=None, **kwargs):
        message = self.request(*args, **kwargs)
        outer, binding = protect_request(self.context, message, self.with_kid_context, piv=piv)
        self.bindings[message.token] = binding
        self.sent.append(outer)
        return outer

    def next(self, token, timeout=None):
        """The next message with this token; what is confirmable is acknowledged."""
        while True:
            answer = self.expect(timeout)
            if answer.code == EMPTY:
                assert answer.type == Type.ACK
                continue
            if answer.type == Type.CON:
                self.send(Message(Type.ACK, EMPTY, answer.mid))
            if answer.token == token:
                self.got.append(answer)
                return answer

    def ask_protected(self, *args, **kwargs):
        """The inner answer, which must be protected, and its sequence number."""
        outer = self.protect(*args, **kwargs)
        self.send(outer)
        return self.open(self.next(outer.token))

    def open(self, answer):
        return unprotect_response(self.context, answer, self.bindings[answer.token])


class ReferenceServer(threading.Thread):
    """Answers at once, in the acknowledgement. What came and went is kept: outer
    messages in seen, inner requests in inner."""

    def __init__(self, contexts, aware=True):
        super().__init__(daemon=True)
        self.contexts, self.aware = contexts, aware
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.uri = f"coap://127.0.0.1:{self.port}"
        self.seen, self.sent, self.inner, self.replies = [], [], [], {}
        self.observers, self.next_mid = {}, 1000
        self.change = lambda outer: outer      # what an attacker does to responses
        self.challenge = None                  # an Echo value that requests must have
        self.value = b"z"

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.socket.sendto(b"", ("127.0.0.1", self.port))   # ends run()
        self.join(5)
        self.socket.close()

    def run(self):
        while True:
            data, sender = self.socket.recvfrom(65536)
            if not data:
                return
            try:
                message = decode(data)
            except Malformed:
                continue
            self.seen.append(message)
            if message.code == EMPTY:
                self.signal(message, sender)
                continue
            key = (sender, message.mid)
            if key not in self.replies:
                self.replies[key] = self.reply(message, sender)
            self.socket.sendto(self.replies[key], sender)

    def signal(self, message, sender):
        if message.type == Type.CON:
            self.socket.sendto(Message(Type.RST, EMPTY, message.mid).encode(), sender)

    def reply(self, message, sender):
        """The bytes of the acknowledgement with the response."""
        try:
            outer = self.serve(message, sender)
        except Refused as refusal:
            outer = self.plain(message, refusal.code, refusal.text.encode(), [(MAX_AGE, b"")])
        outer.type = Type.ACK if message.type == Type.CON else Type.NON
        outer.mid = message.mid
        outer = self.change(outer)
        self.sent.append(outer)
        return outer.encode()

    @staticmethod
    def plain(message, response_code, payload=b"", options=()):
        return Message(Type.ACK, response_code, message.mid, message.token, options, payload)

    def serve(self, message, sender):
        if not message.all(OSCORE):
            if path(message) == "oscore/hello/coap":
                return self.plain(message, code("2.05"), b"Hello World!", [(CONTENT_FORMAT, uint(TEXT))])
            return self.plain(message, code("4.01" if path(message).startswith("oscore/") else "4.04"))
        if not self.aware:
            return self.plain(message, code("4.02"))
        context, inner, binding = unprotect_request(self.contexts, message)
        self.inner.append(inner)
        if self.challenge is not None and inner.all(ECHO) != [self.challenge]:
            # RFC 8613 Appendix B.1.2: with a Partial IV of its own.
            answer = self.plain(message, code("4.01"), options=[(ECHO, self.challenge)])
            return protect_response(context, answer, binding, own_piv=True)
        answer = self.answer(inner)
        observe = inner.all(OBSERVE)
        if observe == [b""] and path(inner).startswith("oscore/observe"):
            self.observers[message.token] = (context, binding, sender)
            answer.options.append((OBSERVE, b""))
            return protect_response(context, answer, binding, to_observe=True)
        if observe == [b"\1"]:
            self.observers.pop(message.token, None)
        return protect_response(context, answer, binding, own_piv=bool(observe), to_observe=bool(observe))

    def answer(self, inner):
        text = [(CONTENT_FORMAT, uint(TEXT))]
        name = path(inner)
        hello = {"oscore/hello/1": [], "oscore/hello/2": [(ETAG, b"\x2b")], "oscore/hello/3": [(MAX_AGE, b"\5")]}
        if inner.code == GET and name in hello:
            return self.plain(inner, code("2.05"), b"Hello World!", text + hello[name])
        if inner.code == GET and name in ("oscore/observe1", "oscore/observe2"):
            return self.plain(inner, code("2.05"), b"one", text)
        if inner.code == POST and name == "oscore/hello/6":
            return self.plain(inner, code("2.04"), inner.payload, text)
        if inner.code == PUT and name == "oscore/hello/7":
            if inner.all(IF_NONE_MATCH) or inner.all(IF_MATCH) not in ([], [b"\x7b"]):
                return self.plain(inner, code("4.12"))
            self.value = inner.payload
            return self.plain(inner, code("2.04"))
        if inner.code == code("0.04") and name == "oscore/test":
            return self.plain(inner, code("2.02"))
        return self.plain(inner, code("4.04"))

    def notify(self, payload, response_code="2.05", sequence=None, last=False):
        """Sends a notification to every observer; with an older sequence number if
        one is given."""
        for token, (context, binding, sender) in list(self.observers.items()):
            self.next_mid += 1
            options = [] if last else [(OBSERVE, b"\7")]
            message = Message(Type.NON, code(response_code), self.next_mid, token, options, payload)
            before, context.sequence = context.sequence, context.sequence if sequence is None else sequence
            outer = protect_response(context, message, binding, own_piv=True, to_observe=True)
            if sequence is not None:
                context.sequence = before
            self.sent.append(outer)
            self.socket.sendto(outer.encode(), sender)

    def wait(self, condition, timeout=10):
        """Until what another thread brings about is so."""
        end = time.monotonic() + timeout
        while not condition():
            assert time.monotonic() < end, "it did not come about"
            time.sleep(0.01)


def path(message):
    return b"/".join(message.all(URI_PATH)).decode()
