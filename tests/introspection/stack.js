// SPDX-License-Identifier: LGPL-2.1-or-later
// A server and a client, over real sockets or a simulated link; and what tests
// need to say what they expect.
import Gcoap from 'gi://Gcoap?version=1';
import GLib from 'gi://GLib';
import System from 'system';

export function assertEqual(actual, expected) {
    if (JSON.stringify(actual) !== JSON.stringify(expected))
        throw new Error(`${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`);
}

export function assert(condition, text = 'an assertion failed') {
    if (!condition)
        throw new Error(text);
}

export function assertError(error, domain, code) {
    assert(error instanceof GLib.Error, `${error} is no GLib.Error`);
    assert(error.matches(domain, code), `${error.domain} ${error.code}: ${error.message}`);
}

export function text(message) {
    return new TextDecoder().decode(message.get_payload_data());
}

export function textMessage(code, string) {
    return Gcoap.Message.new_text(code, string);
}

// A sleep of the machine's time, to let other sources have their turn.
export function pause(milliseconds) {
    return new Promise(resolve => {
        GLib.timeout_add(GLib.PRIORITY_DEFAULT, milliseconds, () => {
            resolve();
            return GLib.SOURCE_REMOVE;
        });
    });
}

class Pair {
    constructor(client, server, uri) {
        this.client = client;
        this.server = server;
        this.uri = uri;
        this.site = new Gcoap.Site();
        server.set_site(this.site);
    }

    make(path, code = Gcoap.Code.GET, payload = null) {
        const request = Gcoap.Message.new_for_uri(code, this.uri + path);
        if (payload !== null)
            request.set_payload_data(new TextEncoder().encode(payload));
        return request;
    }

    // A promise of the response.
    send(path, code, payload, cancellable = null) {
        return new Promise((resolve, reject) => {
            this.client.request_async(this.make(path, code, payload), cancellable, (client, result) => {
                try {
                    resolve(client.request_finish(result));
                } catch (error) {
                    reject(error);
                }
            });
        });
    }

    // Lets time pass until the promise is settled.
    async wait(promise) {
        let done = false;
        promise.then(() => (done = true), () => (done = true));
        await this.run(() => done);
        return promise;
    }

    ask(...request) {
        return this.wait(this.send(...request));
    }

    async shutDown() {
        for (const context of [this.client, this.server]) {
            let done = false;
            context.shutdown_async(null, (source, result) => {
                done = source.shutdown_finish(result);
            });
            await this.run(() => done);
        }
    }
}

// Over loopback, in the time of the machine.
export class UdpPair extends Pair {
    constructor() {
        const server = new Gcoap.Context();
        server.listen('coap://127.0.0.1:0');
        super(new Gcoap.Context(), server, server.dup_listen_uris()[0]);
    }

    async run(done) {
        for (let i = 0; !done(); i++) {
            assert(i < 15000, 'nothing happened for 30 s');
            await pause(2);
        }
    }
}

// Over a link within the process, in a time of its own.
export class SimulatedPair extends Pair {
    constructor() {
        const clock = Gcoap.Clock.new_manual(0);
        const link = Gcoap.SimulatedLink.new(clock, 1);
        const makeContext = name => {
            const context = Gcoap.Context.new_for_runtime(Gcoap.Runtime.new(clock));
            context.add_message_interface(link.add_endpoint(name, context.get_runtime()));
            return context;
        };
        super(makeContext('client'), makeContext('server'), 'coap://server');
        this.clock = clock;
        this.link = link;
    }

    async run(done) {
        for (let i = 0; i < 1000; i++) {
            await pause(0);
            await pause(0);
            if (done())
                return;
            this.clock.advance(100000);
        }
        throw new Error('no end after 100 seconds of the link');
    }
}

// Several rounds, for what one round frees may hold more.
export function collect() {
    for (let i = 0; i < 3; i++)
        System.gc();
}

// Runs each test with each kind of pair; ends with an exception if one failed.
export async function run(tests, kinds = [UdpPair, SimulatedPair]) {
    for (const kind of kinds) {
        for (const test of tests) {
            const pair = new kind();
            try {
                await test(pair);
                await pair.shutDown();
            } catch (error) {
                printerr(`${test.name} with ${kind.name}: ${error}\n${error.stack}`);
                System.exit(1);
            }
        }
    }
}
