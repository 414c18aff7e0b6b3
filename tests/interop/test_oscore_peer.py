# SPDX-License-Identifier: LGPL-2.1-or-later
"""The client on the reference against its server: the two agree, and refuse what
RFC 8613 refuses."""
import contextlib

import pytest

from coap_raw import GET, IF_NONE_MATCH, PUT, code
from oscore_peer import ID_CONTEXT, ReferenceClient, ReferenceServer, client_context, server_context
from oscore_reference import OBSERVE, ALGORITHMS, Refused


@contextlib.contextmanager
def talk(client, server):
    with ReferenceServer([server]) as one, ReferenceClient("127.0.0.1", one.port, client,
                                                           with_kid_context=client.id_context is not None) as other:
        yield one, other


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("hashfun", ["sha256", "sha512"])
def test_algorithms(algorithm, hashfun):
    changes = {"algorithm": algorithm, "hashfun": hashfun}
    with talk(client_context(**changes), server_context(**changes)) as (_, client):
        answer, number = client.ask_protected(GET, "/oscore/hello/1")
        assert (answer.code, answer.payload, number) == (code("2.05"), b"Hello World!", None)
        assert (client.sent[0].code, client.got[0].code) == (code("0.02"), code("2.04"))


def test_id_context():
    with talk(client_context(id_context=ID_CONTEXT), server_context(id_context=ID_CONTEXT)) as (_, client):
        answer, _ = client.ask_protected(PUT, "/oscore/hello/7", payload=b"a", options=[(IF_NONE_MATCH, b"")])
        assert answer.code == code("4.12")


def test_observe():
    with talk(client_context(), server_context()) as (server, client):
        answer, _ = client.ask_protected(GET, "/oscore/observe1", token=b"abc", options=[(OBSERVE, b"")])
        assert (client.sent[0].code, client.got[0].code, answer.payload) == (code("0.05"), code("2.05"), b"one")
        server.notify(b"two")
        answer, number = client.open(client.next(b"abc"))
        assert (answer.payload, number) == (b"two", 0)


def test_wrong_keys():
    with talk(client_context(secret=b"wrong secret"), server_context()) as (_, client):
        client.send(client.protect(GET, "/oscore/hello/1", token=b"a"))
        assert client.next(b"a").code == code("4.00")
    with talk(client_context(sender_id=b"\7"), server_context()) as (_, client):
        client.send(client.protect(GET, "/oscore/hello/1", token=b"a"))
        assert client.next(b"a").code == code("4.01")


def test_replay():
    with talk(client_context(), server_context()) as (_, client):
        client.ask_protected(GET, "/oscore/hello/1", piv=b"\1")
        client.send(client.protect(GET, "/oscore/hello/1", token=b"a", piv=b"\1"))
        answer = client.next(b"a")
        assert (answer.code, answer.payload) == (code("4.01"), b"Replay detected")
        with pytest.raises(Refused):
            client.open(answer)
