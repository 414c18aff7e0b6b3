# SPDX-License-Identifier: LGPL-2.1-or-later
"""What an attacker on the way, and a peer that has the keys but no manners, can send to
gcoap-server: each gets the answer of RFC 8613 §8.2, and nothing else changes."""
import os
import pathlib
import re

import pytest

from coap_raw import (ACCEPT, BLOCK1, BLOCK2, CONTENT_FORMAT, DELETE, EMPTY, GET, IF_MATCH, MAX_AGE, POST, PUT,
                      URI_PATH, Message, Type, code, path_options, uint)
from oscore_files import server_map
from oscore_peer import ReferenceClient, client_context
from oscore_reference import FETCH, OBSERVE, OSCORE, Binding, Option
from processes import gcoap_server

NOT_DISSECTED = "what is sent is malformed"

HELLO = "/oscore/hello/1"
URI_HOST, PROXY_URI, PROXY_SCHEME, NO_RESPONSE = 3, 35, 39, 258
UNKNOWN_ELECTIVE, UNKNOWN_CRITICAL = 65000, 65001


def encode(path, options=(), payload=b""):
    """Options and payload as they are in a plaintext."""
    return Message(0, 1, 0, b"", [*path_options(path), *options], payload).encode()[4:]


class Attacker(ReferenceClient):
    def seal(self, plain, options=(), outer_code=POST, piv=None):
        """Protects any bytes at all."""
        piv = self.context.take() if piv is None else piv
        binding = Binding(self.context.sender_id, piv)
        ciphertext = self.context.seal(plain, self.context.sender_id, piv, binding)
        message = Message(Type.CON, outer_code, self.mid(), os.urandom(4),
                          [*options, (OSCORE, Option(piv, self.context.sender_id).encode())], ciphertext)
        self.bindings[message.token] = binding
        return message

    def answer_to(self, message):
        """The answer, or None if there is none before the one to a ping sent behind it:
        errors without protection are limited in number."""
        ping = Message(Type.CON, EMPTY, message.mid + 0x8000 & 0xffff)
        self.send(message)
        self.send(ping)
        answer = None
        while True:
            received = self.expect()
            if received.type == Type.RST and received.mid == ping.mid:
                return answer
            if received.code != EMPTY and received.token == message.token:
                answer = received

    def assert_refused(self, message):
        answer = self.answer_to(message)
        assert answer is None or (answer.code >> 5 == 4 and not answer.all(OSCORE)), answer

    def greet(self):
        inner, _ = self.ask_protected(GET, HELLO)
        assert (inner.code, inner.payload) == (code("2.05"), b"Hello World!")


@pytest.fixture
def server(tmp_path):
    with gcoap_server("--credentials", server_map(tmp_path)) as (process, [port]):
        yield process, port


@pytest.fixture
def attacker(server):
    with Attacker("127.0.0.1", server[1], client_context()) as client:
        client.greet()
        yield client


def copy(client, message, value=None, payload=None):
    value = message.all(OSCORE)[0] if value is None else value
    payload = message.payload if payload is None else payload
    return Message(Type.CON, message.code, client.mid(), os.urandom(4), [(OSCORE, value)], payload)


