# SPDX-License-Identifier: LGPL-2.1-or-later
"""A CoAP message and an UDP socket, as small as RFC 7252 allows, written from it
alone: so that the library is not only tested against itself."""
import enum
import os
import select
import socket
import time


class Type(enum.IntEnum):
    CON = 0
    NON = 1
    ACK = 2
    RST = 3


def code(text):
    """The byte of a code such as "2.05"."""
    klass, detail = text.split(".")
    return int(klass) << 5 | int(detail)


GET, POST, PUT, DELETE = (code(f"0.0{detail}") for detail in range(1, 5))
EMPTY = 0

IF_MATCH, URI_HOST, ETAG, IF_NONE_MATCH, URI_PORT, LOCATION_PATH = 1, 3, 4, 5, 7, 8
URI_PATH, CONTENT_FORMAT, MAX_AGE, URI_QUERY, ACCEPT, LOCATION_QUERY = 11, 12, 14, 15, 17, 20
BLOCK2, BLOCK1, SIZE2, SIZE1 = 23, 27, 28, 60

TEXT, LINK_FORMAT, XML = 0, 40, 41


def uint(number):
    """RFC 7252 §3.2: as few bytes as possible, none for zero."""
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


class Malformed(Exception):
    pass


class Message:
    def __init__(self, mtype, mcode, mid, token=b"", options=(), payload=b""):
        self.type, self.code, self.mid, self.token = Type(mtype), mcode, mid, token
        self.options, self.payload = list(options), payload

    def __repr__(self):
        return (f"<{self.type.name} {self.code >> 5}.{self.code & 31:02} mid={self.mid} "
                f"token={self.token.hex()} {self.options} {self.payload!r}>")

    def all(self, number):
        return [value for n, value in self.options if n == number]

    def uint(self, number):
        """The value of an option that stands there once, or None."""
        values = self.all(number)
        assert len(values) <= 1, f"option {number} is repeated in {self}"
        return int.from_bytes(values[0], "big") if values else None

    def encode(self):
        out = bytearray((1 << 6 | self.type << 4 | len(self.token), self.code))
        out += self.mid.to_bytes(2, "big") + self.token
        before = 0
        for number, value in sorted(self.options, key=lambda option: option[0]):
            delta, delta_more = nibble(number - before)
            length, length_more = nibble(len(value))
            out.append(delta << 4 | length)
            out += delta_more + length_more + value
            before = number
        if self.payload:
            out += b"\xff" + self.payload
        return bytes(out)


def nibble(number):
    """RFC 7252 §3.1: the four bits, and the bytes that extend them."""
    if number < 13:
        return number, b""
    if number < 269:
        return 13, bytes((number - 13,))
    return 14, (number - 269).to_bytes(2, "big")


def decode(data):
    if len(data) < 4 or data[0] >> 6 != 1:
        raise Malformed(f"no CoAP message of version 1: {data.hex()}")
    token_length = data[0] & 15
    if token_length > 8 or len(data) < 4 + token_length:
        raise Malformed(f"bad token length: {data.hex()}")
    message = Message(data[0] >> 4 & 3, data[1], int.from_bytes(data[2:4], "big"),
                      data[4:4 + token_length])
    rest, number = data[4 + token_length:], 0
    while rest:
        if rest[0] == 0xff:
            if len(rest) == 1:
                raise Malformed(f"marker without payload: {data.hex()}")
            message.payload = rest[1:]
            break
        sizes, rest = (rest[0] >> 4, rest[0] & 15), rest[1:]
        values = []
        for size in sizes:
            more = {13: 1, 14: 2}.get(size, 0)
            if size == 15 or len(rest) < more:
                raise Malformed(f"bad option: {data.hex()}")
            base = {13: 13, 14: 269}.get(size, size)
            values.append(base + int.from_bytes(rest[:more], "big"))
            rest = rest[more:]
        number += values[0]
        if len(rest) < values[1]:
            raise Malformed(f"option {number} is cut off: {data.hex()}")
        message.options.append((number, rest[:values[1]]))
        rest = rest[values[1]:]
    if message.code == EMPTY and len(data) != 4:
        raise Malformed(f"empty message that is not empty: {data.hex()}")
    return message


