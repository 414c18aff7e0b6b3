# SPDX-License-Identifier: LGPL-2.1-or-later
"""The plugtests TD_COAP_CORE_01 to 14, 17 to 23 and 31 against gcoap-server, by a
client that knows nothing of the library. 15 and 16 are in test_lossy.py."""
import pytest

from coap_raw import (ACCEPT, CONTENT_FORMAT, DELETE, EMPTY, ETAG, GET, IF_MATCH, IF_NONE_MATCH,
                      LOCATION_PATH, LOCATION_QUERY, POST, PUT, TEXT, URI_PATH, URI_QUERY, XML,
                      Message, Type, code, uint)


def check_format(answer):
    """A payload says what it is; nothing needs to be said of none. A diagnostic
    payload has no format, but no test here leads to one."""
    assert not answer.payload or answer.uint(CONTENT_FORMAT) is not None


def check_non(request_mid, answer):
    assert answer.type == Type.NON and answer.mid != request_mid


def test_01_get_con(raw):
    answer = raw.ask(GET, "/test")
    assert (answer.type, answer.code) == (Type.ACK, code("2.05"))
    assert answer.uint(CONTENT_FORMAT) == TEXT and 0 < len(answer.payload) <= 64


@pytest.mark.parametrize("mtype", [Type.CON, Type.NON])
def test_02_06_delete(raw, mtype):
    raw.ask(PUT, "/test", payload=b"to be deleted")
    answer = raw.ask(DELETE, "/test", mtype=mtype)
    assert answer.code == code("2.02")
    check_format(answer)
    if mtype == Type.NON:
        check_non(raw.next_mid, answer)
    # As it was before the first test, so that this one can be run again.
    assert raw.ask(GET, "/test").payload == b"This is a test.\n"


@pytest.mark.parametrize("mtype", [Type.CON, Type.NON])
def test_03_07_put(raw, mtype):
    payload = b"put by " + mtype.name.encode()
    answer = raw.ask(PUT, "/test", mtype=mtype, payload=payload)
    assert answer.code in (code("2.01"), code("2.04"))
    check_format(answer)
    if mtype == Type.NON:
        check_non(raw.next_mid, answer)
    assert raw.ask(GET, "/test").payload == payload
    raw.ask(DELETE, "/test")


@pytest.mark.parametrize("mtype", [Type.CON, Type.NON])
def test_04_08_post(raw, mtype):
    answer = raw.ask(POST, "/test", mtype=mtype, payload=b"posted")
    assert answer.code in (code("2.01"), code("2.04"))
    if mtype == Type.NON:
        check_non(raw.next_mid, answer)


def test_05_get_non(raw):
    answer = raw.ask(GET, "/test", mtype=Type.NON)
    check_non(raw.next_mid, answer)
    assert answer.code == code("2.05")
    check_format(answer)


@pytest.mark.parametrize("token", [b"\x01", b"eight by"], ids=len)
def test_09_11_separate(raw, token):
    request = raw.request(GET, "/separate", token=token)
    raw.send(request)
    first = raw.expect()
    assert (first.type, first.code, first.mid) == (Type.ACK, EMPTY, request.mid)
    answer = raw.expect()
    assert (answer.type, answer.code, answer.token) == (Type.CON, code("2.05"), token)
    assert answer.payload
    check_format(answer)
    raw.send(Message(Type.ACK, EMPTY, answer.mid))
    # It is acknowledged, so it does not come again: RFC 7252 §4.8 would repeat
    # it after 2 to 3 seconds.
    assert raw.silent(3.2)


@pytest.mark.parametrize("token", [b"", b"\x00", b"\x01\x02\x03\x04\x05\x06\x07\x08"], ids=len)
def test_10_12_token(raw, token):
    answer = raw.ask(GET, "/test", token=token)
    assert (answer.code, answer.token) == (code("2.05"), token)


def test_13_uri_path(raw):
    request = raw.request(GET, "/seg1/seg2/seg3")
    assert request.all(URI_PATH) == [b"seg1", b"seg2", b"seg3"]
    raw.send(request)
    answer = raw.expect()
    assert (answer.code, answer.token) == (code("2.05"), request.token)
    check_format(answer)
    assert raw.ask(GET, "/seg1/seg2").code == code("4.04")


