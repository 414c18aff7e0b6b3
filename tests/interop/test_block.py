# SPDX-License-Identifier: LGPL-2.1-or-later
"""Block-wise transfer: the plugtests TD_COAP_BLOCK_01 to 05 against gcoap-server by a
client that knows nothing of the library, and large bodies between our tools and
libcoap's."""
import pathlib

import pytest

from coap_raw import (BLOCK1, BLOCK2, CONTENT_FORMAT, GET, LOCATION_PATH, POST, PUT, SIZE1, TEXT,
                      Type, code, uint)
from processes import CLIENT, run
from server_fixtures import find_libcoap_client

LARGE = 2000
BIG = 1 << 20
BODY = bytes(b"0123456789abcdef\n"[i % 17] for i in range(3000))


def block(number, more, size):
    return uint(number << 4 | more << 3 | size.bit_length() - 5)


def put(raw, path, body, size, method=PUT):
    """Sends the body in blocks, and returns the answer to the last."""
    for number in range(0, len(body), size):
        more = number + size < len(body)
        value = block(number // size, more, size)
        answer = raw.ask(method, path, payload=body[number:number + size], options=[(BLOCK1, value)])
        assert answer.all(BLOCK1) == [value]
        assert (answer.code == code("2.31")) == more
    return answer


@pytest.mark.parametrize("mtype", [Type.CON, Type.NON])
@pytest.mark.parametrize("size", [16, 64, 1024])
def test_01_get_early(raw, size, mtype):
    answer = raw.ask_whole(GET, "/large", mtype=mtype, options=[(BLOCK2, block(0, 0, size))])
    assert answer.code == code("2.05") and answer.uint(BLOCK2) & 7 == size.bit_length() - 5
    assert len(answer.payload) == LARGE and answer.payload[1000:].startswith(b"0001000 ")


def test_02_get_late(raw):
    answer = raw.ask_whole(GET, "/large")
    assert answer.uint(BLOCK2) == 8 | 6 and len(answer.payload) == LARGE


@pytest.mark.parametrize("size", [16, 64, 1024])
def test_03_put(raw, size):
    assert put(raw, "/large-update", BODY, size).code == code("2.04")
    assert raw.ask_whole(GET, "/large-update").payload == BODY


def test_04_post(raw):
    answer = put(raw, "/large-create", BODY, 64, POST)
    assert answer.code == code("2.01")
    assert answer.all(LOCATION_PATH) == [b"large-create", b"created"]
    assert raw.ask_whole(GET, "/large-create/created").payload == BODY


def test_05_both_ways(raw):
    first = put(raw, "/large-post", BODY, 512, POST)
    assert first.code == code("2.04") and first.uint(BLOCK2) == 8 | 6
    whole = first.payload
    for number, more in (1, 1), (2, 0):
        # RFC 7959 §2.7: like the requests before, also in what is about the payload.
        options = [(CONTENT_FORMAT, uint(TEXT)), (BLOCK2, block(number, 0, 1024))]
        answer = raw.ask(POST, "/large-post", options=options)
        assert answer.code == code("2.04") and answer.uint(BLOCK2) == number << 4 | more << 3 | 6
        whole += answer.payload
    assert whole == BODY.upper()


def test_too_large(raw):
    answer = raw.ask(PUT, "/big", payload=b"x" * 1024,
                     options=[(BLOCK1, block(0, 1, 1024)), (SIZE1, uint(BIG + 1))])
    assert answer.code == code("4.13") and answer.uint(SIZE1) == BIG


def test_out_of_order(raw):
    answer = raw.ask(PUT, "/large-update", payload=b"x" * 64, options=[(BLOCK1, block(7, 1, 64))])
    assert answer.code == code("4.08")


def body_file(tmp_path, length):
    path = tmp_path / "body"
    path.write_bytes((BODY * (length // len(BODY) + 1))[:length])
    return path


@pytest.mark.parametrize("length", [1025, 2048, 100000])
def test_ours_to_libcoap(libcoap, tmp_path, length):
    path, uri = body_file(tmp_path, length), f"{libcoap}/block-{length}"
    run(CLIENT, "-m", "put", "-p", f"@{path}", uri)
    assert run(CLIENT, uri).stdout == path.read_bytes()


@pytest.mark.parametrize("size", [16, 64, 512, 1024])
@pytest.mark.parametrize("length", [1025, 2048, 60000])
def test_libcoap_to_ours(server_port, tmp_path, length, size):
    client, path = find_libcoap_client(), body_file(tmp_path, length)
    uri = f"coap://127.0.0.1:{server_port}/large-update"
    run(client, "-b", str(size), "-m", "put", "-f", path, "-t", "0", uri)
    out = pathlib.Path(tmp_path / "out")
    run(client, "-b", str(size), "-o", out, uri)
    assert out.read_bytes() == path.read_bytes()


def test_big(server_port, tmp_path):
    uri, path = f"coap://127.0.0.1:{server_port}/big", body_file(tmp_path, BIG)
    assert len(run(CLIENT, uri).stdout) == BIG
    run(CLIENT, "-m", "put", "-p", f"@{path}", uri)
    assert run(CLIENT, uri).stdout == path.read_bytes()
