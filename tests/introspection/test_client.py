# SPDX-License-Identifier: LGPL-2.1-or-later
"""Requests from Python: their ends, good and bad."""
import gc

import gi
import pytest

gi.require_version("Gcoap", "1")
from gi.repository import Gcoap, Gio, GLib, GObject  # noqa: E402


class Text(Gcoap.Resource):
    def do_get(self, exchange):
        Gcoap.Resource.answer_text(exchange, "text")


class Silent(Gcoap.Resource):
    """Never answers, and knows what it keeps from whom."""

    def __init__(self):
        super().__init__()
        self.exchanges = []

    def do_get(self, exchange):
        self.exchanges.append(exchange)

    def dismiss(self):
        for exchange in self.exchanges:
            exchange.dismiss()
        self.exchanges.clear()


def raised_by(error, domain, code):
    return isinstance(error, GLib.Error) and error.matches(domain, code)


def test_synchronous(udp):
    udp.site.add("text", Text())
    response = udp.client.request(udp.make("/text"), None)
    assert response.get_payload_data() == b"text"
    assert response.is_locked()


def test_synchronous_is_refused_inside_a_callback(udp):
    errors = []

    class Nested(Gcoap.Resource):
        def do_get(self, exchange):
            try:
                udp.client.request(udp.make("/nested"), None)
            except GLib.Error as error:
                errors.append(error)
            Gcoap.Resource.answer_text(exchange, "refused")

    udp.site.add("nested", Nested())
    assert udp.ask("/nested").get_payload_data() == b"refused"
    assert raised_by(errors[0], Gcoap.error_quark(), Gcoap.Error.BUSY)


def test_error_response_is_a_response(pair):
    response = pair.ask("/nowhere")
    assert response.get_code() == Gcoap.Code.NOT_FOUND
    error = response.to_error()
    assert error.matches(Gcoap.response_error_quark(), Gcoap.ResponseError.NOT_FOUND)
    pair.site.add("text", Text())
    assert pair.ask("/text").to_error() is None


def test_bad_uri():
    with pytest.raises(GLib.Error) as raised:
        Gcoap.Message.new_for_uri(Gcoap.Code.GET, "coap://host:port/")
    assert raised_by(raised.value, Gcoap.error_quark(), Gcoap.Error.INVALID_URI)


def test_no_transport(udp):
    request = udp.make("/text")
    request.set_destination("coap+sctp://127.0.0.1")
    with pytest.raises(GLib.Error) as raised:
        udp.send(request)
    assert raised_by(raised.value, Gcoap.error_quark(), Gcoap.Error.UNSUPPORTED)
    with pytest.raises(GLib.Error) as raised:
        udp.server.listen("coap://localhost")
    assert raised_by(raised.value, Gcoap.error_quark(), Gcoap.Error.UNSUPPORTED)


def test_nobody_listens(udp):
    closed = Gcoap.Context.new()
    closed.listen("coap://127.0.0.1:0")
    udp.uri = closed.dup_listen_uris()[0]
    results = []
    closed.shutdown_async(None, lambda source, result: results.append(result))
    udp.run(lambda: results)
    with pytest.raises(GLib.Error) as raised:
        udp.ask("/text")
    assert raised_by(raised.value, Gcoap.error_quark(), Gcoap.Error.UNREACHABLE)


def test_address_in_use(udp):
    with pytest.raises(GLib.Error) as raised:
        udp.client.listen(udp.uri)
    assert raised_by(raised.value, Gcoap.error_quark(), Gcoap.Error.ADDRESS_IN_USE)


def test_time_out(simulated):
    simulated.link.set_loss(1.0)
    with pytest.raises(GLib.Error) as raised:
        simulated.ask("/text")
    assert raised_by(raised.value, Gcoap.error_quark(), Gcoap.Error.TIMED_OUT)
    # RFC 7252 §4.8.2: the last retransmission is given up after 62 to 93 s.
    assert 60 * 1000000 < simulated.clock.get_now() < 100 * 1000000
    assert simulated.link.get_n_sent() == 5
    simulated.link.set_loss(0.0)


