#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes the named seeds of the codec targets below corpus/; they are committed."""
import pathlib

DATAGRAMS = {
    "get-temperature": "40017d34 bb74656d7065726174757265",
    "content-piggybacked": "60457d34 ff32322e332043",
    "get-with-token": "41017d3520 bb74656d7065726174757265",
    "empty-ack": "60007d38",
    "reset": "7000ad7c",
    "long-path": "42010001c0de b473656731 0473656732 0473656733",
    "query": "40010002 b57175657279 4766697273743d31 087365636f6e643d32",
    "put-if-none-match": "40030006 50 6763726561746531 10 ff78",
    "observe-notification": "514500074a 612c 8111 ff78",
    "block1-request": "40031234 b57061727473 c13c e12b",
    "block2-response": "60451234 d10a0a ff78",
    "proxy-uri": "40010001 dd160d636f61703a2f2f5b3a3a315d2f666f6f2f6261722f62617a",
    "echo-and-request-tag": "40010001 d4ef3132333435 d21b0102",
    "oscore-request": "44025d1f00003974 396c6f63616c686f7374 620914 ff612f1092f1776f1c1668b3825e",
    "unknown-critical": "40010001 e1fe2378",
    "elective-too-long": "40010001 c3616263",
    "elective-repeated": "40010001 c132 0133",
    "critical-repeated": "40010001 d10432 0133",
    "number-65535": "40010001 e0fef110",
    "extended-delta-and-length": "40010001 dd00" + "00" + "61" * 13,
    "long-extended-length": "40010001 be0000" + "61" * 269,
    "token-13": "4d01000000" + "42" * 13,
    "token-269": "4e0100000000" + "42" * 269,
    "bad-empty-with-token": "4100123400",
    "bad-version": "80010001",
    "bad-class": "40e10001",
    "bad-token-15": "4f010001",
    "bad-marker-without-payload": "40010001ff",
    "bad-delta-15": "40010001f0",
    "bad-length-15": "400100010f",
    "bad-length-too-long": "40010001b261",
    "bad-number-overflow": "40010001e0fef210",
    "bad-extension-cut-off": "40010001dd00",
    "many-options": "40010001" + "00" * 128,
    "bad-too-many-options": "40010001" + "00" * 129,
}

STREAMS = {
    "csm": "00 50e1 230186a0 20",
    "valid-only": "00 01437f",
    "ping-pong": "00 01e242 01e342",
    "get": "00 c001 bb74656d7065726174757265",
    "csm-then-get-then-release": "00 00e1 c001 bb74656d7065726174757265 00e4",
    "release-with-addresses": "00 40e4 2161 0162",
    "abort": "00 20e5 2109",
    "length-13": "00 d00002 ff" + "61" * 12,
    "length-269": "00 e0000002 ff" + "61" * 268,
    "token-13": "00 0d0100" + "42" * 13,
    "empty": "00 0000 0000",
    "cut-off": "00 c001bb74",
    "bad-length": "00 1001 5061",
    "too-large": "00 f0ffffffff01",
    "bad-token-15": "00 0f01",
    "websocket-get": "01 0001 bb74656d7065726174757265",
    "websocket-csm": "01 00e1 230186a0",
    "websocket-bad-length": "01 100150",
    "websocket-bad-empty": "01 010042",
}

OSCORE_OPTIONS = {
    "empty": "",
    "request": "09 14",
    "request-with-kid": "09 14 00",
    "kid-context": "19 14 08 37cbf3210017a2d3",
    "notification": "02 0203",
    "long-number": "0d ffffffffff 0102",
    "leading-zeros": "0b 000014",
    "only-kid": "08 25",
    "empty-kid-context": "10 00",
    "all-empty": "18 00",
    "bad-zero": "00",
    "bad-reserved-flag": "29 14",
    "bad-number-length": "06 010203040506",
    "bad-number-cut-off": "0d 01020304",
    "bad-context-without-length": "19 14",
    "bad-context-cut-off": "11 14 08 01020304050607",
    "bad-more-without-kid": "01 14 0a",
    "longest": "08" + "61" * 254,
    "bad-too-long": "08" + "61" * 255,
}