def test_flipped_bits(attacker):
    genuine = attacker.protect(GET, HELLO)
    value = genuine.all(OSCORE)[0]
    for whole, name in (genuine.payload, "payload"), (value, "value"):
        for bit in range(8 * len(whole)):
            changed = bytearray(whole)
            changed[bit // 8] ^= 1 << bit % 8
            attacker.assert_refused(copy(attacker, genuine, **{name: bytes(changed)}))
    # None of them has used up the number of the genuine one (RFC 8613 §7.4).
    assert attacker.open(attacker.answer_to(genuine))[0].code == code("2.05")
    attacker.assert_refused(copy(attacker, genuine))


def test_cut_off_and_extended(attacker):
    genuine = attacker.protect(GET, HELLO)
    for length in range(len(genuine.payload)):
        attacker.assert_refused(copy(attacker, genuine, payload=genuine.payload[:length]))
    attacker.assert_refused(copy(attacker, genuine, payload=genuine.payload + b"\0"))
    assert attacker.open(attacker.answer_to(genuine))[0].code == code("2.05")


@pytest.mark.parametrize("value", [
    "", "00", "08", "09", "0105", "0e000000000000", "0f00000000000000", "2905", "4905", "8905", "1905", "1905ff"])
def test_bad_option(attacker, value):
    answer = attacker.answer_to(copy(attacker, attacker.protect(GET, HELLO), value=bytes.fromhex(value)))
    assert (answer.code, answer.payload, answer.all(OSCORE)) == (code("4.02"), b"Failed to decode COSE", [])
    attacker.greet()


def test_two_options_and_no_ciphertext(attacker):
    for message in attacker.seal(b"\1" + encode(HELLO), [(OSCORE, b"\x09\x05")]), \
            copy(attacker, attacker.protect(GET, HELLO), payload=b""):
        assert attacker.answer_to(message).code == code("4.02")
    attacker.greet()


@pytest.mark.parametrize("plain, answer, payload", [
    (b"\0" + encode(HELLO), "4.00", ""),
    (b"\0", "4.00", ""),
    (b"\x1f" + encode(HELLO), "4.05", "method"),
    (b"\x45" + encode(HELLO), "4.00", ""),
    (b"\xe1" + encode(HELLO), "4.00", ""),
    (b"\1\xf0", "4.00", ""),
    (b"\1\xb9abc", "4.00", ""),
    (b"\1" + encode(HELLO) + b"\xff", "4.00", ""),
    # RFC 8613 §4.1.3.7: protection is not nested.
    (b"\1" + encode(HELLO, [(OSCORE, b"\x09\x00")]), "4.00", ""),
    (b"\1" + encode(HELLO, [(OSCORE, b"")]), "4.00", ""),
    (b"\1" + encode("", [(PROXY_URI, b"coap://host/")]), "5.05", "proxy"),
    (b"\1" + encode(HELLO, [(PROXY_SCHEME, b"coap")]), "5.05", "proxy"),
    (b"\1" + encode(HELLO, [(UNKNOWN_CRITICAL, b"x")]), "4.02", "65001"),
    (b"\1" + encode(HELLO, [(UNKNOWN_ELECTIVE, b"x")]), "2.05", "Hello"),
    (b"\1" + encode(HELLO, [(URI_HOST, b"other")]), "2.05", "Hello"),
    (b"\3" + encode("/oscore/hello/7", [(BLOCK1, b"\xff\xff\xfe")], b"x" * 1024), "4.08", "blocks"),
    (b"\3" + encode("/oscore/hello/7", [(BLOCK1, b"\x0f")], b"x" * 16), "4.00", "block size"),
    (b"\1" + encode(HELLO, [(BLOCK2, b"\xff\xff\xf6")]), "4.00", "block"),
    (b"\1" + encode(HELLO, [(BLOCK2, b"\xff\xff\xff\xff")]), "4.02", "Block2"),
    (b"\1" + encode(HELLO, [(BLOCK2, b"\6"), (BLOCK2, b"\6")]), "4.02", "Block2"),
    (b"\4" + encode("/oscore/test", [(OBSERVE, b"")]), "2.02", ""),
    (b"\1" + encode(HELLO, [(OBSERVE, b"12345")]), "2.05", "Hello"),
])
def test_bad_plaintext(attacker, plain, answer, payload):
    inner, _ = attacker.open(attacker.answer_to(attacker.seal(plain)))
    assert (inner.code, inner.all(OBSERVE)) == (code(answer), [])
    assert re.search(payload, inner.payload.decode())
    attacker.greet()


def test_no_plaintext(attacker):
    assert attacker.answer_to(attacker.seal(b"")).code == code("4.00")
    attacker.greet()


@pytest.mark.parametrize("options, outer_code", [
    ([(URI_PATH, b"secret")], POST), ([(IF_MATCH, b"x")], POST), ([(CONTENT_FORMAT, b"\x32")], POST),
    ([(ACCEPT, b"\x32")], POST), ([(MAX_AGE, b"\x32")], POST), ([(NO_RESPONSE, b"\x1a")], POST),
    ([(UNKNOWN_CRITICAL, b"x")], POST), ([(OBSERVE, b"")], FETCH), ([], GET), ([], DELETE), ([], PUT),
    ([(BLOCK1, b"\6")], POST), ([(BLOCK2, b"\6")], POST)])
def test_changed_outside(attacker, options, outer_code):
    """RFC 8613 §8.2, step 1: what is outside and has its place inside is discarded."""
    message = attacker.seal(b"\1" + encode(HELLO), options, outer_code)
    message.options.sort()
    inner, _ = attacker.open(attacker.answer_to(message))
    assert (inner.code, inner.payload, inner.all(OBSERVE)) == (code("2.05"), b"Hello World!", [])


def test_swapped_observe(attacker):
    """RFC 8613 §4.1.3.5.1: who is on the way can neither begin nor end an observation."""
    begun = attacker.seal(b"\1" + encode("/oscore/observe2", [(OBSERVE, b"")]), [(OBSERVE, uint(1))], FETCH)
    assert attacker.open(attacker.answer_to(begun))[0].all(OBSERVE) == [b""]


def test_end_of_numbers(attacker):
    """The last number is one, and all below the window are old then (RFC 8613 §7.2.1)."""
    last = attacker.seal(b"\1" + encode(HELLO), piv=b"\xff" * 5)
    assert attacker.open(attacker.answer_to(last))[0].code == code("2.05")
    answer = attacker.answer_to(attacker.protect(GET, HELLO))
    assert (answer.code, answer.payload) == (code("4.01"), b"Replay detected")


def resident(process):
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) * 1024


def flood(attacker, count):
    """Sends so many, with a ping behind every twentieth, and returns how many were answered."""
    answers = 0
    for _ in range(count // 20):
        for _ in range(20):
            option = Option(os.urandom(2), os.urandom(7), os.urandom(8))
            attacker.send(Message(Type.NON, POST, attacker.mid(), os.urandom(4), [(OSCORE, option.encode())],
                                  os.urandom(24)))
        attacker.send(Message(Type.CON, EMPTY, attacker.mid()))
        while (received := attacker.expect()).type != Type.RST:
            assert received.code == code("4.01") and not received.all(OSCORE)
            answers += 1
    return answers


def test_many_unknown(server, attacker):
    """Neither IDs nor contexts that nobody knows take memory, and few get an answer."""
    flood(attacker, 4000)
    before = resident(server[0])
    assert flood(attacker, 16000) < 4000
    # The sanitizers' allocator keeps what was freed.
    if "ASAN_OPTIONS" not in os.environ:
        assert resident(server[0]) - before < 256 * 1024
    attacker.greet()
