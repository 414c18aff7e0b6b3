#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints what is at a URI."""
import sys

import gi

gi.require_version("Gcoap", "1")
from gi.repository import Gcoap, GLib

uri = sys.argv[1] if len(sys.argv) > 1 else "coap://localhost/hello"
context = Gcoap.Context.new()
try:
    request = Gcoap.Message.new_for_uri(Gcoap.Code.GET, uri)
    response = context.request(request, None)
    print(response.to_string())
except GLib.Error as error:
    sys.exit(error.message)
