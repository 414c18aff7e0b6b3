# SPDX-License-Identifier: LGPL-2.1-or-later
"""The plugtests TD_COAP_OBS between our programs and libcoap's, with a gateway between
them that reads what they send. What needs minutes (05, and the rest of 11) is among the
tests in C, with a clock of their own."""
import subprocess

import pytest

from coap_raw import BLOCK2, GET, MAX_AGE, Message, Type, code, decode, uint
from gateway import DOWN, UP, Gateway
from ours import GLib, ours, run_for, run_until, served
from processes import CLIENT, run
from server_fixtures import find_libcoap_client

OBSERVE = 6
LARGE = [(b"%d" % n) * 3000 for n in range(3)]
SMALL = [b"small %d" % n for n in range(3)]


class Pair:
    """A server, a resource of it, and our client, which goes through a gateway."""

    def __init__(self, port, path, client, gateway):
        self.uri, self.direct = (f"coap://127.0.0.1:{where}{path}" for where in (gateway.port, port))
        self.client, self.gateway = client, gateway

    def put(self, payload, content_format=0):
        run(CLIENT, "-m", "put", "-p", payload, "--content-format", str(content_format), self.direct)

    def messages(self, direction, predicate=lambda message: True):
        return [message for where, message, _ in self.gateway.seen if where == direction and predicate(message)]

    def notifications(self):
        return self.messages(DOWN, lambda message: message.all(OBSERVE))

    def requests(self, value):
        return self.messages(UP, lambda message: message.code == GET and message.uint(OBSERVE) == value)


@pytest.fixture(params=["ours", "libcoap"])
def watched(request):
    if request.param == "ours":
        port, path = request.getfixturevalue("server_port"), "/obs"
    else:
        port, path = int(request.getfixturevalue("libcoap").rpartition(":")[2]), "/watched"
    with Gateway(port) as gateway, ours() as client:
        pair = Pair(port, path, client, gateway)
        pair.put("zero")
        yield pair
        run(CLIENT, "-m", "delete", pair.direct, check=False)


def test_01_09_notified(watched):
    watch = watched.client.watch(watched.uri)
    for text in "one", "two", "three":
        watched.put(text)
        watch.expect(text.encode())
    assert [request.uint(OBSERVE) for request in watched.requests(0)] == [0]
    token = watched.requests(0)[0].token
    notifications = watched.notifications()
    numbers = [message.uint(OBSERVE) for message in notifications]
    assert all(0 < (b - a) % 2**24 < 2**23 for a, b in zip(numbers, numbers[1:]))
    assert {message.token for message in notifications} == {token}
    # Each confirmable one is acknowledged.
    run_for(0.2)
    wanted = {message.mid for message in notifications if message.type == Type.CON}
    assert wanted <= {message.mid for message in watched.messages(UP, lambda m: m.type == Type.ACK)}
    watch.observation.cancel()


def test_06_forgotten(watched):
    """A client that has forgotten resets, and hears no more."""
    watch = watched.client.watch(watched.uri)
    watch.observation.set_deregister_on_close(False)
    watch.observation.run_dispose()
    for text in "one", "two", "three":
        watched.put(text)
        run_for(0.3)
    assert not watched.requests(1)
    resets = watched.messages(UP, lambda message: message.type == Type.RST)
    assert len(resets) == 1 and len(watched.notifications()) == 2


def test_07_deleted(watched):
    watch = watched.client.watch(watched.uri)
    run(CLIENT, "-m", "delete", watched.direct)
    run_until(lambda: watch.ended)
    assert watch.code == code("4.04")
    last = watched.messages(DOWN)[-1]
    assert not last.all(OBSERVE) and last.token == watched.requests(0)[0].token


def test_10_plain_get(watched):
    watch = watched.client.watch(watched.uri)
    assert watched.client.ask(GET, watched.uri)[1] == b"zero"
    watched.put("one")
    watch.expect(b"one")
    plain = watched.messages(UP, lambda message: message.code == GET and not message.all(OBSERVE))
    assert len(plain) == 1 and plain[0].token != watched.requests(0)[0].token
    watch.observation.cancel()


def test_12_cancelled(watched):
    watch = watched.client.watch(watched.uri)
    watch.observation.cancel()
    run_until(lambda: watched.requests(1))
    assert watched.requests(1)[0].token == watched.requests(0)[0].token
    run_for(0.3)
    before = len(watched.messages(DOWN))
    assert not watched.messages(DOWN)[-1].all(OBSERVE)
    watched.put("one")
    run_for(0.5)
    assert len(watched.messages(DOWN)) == before and watch.payloads == [b"zero"]


def test_several_are_one(watched):
    """RFC 7641 §3.1: a client registers once."""
    first, second = watched.client.watch(watched.uri), watched.client.watch(watched.uri)
    watched.put("one")
    first.expect(b"one")
    second.expect(b"one")
    assert len(watched.requests(0)) == 1
    first.observation.cancel()
    watched.put("two")
    second.expect(b"two")
    assert not watched.requests(1)
    second.observation.cancel()
    run_until(lambda: watched.requests(1))


