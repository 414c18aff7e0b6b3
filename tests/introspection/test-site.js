// SPDX-License-Identifier: LGPL-2.1-or-later
// Resources in JavaScript, answered at once and later.
import Gcoap from 'gi://Gcoap?version=1';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import {assertEqual, collect, pause, run, SimulatedPair, text, textMessage} from './stack.js';

const Hello = GObject.registerClass(class Hello extends Gcoap.Resource {
    vfunc_get(exchange) {
        Gcoap.Resource.answer_text(exchange, 'Hello');
    }

    vfunc_delete_(exchange) {
        exchange.respond(new Gcoap.Message(Gcoap.Code.DELETED), true);
    }
});

// Keeps the exchanges, and answers when told.
const Late = GObject.registerClass(class Late extends Gcoap.Resource {
    waiting = [];

    vfunc_get(exchange) {
        this.waiting.push(exchange);
    }

    answer() {
        for (const exchange of this.waiting)
            exchange.respond(textMessage(Gcoap.Code.CONTENT, 'Late'), true);
        this.waiting = [];
    }
});

// A vfunc may be an asynchronous function.
const Slow = GObject.registerClass(class Slow extends Gcoap.Resource {
    async vfunc_get(exchange) {
        const path = exchange.get_request().get_uri_path();
        await pause(1);
        collect();
        await pause(1);
        Gcoap.Resource.answer_text(exchange, path.join('/'));
    }
});

// Answers for all paths below its own.
const Tree = GObject.registerClass({
    Implements: [Gcoap.RequestInterface],
}, class Tree extends GObject.Object {
    vfunc_request(exchange) {
        const path = exchange.get_request().get_uri_path();
        Gcoap.Resource.answer_text(exchange, path.slice(exchange.get_path_depth()).join('|'));
    }
});

async function testAnswerAtOnce(pair) {
    pair.site.add('hello', new Hello());
    const response = await pair.ask('/hello');
    assertEqual(response.get_code(), Gcoap.Code.CONTENT);
    assertEqual(response.get_content_format(), [true, Gcoap.ContentFormat.TEXT_PLAIN]);
    assertEqual(text(response), 'Hello');
    assertEqual((await pair.ask('/hello', Gcoap.Code.DELETE)).get_code(), Gcoap.Code.DELETED);
    assertEqual((await pair.ask('/hello', Gcoap.Code.PUT)).get_code(), Gcoap.Code.METHOD_NOT_ALLOWED);
    assertEqual((await pair.ask('/nothing')).get_code(), Gcoap.Code.NOT_FOUND);
}

async function testAnswerLater(pair) {
    const late = new Late();
    pair.site.add('late', late);
    const promises = ['/late', '/late', '/late'].map(path => pair.send(path));
    for (let answered = 0; answered < 3;) {
        await pair.run(() => late.waiting.length > 0);
        collect();
        answered += late.waiting.length;
        late.answer();
    }
    for (const promise of promises)
        assertEqual(text(await pair.wait(promise)), 'Late');
}

async function testAsynchronousFunction(pair) {
    pair.site.add('slow', new Slow());
    assertEqual(text(await pair.ask('/slow')), 'slow');
}

async function testSimpleResource(pair) {
    const note = new Gcoap.SimpleResource();
    let stored = '';
    note.set_title('Note');
    note.connect('get', (resource, exchange) => {
        Gcoap.Resource.answer_text(exchange, stored);
        return true;
    });
    note.connect('put', (resource, exchange) => {
        stored = text(exchange.get_request());
        exchange.respond(new Gcoap.Message(Gcoap.Code.CHANGED), true);
        return true;
    });
    note.connect('post', () => false);
    pair.site.add('note', note);

    assertEqual((await pair.ask('/note', Gcoap.Code.PUT, 'Milk')).get_code(), Gcoap.Code.CHANGED);
    assertEqual(text(await pair.ask('/note')), 'Milk');
    assertEqual((await pair.ask('/note', Gcoap.Code.POST)).get_code(), Gcoap.Code.METHOD_NOT_ALLOWED);
    pair.site.set_implementation_info('https://example.org/notes');
    assertEqual(text(await pair.ask('/.well-known/core')),
        '</note>;title="Note",<https://example.org/notes>;rel="impl-info"');
    assertEqual(pair.site.get_links('').map(link => link.get_target()), ['/note']);
}

async function testRequestInterface(pair) {
    const tree = new Tree();
    pair.site.add('tree', tree);
    assertEqual(text(await pair.ask('/tree/a/b')), 'a|b');
    pair.server.set_site(tree);
    assertEqual(text(await pair.ask('/x/y')), 'x|y');
    pair.server.set_site(pair.site);
}

async function testFail(pair) {
    const Failing = GObject.registerClass(class extends Gcoap.Resource {
        vfunc_get(exchange) {
            exchange.fail(new GLib.Error(Gcoap.ResponseError, Gcoap.ResponseError.FORBIDDEN, 'Not today'));
        }

        vfunc_put(exchange) {
            exchange.fail_code(Gcoap.Code.CONFLICT, 'Twice');
        }
    });
    pair.site.add('failing', new Failing());
    const response = await pair.ask('/failing');
    assertEqual(response.get_code(), Gcoap.Code.FORBIDDEN);
    assertEqual(text(response), 'Not today');
    assertEqual(response.to_error().matches(Gcoap.ResponseError, Gcoap.ResponseError.FORBIDDEN), true);
    assertEqual((await pair.ask('/failing', Gcoap.Code.PUT)).get_code(), Gcoap.Code.CONFLICT);
}

await run([testAnswerAtOnce, testAnswerLater, testAsynchronousFunction, testSimpleResource,
    testRequestInterface]);
await run([testFail], [SimulatedPair]);
