# SPDX-License-Identifier: LGPL-2.1-or-later
"""The observe tests of the CoAP plugtests, against gcoap-server: from a socket,
and from libcoap's client. Those with a client of ours are among the tests in C."""
import subprocess
import time

import pytest

from coap_raw import (ACCEPT, BLOCK2, CONTENT_FORMAT, DELETE, EMPTY, ETAG, GET, MAX_AGE, PUT, Message, Type, code,
                      uint)
from server_fixtures import find_libcoap_client

OBSERVE = 6


def register(raw, path="/obs", value=0, token=b"\x4a\x01", mtype=Type.CON):
    answer = raw.ask(GET, path, token=token, mtype=mtype, options=[(OBSERVE, uint(value))])
    assert answer.code == code("2.05") and answer.token == token
    return answer


def acknowledge(raw, notification):
    if notification.type == Type.CON:
        raw.send(Message(Type.ACK, EMPTY, notification.mid))


def deregister(raw, path="/obs"):
    answer = register(raw, path, 1)
    assert not answer.all(OBSERVE)


def newer(first, second):
    return 0 < (second - first) % 2**24 < 2**23


def change(raw, payload, content_format=0):
    """PUT, and what comes meanwhile."""
    request = raw.request(PUT, "/obs", payload=payload, content_format=content_format)
    raw.send(request)
    others = []
    while True:
        answer = raw.expect()
        if answer.token == request.token:
            assert answer.code == code("2.04")
            return others
        acknowledge(raw, answer)
        others.append(answer)


def test_obs_01_and_09_and_12(raw):
    numbers = [register(raw).uint(OBSERVE)]
    for text in b"one", b"two", b"three":
        others = change(raw, text)
        notification = others[0] if others else raw.expect()
        if not others:
            acknowledge(raw, notification)
        assert notification.type == Type.CON and notification.token == b"\x4a\x01"
        assert notification.code == code("2.05") and notification.payload == text
        assert notification.uint(CONTENT_FORMAT) == 0 and notification.all(MAX_AGE)
        numbers.append(notification.uint(OBSERVE))
    assert all(newer(*pair) for pair in zip(numbers, numbers[1:]))
    deregister(raw)
    assert not change(raw, b"four") and raw.silent()
    raw.ask(DELETE, "/obs")


def test_obs_02_non_confirmable(raw):
    register(raw, "/obs-non", mtype=Type.NON)
    first = raw.expect(8)
    assert first.type == Type.NON and first.token == b"\x4a\x01" and first.all(OBSERVE)
    # RFC 7641 §3.5: a reset is an answer to that, too.
    raw.send(Message(Type.RST, EMPTY, first.mid))
    assert raw.silent(6)


def test_obs_06_reset(raw):
    register(raw)
    change(raw, b"x")
    notification = raw.receive(1)
    if notification is not None:
        acknowledge(raw, notification)
    raw.send(raw.request(PUT, "/obs", payload=b"y"))
    answers = [raw.expect(), raw.expect()]
    notification = next(answer for answer in answers if answer.all(OBSERVE))
    raw.send(Message(Type.RST, EMPTY, notification.mid))
    raw.ask(PUT, "/obs", payload=b"z")
    assert raw.silent()
    raw.ask(DELETE, "/obs")


def fetch_rest(raw, first, path):
    """The blocks after the first one of a notification (RFC 7959 §3.4)."""
    payload, block = first.payload, first.uint(BLOCK2)
    while block & 8:
        number = len(payload) >> (block & 7) + 4
        answer = raw.ask(GET, path, options=[(BLOCK2, uint(number << 4 | block & 7))])
        assert answer.code == code("2.05") and not answer.all(OBSERVE)
        assert answer.all(ETAG) == first.all(ETAG)
        payload, block = payload + answer.payload, answer.uint(BLOCK2)
    return payload


def check_lines(payload):
    """A count and 40 lines that begin with the same."""
    count, *lines = payload.decode().splitlines()
    assert len(lines) == 40 and all(line.startswith(f"{count} {i:02} ") for i, line in enumerate(lines))
    return int(count)


