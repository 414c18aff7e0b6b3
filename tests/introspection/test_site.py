# SPDX-License-Identifier: LGPL-2.1-or-later
"""Resources in Python, answered at once and later."""
import gc
import weakref

import gi
import pytest

gi.require_version("Gcoap", "1")
from gi.repository import Gcoap, GLib, GObject  # noqa: E402


class Hello(Gcoap.Resource):
    def do_get(self, exchange):
        Gcoap.Resource.answer_text(exchange, "Hello")


class Late(Gcoap.Resource):
    """Keeps the exchanges, and answers when told."""

    def __init__(self):
        super().__init__()
        self.waiting = []

    def do_get(self, exchange):
        self.waiting.append(exchange)

    def answer(self):
        for exchange in self.waiting:
            path = "/".join(exchange.get_request().get_uri_path())
            exchange.respond(Gcoap.Message.new_text(Gcoap.Code.CONTENT, f"Late {path}"), True)
        self.waiting.clear()


class Echo(Gcoap.Resource):
    """All methods in one place."""

    def do_render(self, exchange):
        request = exchange.get_request()
        response = Gcoap.Message(code=Gcoap.Code.CONTENT)
        response.set_payload_data(bytes([request.get_code()]) + (request.get_payload_data() or b""))
        exchange.respond(response, True)


class Tree(GObject.Object, Gcoap.RequestInterface):
    """Answers for all paths below its own."""

    def do_request(self, exchange):
        path = exchange.get_request().get_uri_path()
        Gcoap.Resource.answer_text(exchange, "|".join(path[exchange.get_path_depth():]))


def test_answer_at_once(pair):
    pair.site.add("hello", Hello())
    response = pair.ask("/hello")
    assert response.get_code() == Gcoap.Code.CONTENT
    assert response.get_content_format() == (True, Gcoap.ContentFormat.TEXT_PLAIN)
    assert response.get_payload_data() == b"Hello"
    assert pair.ask("/nothing").get_code() == Gcoap.Code.NOT_FOUND
    assert pair.ask("/hello", Gcoap.Code.PUT).get_code() == Gcoap.Code.METHOD_NOT_ALLOWED


def test_answer_later(simulated):
    late = Late()
    simulated.site.add("late", late)
    results = []
    for _ in range(3):
        simulated.client.request_async(simulated.make("/late"), None,
                                       lambda source, result: results.append(result))
    simulated.run(lambda: late.waiting)
    gc.collect()
    # After a while the server has acknowledged, and the client waits on.
    simulated.clock.advance(10 * 1000000)
    simulated.settle()
    assert results == []
    while len(results) < 3:
        late.answer()
        simulated.run(lambda: late.waiting or len(results) == 3)
    for result in results:
        assert simulated.client.request_finish(result).get_payload_data() == b"Late late"


def test_answer_later_over_udp(udp):
    late = Late()
    udp.site.add("late", late)

    def answer_soon():
        late.answer()
        return GLib.SOURCE_CONTINUE

    source = GLib.timeout_add(5, answer_soon)
    assert udp.ask("/late").get_payload_data() == b"Late late"
    GLib.source_remove(source)


def test_render(pair):
    pair.site.add("echo", Echo())
    for code in (Gcoap.Code.GET, Gcoap.Code.POST, Gcoap.Code.PUT, Gcoap.Code.DELETE,
                 Gcoap.Code.FETCH, Gcoap.Code.PATCH, Gcoap.Code.IPATCH):
        assert pair.ask("/echo", code, b"x").get_payload_data() == bytes([code]) + b"x"


def test_methods(pair):
    called = []

    class Each(Gcoap.Resource):
        def answer(self, name, exchange):
            called.append(name)
            exchange.respond(Gcoap.Message(code=Gcoap.Code.CHANGED), True)

        def do_post(self, exchange):
            self.answer("post", exchange)

        def do_put(self, exchange):
            self.answer("put", exchange)

        def do_delete_(self, exchange):
            self.answer("delete", exchange)

        def do_fetch(self, exchange):
            self.answer("fetch", exchange)

    pair.site.add("each", Each())
    for code in Gcoap.Code.POST, Gcoap.Code.PUT, Gcoap.Code.DELETE, Gcoap.Code.FETCH:
        assert pair.ask("/each", code).get_code() == Gcoap.Code.CHANGED
    assert called == ["post", "put", "delete", "fetch"]