def test_04_server_restarts(peer):
    """When Max-Age has passed, and 5 to 15 s more, it asks again with the same token."""
    with ours() as client:
        peer.socket.setblocking(False)
        tokens = []

        def answer():
            try:
                head, token, rest = peer.receive()
            except BlockingIOError:
                return False
            if decode(head + token + rest).code == GET:
                tokens.append(token)
                message = Message(Type.ACK, code("2.05"), int.from_bytes(head[2:4], "big"), token,
                                  [(OBSERVE, uint(len(tokens))), (MAX_AGE, uint(1))], b"%d" % len(tokens))
                peer.socket.sendto(message.encode(), peer.address)
            return False

        source = GLib.timeout_add(50, lambda: answer() or True)
        watch = client.watch(peer.uri + "/x")
        run_until(lambda: len(tokens) == 2, 20)
        watch.expect(b"2")
        assert tokens[0] == tokens[1] and len(tokens[0]) > 0
        watch.observation.cancel()
        run_for(0.2)
        GLib.source_remove(source)


class LibcoapWatch:
    """libcoap's client as an observer, behind a gateway."""

    def __init__(self, gateway, path, seconds, *arguments):
        self.gateway = gateway
        self.process = subprocess.Popen(
            [find_libcoap_client(), "-s", str(seconds), "-w", *arguments, "-m", "get",
             f"coap://127.0.0.1:{gateway.port}{path}"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def down(self, predicate):
        return [message for where, message, _ in self.gateway.seen if where == DOWN and predicate(message)]

    def wait_for(self, predicate):
        run_until(lambda: self.down(predicate))

    def finish(self):
        run_until(lambda: self.process.poll() is not None)
        return self.process.stdout.read()


@pytest.mark.parametrize("mtype", [Type.CON, Type.NON])
def test_02_libcoap_at_obs_non(server_port, mtype):
    with Gateway(server_port) as gateway:
        watch = LibcoapWatch(gateway, "/obs-non", 7, *["-N"] * (mtype == Type.NON))
        watch.finish()
    notifications = watch.down(lambda message: message.all(OBSERVE))
    assert len(notifications) >= 2 and notifications[-1].type == Type.NON


@pytest.mark.parametrize("name", ["07", "08"])
def test_07_08_libcoap_is_told_the_end(server_port, name):
    uri = f"coap://127.0.0.1:{server_port}/obs"
    run(CLIENT, "-m", "put", "-p", "zero", "--content-format", "0", uri)
    with Gateway(server_port) as gateway:
        watch = LibcoapWatch(gateway, "/obs", 2)
        watch.wait_for(lambda message: message.all(OBSERVE))
        if name == "07":
            run(CLIENT, "-m", "delete", uri)
        else:
            run(CLIENT, "-m", "put", "-p", "<x/>", "--content-format", "41", uri)
        wanted = code("4.04" if name == "07" else "4.06")
        watch.wait_for(lambda message: message.code == wanted)
        watch.finish()
    last = watch.down(lambda message: message.code == wanted)[0]
    assert last.type == Type.CON and not last.all(OBSERVE)
    run(CLIENT, "-m", "delete", uri, check=False)


def check_first_blocks(messages, sizes):
    """RFC 7959 §2.6: what does not fit is announced by its first block."""
    for message in messages:
        if message.all(BLOCK2):
            value = message.uint(BLOCK2)
            assert value >> 4 == 0 and (not value & 8 or len(message.payload) in sizes)


@pytest.mark.parametrize("bodies", [LARGE, [LARGE[0], SMALL[1], LARGE[2], SMALL[0]],
                                    [SMALL[0], LARGE[1], SMALL[2]]], ids=["13", "14-large", "14-small"])
@pytest.mark.parametrize("size", [64, 1024])
def test_13_14_libcoap_watches_large(bodies, size):
    with served() as server, Gateway(server.port) as gateway:
        server.show(bodies[0])
        watch = LibcoapWatch(gateway, "/watched", 3, "-b", str(size))
        fetched = 0
        for n, body in enumerate(bodies):
            if n > 0:
                server.show(body)
            if len(body) > 1024:
                fetched += 1
                run_until(lambda: len(watch.down(lambda m: m.uint(BLOCK2) is not None
                                                 and m.uint(BLOCK2) >> 4 > 0 and not m.uint(BLOCK2) & 8)) == fetched)
            else:
                watch.wait_for(lambda message: message.payload == body)
        out = watch.finish()
    for body in bodies:
        assert body in out
    check_first_blocks(watch.down(lambda message: message.all(OBSERVE)), {size, 1024})


@pytest.mark.parametrize("size", [64, 1024])
def test_13_14_ours_watches_large(libcoap, size, tmp_path):
    port = int(libcoap.rpartition(":")[2])
    path = tmp_path / "body"
    with Gateway(port) as gateway, ours(block_size=size) as client:
        pair = Pair(port, f"/large-{size}", client, gateway)
        for n, body in enumerate((LARGE[0], LARGE[1], SMALL[0], LARGE[2], SMALL[1])):
            path.write_bytes(body)
            pair.put(f"@{path}")
            if n == 0:
                watch = client.watch(pair.uri)
            watch.expect(body)
        assert not watch.ended and len(pair.requests(0)) == 1
        watch.observation.cancel()


@pytest.mark.parametrize("path", ["/obs-large", "/obs-pumping"])
def test_13_14_at_gcoap_server(raw, server_port, path):
    if path not in raw.ask_whole(GET, "/.well-known/core").payload.decode():
        pytest.skip(f"this gcoap-server has no {path}")
    with Gateway(server_port) as gateway, ours(block_size=64) as client:
        watch = client.watch(f"coap://127.0.0.1:{gateway.port}{path}")
        run_until(lambda: len(watch.payloads) >= 3, 25)
        sizes = {len(payload) > 1024 for payload in watch.payloads}
        assert sizes == ({True} if path == "/obs-large" else {True, False})
        watch.observation.cancel()
        run_for(0.2)
