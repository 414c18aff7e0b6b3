# SPDX-License-Identifier: LGPL-2.1-or-later
"""Our own client and server inside the test, by way of introspection, for what the
tools have no option for."""
import contextlib
import time

import pytest

gi = pytest.importorskip("gi")
try:
    gi.require_version("Gcoap", "1")
except ValueError:
    pytest.skip("the introspection data were not built", allow_module_level=True)
from gi.repository import Gcoap, GLib  # noqa: E402

PATIENCE = 30


def run_until(done, seconds=PATIENCE):
    """Lets the main loop go on until something is so."""
    end = time.monotonic() + seconds
    tick = GLib.timeout_add(20, lambda: GLib.SOURCE_CONTINUE)
    while not done():
        assert time.monotonic() < end, "it did not come to pass"
        GLib.MainContext.default().iteration(True)
    GLib.source_remove(tick)


def run_for(seconds):
    end = time.monotonic() + seconds
    run_until(lambda: time.monotonic() >= end, seconds + 1)


class Watch:
    """An observation, and the payloads it has shown."""

    def __init__(self, context, uri):
        self.payloads, self.ended, self.observation = [], False, None
        request = Gcoap.Message.new_for_uri(Gcoap.Code.GET, uri)
        context.observe_async(request, None, self.begin)
        run_until(lambda: self.observation)

    def begin(self, context, result):
        self.observation = context.observe_finish(result)
        self.ended = self.observation.get_state() == Gcoap.ObservationState.ENDED
        self.observation.connect("notification", self.take)
        self.observation.connect("ended", self.end)
        self.take(self.observation)

    def take(self, observation):
        self.payloads.append(bytes(observation.get_message().get_payload_data() or b""))

    def end(self, _):
        self.ended = True

    def expect(self, payload):
        run_until(lambda: self.payloads[-1] == payload)

    @property
    def code(self):
        return int(self.observation.get_message().get_code())


class Ours:
    """A client."""

    def __init__(self, block_size=1024):
        self.context = Gcoap.Context.new()
        self.context.get_outbound_provider(Gcoap.Blockwise.__gtype__).set_block_size(block_size)

    def ask(self, method, uri, payload=b""):
        request = Gcoap.Message.new_for_uri(Gcoap.Code(method), uri)
        if payload:
            request.set_payload_data(payload)
            request.set_content_format(0)
        results = []
        self.context.request_async(request, None, lambda _, result: results.append(result))
        run_until(lambda: results)
        response = self.context.request_finish(results[0])
        return int(response.get_code()), bytes(response.get_payload_data() or b"")

    def watch(self, uri):
        return Watch(self.context, uri)

    def close(self):
        results = []
        self.context.shutdown_async(None, lambda _, result: results.append(result))
        run_until(lambda: results)


@contextlib.contextmanager
def ours(**kwargs):
    client = Ours(**kwargs)
    try:
        yield client
    finally:
        client.close()


class Served(Ours):
    """A server with one observable resource, /watched, that shows what it is given."""

    def __init__(self):
        super().__init__()
        self.body = b""
        self.resource = Gcoap.SimpleResource.new()
        self.resource.set_observable(True)
        self.resource.connect("get", self.get)
        site = Gcoap.Site.new()
        site.add("watched", self.resource)
        self.context.set_site(site)
        self.context.listen("coap://127.0.0.1:0")
        self.port = int(self.context.dup_listen_uris()[0].rpartition(":")[2].rstrip("/"))

    def get(self, _, exchange):
        response = Gcoap.Message.new(Gcoap.Code.CONTENT)
        response.set_payload_data(self.body)
        response.set_content_format(0)
        exchange.respond(response, True)
        return True

    def show(self, body):
        self.body = body
        self.resource.notify_observers()


@contextlib.contextmanager
def served():
    server = Served()
    try:
        yield server
    finally:
        server.close()
