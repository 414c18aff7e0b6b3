# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a server makes of datagrams that are not, or not quite, CoAP requests.

RFC 7252 §4.2: a confirmable message that cannot be processed is reset or ignored;
§4.3: a non-confirmable one likewise, and neither is ever answered by a response.
After each of them the server still answers."""
import os

import pytest

from coap_raw import (ACCEPT, CONTENT_FORMAT, DELETE, EMPTY, GET, IF_NONE_MATCH, LOCATION_PATH,
                      POST, PUT, URI_PATH, Malformed, Message, Type, code, decode, uint)

NOT_DISSECTED = "what is sent is malformed"

CON, NON, ACK, RST = Type
TEST = b"\xb4test"


def head(mtype, mcode, token_length=0, version=1):
    return bytes((version << 6 | mtype << 4 | token_length, mcode)) + b"%M"


# Each is made for a type; %M becomes the message ID. The last column tells
# whether a confirmable one is certain to be reset, or may be ignored.
MALFORMED = {
    "version 0": (lambda t: head(t, GET, version=0) + TEST, False),
    "version 2": (lambda t: head(t, GET, version=2) + TEST, False),
    "version 3": (lambda t: head(t, GET, version=3) + TEST, False),
    "header of 1 byte": (lambda t: head(t, GET)[:1], False),
    "header of 2 bytes": (lambda t: head(t, GET)[:2], False),
    "header of 3 bytes": (lambda t: head(t, GET)[:2] + b"\0", False),
    "token cut off": (lambda t: head(t, GET, 4) + b"abc", True),
    **{f"token length {n}": (lambda t, n=n: head(t, GET, n) + bytes(n) + TEST, True)
       for n in range(9, 16)},
    "delta 15": (lambda t: head(t, GET) + b"\xf0\0\0", True),
    "length 15": (lambda t: head(t, GET) + b"\x1f" + bytes(300), True),
    "delta of 13 cut off": (lambda t: head(t, GET) + b"\xd0", True),
    "delta of 14 cut off": (lambda t: head(t, GET) + b"\xe0\x01", True),
    "length of 13 cut off": (lambda t: head(t, GET) + b"\xbd", True),
    "length of 14 cut off": (lambda t: head(t, GET) + b"\xbe\x01", True),
    "option longer than the rest": (lambda t: head(t, GET) + b"\xb5test", True),
    "option number above 65535": (lambda t: head(t, GET) + b"\xe0\xff\xff" + b"\xe0\xff\xff", True),
    "marker without payload": (lambda t: head(t, GET) + TEST + b"\xff", True),
    "empty with a token": (lambda t: head(t, EMPTY, 2) + b"ab", True),
    "empty with an option": (lambda t: head(t, EMPTY) + TEST, True),
    "empty with a payload": (lambda t: head(t, EMPTY) + b"\xffpayload", True),
    "code class 1": (lambda t: head(t, code("1.01")) + TEST, True),
    "code class 6": (lambda t: head(t, code("6.01")) + TEST, True),
    "code class 7": (lambda t: head(t, code("7.01")) + TEST, True),
    "a thousand options": (lambda t: head(t, GET) + TEST + b"\0" * 1000, True),
    "a response nobody waits for": (lambda t: head(t, code("2.05"), 2) + b"ab\xffhello", True),
    "an error nobody waits for": (lambda t: head(t, code("4.04"), 2) + b"ab", True),
}


def send(raw, data):
    mid = os.urandom(2)
    raw.send(data.replace(b"%M", mid))
    return int.from_bytes(mid, "big")


def answers_to(raw, data):
    """All that comes before the answer to a request that is sent after it."""
    mid = send(raw, data)
    request = raw.request(GET, "/hello")
    raw.send(request)
    answers = []
    while True:
        answer = raw.expect()
        if answer.token == request.token and answer.code != EMPTY:
            assert answer.code == code("2.05")
            return mid, answers
        answers.append(answer)


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_con(raw, name):
    make, reset = MALFORMED[name]
    mid, answers = answers_to(raw, make(CON))
    if answers or reset:
        assert [answer.encode() for answer in answers] == [Message(RST, EMPTY, mid).encode()]


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_non(raw, name):
    mid, answers = answers_to(raw, MALFORMED[name][0](NON))
    if answers:
        assert [answer.encode() for answer in answers] == [Message(RST, EMPTY, mid).encode()]


@pytest.mark.parametrize("mtype", [ACK, RST])
@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_answers_are_ignored(raw, mtype, name):
    """§4.2: acknowledgements and resets are never answered, whatever they bear."""
    assert answers_to(raw, MALFORMED[name][0](mtype))[1] == []


@pytest.mark.parametrize("mtype", [ACK, RST])
def test_unexpected_answers_are_ignored(raw, mtype):
    for mcode in EMPTY, GET, code("2.05"):
        assert answers_to(raw, head(mtype, mcode))[1] == []


@pytest.mark.parametrize("cut", range(0, 23))
def test_truncated(raw, cut):
    """Every beginning of a good message: answered, reset or ignored, never worse."""
    whole = head(CON, GET, 2) + b"ab" + TEST + b"\x10\x51\x00\xffpay"
    mid, answers = answers_to(raw, whole[:cut])
    assert len(answers) <= 1
    assert all(answer.mid == mid and answer.type in (ACK, RST) for answer in answers)


@pytest.mark.parametrize("number", [9, 65001, 2049, 61])
def test_unknown_critical_option(raw, number):
    options = [(number, b"value")]
    answer = raw.ask(GET, "/test", options=options)
    assert (answer.type, answer.code) == (ACK, code("4.02"))
    # §5.4.1: a non-confirmable request is rejected, by a reset or by silence.
    request = raw.request(GET, "/test", mtype=NON, options=options)
    _, answers = answers_to(raw, request.encode())
    assert [a.encode() for a in answers] in ([], [Message(RST, EMPTY, request.mid).encode()])


@pytest.mark.parametrize("number", [10, 65000, 2048, 2050])
def test_unknown_elective_option(raw, number):
    answer = raw.ask(GET, "/test", options=[(number, b"value")])
    assert answer.code == code("2.05")


@pytest.mark.parametrize("options, expected", [
    ([(ACCEPT, b"\0")], "2.05"),                              # §3.2: leading zeros are ignored
    ([(ACCEPT, b"\0\0")], "2.05"),
    ([(ACCEPT, b"\0\0\0")], "4.02"),                          # §5.4.3: too long is unknown
    ([(ACCEPT, b""), (ACCEPT, b"")], "4.02"),                 # §5.4.5: repeated is unknown
    ([(IF_NONE_MATCH, b"x")], "4.02"),
    ([(CONTENT_FORMAT, b"\0\0\0")], "2.05"),                  # elective: ignored
    ([(3, b"a"), (3, b"b")], "4.02"),
    ([(35, b"coap://example.com/")], "5.05"),                 # §5.10.2: not a proxy
    ([(39, b"coap")], "5.05"),
], ids=str)
def test_option_rules(raw, options, expected):
    assert raw.ask(GET, "/test", options=options).code == code(expected)


@pytest.mark.parametrize("method", [8, 31])
def test_unknown_method(raw, method):
    assert raw.ask(method, "/test").code == code("4.05")


def test_odd_paths(raw):
    # §6.5: a single empty segment makes the same URI as none.
    assert raw.ask(GET, "", options=[(URI_PATH, b"")]).code == code("2.05")
    for segments in [b"\xff\xfe"], [b"a\0b"], [b".."], [b"test", b""], [b"x" * 255]:
        options = [(URI_PATH, segment) for segment in segments]
        answer = raw.ask(GET, "", options=options)
        assert answer.code in (code("4.04"), code("4.00"), code("4.02")), (segments, answer)


def test_mutated_requests(raw):
    """A seeded walk through neighbours of good messages."""
    import random
    chance = random.Random(20240607)
    good = [raw.request(GET, "/query?first=1", token=b"abcdefgh").encode(),
            raw.request(PUT, "/note", token=b"", payload=b"a note").encode(),
            raw.request(POST, "/test", payload=b"something", options=[(ACCEPT, b"")]).encode()]
    for _ in range(300):
        data = bytearray(chance.choice(good))
        for _ in range(chance.randint(1, 4)):
            what, where = chance.randrange(3), chance.randrange(len(data))
            if what == 0:
                data[where] = chance.randrange(256)
            elif what == 1:
                data.insert(where, chance.randrange(256))
            elif len(data) > 1:
                del data[where]
        data[2:4] = raw.mid().to_bytes(2, "big")
        raw.send(bytes(data))
        # What comes is at least well-formed.
        while raw.receive(0) is not None:
            pass
    while raw.receive(0.3) is not None:
        pass
    raw.ask(DELETE, "/note")
    assert raw.ask(GET, "/hello").payload == b"Hello World!\n"


@pytest.mark.parametrize("mtype", [CON, NON])
def test_duplicates_are_executed_once(raw, mtype):
    """§4.5: the same message ID again is the same request again."""
    request = raw.request(POST, "/path", mtype=mtype, payload=b"once")
    before = raw.ask(GET, "/path").payload
    raw.send(request)
    first = raw.expect()
    assert first.code == code("2.01")
    after = raw.ask(GET, "/path").payload
    assert after != before

    for _ in range(3):
        raw.send(request)
        if mtype == CON:
            assert raw.expect().encode() == first.encode()
    assert raw.silent()
    assert raw.ask(GET, "/path").payload == after

    # The same request in a new message is executed.
    again = raw.request(POST, "/path", payload=b"once", token=request.token)
    raw.send(again)
    second = raw.expect()
    assert second.code == code("2.01") and second.all(LOCATION_PATH) != first.all(LOCATION_PATH)
    for answer in first, second:
        raw.ask(DELETE, b"/".join(answer.all(LOCATION_PATH)).decode())


def test_the_decoder_itself():
    """What the tests rely on: it takes what it wrote, and refuses what is malformed."""
    message = Message(CON, GET, 4711, b"token", [(URI_PATH, b"x" * 300), (65000, b""),
                                                 (CONTENT_FORMAT, uint(10000))], b"payload")
    assert repr(decode(message.encode()).encode()) == repr(message.encode())
    for name in "delta 15", "marker without payload", "token length 9", "token cut off":
        with pytest.raises(Malformed):
            decode(MALFORMED[name][0](CON).replace(b"%M", b"\0\0"))
