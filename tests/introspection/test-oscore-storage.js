// SPDX-License-Identifier: LGPL-2.1-or-later
// An application's own storage of an OSCORE context, in JavaScript.
import Gcoap from 'gi://Gcoap?version=1';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import {assert, assertEqual, run, text} from './stack.js';

const encode = value => new GLib.Bytes(new TextEncoder().encode(value));

// A fresh secret for each pair: what was used with one is not forgotten.
const parameters = (secret, sender, recipient) =>
    Gcoap.OscoreCredential.new_full(encode(secret), null, encode(sender), encode(recipient), null, 0, null, 0);

// Answers later, as a database would.
const Storage = GObject.registerClass({
    Implements: [Gcoap.OscoreStorage],
}, class Storage extends GObject.Object {
    state = null;
    calls = [];
    secret = GLib.uuid_string_random();

    async later(name, answer) {
        this.calls.push(name);
        await null;
        answer();
    }

    vfunc_load(operation) {
        this.later('load', () => operation.finish_load(parameters(this.secret, 'a', 'b'), this.state));
    }

    vfunc_write(operation) {
        this.state = operation.get_state();
        this.later('write', () => operation.succeed());
    }

    vfunc_close(operation) {
        this.later('close', () => operation.succeed());
    }
});

const Hello = GObject.registerClass(class Hello extends Gcoap.Resource {
    vfunc_get(exchange) {
        Gcoap.Resource.answer_text(exchange, 'hello');
    }
});

async function testStorage(pair) {
    const storage = new Storage();
    const client = Gcoap.CredentialStore.new();
    const server = Gcoap.CredentialStore.new();
    client.add(`${pair.uri}/*`, Gcoap.OscoreCredential.new_for_storage(storage, 'lamp'));
    server.add_client_context('lamp', parameters(storage.secret, 'b', 'a'));
    pair.client.set_credentials(client);
    pair.server.set_server_credentials(server);
    pair.site.add('hello', new Hello());
    for (let i = 0; i < 20; i++)
        assertEqual(text(await pair.ask('/hello')), 'hello');
    assertEqual(storage.calls[0], 'load');
    assert(storage.state.includes('"next-to-send"'));
}

await run([testStorage]);