def test_response_timeout(simulated):
    silent = Silent()
    simulated.site.add("silent", silent)
    simulated.client.set_response_timeout(2500)
    with pytest.raises(GLib.Error) as raised:
        simulated.ask("/silent")
    assert raised_by(raised.value, Gcoap.error_quark(), Gcoap.Error.TIMED_OUT)
    assert simulated.clock.get_now() == 2500 * 1000
    silent.dismiss()


def test_lost_and_found(simulated):
    simulated.site.add("text", Text())
    simulated.link.set_filter(lambda link, serial, source, target, *rest: serial != 1)
    assert simulated.ask("/text").get_payload_data() == b"text"
    assert simulated.clock.get_now() >= 2 * 1000000


def test_cancel(pair):
    silent = Silent()
    pair.site.add("silent", silent)
    cancellable = Gio.Cancellable()
    GLib.idle_add(lambda: cancellable.cancel())
    with pytest.raises(GLib.Error) as raised:
        pair.ask("/silent", cancellable=cancellable)
    assert raised_by(raised.value, Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED)
    silent.dismiss()


def test_exchange(simulated):
    """The long form: an exchange with its own tuning."""
    simulated.site.add("text", Text())
    tuning = Gcoap.TransportTuning.new()
    tuning.set_reliability(Gcoap.Reliability.NON_CONFIRMABLE)
    exchange = Gcoap.Exchange.new(simulated.make("/text"))
    exchange.set_tuning(tuning)
    results = []
    simulated.client.send_async(exchange, None, lambda source, result: results.append(result))
    simulated.run(lambda: results)
    assert simulated.client.send_finish(results[0]).get_payload_data() == b"text"
    assert exchange.get_end() == Gcoap.ExchangeEnd.RESPONDED
    assert exchange.get_address().dup_uri_base() == "coap://server"


def test_sink(simulated):
    """Prepared, opened and sent by hand, with the context as request interface."""
    simulated.site.add("text", Text())
    exchange = Gcoap.Exchange.new(simulated.make("/text"))
    seen = []

    def prepared_cb(source, result):
        assert simulated.client.prepare_finish(result)
        exchange.open(lambda exchange, is_last, *data:
                      seen.append((exchange.get_response().get_payload_data(), is_last)))
        Gcoap.RequestInterface.request(simulated.client, exchange)

    simulated.client.prepare_async(exchange, None, prepared_cb)
    simulated.run(lambda: seen)
    assert seen == [(b"text", True)]
    assert exchange.get_state() == Gcoap.ExchangeState.CLOSED


def test_ping(pair):
    results = []
    pair.client.ping_async(pair.uri, None, lambda source, result: results.append(result))
    pair.run(lambda: results)
    assert pair.client.ping_finish(results[0]) >= 0


def test_resolve(simulated):
    """The list is the caller's, the addresses are their own."""
    end = simulated.link.add_endpoint("third", Gcoap.Runtime.new(simulated.clock))
    results = []
    end.resolve_async("coap://server", None, lambda source, result: results.append(result))
    simulated.run(lambda: results)
    addresses = end.resolve_finish(results[0])
    del results[:]
    gc.collect()
    assert [address.dup_uri_base() for address in addresses] == ["coap://server"]
    assert addresses[0].__grefcount__ >= 1


def test_statistics_and_trace(pair):
    lines = []

    def trace_cb(text, *data):
        lines.append(text)

    pair.client.set_trace(Gcoap.TextTrace.new(trace_cb))
    pair.site.add("text", Text())
    pair.ask("/text")
    assert any("GET" in line for line in lines) and any("2.05" in line for line in lines)
    assert "requests-sent" in pair.client.get_statistics().to_string() \
        or "requests" in pair.client.get_statistics().to_string().lower()
    pair.client.set_trace(None)