# The first byte is explained in fuzz-oscore-unprotect.c.
OSCORE_MESSAGES = {
    # RFC 8613 Appendix C.4, C.7 and C.8.
    "request": "00 44025d1f00003974 396c6f63616c686f7374 620914 ff612f1092f1776f1c1668b3825e",
    "response": "01 64445d1f00003974 90 ffdbaad1e9a7e7b2a813d3c31524378303cdafae119106",
    "response-with-number": "01 64445d1f00003974 920100 ff4d4c13669384b67354b2b6175ff4b8658c666a6cf88e",
    "request-observed-outside": "00 44025d1f00003974 396c6f63616c686f7374 30 320914 ff612f1092f1776f1c1668b3825e",
    "request-damaged": "00 44025d1f00003974 396c6f63616c686f7374 620914 ff612f1092f1776f1c1668b3825f",
    "request-two-options": "00 44025d1f00003974 920914 020914 ff612f1092f1776f1c1668b3825e",
    "request-without-number": "00 44025d1f00003974 9108 ff612f1092f1776f1c1668b3825e",
    "request-without-payload": "00 44025d1f00003974 920914",
    "request-only-tag": "00 44025d1f00003974 920914 ff1092f1776f1c1668",
    "request-reserved-flag": "00 44025d1f00003974 928914 ff612f1092f1776f1c1668b3825e",
    "response-unprotected": "01 64455d1f00003974 ff48656c6c6f",
    "response-bad-option": "01 64445d1f00003974 9106 ffdbaad1e9a7e7b2a813d3c31524378303cdafae119106",
    "sealed-get": "02 00 01 b3747631",
    "sealed-put": "02 00 03 b16110 ff78",
    "sealed-observe": "02 00 01 60 5161",
    "sealed-cancel": "02 00 01 6101 5161",
    "sealed-observe-twice": "02 00 01 60 00 5161",
    "sealed-fetch-block": "02 00 05 c13c d1020e ff78",
    "sealed-all-kinds": "02 00 03 3161 4161 4161 d10461 d1152e e1006501 ff78",
    "sealed-proxy-uri": "02 00 01 dd160d636f61703a2f2f5b3a3a315d2f666f6f2f6261722f62617a",
    "sealed-bad-proxy-uri": "02 00 01 d41675726e3a",
    "sealed-empty": "02 00",
    "sealed-empty-code": "02 00 00",
    "sealed-response-as-request": "02 00 45",
    "sealed-signal": "02 00 e2",
    "sealed-nested": "02 00 01 920914",
    "sealed-marker-alone": "02 00 01 ff",
    "sealed-reserved-delta": "02 00 01 f0",
    "sealed-cut-off": "02 00 01 b561",
    "sealed-number-overflow": "02 00 01 e0fef210",
    "sealed-many-options": "02 00 01" + "00" * 128,
    "sealed-too-many-options": "02 00 01" + "00" * 129,
    "outside-hidden": "02 08 1161 7161 30 d1040a 01 b3747631",
    "outside-hosts": "02 07 3161 0162 427b01 01 3173 b08161",
    "outside-many": "02 80 30" + "00" * 127 + "01" + "00" * 128,
    "outside-critical": "02 04 e1fe2378 01 b16f",
    "outside-no-response": "02 04 d1f51a 00 01 b16f",
    "outside-proxy-scheme": "02 07 d41a636f6170 01 b16f",
    "sealed-content": "03 00 45 c0 ff48656c6c6f",
    "sealed-notification": "03 00 45 60 80 ff78",
    "sealed-notification-with-value": "03 00 45 6107 80 ff78",
    "sealed-max-age": "03 02 d100 45 d1010a",
    "sealed-request-as-response": "03 00 01",
    "outside-observe": "03 02 6107 45 ff78",
    "sealed-error": "03 00 84 ff6e6f",
}


def main():
    for target, seeds in {"datagram-codec": DATAGRAMS, "stream-codec": STREAMS, "oscore-option": OSCORE_OPTIONS,
                          "oscore-unprotect": OSCORE_MESSAGES}.items():
        folder = pathlib.Path(__file__).parent / "corpus" / target
        folder.mkdir(parents=True, exist_ok=True)
        for name, digits in seeds.items():
            (folder / name).write_bytes(bytes.fromhex(digits))


if __name__ == "__main__":
    main()
