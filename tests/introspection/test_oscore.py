# SPDX-License-Identifier: LGPL-2.1-or-later
"""Requests protected with OSCORE, from Python to Python, as in the guide."""
import os
import pathlib
import subprocess
import sys

import gi
import pytest

gi.require_version("Gcoap", "1")
from gi.repository import Gcoap, GLib  # noqa: E402


class WhoAmI(Gcoap.Resource):
    def do_get(self, exchange):
        Gcoap.Resource.answer_text(exchange, "\n".join(exchange.get_claims() or ["nobody"]))


def protect(pair):
    secret = GLib.Bytes.new(os.urandom(16))
    ours, theirs = GLib.Bytes.new(b"c"), GLib.Bytes.new(b"s")

    client = Gcoap.CredentialStore.new()
    client.add(pair.uri + "/*", Gcoap.OscoreCredential.new(secret, ours, theirs))
    pair.client.set_credentials(client)

    server = Gcoap.CredentialStore.new()
    server.add_client_context("alice", Gcoap.OscoreCredential.new(secret, theirs, ours))
    pair.server.set_server_credentials(server)


def test_protected(pair):
    pair.site.add("whoami", WhoAmI())
    pair.site.require("whoami", "name:alice")
    assert pair.ask("/whoami").get_code() == Gcoap.Code.UNAUTHORIZED
    protect(pair)
    claims = pair.ask("/whoami").get_payload_data().decode().split("\n")
    assert claims[0] == "name:alice"
    assert claims[1].startswith("oscore:") and claims[1].endswith("/63")


def test_refused(pair):
    pair.site.add("whoami", WhoAmI())
    protect(pair)
    pair.server.set_server_credentials(Gcoap.CredentialStore.new())
    with pytest.raises(GLib.Error) as raised:
        pair.ask("/whoami")
    assert raised.value.matches(Gcoap.error_quark(), Gcoap.Error.REFUSED)


def test_example():
    example = pathlib.Path(__file__).parents[2] / "doc" / "examples" / "oscore.py"
    output = subprocess.check_output([sys.executable, example], timeout=60)
    assert output.startswith(b"name:alice, oscore:")


def test_settings(pair):
    oscore = pair.server.get_inbound_provider(Gcoap.Oscore)
    oscore.props.max_unfragmented_size = 1000
    oscore.props.error_rate = 1
    assert oscore.get_max_unfragmented_size() == 1000
    assert pair.client.get_outbound_provider(Gcoap.Oscore).props.max_waiting == 64
