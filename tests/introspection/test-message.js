// SPDX-License-Identifier: LGPL-2.1-or-later
// Messages and their options as JavaScript sees them.
import Gcoap from 'gi://Gcoap';
import GLib from 'gi://GLib';
import System from 'system';

function assertEqual(actual, expected) {
    if (JSON.stringify(actual) !== JSON.stringify(expected))
        throw new Error(`${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`);
}

const message = new Gcoap.Message(Gcoap.Code.GET);
message.set_uri_path(['a', 'b']);
assertEqual(message.get_uri_path(), ['a', 'b']);
assertEqual(message.get_content_format(), [false, 0]);
message.set_payload_data(new Uint8Array([1, 2]));
assertEqual(Array.from(message.get_payload_data()), [1, 2]);

for (let i = 0; i < 50; i++) {
    let tagged = new Gcoap.Message(Gcoap.Code.GET);
    tagged.add_etag(new GLib.Bytes(new Uint8Array([i])));
    tagged.add_q_block2(Gcoap.Block.new(i, false, 6));
    const tags = tagged.get_etag();
    const blocks = tagged.get_q_block2();
    tagged = null;
    System.gc();
    assertEqual(Array.from(tags[0].get_data()), [i]);
    assertEqual(blocks[0].get_number(), i);
}
