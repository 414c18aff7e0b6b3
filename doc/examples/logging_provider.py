#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A decorator stands before a site, and sees what passes."""
import sys

import gi

gi.require_version("Gcoap", "1")
from gi.repository import Gcoap, GLib


class LoggingProvider(Gcoap.RequestProvider):
    def do_inbound(self, exchange):
        print(">", exchange.get_request().to_string(), flush=True)
        # Another exchange stands for this one further on, so that the answer
        # comes by here.
        derived = exchange.derive(exchange.get_request())
        derived.open(self.answered, exchange)
        self.get_next().request(derived)

    def answered(self, derived, is_last, exchange):
        response = derived.get_response()
        if response is None:
            exchange.dismiss()
            return
        print("<", response.to_string(), flush=True)
        exchange.respond(response, is_last)


class Hello(Gcoap.Resource):
    def do_get(self, exchange):
        Gcoap.Resource.answer_text(exchange, "Hello")


site = Gcoap.Site.new()
site.add("hello", Hello())

context = Gcoap.Context.new()
context.set_site(LoggingProvider(next=site))
context.listen(sys.argv[1] if len(sys.argv) > 1 else "coap://[::]")
print("Serving", context.dup_listen_uris()[0], flush=True)
GLib.MainLoop().run()
