#!/usr/bin/gjs -m
// SPDX-License-Identifier: LGPL-2.1-or-later
// Writes a note and reads it again, without ever blocking.
import Gcoap from 'gi://Gcoap?version=1';
import Gio from 'gi://Gio';
import {exit, programArgs} from 'system';

Gio._promisify(Gcoap.Context.prototype, 'request_async', 'request_finish');

const server = programArgs[0] ?? 'coap://localhost';
const context = new Gcoap.Context();

function send(method, path, payload = null) {
    const request = Gcoap.Message.new_for_uri(method, server + path);
    if (payload !== null)
        request.set_payload_data(new TextEncoder().encode(payload));
    return context.request_async(request, null);
}

try {
    const put = await send(Gcoap.Code.PUT, '/note', 'Buy milk');
    print(`PUT: ${Gcoap.Code.get_name(put.get_code())}`);
    const got = await send(Gcoap.Code.GET, '/note');
    print(`note: ${new TextDecoder().decode(got.get_payload_data())}`);
} catch (error) {
    if (error.matches(Gcoap.Error, Gcoap.Error.UNREACHABLE))
        printerr('Is the server running?');
    printerr(error.message);
    exit(1);
}
