#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A client and a server that protect their messages from end to end."""
import os

import gi

gi.require_version("Gcoap", "1")
from gi.repository import Gcoap, GLib


class WhoAmI(Gcoap.Resource):
    def do_get(self, exchange):
        Gcoap.Resource.answer_text(exchange, ", ".join(exchange.get_claims()))


client, server = Gcoap.Context.new(), Gcoap.Context.new()
site = Gcoap.Site.new()
site.add("whoami", WhoAmI())
server.set_site(site)
server.listen("coap://127.0.0.1:0")
uri = server.dup_listen_uris()[0]

secret = GLib.Bytes.new(os.urandom(16))
c, s = GLib.Bytes.new(b"c"), GLib.Bytes.new(b"s")

# The server: whom it lets in, and what is only for those.
store = Gcoap.CredentialStore.new()
store.add_client_context("alice", Gcoap.OscoreCredential.new(secret, s, c))
server.set_server_credentials(store)
site.require("whoami", "name:alice")

# The client: which requests are protected.
store = Gcoap.CredentialStore.new()
store.add(uri + "/*", Gcoap.OscoreCredential.new(secret, c, s))
client.set_credentials(store)

request = Gcoap.Message.new_for_uri(Gcoap.Code.GET, uri + "/whoami")
response = client.request(request, None)
print(response.get_payload_data().decode())
