# SPDX-License-Identifier: LGPL-2.1-or-later
"""Handlers that go wrong: the requester gets a 5.00 all the same.

Run without fatal warnings, since each forgotten exchange is a warning.
"""
import gc
import sys

import gi

gi.require_version("Gcoap", "1")
from gi.repository import Gcoap  # noqa: E402


class Forgetful(Gcoap.Resource):
    def do_get(self, exchange):
        pass


class Broken(Gcoap.Resource):
    def do_get(self, exchange):
        raise ValueError("broken on purpose")


def test_forgotten(pair, capfd):
    pair.site.add("forgetful", Forgetful())
    response = pair.ask("/forgetful")
    assert response.get_code() == Gcoap.Code.INTERNAL_SERVER_ERROR
    assert "dropped without an answer" in capfd.readouterr().err


def test_many_forgotten(simulated):
    simulated.site.add("forgetful", Forgetful())
    for _ in range(100):
        assert simulated.ask("/forgetful").get_code() == Gcoap.Code.INTERNAL_SERVER_ERROR


def test_exception(simulated, capfd):
    """The traceback may keep the exchange; then the limit on time ends it."""
    simulated.server.get_limits().props.request_timeout = 20000
    simulated.site.add("broken", Broken())
    response = simulated.ask("/broken")
    assert response.get_code() == Gcoap.Code.INTERNAL_SERVER_ERROR
    assert simulated.clock.get_now() <= 21 * 1000000
    assert "broken on purpose" in capfd.readouterr().err


def test_exception_without_traceback(simulated, monkeypatch):
    def print_only(kind, value, traceback):
        pass

    monkeypatch.setattr(sys, "excepthook", print_only)
    simulated.site.add("broken", Broken())
    results = []
    simulated.client.request_async(simulated.make("/broken"), None,
                                   lambda source, result: results.append(result))
    for _ in range(10):
        simulated.settle()
        for name in "last_traceback", "last_value", "last_type", "last_exc":
            if hasattr(sys, name):
                setattr(sys, name, None)
        gc.collect()
        simulated.clock.advance(1000)
    assert results, "the exchange is still alive"
    response = simulated.client.request_finish(results[0])
    assert response.get_code() == Gcoap.Code.INTERNAL_SERVER_ERROR
