#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A server with a note that can be read and written, and a slow resource."""
import sys

import gi

gi.require_version("Gcoap", "1")
from gi.repository import Gcoap, GLib


class SlowResource(Gcoap.Resource):
    """Takes its time: it is derived, and answers later."""

    def do_get(self, exchange):
        # That the closure holds the exchange makes it possible to answer later.
        GLib.timeout_add(500, self.answer, exchange)

    def answer(self, exchange):
        Gcoap.Resource.answer_text(exchange, "Done")
        return GLib.SOURCE_REMOVE


class NoteResource(Gcoap.Resource):
    text = "Nothing"

    def do_get(self, exchange):
        Gcoap.Resource.answer_text(exchange, self.text)

    def do_put(self, exchange):
        payload = exchange.get_request().get_payload_data()
        if not payload:
            exchange.fail_code(Gcoap.Code.BAD_REQUEST, "A note has some text")
            return
        self.text = payload.decode(errors="replace")
        exchange.respond(Gcoap.Message.new(Gcoap.Code.CHANGED), True)


site = Gcoap.Site.new()
site.add("note", NoteResource())
site.add("slow", SlowResource())

context = Gcoap.Context.new()
context.set_site(site)
context.listen(sys.argv[1] if len(sys.argv) > 1 else "coap://[::]")
print("Serving", context.dup_listen_uris()[0], flush=True)
GLib.MainLoop().run()
