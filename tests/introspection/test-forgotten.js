// SPDX-License-Identifier: LGPL-2.1-or-later
// Handlers that go wrong: the requester gets a 5.00 all the same. Run without
// fatal warnings, since each forgotten exchange is a warning.
import Gcoap from 'gi://Gcoap?version=1';
import GObject from 'gi://GObject';
import {assert, assertEqual, collect, run, SimulatedPair} from './stack.js';

const Forgetful = GObject.registerClass(class Forgetful extends Gcoap.Resource {
    vfunc_get() {
        this.called = true;
    }
});

const Broken = GObject.registerClass(class Broken extends Gcoap.Resource {
    vfunc_get() {
        this.called = true;
        throw new Error('broken on purpose');
    }
});

// The garbage collector finds what was forgotten.
async function testCollected(pair) {
    for (const resource of [new Forgetful(), new Broken()]) {
        pair.site.add('bad', resource);
        const promise = pair.send('/bad');
        await pair.run(() => resource.called);
        collect();
        assertEqual((await pair.wait(promise)).get_code(), Gcoap.Code.INTERNAL_SERVER_ERROR);
    }
}

// Where it has not run, the limit on time ends the exchange.
async function testTimeOut(pair) {
    const held = [];
    const Holding = GObject.registerClass(class extends Gcoap.Resource {
        vfunc_get(exchange) {
            held.push(exchange);
        }
    });
    pair.server.get_limits().request_timeout = 20000;
    pair.site.add('holding', new Holding());
    assertEqual((await pair.ask('/holding')).get_code(), Gcoap.Code.INTERNAL_SERVER_ERROR);
    assert(pair.clock.get_now() >= 20000000 && pair.clock.get_now() < 21000000);
    assertEqual(held[0].get_state(), Gcoap.ExchangeState.CLOSED);
}

await run([testCollected]);
await run([testTimeOut], [SimulatedPair]);
