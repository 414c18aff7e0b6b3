# SPDX-License-Identifier: LGPL-2.1-or-later
"""Serves one client by a pre-shared key, in a process whose environment is of interest: says
the URI, and ends with its input. python3 secure_server.py SCHEME IDENTITY KEY"""
import sys

import gi

gi.require_version("Gcoap", "1")
from gi.repository import Gcoap, GLib  # noqa: E402


class Greeting(Gcoap.Resource):
    def do_get(self, exchange):
        Gcoap.Resource.answer_text(exchange, "secretly: hello")


scheme, identity, key = sys.argv[1:]
store, context, site, loop = Gcoap.CredentialStore.new(), Gcoap.Context.new(), Gcoap.Site.new(), GLib.MainLoop()
store.add_client("client", Gcoap.PskCredential.new(GLib.Bytes.new(identity.encode()), GLib.Bytes.new(key.encode())))
context.props.server_credentials = store
site.add("hello", Greeting())
context.set_site(site)
context.listen(f"{scheme}://127.0.0.1:0")
GLib.io_add_watch(sys.stdin, GLib.PRIORITY_DEFAULT, GLib.IOCondition.IN | GLib.IOCondition.HUP,
                  lambda *_: loop.quit())
print(context.dup_listen_uris()[0], flush=True)
loop.run()