def test_obs_13_blocks(raw):
    first = register(raw, "/obs-large")
    assert first.all(OBSERVE) and first.uint(BLOCK2) & 0xf8 == 8
    count = check_lines(fetch_rest(raw, first, "/obs-large"))
    notification = raw.expect(8)
    acknowledge(raw, notification)
    assert notification.token == b"\x4a\x01" and notification.all(OBSERVE)
    assert notification.uint(BLOCK2) & 0xf8 == 8
    assert check_lines(fetch_rest(raw, notification, "/obs-large")) > count
    deregister(raw, "/obs-large")


def test_obs_14_varying_size(raw):
    messages = [register(raw, "/obs-pumping")]
    sizes = set()
    for _ in range(2):
        messages.append(raw.expect(8))
        acknowledge(raw, messages[-1])
    for message in messages:
        assert message.all(OBSERVE) and message.code == code("2.05")
        sizes.add(bool(message.all(BLOCK2)))
    assert sizes == {True, False}
    assert newer(messages[1].uint(OBSERVE), messages[2].uint(OBSERVE))
    deregister(raw, "/obs-pumping")


@pytest.mark.parametrize("name", ["obs_07", "obs_08"])
def test_obs_07_and_08_ends(raw, name):
    register(raw)
    if name == "obs_07":
        request = raw.request(DELETE, "/obs")
    else:
        request = raw.request(PUT, "/obs", payload=b"<x/>", content_format=41)
    raw.send(request)
    answers = [raw.expect(), raw.expect()]
    last = next(answer for answer in answers if answer.token != request.token)
    acknowledge(raw, last)
    assert last.type == Type.CON and not last.all(OBSERVE)
    assert last.code == code("4.04" if name == "obs_07" else "4.06")
    raw.ask(PUT, "/obs", payload=b"z")
    assert raw.silent()
    raw.ask(DELETE, "/obs")


def test_obs_10_plain_get(raw):
    register(raw)
    answer = raw.ask(GET, "/obs", token=b"other")
    assert answer.code == code("2.05") and not answer.all(OBSERVE)
    others = change(raw, b"still there") or [raw.expect()]
    assert others[0].all(OBSERVE)
    acknowledge(raw, others[0])
    deregister(raw)
    raw.ask(DELETE, "/obs")


def test_obs_05_and_11_one_outstanding(raw):
    """Nothing is acknowledged: the same message comes again, whatever happens, and
    nothing newer."""
    register(raw)
    raw.ask(PUT, "/obs", payload=b"a")
    first = raw.expect()
    for text in b"b", b"c":
        raw.send(raw.request(PUT, "/obs", payload=text))
        assert not raw.expect(1).all(OBSERVE)
    again = raw.expect(4)
    assert again.mid == first.mid and again.payload == first.payload
    acknowledge(raw, again)
    newest = raw.expect(1)
    assert newest.payload == b"c" and newest.mid != first.mid
    acknowledge(raw, newest)
    deregister(raw)
    raw.ask(DELETE, "/obs")


def test_not_observable(raw):
    answer = raw.ask(GET, "/hello", options=[(OBSERVE, b"")])
    assert answer.code == code("2.05") and not answer.all(OBSERVE)


def test_accept_that_is_not_there(raw):
    answer = raw.ask(GET, "/hello", options=[(OBSERVE, b""), (ACCEPT, uint(50))])
    assert not answer.all(OBSERVE)


def test_links_say_obs(raw):
    links = raw.ask(GET, "/.well-known/core?obs=*").payload.decode()
    for path in "/obs", "/obs-large", "/obs-non", "/obs-pumping", "/time":
        assert f"<{path}>" in links
    assert "</hello>" not in links


def test_libcoap_client(server_port):
    client = find_libcoap_client()
    started = time.monotonic()
    done = subprocess.run([client, "-s", "4", "-m", "get", f"coap://127.0.0.1:{server_port}/time"],
                          capture_output=True, text=True, timeout=30)
    assert time.monotonic() - started < 20
    assert done.stdout.count("UTC") >= 2, done
