# SPDX-License-Identifier: LGPL-2.1-or-later
"""Wireshark's dissector finds nothing to complain about in what our tools send."""
import select
import shutil
import socket
import struct
import threading

import pytest

from coap_raw import ACCEPT, DELETE, EMPTY, GET, POST, PUT, Client, Message, Type, uint
from processes import CLIENT, run

NOT_DISSECTED = "it looks for itself"

TSHARK = shutil.which("tshark")
ETH_P_ALL, PACKET_OUTGOING, ETHERNET = 3, 4, 1

pytestmark = pytest.mark.skipif(not TSHARK, reason="tshark is not installed")


class Capture(threading.Thread):
    """Keeps the frames of the loopback interface that are UDP, or TCP, from or to a port.
    It sees all from the moment it is made, and needs the right to capture (root)."""

    def __init__(self, port, protocol=socket.IPPROTO_UDP):
        super().__init__(daemon=True)
        self.port, self.protocol, self.frames = port, protocol, []
        try:
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        except PermissionError:
            pytest.skip("capturing is not permitted: run as root")
        self.socket.bind(("lo", 0))
        self.stop, self.stopped = socket.socketpair()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        # Loopback delivers at once; only what is queued is still to be read.
        self.stop.close()
        self.join()
        self.socket.close()
        self.stopped.close()

    def run(self):
        while True:
            ready = select.select([self.socket, self.stopped], [], [])[0]
            if self.socket not in ready:
                return
            frame, address = self.socket.recvfrom(65536)
            # Each frame comes by twice: as it leaves, and as it arrives.
            if address[2] != PACKET_OUTGOING and self.is_wanted(frame):
                self.frames.append(frame)

    def is_wanted(self, frame):
        return (len(frame) >= 42 and frame[12:14] == b"\x08\x00" and frame[23] == self.protocol
                and self.port in struct.unpack("!HH", frame[34:38]))

    def write(self, path):
        """The format of libpcap."""
        with open(path, "wb") as out:
            out.write(struct.pack("=IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, ETHERNET))
            for second, frame in enumerate(self.frames):
                out.write(struct.pack("=IIII", second, 0, len(frame), len(frame)) + frame)


def dissect(path, port, *arguments):
    done = run(TSHARK, "-n", "-r", path, "-d", f"udp.port=={port},coap", *arguments)
    return done.stdout.decode().splitlines()


def talk(port):
    uri = f"coap://127.0.0.1:{port}"
    for arguments in (
            ["/.well-known/core"], ["/query?first=1&second=2"], ["--non", "/whoami"],
            ["-m", "put", "-p", "a note", "--content-format", "0", "/note"],
            ["-m", "post", "-p", "x" * 600, "/test"], ["-m", "delete", "/test"],
            ["-m", "post", "-p", "x", "/location-query"], ["--accept", "41", "/multi-format"],
            ["--option", "etag=0x0102030405060708", "/validate"], ["/separate"],
            ["--option", "if-none-match=", "-m", "put", "-p", "x", "/note"], ["/nothing-here"]):
        run(CLIENT, *arguments[:-1], uri + arguments[-1], check=False)
    run(CLIENT, "--ping", uri)
    with Client("127.0.0.1", port) as client:
        for token in b"", b"\x00", b"eight by":
            client.ask(GET, "/other/block", token=token)
        client.ask(GET, "/multi-format", mtype=Type.NON, options=[(ACCEPT, uint(50))])
        client.ask(PUT, "/other/block", payload=b"y" * 1200)
        client.ask(POST, "/path", payload=b"a member")
        client.ask(DELETE, "/path/sub2")
        client.send(Message(Type.CON, EMPTY, client.mid()))
        assert client.expect().type == Type.RST


def test_nothing_is_malformed(server_port, tmp_path):
    path = tmp_path / "run.pcap"
    with Capture(server_port) as capture:
        talk(server_port)
    capture.write(path)

    codes = dissect(path, server_port, "-Y", "coap", "-T", "fields", "-e", "coap.code")
    assert len(codes) == len(capture.frames) >= 40
    # Every code the run is about: else this test would see nothing.
    assert set(map(int, codes)) >= {0, 1, 2, 3, 4, 65, 66, 68, 69, 132, 134, 140}
    assert dissect(path, server_port, "-Y", "_ws.malformed || _ws.expert.severity >= warning") == []


def test_the_test_itself(server_port, tmp_path):
    """What is malformed would be found."""
    path = tmp_path / "run.pcap"
    with Capture(server_port) as capture, Client("127.0.0.1", server_port) as client:
        client.send(b"\x40\x01\x12\x34\xf0")
        client.expect()
    capture.write(path)
    found = dissect(path, server_port, "-Y", "_ws.malformed || _ws.expert.severity >= warning")
    assert len(capture.frames) == 2 and len(found) == 1
