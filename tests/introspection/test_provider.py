# SPDX-License-Identifier: LGPL-2.1-or-later
"""Decorators in Python, on a server's side and on a client's."""
import gi
import pytest

gi.require_version("Gcoap", "1")
from gi.repository import Gcoap, GLib  # noqa: E402


class Recorder(Gcoap.RequestProvider):
    """Notes what passes, and lets it."""

    def __init__(self, next):
        super().__init__(next=next)
        self.seen = []

    def do_inbound(self, exchange):
        self.seen.append(("in", exchange.get_request().to_string()))
        self.pass_(exchange)

    def do_outbound(self, exchange):
        self.seen.append(("out", exchange.get_request().to_string()))
        self.pass_(exchange)


class Gate(Gcoap.RequestProvider):
    """Answers by itself what has no business further on."""

    def do_inbound(self, exchange):
        if exchange.get_request().get_code() != Gcoap.Code.GET:
            exchange.fail_code(Gcoap.Code.FORBIDDEN, "Look, do not touch")
        else:
            self.pass_(exchange)


class Rewriter(Gcoap.RequestProvider):
    """Passes another request on, and changes what comes back."""

    def do_inbound(self, exchange):
        request = exchange.get_request().copy()
        request.set_uri_path(["new"] + request.get_uri_path()[1:])
        derived = exchange.derive(request)

        def responded_cb(derived, is_last, *data):
            response = derived.get_response().copy()
            response.set_payload_data(response.get_payload_data().upper())
            exchange.respond(response, is_last)

        derived.open(responded_cb)
        self.get_next().request(derived)


class PassThrough(Gcoap.RequestProvider):
    """Implements nothing, so that everything passes."""


@pytest.fixture
def hello(pair):
    class Hello(Gcoap.Resource):
        def do_get(self, exchange):
            Gcoap.Resource.answer_text(exchange, "hello")

        def do_put(self, exchange):
            exchange.respond(Gcoap.Message(code=Gcoap.Code.CHANGED), True)

    pair.site.add("hello", Hello())
    return pair


def test_inbound(hello):
    recorder = Recorder(hello.site)
    hello.server.set_site(recorder)
    assert hello.ask("/hello").get_payload_data() == b"hello"
    assert len(recorder.seen) == 1 and recorder.seen[0][0] == "in"
    assert "Uri-Path: hello" in recorder.seen[0][1]


def test_decorators_stack(hello):
    recorder = Recorder(hello.site)
    hello.server.set_site(PassThrough(next=Gate(next=recorder)))
    assert hello.ask("/hello").get_payload_data() == b"hello"
    assert hello.ask("/hello", Gcoap.Code.PUT, b"x").get_code() == Gcoap.Code.FORBIDDEN
    assert len(recorder.seen) == 1


def test_derive(hello):
    class New(Gcoap.Resource):
        def do_get(self, exchange):
            Gcoap.Resource.answer_text(exchange, "/".join(exchange.get_request().get_uri_path()))

    new = New()
    new.set_subtree(True)
    hello.site.add("new", new)
    hello.server.set_site(Rewriter(next=hello.site))
    assert hello.ask("/old/path").get_payload_data() == b"NEW/PATH"


def test_outbound(hello):
    recorder = Recorder(hello.client)
    exchange = Gcoap.Exchange.new(hello.make("/hello"))
    answers = []

    def prepared_cb(source, result):
        assert recorder.prepare_finish(result)
        exchange.open(lambda exchange, is_last, *data:
                      answers.append(exchange.get_response().get_payload_data()))
        recorder.request(exchange)

    recorder.prepare_async(exchange, None, prepared_cb)
    hello.run(lambda: answers)
    assert answers == [b"hello"]
    assert [direction for direction, text in recorder.seen] == ["out"]


def test_in_the_tree(hello):
    """A decorator can stand before one resource alone."""
    inner = hello.site.lookup("hello")
    hello.site.add("hello", Gate(next=inner))
    assert hello.ask("/hello").get_payload_data() == b"hello"
    assert hello.ask("/hello", Gcoap.Code.PUT).get_code() == Gcoap.Code.FORBIDDEN
