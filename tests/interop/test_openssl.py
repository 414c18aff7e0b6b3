# SPDX-License-Identifier: LGPL-2.1-or-later
"""DTLS and TLS with the openssl command, both ways: versions, ALPN, resumption, and what is to be refused."""
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from test_secure import (IDENTITY, KEY, PATIENCE, ask, fill_psk, iterate, key_hash, keys, make_certificate,  # noqa: F401
                         make_psk, serve)
from test_tshark import Capture

NOT_DISSECTED = "what is encrypted"
PSK = ["-psk_identity", IDENTITY, "-psk", KEY.encode().hex()]
CSM = b"\x00\xe1"
# GET /claims, and a Release.
WORDS = CSM + b"\x71\x01\xaa\xb6claims\x00\xe4"
NAME = b"name:heating"

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")


@pytest.fixture
def scheme(request):
    return getattr(request, "param", "coaps+tcp")


dtls = pytest.mark.parametrize("scheme", ["coaps"], indirect=True)


class Client:
    """openssl s_client, while the main loop serves it."""

    def __init__(self, uri, *arguments):
        address = uri.split("://")[1].split("/")[0]
        self.process = subprocess.Popen(["openssl", "s_client", "-connect", address, *map(str, arguments)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.said = b""
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        while chunk := self.process.stdout.read1(65536):
            self.said += chunk

    def say(self, words):
        self.process.stdin.write(words)
        self.process.stdin.flush()

    def wait_for(self, *words):
        iterate(lambda: all(word in self.said for word in words) or not self.reader.is_alive())
        assert all(word in self.said for word in words), self.said.decode(errors="replace")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stdin.close()
        self.process.stdout.close()


def fill_certificate(folder):
    return lambda store: store.add_own(make_certificate(folder, "server"))


def own_certificate(folder):
    return ["-cert", folder / "client.crt", "-key", folder / "client.key", "-CAfile", folder / "ca.crt"]


VERSIONS = {"1.2": ["-tls1_2"], "1.3": ["-tls1_3"]}


@pytest.mark.parametrize("version", VERSIONS)
def test_psk_client(serve, version):
    uri = serve(fill_psk)
    with Client(uri, *PSK, *VERSIONS[version], "-alpn", "coap") as client:
        client.say(WORDS)
        client.wait_for(NAME, b"ALPN protocol: coap", f"TLSv{version}, Cipher is".encode())


@pytest.mark.parametrize("version", VERSIONS)
def test_certificate_client(serve, keys, version):
    uri = serve(fill_certificate(keys))
    with Client(uri, *own_certificate(keys), *VERSIONS[version], "-alpn", "coap") as client:
        client.say(WORDS)
        client.wait_for(key_hash(keys, "client").encode(), b"ALPN protocol: coap",
                        b"Verify return code: 0 (ok)")


@dtls
def test_psk_client_dtls(serve):
    """The message is CON, GET, and the answer is in its acknowledgement."""
    with Client(serve(fill_psk), *PSK, "-dtls1_2", "-cipher", "PSK-AES128-CCM8", "-quiet") as client:
        client.say(b"\x41\x01\x12\x34\xaa\xb6claims")
        client.wait_for(b"\x61\x45\x12\x34\xaa", NAME)


@dtls
def test_certificate_client_dtls(serve, keys):
    with Client(serve(fill_certificate(keys)), *own_certificate(keys), "-dtls1_2", "-quiet",
                "-cipher", "ECDHE-ECDSA-AES128-CCM8") as client:
        client.say(b"\x41\x01\x12\x34\xaa\xb6claims")
        client.wait_for(b"\x61\x45\x12\x34\xaa", key_hash(keys, "client").encode())


@pytest.mark.parametrize("version", VERSIONS)
def test_resumption(serve, keys, tmp_path, version):
    """Who comes with a ticket is still who it was."""
    uri, session = serve(fill_certificate(keys)), tmp_path / "session"
    with Client(uri, *own_certificate(keys), *VERSIONS[version], "-sess_out", session) as client:
        client.say(CSM)
        client.wait_for(b"New, TLSv")
        iterate(session.exists)
    with Client(uri, *VERSIONS[version], "-sess_in", session) as client:
        client.say(WORDS)
        client.wait_for(b"Reused, TLSv", key_hash(keys, "client").encode())


@pytest.mark.parametrize("arguments", [["-tls1_1"], ["-tls1_2", "-cipher", "PSK-AES128-CBC-SHA"], ["-alpn", "h2"],
                                       ["-psk", "00112233"], ["-psk_identity", "nobody"]])
def test_refused(serve, arguments):
    """Old versions and ciphers, other protocols, wrong keys: and others are served."""
    uri = serve(fill_psk)
    with Client(uri, *PSK, *arguments) as client:
        iterate(lambda: not client.reader.is_alive())
        assert b"Cipher is (NONE)" in client.said or b"alert" in client.said, client.said
    assert NAME in ask(uri, make_psk()).get_payload_data()


def test_no_certificate(serve, keys):
    """One that proves nothing is not let in where trust anchors are."""
    uri = serve(fill_certificate(keys))
    with Client(uri, "-tls1_2", "-CAfile", keys / "ca.crt") as client:
        iterate(lambda: not client.reader.is_alive())
        assert b"alert" in client.said


def test_renegotiation(serve, keys):
    """RFC 8323 §8 leaves it to TLS 1.2, where it is refused."""
    uri = serve(fill_certificate(keys))
    with Client(uri, *own_certificate(keys), "-tls1_2") as client:
        client.say(CSM)
        client.wait_for(b"Verify return code: 0 (ok)")
        client.say(b"R\n")
        client.wait_for(b"RENEGOTIATING", b"no renegotiation")
    assert key_hash(keys, "client").encode() in ask(uri, make_certificate(keys, "client")).get_payload_data()


@pytest.mark.skipif(not shutil.which("tshark"), reason="tshark is not installed")
def test_logged_keys(tmp_path):
    """With SSLKEYLOGFILE set, whoever has that file can read what was said."""
    log, path = tmp_path / "keys.log", tmp_path / "run.pcap"
    server = subprocess.Popen([sys.executable, Path(__file__).with_name("secure_server.py"), "coaps+tcp", IDENTITY, KEY],
                              env={**os.environ, "SSLKEYLOGFILE": str(log)}, stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE)
    try:
        uri = server.stdout.readline().decode().strip()
        port = uri.rsplit(":", 1)[1]
        with Capture(int(port), socket.IPPROTO_TCP) as capture:
            assert ask(f"{uri}/hello", make_psk()).get_payload_data() == b"secretly: hello"
        capture.write(path)
    finally:
        server.communicate(timeout=PATIENCE)
    assert "TRAFFIC_SECRET" in log.read_text()
    dissect = ["tshark", "-n", "-r", path, "-d", f"tcp.port=={port},tls", "-Y", "coap", "-T", "fields", "-e", "coap.code"]
    assert subprocess.run(dissect, capture_output=True, check=True).stdout == b""
    codes = subprocess.run([*dissect, "-o", f"tls.keylog_file:{log}"], capture_output=True, check=True).stdout.split()
    assert {b"225", b"1", b"69"} <= set(codes)


def free_port(kind):
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """openssl s_server, with CoAP on its standard input and output."""

    def __init__(self, scheme, *arguments):
        self.scheme = scheme
        self.port = free_port(socket.SOCK_DGRAM if scheme == "coaps" else socket.SOCK_STREAM)
        self.process = subprocess.Popen(["openssl", "s_server", "-accept", f"127.0.0.1:{self.port}", "-quiet",
                                         *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)
        self.uri = f"{scheme}://127.0.0.1:{self.port}/x"
        self.thread = threading.Thread(target=self.answer, daemon=True)
        self.thread.start()
        deadline = time.monotonic() + PATIENCE
        while not self.is_there():
            assert self.process.poll() is None and time.monotonic() < deadline
            time.sleep(0.02)

    def is_there(self):
        table = "udp" if self.scheme == "coaps" else "tcp"
        with open(f"/proc/net/{table}") as lines:
            return any(f"0100007F:{self.port:04X}" in line for line in lines)

    def say(self, words):
        self.process.stdin.write(words)
        self.process.stdin.flush()

    def answer(self):
        data = b""
        while chunk := self.process.stdout.read1(65536):
            data += chunk
            if self.scheme == "coaps":
                length = data[0] & 15
                self.say(bytes([0x60 | length, 0x45]) + data[2:4 + length] + b"\xffdone")
                data = b""
                continue
            while len(data) > 1 and len(data) >= 2 + (data[0] >> 4) + (data[0] & 15):
                size, token = 2 + (data[0] >> 4) + (data[0] & 15), data[2:2 + (data[0] & 15)]
                if data[1] == 0xe1:
                    self.say(CSM)
                elif data[1] == 1:
                    self.say(bytes([0x50 | len(token), 0x45]) + token + b"\xffdone")
                data = data[size:]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.thread.join()
        for pipe in self.process.stdin, self.process.stdout, self.process.stderr:
            pipe.close()


@pytest.mark.parametrize("version", VERSIONS)
def test_psk_server(version):
    with Server("coaps+tcp", *PSK, "-nocert", *VERSIONS[version], "-alpn", "coap") as server:
        assert ask(server.uri, make_psk()).get_payload_data() == b"done"


@pytest.mark.parametrize("version", VERSIONS)
def test_certificate_server(keys, version):
    with Server("coaps+tcp", "-cert", keys / "server.crt", "-key", keys / "server.key", "-CAfile", keys / "ca.crt",
                "-Verify", "1", "-verify_return_error", *VERSIONS[version], "-alpn", "coap") as server:
        assert ask(server.uri, make_certificate(keys, "client")).get_payload_data() == b"done"


def test_psk_server_dtls():
    with Server("coaps", *PSK, "-nocert", "-dtls1_2", "-cipher", "PSK-AES128-CCM8") as server:
        assert ask(server.uri, make_psk()).get_payload_data() == b"done"


def test_certificate_server_dtls(keys):
    with Server("coaps", "-cert", keys / "server.crt", "-key", keys / "server.key", "-CAfile", keys / "ca.crt",
                "-Verify", "1", "-verify_return_error", "-dtls1_2") as server:
        assert ask(server.uri, make_certificate(keys, "client")).get_payload_data() == b"done"
