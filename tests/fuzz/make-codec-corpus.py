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


def main():
    for target, seeds in {"datagram-codec": DATAGRAMS, "stream-codec": STREAMS}.items():
        folder = pathlib.Path(__file__).parent / "corpus" / target
        folder.mkdir(parents=True, exist_ok=True)
        for name, digits in seeds.items():
            (folder / name).write_bytes(bytes.fromhex(digits))


if __name__ == "__main__":
    main()
