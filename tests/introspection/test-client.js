// SPDX-License-Identifier: LGPL-2.1-or-later
// Requests from JavaScript: their ends, good and bad.
import Gcoap from 'gi://Gcoap?version=1';
import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import {assert, assertEqual, assertError, collect, run, SimulatedPair, text, textMessage, UdpPair} from './stack.js';

const Text = GObject.registerClass(class Text extends Gcoap.Resource {
    vfunc_get(exchange) {
        Gcoap.Resource.answer_text(exchange, 'text');
    }
});

// Never answers by itself.
const Silent = GObject.registerClass(class Silent extends Gcoap.Resource {
    exchanges = [];

    vfunc_get(exchange) {
        this.exchanges.push(exchange);
    }

    dismiss() {
        this.exchanges.forEach(exchange => exchange.dismiss());
        this.exchanges = [];
    }
});

async function failure(promise) {
    try {
        await promise;
    } catch (error) {
        return error;
    }
    throw new Error('no error');
}

async function testErrorResponse(pair) {
    const response = await pair.ask('/nowhere');
    assertEqual(response.get_code(), Gcoap.Code.NOT_FOUND);
    assertError(response.to_error(), Gcoap.ResponseError, Gcoap.ResponseError.NOT_FOUND);
}

async function testBadUri(pair) {
    let error = null;
    try {
        Gcoap.Message.new_for_uri(Gcoap.Code.GET, 'coap://host:port/');
    } catch (caught) {
        error = caught;
    }
    assertError(error, Gcoap.Error, Gcoap.Error.INVALID_URI);
    assert(error instanceof Gcoap.Error);
    const {make} = pair;
    pair.make = (...words) => {
        const request = make.apply(pair, words);
        request.set_destination('coap+sctp://127.0.0.1');
        return request;
    };
    assertError(await failure(pair.ask('/text')), Gcoap.Error, Gcoap.Error.UNSUPPORTED);
    pair.make = make;
}

async function testNobodyListens(pair) {
    const closed = new Gcoap.Context();
    closed.listen('coap://127.0.0.1:0');
    [pair.uri] = closed.dup_listen_uris();
    let done = false;
    closed.shutdown_async(null, () => (done = true));
    await pair.run(() => done);
    assertError(await failure(pair.ask('/text')), Gcoap.Error, Gcoap.Error.UNREACHABLE);
}

async function testTimeOut(pair) {
    pair.link.set_loss(1);
    assertError(await failure(pair.ask('/text')), Gcoap.Error, Gcoap.Error.TIMED_OUT);
    assertEqual(pair.link.get_n_sent(), 5);
    pair.link.set_loss(0);
}

async function testLostAndFound(pair) {
    pair.site.add('text', new Text());
    pair.link.set_filter((link, serial, from, to, data) => {
        assert(data[0] >= 0x40);
        return serial !== 1;
    });
    assertEqual(text(await pair.ask('/text')), 'text');
    assert(pair.clock.get_now() >= 2000000);
}

async function testCancel(pair) {
    const silent = new Silent();
    pair.site.add('silent', silent);
    const cancellable = new Gio.Cancellable();
    const promise = pair.send('/silent', Gcoap.Code.GET, null, cancellable);
    await pair.run(() => silent.exchanges.length > 0);
    cancellable.cancel();
    assertError(await failure(pair.wait(promise)), Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED);
    silent.dismiss();
}

async function testExchange(pair) {
    pair.site.add('text', new Text());
    const tuning = new Gcoap.TransportTuning();
    tuning.set_reliability(Gcoap.Reliability.NON_CONFIRMABLE);
    const exchange = Gcoap.Exchange.new(pair.make('/text'));
    exchange.set_tuning(tuning);
    const response = await pair.wait(new Promise((resolve, reject) => {
        pair.client.send_async(exchange, null, (client, result) => {
            try {
                resolve(client.send_finish(result));
            } catch (error) {
                reject(error);
            }
        });
    }));
    assertEqual(text(response), 'text');
    assertEqual(exchange.get_end(), Gcoap.ExchangeEnd.RESPONDED);
}

