/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The vocabulary of the library as JavaScript sees it. */
import Gcoap from 'gi://Gcoap?version=1';

function assertEqual(actual, expected) {
    if (actual !== expected)
        throw new Error(`${actual} is not ${expected}`);
}

assertEqual(Gcoap.Code.CONTENT, 69);
assertEqual(Gcoap.Code.to_string(Gcoap.Code.NOT_FOUND), '4.04');
assertEqual(Gcoap.OptionNumber.get_name(Gcoap.OptionNumber.URI_PATH), 'Uri-Path');
assertEqual(Gcoap.ContentFormat.to_string(Gcoap.ContentFormat.CBOR), 'application/cbor');

let code = null;
try {
    Gcoap.Code.from_string('GOT');
} catch (error) {
    ({code} = error);
    assertEqual(error.matches(Gcoap.Error, Gcoap.Error.INVALID_ARGUMENT), true);
}
assertEqual(code, Gcoap.Error.INVALID_ARGUMENT);

// The number is safe, so that nothing warns of it.
assertEqual(Gcoap.Clock.new_manual(0).get_next_expiry(), -1);
