# SPDX-License-Identifier: LGPL-2.1-or-later
"""OSCORE written from RFC 8613 alone, on python3-cryptography and python3-cbor2,
as slow and plain as it may be: so that the library is not only tested against
itself."""
import dataclasses

import cbor2
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESCCM, AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from coap_raw import POST, Message, code, decode

OBSERVE, OSCORE = 6, 9
URI_HOST, URI_PORT, PROXY_URI, PROXY_SCHEME, HOP_LIMIT = 3, 7, 35, 39, 16
FETCH, CHANGED, CONTENT = code("0.05"), code("2.04"), code("2.05")

# RFC 9053 §4: cipher, and lengths of key, nonce and tag.
ALGORITHMS = {
    10: (AESCCM, 16, 13, 8), 11: (AESCCM, 32, 13, 8), 12: (AESCCM, 16, 7, 8), 13: (AESCCM, 32, 7, 8),
    30: (AESCCM, 16, 13, 16), 31: (AESCCM, 32, 13, 16), 32: (AESCCM, 16, 7, 16), 33: (AESCCM, 32, 7, 16),
    1: (AESGCM, 16, 12, 16), 2: (AESGCM, 24, 12, 16), 3: (AESGCM, 32, 12, 16),
    24: (ChaCha20Poly1305, 32, 12, 16),
}
HASHES = {"sha256": hashes.SHA256, "sha512": hashes.SHA512}

# RFC 8613 Figure 5: what stays outside. Observe is in both places.
UNPROTECTED = {URI_HOST, URI_PORT, PROXY_URI, PROXY_SCHEME, HOP_LIMIT, OSCORE}


class Refused(Exception):
    """What RFC 8613 §8 answers with this code and this text."""

    def __init__(self, response_code, text):
        super().__init__(text)
        self.code, self.text = code(response_code), text


