# SPDX-License-Identifier: LGPL-2.1-or-later
"""The plugtests TD_COAP_BLOCK_01 to 06 between our programs and libcoap's, with a
gateway between them that reads what they send. libcoap's example server has no
resource that makes others, nor one that answers a POST: for 04 and 05 it is our
server in both."""
import contextlib

import pytest

from coap_raw import BLOCK1, BLOCK2, GET, LOCATION_PATH, POST, PUT, code
from gateway import DOWN, UP, Gateway
from ours import ours
from processes import run
from server_fixtures import find_libcoap_client

BODY = bytes(b"0123456789abcdef\n"[i % 17] for i in range(3000))
SIZES = [16, 64, 512, 1024]


class Seen:
    """The blocks that passed a gateway."""

    def __init__(self, gateway):
        self.gateway = gateway

    def messages(self, direction):
        return [message for where, message, _ in self.gateway.seen if where == direction and message.code]

    def blocks(self, direction, option):
        values = [message.uint(option) for message in self.messages(direction)]
        return [(value >> 4, value >> 3 & 1, 16 << (value & 7)) for value in values if value is not None]

    def check_body(self, direction, option, length, size):
        """One block after the other, in order, of the size that was wanted or less."""
        place = unit = 0
        blocks = self.blocks(direction, option)
        # libcoap's server sends what fits into a datagram of 1152 bytes as it is.
        if not blocks and length < 1100:
            return
        for number, more, unit in blocks:
            assert number * unit == place and unit <= size
            place += unit
            assert more == (place < length)
        assert place - unit < length <= place


@contextlib.contextmanager
def gateway(port):
    with Gateway(port) as one:
        yield f"coap://127.0.0.1:{one.port}", Seen(one)


class LibcoapClient:
    """libcoap's client, to be used like ours."""

    def __init__(self, block_size):
        self.block_size = block_size

    def ask(self, method, uri, payload=b"", folder=None):
        names = {GET: "get", POST: "post", PUT: "put"}
        out = folder / "out"
        out.unlink(missing_ok=True)
        command = [find_libcoap_client(), "-m", names[method], "-b", str(self.block_size), "-o", out]
        if payload:
            (folder / "body").write_bytes(payload)
            command += ["-f", folder / "body", "-t", "0"]
        run(*command, uri)
        return None, out.read_bytes() if out.exists() else b""


@pytest.fixture(params=["ours", "libcoap"])
def ask(request, tmp_path):
    """Asks by either client."""
    def one(size, *args, **kwargs):
        if request.param == "libcoap":
            return LibcoapClient(size).ask(*args, folder=tmp_path, **kwargs)[1]
        with ours(block_size=size) as client:
            return client.ask(*args, **kwargs)[1]
    return one


@pytest.mark.parametrize("size", SIZES)
def test_01_06_get_early(ask, server_port, size):
    with gateway(server_port) as (uri, seen):
        body = ask(size, GET, f"{uri}/large")
    assert len(body) == 2000 and body[1000:].startswith(b"0001000 ")
    assert [block[0] for block in seen.blocks(UP, BLOCK2)] in (list(range(-(-2000 // size))),
                                                               list(range(1, -(-2000 // size))))
    seen.check_body(DOWN, BLOCK2, 2000, size)
    # RFC 7959 §2.4: of one representation.
    assert len({tuple(message.all(4)) for message in seen.messages(DOWN)}) == 1


def test_02_get_late(server_port):
    with gateway(server_port) as (uri, seen), ours() as client:
        assert len(client.ask(GET, f"{uri}/large")[1]) == 2000
    assert seen.messages(UP)[0].uint(BLOCK2) is None
    assert seen.blocks(DOWN, BLOCK2) == [(0, 1, 1024), (1, 0, 1024)]


@pytest.mark.parametrize("size", SIZES)
def test_03_put(ask, server_port, size):
    with gateway(server_port) as (uri, seen):
        ask(size, PUT, f"{uri}/large-update", payload=BODY)
    seen.check_body(UP, BLOCK1, len(BODY), size)
    codes = [message.code for message in seen.messages(DOWN)]
    assert set(codes[:-1]) == {code("2.31")} and codes[-1] == code("2.04")
    with gateway(server_port) as (uri, seen):
        assert ask(size, GET, f"{uri}/large-update") == BODY


@pytest.mark.parametrize("size", [64, 1024])
def test_04_post(ask, server_port, size):
    with gateway(server_port) as (uri, seen):
        ask(size, POST, f"{uri}/large-create", payload=BODY)
        last = seen.messages(DOWN)[-1]
        assert last.code == code("2.01") and last.all(LOCATION_PATH) == [b"large-create", b"created"]
        assert ask(size, GET, f"{uri}/large-create/created") == BODY


@pytest.mark.parametrize("size", [64, 1024])
def test_05_both_ways(ask, server_port, size):
    with gateway(server_port) as (uri, seen):
        assert ask(size, POST, f"{uri}/large-post", payload=BODY) == BODY.upper()
    blocks = seen.blocks(UP, BLOCK1)
    assert [number for number, _, _ in blocks][:2] == [0, 1] and blocks[-1][1] == 0
    assert seen.blocks(DOWN, BLOCK2)[0][:2] == (0, 1) and seen.blocks(DOWN, BLOCK2)[-1][1] == 0


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("length", [1025, 3000])
def test_03_and_01_at_libcoap(libcoap, size, length):
    port = int(libcoap.rpartition(":")[2])
    with gateway(port) as (uri, seen), ours(block_size=size) as client:
        status, _ = client.ask(PUT, f"{uri}/body-{size}-{length}", BODY[:length])
        assert status in (code("2.01"), code("2.04"))
        seen.check_body(UP, BLOCK1, length, size)
    with gateway(port) as (uri, seen), ours(block_size=size) as client:
        assert client.ask(GET, f"{uri}/body-{size}-{length}") == (code("2.05"), BODY[:length])
        seen.check_body(DOWN, BLOCK2, length, size)
