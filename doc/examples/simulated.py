# SPDX-License-Identifier: LGPL-2.1-or-later
"""A test of a server and a client: no network, no sleeping, and half of the
datagrams are lost. To be run by pytest."""
import gi

gi.require_version("Gcoap", "1")
from gi.repository import Gcoap, GLib


class Hello(Gcoap.Resource):
    def do_get(self, exchange):
        Gcoap.Resource.answer_text(exchange, "Hello")


def make_context(link, clock, name):
    context = Gcoap.Context.new_for_runtime(Gcoap.Runtime.new(clock))
    context.add_message_interface(link.add_endpoint(name, context.get_runtime()))
    return context


def test_lossy_link():
    clock = Gcoap.Clock.new_manual(0)
    link = Gcoap.SimulatedLink.new(clock, 42)
    server, client = (make_context(link, clock, name) for name in ("server", "client"))
    site = Gcoap.Site.new()
    site.add("hello", Hello())
    server.set_site(site)
    link.set_loss(0.5)

    results = []
    request = Gcoap.Message.new_for_uri(Gcoap.Code.GET, "coap://server/hello")
    client.request_async(request, None, lambda source, result: results.append(result))
    # What needs no time happens in the main context; then the clock goes to
    # the next thing that waits for it.
    while not results:
        if not GLib.MainContext.default().iteration(False):
            clock.advance(max(clock.get_next_expiry() - clock.get_now(), 0))

    response = client.request_finish(results[0])
    assert response.get_payload_data() == b"Hello"
    assert link.get_n_delivered() < link.get_n_sent()