async function testSink(pair) {
    pair.site.add('text', new Text());
    const exchange = Gcoap.Exchange.new(pair.make('/text'));
    const seen = [];
    pair.client.prepare_async(exchange, null, (client, result) => {
        client.prepare_finish(result);
        exchange.open((opened, isLast) => seen.push([text(opened.get_response()), isLast]));
        Gcoap.RequestInterface.prototype.request.call(client, exchange);
    });
    await pair.run(() => seen.length > 0);
    assertEqual(seen, [['text', true]]);
}

async function testSynchronous(pair) {
    pair.site.add('text', new Text());
    // Inside a callback of the main loop, as here, it is refused.
    let error = null;
    try {
        pair.client.request(pair.make('/text'), null);
    } catch (caught) {
        error = caught;
    }
    assertError(error, Gcoap.Error, Gcoap.Error.BUSY);
}

async function testTrace(pair) {
    const lines = [];
    pair.client.set_trace(Gcoap.TextTrace.new(line => lines.push(line)));
    pair.site.add('text', new Text());
    await pair.ask('/text');
    assert(lines.some(line => line.includes('GET')));
    pair.client.set_trace(null);
}

// Two members answer at their leisure, and are told apart.
async function testGroup(pair) {
    const members = ['second', 'third'].map(name => {
        const member = Gcoap.Context.new_for_runtime(Gcoap.Runtime.new(pair.clock));
        const end = pair.link.add_endpoint(name, member.get_runtime());
        member.add_message_interface(end);
        member.set_site(pair.site);
        end.join_group('everybody');
        return member;
    });
    pair.site.add('text', new Text());
    const request = Gcoap.Message.new_for_uri(Gcoap.Code.GET, 'coap://everybody/text');
    const heard = [];
    let count = null;
    pair.client.request_group_async(request, null, 8000, null, exchange => {
        heard.push(`${exchange.get_responder().dup_uri_base()} ${text(exchange.get_response())}`);
    }, (client, result) => {
        count = client.request_group_finish(result);
    });
    await pair.run(() => count !== null);
    collect();
    assertEqual(count, members.length);
    assertEqual(heard.sort(), ['coap://second text', 'coap://third text']);
}

// Exchanges and messages, kept until all else is gone.
async function testValuesOutliveEverything(pair) {
    const kept = [];
    const responses = [];
    const Keeper = GObject.registerClass(class extends Gcoap.Resource {
        vfunc_post(exchange) {
            const request = exchange.get_request();
            kept.push({exchange, request, payload: request.get_payload(), address: exchange.get_address()});
            exchange.respond(textMessage(Gcoap.Code.CHANGED, `re ${text(request)}`), true);
        }
    });
    pair.site.add('keeper', new Keeper());
    for (let i = 0; i < 500; i++) {
        responses.push(await pair.ask('/keeper', Gcoap.Code.POST, `${i}`));
        if (i % 100 === 99)
            collect();
    }
    collect();
    assertEqual(new Set(kept.map(({exchange}) => exchange)).size, 500);
    kept.forEach(({exchange, request, payload, address}, i) => {
        assertEqual(text(exchange.get_request()), `${i}`);
        assertEqual(text(request), `${i}`);
        assertEqual(request.get_uri_path(), ['keeper']);
        assertEqual(new TextDecoder().decode(payload.get_data()), `${i}`);
        assertEqual(exchange.get_state(), Gcoap.ExchangeState.CLOSED);
        assert(address.equal(kept[0].address));
        assertEqual(text(responses[i]), `re ${i}`);
    });
}

await run([testErrorResponse, testCancel, testTrace]);
await run([testBadUri, testNobodyListens, testSynchronous], [UdpPair]);
await run([testTimeOut, testLostAndFound, testExchange, testSink, testGroup, testValuesOutliveEverything], [SimulatedPair]);
