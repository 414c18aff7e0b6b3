# SPDX-License-Identifier: LGPL-2.1-or-later
"""The OSCORE plugtests (interop test specification v5), TEST_0 to TEST_17: our client
with the reference's server, and the reference's client with ours."""
import dataclasses
import json
import os
import subprocess

import pytest

from coap_raw import (CONTENT_FORMAT, DELETE, ETAG, GET, IF_MATCH, IF_NONE_MATCH, MAX_AGE, POST, PUT,
                      ACCEPT, code)
from oscore_files import client_map, server_map
from oscore_peer import ID_CONTEXT, SECRET, ReferenceClient, ReferenceServer, client_context, server_context
from oscore_reference import FETCH, OBSERVE, OSCORE, Option, Refused
from processes import CLIENT, gcoap_server, run

HELLO = b"Hello World!"
METHODS = {GET: "GET", POST: "POST", PUT: "PUT", DELETE: "DELETE"}


@dataclasses.dataclass
class Answer:
    """What a client saw: the inner answer."""
    code: int
    options: dict
    payload: bytes


def parse(line):
    answer = json.loads(line)
    payload = bytes.fromhex(answer["payload"]) if answer.get("payload_encoding") == "hex" else \
        (answer.get("payload") or "").encode()
    options = {option["number"]: option["value"] for option in answer["options"]}
    return Answer(code(answer["code"]), options, payload)


class OurClient:
    """gcoap-client with a context on disk, and the reference's server."""

    def __init__(self, folder, server, **changes):
        self.server = server
        self.command = [CLIENT, "--json", "--timeout", "10", "--credentials",
                        client_map(folder, server.uri, **changes)]

    def ask(self, method, path, options=(), payload=b"", content_format=None):
        command = [*self.command, "-m", METHODS[method]]
        for number, value in options:
            # Accept and Observe are numbers, and an empty one is zero.
            text = "0" if number in (ACCEPT, OBSERVE) else "0x" + value.hex() if value else ""
            command += ["--option", f"{number}={text}"]
        if payload:
            command += ["--payload", payload, "--raw-payload"]
        if content_format is not None:
            command += ["--content-format", str(content_format)]
        done = run(*command, self.server.uri + path, check=False)
        self.status, self.error = done.returncode, done.stderr.decode()
        return parse(done.stdout) if done.stdout else None

    @property
    def outer(self):
        return self.server.seen[-1], self.server.sent[-1]


@pytest.fixture
def server():
    with ReferenceServer([server_context()]) as one:
        yield one


@pytest.fixture
def client(tmp_path, server):
    return OurClient(tmp_path, server)


class TheirClient:
    """The reference's client, and gcoap-server with a context on disk."""

    def __init__(self, port, **changes):
        self.peer = ReferenceClient("127.0.0.1", port, client_context(**changes),
                                    with_kid_context="id_context" in changes)

    def ask(self, method, path, options=(), payload=b"", content_format=None):
        inner, _ = self.peer.ask_protected(method, path, options=options, payload=payload,
                                           content_format=content_format)
        return Answer(inner.code, {number: int.from_bytes(value, "big") if number != ETAG else value.hex()
                                   for number, value in inner.options}, inner.payload)

    @property
    def outer(self):
        return self.peer.sent[-1], self.peer.got[-1]


@pytest.fixture
def serving(tmp_path):
    with gcoap_server("--credentials", server_map(tmp_path)) as (_, (port,)):
        yield port


@pytest.fixture(params=["a", "b"])
def side(request, tmp_path):
    """Our client as in the tests a, our server as in the tests b."""
    if request.param == "a":
        yield request.getfixturevalue("client")
    else:
        one = TheirClient(request.getfixturevalue("serving"))
        # RFC 8613 Appendix B.1.2: the first request of a server that starts may be
        # asked for its freshness.
        prove_fresh(one.peer)
        with one.peer:
            yield one


def prove_fresh(peer):
    """Answers an Echo challenge, if there is one."""
    inner, number = peer.ask_protected(GET, "/oscore/hello/1")
    for echo in [value for option, value in inner.options if option == 252]:
        assert inner.code == code("4.01") and number is not None
        peer.ask_protected(GET, "/oscore/hello/1", options=[(252, echo)])


