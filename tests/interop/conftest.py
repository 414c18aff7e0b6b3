# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the interoperability tests share: running the tools, and peers to talk to."""
import os
import pathlib
import shutil
import socket
import subprocess
import time

import pytest

from capture import capturing, enter_namespace, find_complaints
from server_fixtures import pair, raw, server_port  # noqa: F401 (fixtures)

TOOLS = pathlib.Path(os.environ.get("GCOAP_TOOLS", "build/tools")).resolve()
# A tool that hangs fails its test and not the whole run.
PATIENCE = 30


@pytest.fixture(scope="session", autouse=True)
def dissected(request, tmp_path_factory):
    """When all tests have run, Wireshark's dissector must not complain of anything
    they have sent. A file that sends what is malformed, on purpose, or needs the
    network of the machine says so: NOT_DISSECTED = "why"."""
    if any(hasattr(item.module, "NOT_DISSECTED") for item in request.session.items) or not enter_namespace():
        yield
        return
    path = tmp_path_factory.mktemp("capture") / "run.pcapng"
    with capturing(path):
        yield
    assert find_complaints(path) == []


class Result:
    def __init__(self, process):
        self.status = process.returncode
        self.out = process.stdout
        self.err = process.stderr.decode()

    def __repr__(self):
        return f"status {self.status}, out {self.out!r}, err {self.err!r}"


def map_arguments(arguments):
    return [argument if isinstance(argument, bytes) else str(argument) for argument in arguments]


@pytest.fixture
def client():
    """Runs gcoap-client with arguments and returns what came of it."""
    def run(*arguments, stdin=b"", **kwargs):
        return Result(subprocess.run([TOOLS / "gcoap-client", *map_arguments(arguments)], input=stdin,
                                     stdout=kwargs.pop("stdout", subprocess.PIPE), stderr=subprocess.PIPE,
                                     timeout=PATIENCE, **kwargs))
    return run


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port):
    """Whether a CoAP endpoint answers a ping with the Reset of RFC 7252 §4.3."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.settimeout(0.3)
        probe.connect(("127.0.0.1", port))
        probe.send(b"\x40\x00\x12\x34")
        try:
            return probe.recv(4) == b"\x70\x00\x12\x34"
        except OSError:
            return False


@pytest.fixture(scope="session")
def libcoap():
    """The base URI of libcoap's example server, which makes resources when something is PUT."""
    server = shutil.which("coap-server-notls")
    if server is None:
        pytest.skip("coap-server-notls (libcoap3-bin) is not installed")
    port = free_port()
    process = subprocess.Popen([server, "-A", "127.0.0.1", "-p", str(port), "-d", "20"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + PATIENCE
    while not answers(port):
        assert process.poll() is None, "coap-server-notls ended"
        assert time.monotonic() < deadline, "coap-server-notls does not answer"
        time.sleep(0.05)
    yield f"coap://127.0.0.1:{port}"
    process.terminate()
    process.wait(PATIENCE)


class Peer:
    """A socket that answers each request with bytes made to measure, or not at all."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(PATIENCE)
        self.uri = f"coap://127.0.0.1:{self.socket.getsockname()[1]}"

    def receive(self):
        """The next message: its first four bytes, token, and the rest."""
        data, self.address = self.socket.recvfrom(65536)
        length = data[0] & 15
        return data[:4], data[4:4 + length], data[4 + length:]

    def respond(self, request, code, rest=b""):
        """Sends a piggybacked response: options and payload are given encoded."""
        head, token, _ = request
        self.socket.sendto(bytes([0x60 | len(token), code]) + head[2:4] + token + rest, self.address)


@pytest.fixture
def peer():
    peer = Peer()
    yield peer
    peer.socket.close()


@pytest.fixture
def against(peer):
    """Runs gcoap-client against one made-up response."""
    def run(code, rest, *arguments, path="/x", **kwargs):
        process = subprocess.Popen([TOOLS / "gcoap-client", *arguments, peer.uri + path], stdin=subprocess.DEVNULL,
                                   stdout=kwargs.pop("stdout", subprocess.PIPE), stderr=subprocess.PIPE, **kwargs)
        try:
            peer.respond(peer.receive(), code, rest)
            out, err = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
        return Result(subprocess.CompletedProcess([], process.returncode, out, err))
    return run
