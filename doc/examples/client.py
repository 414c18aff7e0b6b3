#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes a note and reads it again, without ever blocking."""
import sys

import gi

gi.require_version("Gcoap", "1")
from gi.repository import Gcoap, GLib

server = sys.argv[1] if len(sys.argv) > 1 else "coap://localhost"
context = Gcoap.Context.new()
loop = GLib.MainLoop()
status = 0


def send(method, path, callback, payload=None):
    request = Gcoap.Message.new_for_uri(method, server + path)
    if payload is not None:
        request.set_payload_data(payload)
    context.request_async(request, None, callback)


def put_cb(context, result):
    global status
    try:
        response = context.request_finish(result)
    except GLib.Error as error:
        if error.matches(Gcoap.error_quark(), Gcoap.Error.UNREACHABLE):
            print("Is the server running?", file=sys.stderr)
        status = error.message
        loop.quit()
        return
    print("PUT:", Gcoap.Code.get_name(response.get_code()))
    send(Gcoap.Code.GET, "/note", got_cb)


def got_cb(context, result):
    response = context.request_finish(result)
    print("note:", response.get_payload_data().decode())
    loop.quit()


send(Gcoap.Code.PUT, "/note", put_cb, b"Buy milk")
loop.run()
sys.exit(status)
