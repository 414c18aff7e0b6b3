# SPDX-License-Identifier: LGPL-2.1-or-later
"""A server and a client for each test, over real sockets or a simulated link."""
import gi
import pytest

gi.require_version("Gcoap", "1")
from gi.repository import Gcoap, GLib  # noqa: E402


class Pair:
    """A client and a server that has a site."""

    def __init__(self, client, server, uri):
        self.client, self.server, self.uri = client, server, uri
        self.site = Gcoap.Site.new()
        server.set_site(self.site)

    def make(self, path, code=Gcoap.Code.GET, payload=None):
        request = Gcoap.Message.new_for_uri(code, self.uri + path)
        if payload is not None:
            request.set_payload_data(payload)
        return request

    def ask(self, path, code=Gcoap.Code.GET, payload=None, cancellable=None):
        """Sends a request, and waits for its response or raises its error."""
        return self.send(self.make(path, code, payload), cancellable)

    def send(self, request, cancellable=None):
        results = []
        self.client.request_async(request, cancellable,
                                  lambda source, result: results.append(result))
        self.run(lambda: results)
        return self.client.request_finish(results[0])

    def shut_down(self):
        for context in self.client, self.server:
            results = []
            context.shutdown_async(None, lambda source, result: results.append(result))
            self.run(lambda: results)
            assert context.shutdown_finish(results[0])


class UdpPair(Pair):
    """Over loopback, in the time of the machine."""

    def __init__(self):
        server = Gcoap.Context.new()
        assert server.listen("coap://127.0.0.1:0")
        super().__init__(Gcoap.Context.new(), server, server.dup_listen_uris()[0])

    def run(self, done):
        main_context = GLib.MainContext.default()
        late = []
        # Only to end a test that hangs.
        source = GLib.timeout_add_seconds(30, lambda: late.append(True))
        while not done():
            main_context.iteration(True)
            assert not late, "nothing happened for 30 s"
        GLib.source_remove(source)


class SimulatedPair(Pair):
    """Over a link within the process, in a time of its own."""

    def __init__(self):
        self.clock = Gcoap.Clock.new_manual(0)
        self.link = Gcoap.SimulatedLink.new(self.clock, 1)
        self.ends, self.kept = {}, []
        super().__init__(self.make_context("client"), self.make_context("server"), "coap://server")

    def make_context(self, name):
        context = Gcoap.Context.new_for_runtime(Gcoap.Runtime.new(self.clock))
        self.ends[name] = self.link.add_endpoint(name, context.get_runtime())
        assert context.add_message_interface(self.ends[name])
        return context

    def settle(self):
        """Lets everything happen that needs no time."""
        while GLib.MainContext.default().iteration(False):
            pass

    def run(self, done):
        for _ in range(1000):
            self.settle()
            if done():
                return
            now, expiry = self.clock.get_now(), self.clock.get_next_expiry()
            assert expiry >= 0, "nothing will happen any more"
            self.clock.advance(max(expiry - now, 0))
        raise AssertionError("no end after 1000 timers")


@pytest.fixture
def udp():
    pair = UdpPair()
    yield pair
    pair.shut_down()


@pytest.fixture
def simulated():
    pair = SimulatedPair()
    yield pair
    pair.shut_down()


@pytest.fixture(params=[UdpPair, SimulatedPair])
def pair(request):
    pair = request.param()
    yield pair
    pair.shut_down()
