# SPDX-License-Identifier: LGPL-2.1-or-later
"""TD_COAP_CORE_15 and 16: piggybacked and separate responses over a path that loses
one message of each kind, with every pair of clients and servers there is."""
from coap_raw import EMPTY, GET, Client, Message, Type, code
from gateway import DOWN, UP, Gateway
from processes import run


def is_request(message):
    return message.type == Type.CON and message.code == GET


def is_empty_ack(message):
    return message.type == Type.ACK and message.code == EMPTY


def is_piggybacked(message):
    return message.type == Type.ACK and message.code == code("2.05")


def is_separate(message):
    return message.type == Type.CON and message.code == code("2.05")


def ask(pair, path, *losses):
    with Gateway(pair.port, losses) as gateway:
        done = run(pair.client, f"coap://127.0.0.1:{gateway.port}{path}")
        assert done.stdout.strip(), done.stderr.decode()
        assert not gateway.losses, "nothing was lost"
        return gateway


def test_15_request_lost(pair):
    gateway = ask(pair, pair.at_once, (UP, is_request))
    assert gateway.passed(UP, is_request) == 2
    assert gateway.passed(DOWN, is_piggybacked) == 1


def test_15_response_lost(pair):
    gateway = ask(pair, pair.at_once, (DOWN, is_piggybacked))
    assert gateway.passed(UP, is_request) == 2
    answers = [message for where, message, _ in gateway.seen if where == DOWN]
    assert len(answers) == 2 and answers[0].encode() == answers[1].encode()


def test_16_request_lost(pair):
    gateway = ask(pair, pair.later, (UP, is_request))
    assert gateway.passed(UP, is_request) == 2


def test_16_acknowledgement_of_request_lost(pair):
    gateway = ask(pair, pair.later, (DOWN, is_empty_ack))
    # The response comes before the request would be repeated, or the request
    # is repeated: both end the exchange.
    assert gateway.passed(UP, is_request) <= 2
    assert gateway.passed(DOWN, is_separate) >= 1


def test_16_response_lost(pair):
    gateway = ask(pair, pair.later, (DOWN, is_separate))
    assert gateway.passed(UP, is_request) == 1
    responses = [message for _, message, _ in gateway.seen if is_separate(message)]
    assert len(responses) == 2 and responses[0].encode() == responses[1].encode()


def test_16_acknowledgement_of_response_lost(server_port):
    """By a client of our own: others may have left before the response is repeated."""
    with Gateway(server_port, [(UP, is_empty_ack)]) as gateway, \
            Client("127.0.0.1", gateway.port) as client:
        assert client.ask(GET, "/separate").code == code("2.05")
        repeated = client.expect()
        assert is_separate(repeated)
        client.send(Message(Type.ACK, EMPTY, repeated.mid))
        # 2 to 3 seconds, doubled, until it would come once more.
        assert client.silent(6.5)
        assert gateway.passed(DOWN, is_separate) == 2
