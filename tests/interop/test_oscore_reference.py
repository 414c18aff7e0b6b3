# SPDX-License-Identifier: LGPL-2.1-or-later
"""The reference against the vectors of RFC 8613 Appendix C: what tests others is to
be right itself."""
import pytest

from coap_raw import decode
from oscore_reference import (Binding, Context, Option, Refused, protect_request, protect_response,
                              unprotect_request, unprotect_response)

SECRET = bytes.fromhex("0102030405060708090a0b0c0d0e0f10")
SALT = bytes.fromhex("9e7ca92223786340")
ID_CONTEXT = bytes.fromhex("37cbf3210017a2d3")

# Appendix C.1 to C.3: parameters, then sender key, recipient key and common IV.
DERIVED = [
    (b"", {"salt": SALT}, "f0910ed7295e6ad4b54fc793154302ff", "ffb14e093c94c9cac9471648b4f98710",
     "4622d4dd6d944168eefb54987c"),
    (b"\0", {}, "321b26943253c7ffb6003b0b64d74041", "e57b5635815177cd679ab4bcec9d7dda",
     "be35ae297d2dace910c52e99f9"),
    (b"", {"salt": SALT, "id_context": ID_CONTEXT}, "af2a1300a5e95788b356336eeecd2b92",
     "e39a0c7c77b43f03b4b39ab9a268699f", "2ca58fb85ff1b81c0b7181b85e"),
]

# Appendix C.4 to C.6: position in the list above, request, protected request.
REQUESTS = [
    (0, "44015d1f00003974396c6f63616c686f737483747631",
     "44025d1f00003974396c6f63616c686f7374620914ff612f1092f1776f1c1668b3825e"),
    (1, "440171c30000b932396c6f63616c686f737483747631",
     "440271c30000b932396c6f63616c686f737463091400ff4ed339a5a379b0b8bc731fffb0"),
    (2, "44012f8eef9bbf7a396c6f63616c686f737483747631",
     "44022f8eef9bbf7a396c6f63616c686f73746b19140837cbf3210017a2d3ff72cd7273fd331ac45cffbe55c3"),
]

RESPONSE = "64455d1f00003974ff48656c6c6f20576f726c6421"

# Appendix C.7 and C.8: whether with a Partial IV, protected response.
RESPONSES = [
    (False, "64445d1f0000397490ffdbaad1e9a7e7b2a813d3c31524378303cdafae119106"),
    (True, "64445d1f00003974920100ff4d4c13669384b67354b2b6175ff4b8658c666a6cf88e"),
]


def contexts(position, sequence=0):
    client_id, more, *_ = DERIVED[position]
    return (Context(SECRET, client_id, b"\1", sequence=sequence, **more),
            Context(SECRET, b"\1", client_id, **more))


@pytest.mark.parametrize("position", range(len(DERIVED)))
def test_derivation(position):
    client, server = contexts(position)
    sender, recipient, iv = (bytes.fromhex(value) for value in DERIVED[position][2:])
    assert (client.sender_key, client.recipient_key, client.common_iv) == (sender, recipient, iv)
    assert (server.sender_key, server.recipient_key, server.common_iv) == (recipient, sender, iv)


@pytest.mark.parametrize("position, plain, protected", REQUESTS)
def test_requests(position, plain, protected):
    client, server = contexts(position, sequence=20)
    message, _ = protect_request(client, decode(bytes.fromhex(plain)), client.id_context is not None)
    assert message.encode().hex() == protected
    found, inner, binding = unprotect_request([server], message)
    assert found is server and inner.encode().hex() == plain
    assert binding == Binding(client.sender_id, b"\x14")
    with pytest.raises(Refused, match="Replay"):
        unprotect_request([server], message)


@pytest.mark.parametrize("own_piv, protected", RESPONSES)
def test_responses(own_piv, protected):
    client, server = contexts(0)
    binding = Binding(b"", b"\x14")
    message = protect_response(server, decode(bytes.fromhex(RESPONSE)), binding, own_piv=own_piv)
    assert message.encode().hex() == protected
    inner, number = unprotect_response(client, message, binding)
    assert inner.encode().hex() == RESPONSE and number == (0 if own_piv else None)
    with pytest.raises(Refused, match="Decryption"):
        unprotect_response(client, message, Binding(b"", b"\x15"))


@pytest.mark.parametrize("value", ["20", "06", "07", "0214", "10", "1005aa", "0114ff", "0205"])
def test_bad_options(value):
    with pytest.raises(Refused, match="COSE"):
        Option.decode(bytes.fromhex(value))
