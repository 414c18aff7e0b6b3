// SPDX-License-Identifier: LGPL-2.1-or-later
// Decorators in JavaScript, on a server's side and on a client's.
import Gcoap from 'gi://Gcoap?version=1';
import GObject from 'gi://GObject';
import {assert, assertEqual, run, text, textMessage} from './stack.js';

const Hello = GObject.registerClass(class Hello extends Gcoap.Resource {
    vfunc_get(exchange) {
        Gcoap.Resource.answer_text(exchange, exchange.get_request().get_uri_path().join('/'));
    }

    vfunc_put(exchange) {
        exchange.respond(new Gcoap.Message(Gcoap.Code.CHANGED), true);
    }
});

// Notes what passes, and lets it.
const Recorder = GObject.registerClass(class Recorder extends Gcoap.RequestProvider {
    seen = [];

    vfunc_inbound(exchange) {
        this.seen.push(`in ${exchange.get_request().to_string()}`);
        this.pass(exchange);
    }

    vfunc_outbound(exchange) {
        this.seen.push(`out ${exchange.get_request().to_string()}`);
        this.pass(exchange);
    }
});

// Answers by itself what has no business further on.
const Gate = GObject.registerClass(class Gate extends Gcoap.RequestProvider {
    vfunc_inbound(exchange) {
        if (exchange.get_request().get_code() !== Gcoap.Code.GET)
            exchange.fail_code(Gcoap.Code.FORBIDDEN, 'Look, do not touch');
        else
            this.pass(exchange);
    }
});

// Passes another request on, and changes what comes back.
const Rewriter = GObject.registerClass(class Rewriter extends Gcoap.RequestProvider {
    vfunc_inbound(exchange) {
        const request = exchange.get_request().copy();
        request.set_uri_path(['hello']);
        const derived = exchange.derive(request);
        derived.open((answered, isLast) => {
            const response = textMessage(Gcoap.Code.CONTENT, text(answered.get_response()).toUpperCase());
            exchange.respond(response, isLast);
        });
        this.get_next().request(derived);
    }
});

async function testInbound(pair) {
    const recorder = new Recorder({next: pair.site});
    pair.site.add('hello', new Hello());
    pair.server.set_site(new Gate({next: recorder}));
    assertEqual(text(await pair.ask('/hello')), 'hello');
    assertEqual((await pair.ask('/hello', Gcoap.Code.PUT, 'x')).get_code(), Gcoap.Code.FORBIDDEN);
    assertEqual(recorder.seen.length, 1);
    assert(recorder.seen[0].startsWith('in GET'), recorder.seen[0]);
}

async function testDerive(pair) {
    pair.site.add('hello', new Hello());
    pair.server.set_site(new Rewriter({next: pair.site}));
    assertEqual(text(await pair.ask('/anything/else')), 'HELLO');
}

async function testOutbound(pair) {
    pair.site.add('hello', new Hello());
    const recorder = new Recorder({next: pair.client});
    const exchange = Gcoap.Exchange.new(pair.make('/hello'));
    const answers = [];
    recorder.prepare_async(exchange, null, (source, result) => {
        recorder.prepare_finish(result);
        exchange.open(opened => answers.push(text(opened.get_response())));
        recorder.request(exchange);
    });
    await pair.run(() => answers.length > 0);
    assertEqual(answers, ['hello']);
    assert(recorder.seen[0].startsWith('out GET'), recorder.seen[0]);
}

await run([testInbound, testDerive, testOutbound]);