def path_options(path):
    """Uri-Path and Uri-Query of "/a/b?c&d"; nothing here is percent-encoded."""
    path, _, query = path.partition("?")
    options = [(URI_PATH, segment.encode()) for segment in path.strip("/").split("/") if segment]
    return options + [(URI_QUERY, argument.encode()) for argument in query.split("&") if argument]


class Client:
    """One endpoint that talks to one server and retransmits nothing by itself."""

    def __init__(self, host, port, timeout=10):
        self.family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.peer, self.timeout = (host, port), timeout
        self.socket = socket.socket(self.family, socket.SOCK_DGRAM)
        self.socket.bind(("::" if self.family == socket.AF_INET6 else "0.0.0.0", 0))
        self.next_mid = int.from_bytes(os.urandom(2), "big")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def mid(self):
        self.next_mid = self.next_mid + 1 & 0xffff
        return self.next_mid

    def request(self, method, path, mtype=Type.CON, token=None, options=(), payload=b"",
                content_format=TEXT):
        token = os.urandom(4) if token is None else token
        options = path_options(path) + list(options)
        if payload and content_format is not None:
            options.append((CONTENT_FORMAT, uint(content_format)))
        return Message(mtype, method, self.mid(), token, options, payload)

    def send(self, message):
        data = message if isinstance(message, bytes) else message.encode()
        self.socket.sendto(data, self.peer)

    def receive(self, timeout=None):
        """The next message from exactly the address that was asked, or None."""
        timeout = self.timeout if timeout is None else timeout
        if not select.select([self.socket], [], [], timeout)[0]:
            return None
        data, sender = self.socket.recvfrom(65536)
        assert sender[:2] == self.peer, f"{self.peer} was asked, {sender} answered"
        return decode(data)

    def expect(self, timeout=None):
        message = self.receive(timeout)
        assert message is not None, "no message came"
        return message

    def silent(self, timeout=0.3):
        """Whether nothing comes: first until a ping is answered, then a little longer."""
        ping = Message(Type.CON, EMPTY, self.mid())
        self.send(ping)
        answer = self.expect()
        pong = answer.type == Type.RST and answer.mid == ping.mid
        return pong and self.receive(timeout) is None

    def ask(self, *args, **kwargs):
        """Sends a request, and checks that the answer belongs to it (RFC 7252 §5.3.2).
        An answer in a confirmable message of its own is acknowledged."""
        request = self.request(*args, **kwargs)
        self.send(request)
        end = time.monotonic() + self.timeout
        acknowledged = False
        while time.monotonic() < end:
            answer = self.expect(end - time.monotonic())
            if answer.type == Type.ACK and answer.code == EMPTY:
                assert answer.mid == request.mid and not acknowledged
                acknowledged = True
                continue
            assert answer.token == request.token, f"{answer} does not answer {request}"
            if answer.type == Type.ACK:
                assert answer.mid == request.mid and request.type == Type.CON
            if answer.type == Type.CON:
                self.send(Message(Type.ACK, EMPTY, answer.mid))
            return answer
        raise AssertionError("no answer came")

    def ask_whole(self, method, path, options=(), **kwargs):
        """Like ask(), and then for further blocks until the payload is whole (RFC 7959
        §2.4)."""
        answer = self.ask(method, path, options=options, **kwargs)
        options = [option for option in options if option[0] != BLOCK2]
        whole, block = answer, answer.uint(BLOCK2)
        while block is not None and block & 8:
            assert len(answer.payload) == 16 << (block & 7)
            number = len(whole.payload) >> (block & 7) + 4
            wanted = [*options, (BLOCK2, uint(number << 4 | block & 7))]
            answer = self.ask(method, path, options=wanted)
            block = answer.uint(BLOCK2)
            assert (answer.code, answer.all(ETAG)) == (whole.code, whole.all(ETAG))
            assert block >> 4 == number
            whole.payload += answer.payload
        return whole