def check_outer(side, observes=False, notified=False):
    """RFC 8613 §4.2; nothing that is class E is outside."""
    request, response = side.outer
    assert request.code == (FETCH if observes else POST)
    assert response.code == code("2.05" if notified else "2.04")
    assert {number for number, _ in request.options} <= {OSCORE} | ({OBSERVE} if observes else set())
    assert {number for number, _ in response.options} <= {OSCORE, MAX_AGE} | ({OBSERVE} if notified else set())
    assert request.payload and HELLO not in response.payload
    option = Option.decode(request.all(OSCORE)[0])
    assert option.kid == b"" and option.piv
    return option, Option.decode(response.all(OSCORE)[0])


def test_0a(server):
    assert run(CLIENT, f"{server.uri}/oscore/hello/coap").stdout == HELLO


def test_0b(serving):
    done = run(CLIENT, "--json", f"coap://127.0.0.1:{serving}/oscore/hello/coap")
    answer = parse(done.stdout)
    assert (answer.code, answer.options, answer.payload) == (code("2.05"), {CONTENT_FORMAT: 0}, HELLO)


def test_1(side):
    answer = side.ask(GET, "/oscore/hello/1")
    assert (answer.code, answer.options[CONTENT_FORMAT], answer.payload) == (code("2.05"), 0, HELLO)
    _, of_response = check_outer(side)
    # The nonce of the request serves for the response.
    assert of_response == Option()


def test_2a(tmp_path):
    with ReferenceServer([server_context(id_context=ID_CONTEXT)]) as server:
        client = OurClient(tmp_path, server, id_context=ID_CONTEXT)
        assert client.ask(GET, "/oscore/hello/1").payload == HELLO
        of_request, of_response = check_outer(client)
        assert of_request.kid_context == ID_CONTEXT and of_response == Option()


def test_2b(tmp_path):
    with gcoap_server("--credentials", server_map(tmp_path, id_context=ID_CONTEXT)) as (_, (port,)):
        client = TheirClient(port, id_context=ID_CONTEXT)
        with client.peer:
            prove_fresh(client.peer)
            assert client.ask(GET, "/oscore/hello/1").payload == HELLO
            assert check_outer(client)[1].kid_context is None


def test_3(side):
    answer = side.ask(GET, "/oscore/hello/2?first=1")
    assert (answer.code, answer.options[ETAG], answer.payload) == (code("2.05"), "2b", HELLO)
    check_outer(side)


def test_4(side):
    answer = side.ask(GET, "/oscore/hello/3", options=[(ACCEPT, b"")])
    assert (answer.code, answer.options[MAX_AGE], answer.payload) == (code("2.05"), 5, HELLO)
    check_outer(side)


def test_5(side):
    answer = side.ask(GET, "/oscore/hello/1", options=[(OBSERVE, b"")])
    assert (answer.code, answer.payload) == (code("2.05"), HELLO) and OBSERVE not in answer.options
    check_outer(side, observes=True)


