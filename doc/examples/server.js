#!/usr/bin/gjs -m
// SPDX-License-Identifier: LGPL-2.1-or-later
// A server with a note that can be read and written, and a slow resource.
import Gcoap from 'gi://Gcoap?version=1';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import {programArgs} from 'system';

// Takes its time: it is derived, and answers later.
const SlowResource = GObject.registerClass(class SlowResource extends Gcoap.Resource {
    vfunc_get(exchange) {
        // That the closure holds the exchange makes it possible to answer later.
        GLib.timeout_add(GLib.PRIORITY_DEFAULT, 500, () => {
            Gcoap.Resource.answer_text(exchange, 'Done');
            return GLib.SOURCE_REMOVE;
        });
    }
});

const NoteResource = GObject.registerClass(class NoteResource extends Gcoap.Resource {
    text = 'Nothing';

    vfunc_get(exchange) {
        Gcoap.Resource.answer_text(exchange, this.text);
    }

    vfunc_put(exchange) {
        const payload = exchange.get_request().get_payload_data();
        if (payload.length === 0) {
            exchange.fail_code(Gcoap.Code.BAD_REQUEST, 'A note has some text');
            return;
        }
        this.text = new TextDecoder().decode(payload);
        exchange.respond(Gcoap.Message.new(Gcoap.Code.CHANGED), true);
    }
});

const site = new Gcoap.Site();
site.add('note', new NoteResource());
site.add('slow', new SlowResource());

const context = new Gcoap.Context();
context.set_site(site);
context.listen(programArgs[0] ?? 'coap://[::]');
print(`Serving ${context.dup_listen_uris()[0]}`);
new GLib.MainLoop(null, false).run();
