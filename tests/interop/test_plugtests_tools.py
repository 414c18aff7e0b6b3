# SPDX-License-Identifier: LGPL-2.1-or-later
"""The plugtests TD_COAP_CORE again, between our tools and libcoap's. A gateway between
them reads what they send, so each is judged by its messages, not by its own words.

libcoap's example server has one representation of each resource, no entity-tags and
no conditions. Of 18 to 23 only the request is judged there, and that it is answered.
Neither client can be told to use an empty token: 12 is in test_plugtests_core.py."""
import pytest

from coap_raw import (ACCEPT, CONTENT_FORMAT, DELETE, EMPTY, ETAG, GET, IF_MATCH, IF_NONE_MATCH,
                      LOCATION_PATH, LOCATION_QUERY, POST, PUT, TEXT, URI_PATH, URI_QUERY, XML,
                      Type, code)
from gateway import DOWN, UP, Gateway
from processes import CLIENT, run

NAMES = {GET: "get", POST: "post", PUT: "put", DELETE: "delete"}
TYPES = [Type.CON, Type.NON]


def make_command(pair, method, mtype, payload, options, accept):
    command = [pair.client, "-m", NAMES[method]]
    if pair.client == CLIENT:
        command += ["--non"] * (mtype == Type.NON)
        command += ["-p", payload, "--content-format", "0"] if payload else []
        command += ["--accept", str(accept)] if accept is not None else []
        for number, value in options:
            command += ["--option", f"{number}=0x{value.hex()}" if value else f"{number}="]
    else:
        command += ["-N"] * (mtype == Type.NON)
        command += ["-e", payload, "-t", "text/plain"] if payload else []
        command += ["-A", str(accept)] if accept is not None else []
        for number, value in options:
            command += ["-O", f"{number},0x{value.hex()}" if value else f"{number},"]
    return command


class Exchange:
    """One run of a client, and the messages it had with the server."""

    def __init__(self, pair, method, path, mtype=Type.CON, payload=None, options=(), accept=None):
        with Gateway(pair.port) as gateway:
            done = run(*make_command(pair, method, mtype, payload, options, accept),
                       f"coap://127.0.0.1:{gateway.port}{path}", check=False)
        self.up = [message for where, message, _ in gateway.seen if where == UP]
        self.down = [message for where, message, _ in gateway.seen if where == DOWN]
        self.shown, self.status = done.stdout, done.returncode
        self.request = self.up[0]
        responses = [message for message in self.down if message.code != EMPTY]
        assert len(responses) == 1, f"{self.down}, {done.stderr.decode()}"
        self.response = responses[0]
        self.check(method, mtype)

    def check(self, method, mtype):
        request, response = self.request, self.response
        assert (request.type, request.code) == (mtype, method)
        assert 0 <= len(request.token) <= 8 and response.token == request.token
        if response.type == Type.ACK:
            assert mtype == Type.CON and response.mid == request.mid
        if mtype == Type.NON:
            assert response.type == Type.NON and len(self.up) == len(self.down) == 1
        if response.code >> 5 == 2:
            assert self.status == 0


def put(pair, path, payload, **kwargs):
    return Exchange(pair, PUT, path, payload=payload, **kwargs).response.code


@pytest.mark.parametrize("mtype", TYPES)
def test_01_05_10_get(pair, mtype):
    put(pair, "/test", "for the tests")
    got = Exchange(pair, GET, "/test", mtype)
    assert got.response.code == code("2.05")
    # libcoap takes format 0 for none.
    assert got.response.uint(CONTENT_FORMAT) == (TEXT if pair.ours else None)
    assert got.response.payload == b"for the tests" and b"for the tests" in got.shown
    assert got.request.all(URI_PATH) == [b"test"] and got.request.token


@pytest.mark.parametrize("mtype", TYPES)
def test_02_06_delete(pair, mtype):
    put(pair, "/test", "to be deleted")
    assert Exchange(pair, DELETE, "/test", mtype).response.code == code("2.02")


@pytest.mark.parametrize("mtype", TYPES)
def test_03_07_put(pair, mtype):
    one = Exchange(pair, PUT, "/test", mtype, payload=mtype.name)
    assert one.request.uint(CONTENT_FORMAT) == TEXT and one.request.payload == mtype.name.encode()
    assert one.response.code in (code("2.01"), code("2.04"))
    assert mtype.name.encode() in Exchange(pair, GET, "/test").shown


@pytest.mark.parametrize("mtype", TYPES)
def test_04_08_post(pair, mtype):
    posted = Exchange(pair, POST, "/test", mtype, payload="posted")
    assert posted.response.code in (code("2.01"), code("2.04"))