def test_values_outlive_everything(pair):
    """500 exchanges and messages, kept until all else is gone."""
    kept = []

    class Keeper(Gcoap.Resource):
        def do_post(self, exchange):
            request = exchange.get_request()
            kept.append((exchange, request, request.get_payload(), exchange.get_address()))
            response = Gcoap.Message(code=Gcoap.Code.CHANGED)
            response.set_payload_data(b"re " + request.get_payload_data())
            exchange.respond(response, True)

    pair.site.add("keeper", Keeper())
    responses = [pair.ask("/keeper", Gcoap.Code.POST, b"%d" % i) for i in range(500)]
    gc.collect()
    for i, (exchange, request, payload, address) in enumerate(kept):
        assert exchange.get_request().get_payload_data() == b"%d" % i
        assert request.get_uri_path() == ["keeper"]
        assert payload.get_data() == b"%d" % i
        assert exchange.get_state() == Gcoap.ExchangeState.CLOSED
        assert address.equal(kept[0][3])
        assert responses[i].get_payload_data() == b"re %d" % i
    assert len({id(exchange) for exchange, *rest in kept}) == 500


def test_group(simulated):
    """Two members answer at their leisure, and are told apart."""
    for name in "second", "third":
        member = simulated.make_context(name)
        member.set_site(simulated.site)
        simulated.kept.append(member)
        simulated.ends[name].join_group("everybody")
    simulated.site.add("text", Text())
    request = Gcoap.Message.new_for_uri(Gcoap.Code.GET, "coap://everybody/text")
    heard, results = {}, []

    def response_cb(exchange, *data):
        heard[exchange.get_responder().dup_uri_base()] = exchange.get_response()

    simulated.client.request_group_async(request, None, 8000, None, response_cb, (),
                                         lambda source, result: results.append(result))
    simulated.run(lambda: results)
    gc.collect()
    assert simulated.client.request_group_finish(results[0]) == 2
    assert sorted(heard) == ["coap://second", "coap://third"]
    assert all(response.get_payload_data() == b"text" for response in heard.values())


def test_exchange_without_a_request(simulated):
    """The constructor every object has: a GET that goes nowhere."""
    exchange = Gcoap.Exchange()
    assert exchange.get_request().get_code() == Gcoap.Code.GET
    assert exchange.get_request().is_locked()
    results = []
    simulated.client.send_async(exchange, None, lambda source, result: results.append(result))
    simulated.run(lambda: results)
    with pytest.raises(GLib.Error) as raised:
        simulated.client.send_finish(results[0])
    assert raised.value.domain == "gcoap-error-quark"


def test_disposed(simulated):
    simulated.client.run_dispose()
    assert simulated.client.get_limits() is not None
    assert simulated.client.get_statistics() is not None
    with pytest.raises(GLib.Error) as raised:
        simulated.ask("/text")
    assert raised_by(raised.value, Gcoap.error_quark(), Gcoap.Error.CLOSED)


def test_no_timer():
    assert Gcoap.Clock.new_manual(0).get_next_expiry() == -1


def test_keepalive(simulated):
    keepalive = Gcoap.Keepalive(context=simulated.client, uri="coap://server", interval=30)
    seen = []
    keepalive.connect("alive", lambda keepalive: seen.append("alive"))
    keepalive.connect("lost", lambda keepalive: seen.append("lost"))
    simulated.run(lambda: seen)
    assert keepalive.props.state == Gcoap.KeepaliveState.ALIVE
    assert keepalive.props.round_trip == 2000
    simulated.link.set_loss(1)
    simulated.run(lambda: "lost" in seen)
    assert keepalive.props.state == Gcoap.KeepaliveState.LOST
    assert keepalive.get_error().matches(Gcoap.error_quark(), Gcoap.Error.TIMED_OUT)
    simulated.link.set_loss(0)
    simulated.run(lambda: seen[-1] == "alive")
    keepalive.stop()
    assert keepalive.props.state == Gcoap.KeepaliveState.STOPPED
    assert Gcoap.Keepalive().get_state() == Gcoap.KeepaliveState.STOPPED