def piv_bytes(number):
    return number.to_bytes(max(1, (number.bit_length() + 7) // 8), "big")


@dataclasses.dataclass
class Option:
    """RFC 8613 §6.1."""
    piv: bytes = b""
    kid: bytes | None = None
    kid_context: bytes | None = None

    def encode(self):
        if not self.piv and self.kid is None and self.kid_context is None:
            return b""
        flags = len(self.piv) | (self.kid is not None) << 3 | (self.kid_context is not None) << 4
        context = b"" if self.kid_context is None else bytes((len(self.kid_context),)) + self.kid_context
        return bytes((flags,)) + self.piv + context + (self.kid or b"")

    @classmethod
    def decode(cls, value):
        if not value:
            return cls()
        flags, rest = value[0], value[1:]
        length = flags & 7
        if flags & 0xe0 or length > 5 or len(rest) < length:
            raise Refused("4.02", "Failed to decode COSE")
        option, rest = cls(rest[:length]), rest[length:]
        if flags & 16:
            if not rest or len(rest) < 1 + rest[0]:
                raise Refused("4.02", "Failed to decode COSE")
            option.kid_context, rest = rest[1:1 + rest[0]], rest[1 + rest[0]:]
        if flags & 8:
            option.kid = rest
        elif rest:
            raise Refused("4.02", "Failed to decode COSE")
        return option


@dataclasses.dataclass
class Binding:
    """RFC 8613 §5.4: what of the request its responses are bound to."""
    kid: bytes
    piv: bytes


class Context:
    """RFC 8613 §3."""

    def __init__(self, secret, sender_id, recipient_id, *, salt=b"", id_context=None, algorithm=10,
                 hashfun="sha256", sequence=0):
        self.cipher, key_length, self.nonce_length, self.tag_length = ALGORITHMS[algorithm]
        self.algorithm, self.id_context = algorithm, id_context
        self.sender_id, self.recipient_id, self.sequence = sender_id, recipient_id, sequence
        self.seen = set()

        def derive(identifier, kind, length):
            info = cbor2.dumps([identifier, id_context, algorithm, kind, length])
            return HKDF(HASHES[hashfun](), length, salt, info).derive(secret)

        self.sender_key = derive(sender_id, "Key", key_length)
        self.recipient_key = derive(recipient_id, "Key", key_length)
        self.common_iv = derive(b"", "IV", self.nonce_length)

    def take(self):
        self.sequence += 1
        return piv_bytes(self.sequence - 1)

    def nonce(self, kid, piv):
        """RFC 8613 §5.2."""
        plain = bytes((len(kid),)) + kid.rjust(self.nonce_length - 6, b"\0") + piv.rjust(5, b"\0")
        return bytes(a ^ b for a, b in zip(plain, self.common_iv, strict=True))

    def aad(self, binding):
        external = cbor2.dumps([1, [self.algorithm], binding.kid, binding.piv, b""])
        return cbor2.dumps(["Encrypt0", b"", external])

    def aead(self, key):
        return self.cipher(key, self.tag_length) if self.cipher is AESCCM else self.cipher(key)

    def seal(self, plaintext, kid, piv, binding):
        return self.aead(self.sender_key).encrypt(self.nonce(kid, piv), plaintext, self.aad(binding))

    def open(self, ciphertext, kid, piv, binding):
        if len(ciphertext) < self.tag_length + 1:
            raise Refused("4.00", "Decryption failed")
        try:
            return self.aead(self.recipient_key).decrypt(self.nonce(kid, piv), ciphertext, self.aad(binding))
        except InvalidTag:
            raise Refused("4.00", "Decryption failed") from None

    def is_for(self, option):
        return option.kid == self.recipient_id and option.kid_context in (None, self.id_context)


def plaintext(message, inner_observe):
    """RFC 8613 §5.3: code, class E options and payload."""
    inner = [option for option in message.options if option[0] not in UNPROTECTED | {OBSERVE}]
    if inner_observe is not None:
        inner.append((OBSERVE, inner_observe))
    whole = Message(0, 1, 0, b"", inner, message.payload).encode()
    return bytes((message.code,)) + whole[4:]


def outer(message, outer_code, option, ciphertext):
    kept = [one for one in message.options if one[0] in UNPROTECTED | {OBSERVE}]
    return Message(message.type, outer_code, message.mid, message.token,
                   [*kept, (OSCORE, option.encode())], ciphertext)


def inner(message, plain):
    """The message that was protected: nothing of class E is taken from outside."""
    result = decode(bytes((0x40, plain[0], 0, 0)) + plain[1:])
    result.type, result.mid, result.token = message.type, message.mid, message.token
    result.options += [one for one in message.options if one[0] in UNPROTECTED - {OSCORE}]
    return result


def protect_request(context, message, with_kid_context=False, piv=None):
    """RFC 8613 §8.1."""
    piv = context.take() if piv is None else piv
    binding = Binding(context.sender_id, piv)
    observe = message.all(OBSERVE)
    option = Option(piv, context.sender_id, context.id_context if with_kid_context else None)
    ciphertext = context.seal(plaintext(message, observe[0] if observe else None),
                              context.sender_id, piv, binding)
    return outer(message, FETCH if observe else POST, option, ciphertext), binding


def find_option(message):
    values = message.all(OSCORE)
    if len(values) != 1 or not message.payload:
        raise Refused("4.02", "Failed to decode COSE")
    return Option.decode(values[0])


def unprotect_request(contexts, message, check_replay=True):
    """RFC 8613 §8.2: the context, the message, and the binding."""
    option = find_option(message)
    if option.kid is None or not option.piv:
        raise Refused("4.02", "Failed to decode COSE")
    known = [context for context in contexts if context.is_for(option)]
    if not known:
        raise Refused("4.01", "Security context not found")
    binding, number = Binding(option.kid, option.piv), int.from_bytes(option.piv, "big")
    for context in known:
        if check_replay and number in context.seen:
            raise Refused("4.01", "Replay detected")
        try:
            plain = context.open(message.payload, option.kid, option.piv, binding)
        except Refused:
            continue
        context.seen.add(number)
        return context, inner(message, plain), binding
    raise Refused("4.00", "Decryption failed")


def protect_response(context, message, binding, *, own_piv=False, to_observe=False):
    """RFC 8613 §8.3. The inner Observe of a notification is empty (§4.1.3.5.2)."""
    piv = context.take() if own_piv else b""
    kid, nonce_piv = (context.sender_id, piv) if piv else (binding.kid, binding.piv)
    observe = b"" if message.all(OBSERVE) else None
    ciphertext = context.seal(plaintext(message, observe), kid, nonce_piv, binding)
    return outer(message, CONTENT if observe is not None and to_observe else CHANGED, Option(piv), ciphertext)


def unprotect_response(context, message, binding):
    """RFC 8613 §8.4: the message, and its sequence number or None."""
    option = find_option(message)
    kid, piv = (context.recipient_id, option.piv) if option.piv else (binding.kid, binding.piv)
    plain = context.open(message.payload, kid, piv, binding)
    return inner(message, plain), int.from_bytes(option.piv, "big") if option.piv else None