def test_simple_resource(pair):
    stored = []
    note = Gcoap.SimpleResource.new()
    note.set_title("Note")

    def get_cb(resource, exchange):
        assert resource is note
        Gcoap.Resource.answer_text(exchange, stored[-1].decode())
        return True

    def put_cb(resource, exchange):
        stored.append(exchange.get_request().get_payload_data())
        exchange.respond(Gcoap.Message(code=Gcoap.Code.CHANGED), True)
        return True

    note.connect("get", get_cb)
    note.connect("put", put_cb)
    # A handler that does not answer leaves the request to the next, and to 4.05.
    note.connect("post", lambda resource, exchange: False)
    pair.site.add("note", note)

    assert pair.ask("/note", Gcoap.Code.PUT, b"Milk").get_code() == Gcoap.Code.CHANGED
    assert pair.ask("/note").get_payload_data() == b"Milk"
    assert pair.ask("/note", Gcoap.Code.POST).get_code() == Gcoap.Code.METHOD_NOT_ALLOWED
    pair.site.set_implementation_info("https://example.org/notes")
    links = b'</note>;title="Note",<https://example.org/notes>;rel="impl-info"'
    assert pair.ask("/.well-known/core").get_payload_data() == links
    links = pair.site.get_links("")
    assert [link.get_target() for link in links] == ["/note"]


def test_request_interface(pair):
    tree = Tree()
    pair.site.add("tree", tree)
    assert pair.ask("/tree/a/b").get_payload_data() == b"a|b"
    # It can also take the place of the site.
    pair.server.set_site(tree)
    assert pair.ask("/x/y").get_payload_data() == b"x|y"
    pair.server.set_site(pair.site)


def test_fail(pair):
    class Failing(Gcoap.Resource):
        def do_get(self, exchange):
            exchange.fail(GLib.Error.new_literal(Gcoap.response_error_quark(), "Not today",
                                                 Gcoap.ResponseError.FORBIDDEN))

        def do_put(self, exchange):
            exchange.fail_code(Gcoap.Code.CONFLICT, "Twice")

    pair.site.add("failing", Failing())
    response = pair.ask("/failing")
    assert response.get_code() == Gcoap.Code.FORBIDDEN
    assert response.get_payload_data() == b"Not today"
    error = response.to_error()
    assert error.matches(Gcoap.response_error_quark(), Gcoap.ResponseError.FORBIDDEN)
    assert pair.ask("/failing", Gcoap.Code.PUT).get_code() == Gcoap.Code.CONFLICT


def test_cancellation_reaches_the_handler(simulated):
    cancelled = []
    held = []

    class Slow(Gcoap.Resource):
        def do_get(self, exchange):
            exchange.set_cancel_callback(lambda exchange, *data: cancelled.append(exchange))
            held.append(exchange)

    simulated.site.add("slow", Slow())
    results = []
    simulated.client.request_async(simulated.make("/slow"), None,
                                   lambda source, result: results.append(result))
    simulated.run(lambda: held)
    held[0].cancel()
    assert cancelled == held
    assert held[0].get_end() == Gcoap.ExchangeEnd.CANCELLED


def test_resource_outlives_its_wrapper(udp):
    hello = Hello()
    hello.greeting = "kept"
    gone = weakref.ref(hello)
    udp.site.add("hello", hello)
    del hello
    gc.collect()
    assert udp.site.lookup("hello").greeting == "kept"
    assert udp.ask("/hello").get_payload_data() == b"Hello"
    assert udp.site.remove("hello")
    gc.collect()
    assert gone() is None


class Sensor(GObject.Object):
    temperature = GObject.Property(type=float, minimum=-40, maximum=125, default=21.5)


def test_property_resource(pair):
    sensor = Sensor()
    resource = Gcoap.PropertyResource.new(sensor, "temperature")
    resource.props.unit = "Cel"
    resource.props.writable = True
    pair.site.add("sensors/temperature", resource)

    def make(code):
        return pair.make("/sensors/temperature", code)

    def ask(accept):
        message = make(Gcoap.Code.GET)
        message.set_accept(accept)
        return pair.send(message)

    assert ask(Gcoap.ContentFormat.CBOR).get_payload_data() == b"\xf9\x4d\x60"
    pack = Gcoap.SenmlPack.parse(ask(Gcoap.ContentFormat.SENML_CBOR).get_payload(),
                                 Gcoap.ContentFormat.SENML_CBOR)
    record = pack.get_record(0)
    assert record.get_text(Gcoap.SenmlField.NAME) == "sensors/temperature"
    assert record.get_text(Gcoap.SenmlField.UNIT) == "Cel"
    assert record.get_number(Gcoap.SenmlField.VALUE) == 21.5

    def put(value):
        message = make(Gcoap.Code.PUT)
        message.set_content_format(Gcoap.ContentFormat.SENML_JSON)
        message.set_payload_data(b'[{"n":"sensors/temperature","u":"Cel","v":%d}]' % value)
        return pair.send(message).get_code()

    assert put(30) == Gcoap.Code.CHANGED and sensor.temperature == 30
    assert put(300) == Gcoap.Code.UNPROCESSABLE_ENTITY and sensor.temperature == 30