def test_09_11_separate(pair):
    got = Exchange(pair, GET, pair.later)
    acknowledgement, response = got.down
    assert (acknowledgement.type, acknowledgement.code) == (Type.ACK, EMPTY)
    assert acknowledgement.mid == got.request.mid
    assert (response.type, response.code) == (Type.CON, code("2.05")) and got.request.token
    own = got.up[1]
    assert (own.type, own.code, own.mid) == (Type.ACK, EMPTY, response.mid)
    assert response.payload.strip() in got.shown


def test_13_14_path_and_query(pair):
    path = "/seg1/seg2/seg3" if pair.ours else "/a/b/c"
    if not pair.ours:
        put(pair, path, "deep")
    got = Exchange(pair, GET, path)
    assert got.request.all(URI_PATH) == [part.encode() for part in path.split("/")[1:]]
    assert got.response.code == code("2.05")

    got = Exchange(pair, GET, ("/query" if pair.ours else "/time") + "?first=1&second=2")
    assert got.request.all(URI_QUERY) == [b"first=1", b"second=2"]
    assert got.response.code == code("2.05")


def test_17_separate_non(pair):
    got = Exchange(pair, GET, pair.later, Type.NON)
    assert got.response.mid != got.request.mid and got.response.code == code("2.05")


def test_18_19_location(pair):
    posted = Exchange(pair, POST, "/test", payload="posted")
    assert posted.response.code == code("2.01") or not pair.ours
    if pair.ours:
        assert posted.response.all(LOCATION_PATH) == [b"location1", b"location2", b"location3"]
        posted = Exchange(pair, POST, "/location-query", payload="posted")
        assert posted.response.all(LOCATION_QUERY) == [b"first=1", b"second=2"]
        if pair.client == CLIENT:
            assert b"?first=1&second=2" in run(CLIENT, "-m", "post",
                                               f"coap://127.0.0.1:{pair.port}/location-query").stderr


def test_20_accept(pair):
    if not pair.ours:
        got = Exchange(pair, GET, "/", accept=XML)
        assert got.request.uint(ACCEPT) == XML and got.response.code == code("2.05")
        return
    for wanted in TEXT, XML:
        got = Exchange(pair, GET, "/multi-format", accept=wanted)
        assert got.request.uint(ACCEPT) == wanted == got.response.uint(CONTENT_FORMAT)
        assert got.response.payload.strip() in got.shown


def test_21_22_etag(pair):
    put(pair, "/validate", "one")
    if not pair.ours:
        got = Exchange(pair, GET, "/validate", options=[(ETAG, b"\x01\x02"), (ETAG, b"\x03")])
        assert got.request.all(ETAG) == [b"\x01\x02", b"\x03"] and got.response.payload == b"one"
        got = Exchange(pair, PUT, "/validate", payload="two", options=[(IF_MATCH, b"\x01\x02")])
        assert got.request.all(IF_MATCH) == [b"\x01\x02"] and got.response.code == code("2.04")
        return
    etag1 = Exchange(pair, GET, "/validate").response.all(ETAG)[0]
    valid = Exchange(pair, GET, "/validate", options=[(ETAG, etag1)]).response
    assert (valid.code, valid.all(ETAG), valid.payload) == (code("2.03"), [etag1], b"")

    assert put(pair, "/validate", "two", options=[(IF_MATCH, etag1)]) == code("2.04")
    changed = Exchange(pair, GET, "/validate", options=[(ETAG, etag1)]).response
    assert (changed.code, changed.payload) == (code("2.05"), b"two")
    assert put(pair, "/validate", "three") == code("2.04")
    assert put(pair, "/validate", "four", options=[(IF_MATCH, changed.all(ETAG)[0])]) == code("4.12")
    assert Exchange(pair, GET, "/validate").response.payload == b"three"


def test_23_if_none_match(pair):
    Exchange(pair, DELETE, "/create1")
    if not pair.ours:
        got = Exchange(pair, PUT, "/create1", payload="x", options=[(IF_NONE_MATCH, b"")])
        assert got.request.all(IF_NONE_MATCH) == [b""] and got.response.code == code("2.01")
        return
    for expected in "2.01", "4.12":
        assert put(pair, "/create1", "x", options=[(IF_NONE_MATCH, b"")]) == code(expected)
    Exchange(pair, DELETE, "/create1")


def test_31_ping(pair):
    with Gateway(pair.port) as gateway:
        uri = f"coap://127.0.0.1:{gateway.port}"
        if pair.client == CLIENT:
            assert b"ms" in run(CLIENT, "--ping", uri).stdout
        else:
            # It pings while it waits, after a second of silence.
            run(pair.client, "-K", "1", uri + "/other/separate")
    pings = [message for where, message, _ in gateway.seen
             if where == UP and message.type == Type.CON and message.code == EMPTY]
    resets = [message for where, message, _ in gateway.seen if message.type == Type.RST]
    assert pings and [message.mid for message in resets] == [message.mid for message in pings]