def test_14_uri_query(raw):
    request = raw.request(GET, "/query?first=1&second=2&third=3")
    assert request.all(URI_QUERY) == [b"first=1", b"second=2", b"third=3"]
    raw.send(request)
    answer = raw.expect()
    assert answer.code == code("2.05")
    assert answer.payload == b"first=1\nsecond=2\nthird=3\n"


def test_17_separate_non(raw):
    request = raw.request(GET, "/separate", mtype=Type.NON)
    raw.send(request)
    answer = raw.expect()
    check_non(request.mid, answer)
    assert (answer.code, answer.token) == (code("2.05"), request.token)
    check_format(answer)


def test_18_location_path(raw):
    answer = raw.ask(POST, "/test", payload=b"created by POST")
    assert answer.code == code("2.01")
    assert answer.all(LOCATION_PATH) == [b"location1", b"location2", b"location3"]
    path = b"/".join(answer.all(LOCATION_PATH)).decode()
    assert raw.ask(GET, path).payload == b"created by POST"
    assert raw.ask(DELETE, path).code == code("2.02")
    assert raw.ask(GET, path).code == code("4.04")


def test_19_location_query(raw):
    answer = raw.ask(POST, "/location-query", payload=b"something")
    assert answer.code == code("2.01")
    assert answer.all(LOCATION_QUERY) == [b"first=1", b"second=2"]


def test_20_accept(raw):
    for wanted, start in (TEXT, b"21.5"), (XML, b"<"):
        answer = raw.ask(GET, "/multi-format", options=[(ACCEPT, uint(wanted))])
        assert answer.code == code("2.05") and answer.uint(CONTENT_FORMAT) == wanted
        assert answer.payload.startswith(start)
    assert raw.ask(GET, "/multi-format", options=[(ACCEPT, uint(50))]).code == code("4.06")


def test_21_etag(raw):
    first = raw.ask(GET, "/validate")
    assert first.code == code("2.05") and first.payload
    etag = first.all(ETAG)
    assert len(etag) == 1 and 1 <= len(etag[0]) <= 8

    same = raw.ask(GET, "/validate", options=[(ETAG, etag[0])])
    assert same.code == code("2.03") and same.all(ETAG) == etag and same.payload == b""

    raw.ask(PUT, "/validate", payload=b"another state")
    other = raw.ask(GET, "/validate", options=[(ETAG, etag[0])])
    assert other.code == code("2.05") and other.payload == b"another state"
    assert len(other.all(ETAG)) == 1 and other.all(ETAG) != etag
    raw.ask(DELETE, "/validate")


def test_22_if_match(raw):
    etag1 = raw.ask(GET, "/validate").all(ETAG)[0]
    assert raw.ask(PUT, "/validate", options=[(IF_MATCH, etag1)],
                      payload=b"second").code == code("2.04")
    second = raw.ask(GET, "/validate")
    etag2 = second.all(ETAG)[0]
    assert second.payload == b"second" and etag2 != etag1
    assert raw.ask(PUT, "/validate", payload=b"third").code == code("2.04")
    assert raw.ask(PUT, "/validate", options=[(IF_MATCH, etag2)],
                      payload=b"fourth").code == code("4.12")
    assert raw.ask(GET, "/validate").payload == b"third"
    raw.ask(DELETE, "/validate")


def test_23_if_none_match(raw):
    assert raw.ask(GET, "/create1").code == code("4.04")
    for expected in "2.01", "4.12":
        answer = raw.ask(PUT, "/create1", options=[(IF_NONE_MATCH, b"")],
                            payload=expected.encode())
        assert answer.code == code(expected)
    assert raw.ask(GET, "/create1").payload == b"2.01"
    raw.ask(DELETE, "/create1")


def test_31_ping(raw):
    ping = Message(Type.CON, EMPTY, raw.mid())
    raw.send(ping)
    assert raw.expect().encode() == Message(Type.RST, EMPTY, ping.mid).encode()