class Watching:
    """gcoap-client --observe, line by line."""

    def __init__(self, client, path, *arguments):
        self.process = subprocess.Popen([*client.command, "--observe", *arguments, client.server.uri + path],
                                        stdout=subprocess.PIPE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def next(self):
        return parse(self.process.stdout.readline())


def test_6a(client, server):
    with Watching(client, "/oscore/observe1") as watching:
        assert watching.next().payload == b"one"
        check_outer(client, observes=True, notified=True)
        server.notify(b"two")
        assert watching.next().payload == b"two"
        server.notify(b"Terminate Observe", "5.00", last=True)
        last = watching.next()
        assert (last.code, last.payload) == (code("5.00"), b"Terminate Observe") and OBSERVE not in last.options
        assert watching.process.wait(20) == 5


def observe(peer, path):
    """Registers, and returns the token."""
    outer = peer.protect(GET, path, options=[(OBSERVE, b"")])
    peer.send(outer)
    return outer.token


def test_6b(serving):
    client = TheirClient(serving)
    with client.peer as peer:
        prove_fresh(peer)
        token = observe(peer, "/oscore/observe1")
        seen, numbers = [], []
        for wanted in b"one", b"two", b"Terminate Observe":
            outer = peer.next(token)
            inner, number = peer.open(outer)
            seen.append(inner)
            numbers.append(number)
            assert inner.payload == wanted
            assert (outer.code == code("2.05")) == bool(outer.all(OBSERVE)) == bool(inner.all(OBSERVE) == [b""])
        assert [one.code for one in seen] == [code("2.05"), code("2.05"), code("5.00")]
        assert None not in numbers[1:] and numbers[1] < numbers[2]


def test_7a(client, server):
    with Watching(client, "/oscore/observe2", "--observe-count", "2") as watching:
        assert watching.next().payload == b"one"
        server.notify(b"two")
        assert watching.next().payload == b"two"
        assert watching.process.wait(20) == 0
    server.wait(lambda: server.inner[-1].all(OBSERVE) == [b"\1"])
    assert server.seen[-1].code == FETCH and server.seen[-1].all(OBSERVE) == [b"\1"]


def test_7b(serving):
    client = TheirClient(serving)
    with client.peer as peer:
        prove_fresh(peer)
        token = observe(peer, "/oscore/observe2")
        for wanted in b"one", b"two":
            assert peer.open(peer.next(token))[0].payload == wanted
        outer = peer.protect(GET, "/oscore/observe2", options=[(OBSERVE, b"\1")], token=token)
        peer.send(outer)
        inner, _ = peer.open(peer.next(token))
        assert (inner.code, inner.payload, inner.all(OBSERVE)) == (code("2.05"), b"two", [])
        # Who comes next sees all of it again.
        token = observe(peer, "/oscore/observe2")
        for wanted in b"one", b"two":
            assert peer.open(peer.next(token))[0].payload == wanted


def test_8(side):
    answer = side.ask(POST, "/oscore/hello/6", payload=b"\x4a", content_format=0)
    assert (answer.code, answer.options[CONTENT_FORMAT], answer.payload) == (code("2.04"), 0, b"\x4a")
    check_outer(side)


def test_9(side):
    answer = side.ask(PUT, "/oscore/hello/7", options=[(IF_MATCH, b"\x7b")], payload=b"\x7a", content_format=0)
    assert answer.code == code("2.04")
    check_outer(side)


def test_10(side):
    answer = side.ask(PUT, "/oscore/hello/7", options=[(IF_NONE_MATCH, b"")], payload=b"\x8a", content_format=0)
    assert answer.code == code("4.12")
    check_outer(side)


def test_11(side):
    assert side.ask(DELETE, "/oscore/test").code == code("2.02")
    check_outer(side)


def test_12a(tmp_path, server):
    client = OurClient(tmp_path, server, sender_id=b"\7")
    # RFC 8613 §8.4: an error that is not protected is handed up as such.
    answer = client.ask(GET, "/oscore/hello/1")
    assert server.sent[-1].code == code("4.01") and client.status != 0
    assert answer is None or answer.code == code("4.01")


def refused(port, wanted, send=None, **changes):
    """The unprotected answer to a request."""
    with ReferenceClient("127.0.0.1", port, client_context(**changes)) as peer:
        outer = send(peer) if send else peer.protect(GET, "/oscore/hello/1", token=b"refused")
        peer.send(outer)
        answer = peer.next(outer.token)
        assert answer.code == code(wanted) and not answer.all(OSCORE)
        with pytest.raises(Refused):
            peer.open(answer)
        return answer


def test_12b(serving):
    refused(serving, "4.01", sender_id=b"\7")


def test_13a(tmp_path, server):
    client = OurClient(tmp_path, server, secret=b"not this secret!")
    answer = client.ask(GET, "/oscore/hello/1")
    assert server.sent[-1].code == code("4.00") and client.status != 0
    assert answer is None or answer.code == code("4.00")


def test_13b(serving):
    refused(serving, "4.00", secret=b"not this secret!")


def test_14a(tmp_path, server):
    server.contexts[0].sender_key = bytes(16)
    client = OurClient(tmp_path, server)
    client.command[client.command.index("--timeout") + 1] = "3"
    assert client.ask(GET, "/oscore/hello/1") is None and client.status in (1, 6, 7)


def test_14b(serving):
    with ReferenceClient("127.0.0.1", serving, client_context()) as peer:
        prove_fresh(peer)
        peer.context.recipient_key = bytes(16)
        with pytest.raises(Refused, match="Decryption"):
            peer.ask_protected(GET, "/oscore/hello/1")


def test_15a(client, server):
    """Our client uses a number once, also when it is started again."""
    for _ in range(3):
        assert client.ask(GET, "/oscore/hello/1").payload == HELLO
    numbers = [Option.decode(message.all(OSCORE)[0]).piv for message in server.seen]
    assert len(set(numbers)) == len(numbers)


def test_15b(serving):
    with ReferenceClient("127.0.0.1", serving, client_context(sequence=100)) as peer:
        prove_fresh(peer)
        inner, _ = peer.ask_protected(GET, "/oscore/hello/1", piv=b"\xf0")
        assert inner.payload == HELLO
        outer = peer.protect(GET, "/oscore/hello/1", token=b"again", piv=b"\xf0")
        peer.send(outer)
        answer = peer.next(b"again")
        assert answer.code == code("4.01") and not answer.all(OSCORE)


def test_16a(tmp_path):
    with ReferenceServer([], aware=False) as server:
        client = OurClient(tmp_path, server)
        answer = client.ask(GET, "/oscore/hello/coap")
        assert client.status != 0 and (answer is None or answer.code == code("4.02"))


def test_16b():
    """gcoap-server without a context: OSCORE is critical."""
    with gcoap_server() as (_, (port,)):
        with ReferenceClient("127.0.0.1", port, client_context()) as peer:
            outer = peer.protect(GET, "/oscore/hello/coap")
            peer.send(outer)
            assert peer.next(outer.token).code in (code("4.01"), code("4.02"))


def test_17a(server):
    done = run(CLIENT, "--json", f"{server.uri}/oscore/hello/1", check=False)
    assert done.returncode == 4 and parse(done.stdout).code == code("4.01")


def test_17b(serving):
    done = run(CLIENT, "--json", f"coap://127.0.0.1:{serving}/oscore/hello/1", check=False)
    assert done.returncode == 4 and parse(done.stdout).code == code("4.01")


def test_with_ours(tmp_path, serving):
    """Our client and our server: a challenge at most, which nobody sees."""
    uri = f"coap://127.0.0.1:{serving}"
    credentials = client_map(tmp_path, uri)
    for _ in range(3):
        assert run(CLIENT, "--credentials", credentials, f"{uri}/oscore/hello/1").stdout == HELLO
    big = os.urandom(40000)
    (tmp_path / "big").write_bytes(big)
    run(CLIENT, "--credentials", credentials, "-m", "PUT", "--payload", f"@{tmp_path}/big", f"{uri}/big")
    assert run(CLIENT, "--credentials", credentials, f"{uri}/big").stdout == big


def test_trace(tmp_path):
    """What is asked to be shown is shown as it goes, and as it is inside; but no key."""
    with open(tmp_path / "trace", "wb+") as trace, \
            gcoap_server("-v", "--credentials", server_map(tmp_path), stderr=trace) as (_, [port]):
        uri = f"coap://127.0.0.1:{port}"
        done = run(CLIENT, "-v", "--credentials", client_map(tmp_path, uri), f"{uri}/oscore/hello/1")
        trace.seek(0)
        server_shows = trace.read().decode()
    for shown, made, checked in (done.stderr.decode(), "GET", "2.05 Content"), (server_shows, "2.05 Content", "GET"):
        assert f"OSCORE protects {made}" in shown and f"OSCORE verified {checked}" in shown
        assert "CON POST" in shown and "ACK 2.04 Changed" in shown
        assert SECRET.hex() not in shown and SECRET.hex()[:16] not in shown
