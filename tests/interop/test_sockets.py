# SPDX-License-Identifier: LGPL-2.1-or-later
"""The portable transport: the tools over plain sockets, and over sockets in the file system."""
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.parse

import pytest

from conftest import PATIENCE
from processes import SERVER, gcoap_server, read_line

SOCKETS = {"GCOAP_CLIENT_TRANSPORT": "socket", "GCOAP_SERVER_TRANSPORT": "socket"}


@pytest.fixture
def plain(monkeypatch):
    for name, value in SOCKETS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def folder():
    """A short one: the path of a socket has at most 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="gcoap-") as name:
        yield pathlib.Path(name)


def uri_of(path):
    return "coap://" + urllib.parse.quote(str(path), safe="")


@pytest.fixture
def at_path(folder):
    """A gcoap-server at a path; the process and the path."""
    path = folder / "x.sock"
    process = subprocess.Popen([SERVER, "--bind", uri_of(path)], stdout=subprocess.PIPE)
    try:
        read_line(process, "^coap://%2F.*x.sock$")
        yield process, path
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


# UDP

@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
def test_both_plain(plain, client, host):
    with gcoap_server(bind=(f"coap://{host}:0",)) as (_, (port,)):
        base = f"coap://{host}:{port}"
        assert client(f"{base}/hello").out == b"Hello World!\n"
        assert len(client(f"{base}/large").out) > 1024
        assert client("-m", "PUT", "-p", "x" * 3000, f"{base}/large-update").status in (0, 4)
        assert client("--ping", base).status == 0
        assert client(f"{base}/none").status == 4


def test_separate_response(plain, client):
    with gcoap_server() as (_, (port,)):
        assert client(f"coap://127.0.0.1:{port}/separate").status == 0


def test_libcoap_server(plain, client, libcoap):
    assert b"</time>" in client(f"{libcoap}/.well-known/core").out
    uri = f"{libcoap}/plain-{os.getpid()}"
    assert client("-m", "PUT", "-p", "more", uri).status == 0
    assert client(uri).out == b"more"


def test_libcoap_client(plain):
    libcoap_client = shutil.which("coap-client-notls")
    if libcoap_client is None:
        pytest.skip("coap-client-notls (libcoap3-bin) is not installed")
    with gcoap_server() as (_, (port,)):
        done = subprocess.run([libcoap_client, f"coap://127.0.0.1:{port}/hello"], stdout=subprocess.PIPE,
                              timeout=PATIENCE, check=True)
        assert b"Hello World!" in done.stdout


def test_unreachable(plain, client):
    began = time.monotonic()
    result = client("coap://127.0.0.1:9/")
    assert result.status != 0
    assert "nothing listens" in result.err
    assert time.monotonic() - began < 5


def test_unknown_transport(monkeypatch, client):
    monkeypatch.setenv("GCOAP_CLIENT_TRANSPORT", "pigeon")
    result = client("coap://127.0.0.1:9/")
    assert result.status != 0
    assert "pigeon" in result.err and "GCOAP_CLIENT_TRANSPORT" in result.err


# Sockets in the file system

def test_path(client, at_path):
    _, path = at_path
    assert client(uri_of(path) + "/time").status == 0
    assert client(uri_of(path) + "/hello").out == b"Hello World!\n"
    assert len(client(uri_of(path) + "/large").out) > 1024
    assert client("--ping", uri_of(path)).status == 0


def test_path_has_no_uri_host(client, at_path):
    result = client("-v", uri_of(at_path[1]) + "/hello")
    assert "Uri-Path: hello" in result.err
    assert "Uri-Host" not in result.err


def test_path_removed(client, at_path):
    process, path = at_path
    process.terminate()
    assert process.wait(PATIENCE) == 0
    assert not path.exists()
    result = client(uri_of(path) + "/hello")
    assert result.status != 0
    assert f"{path} cannot be reached" in result.err


def test_path_taken_and_stale(client, at_path):
    process, path = at_path
    other = subprocess.run([SERVER, "--bind", uri_of(path)], stderr=subprocess.PIPE, timeout=PATIENCE)
    assert other.returncode == 6
    assert b"already listens" in other.stderr
    process.kill()
    process.wait()
    assert path.exists()
    successor = subprocess.Popen([SERVER, "--bind", uri_of(path)], stdout=subprocess.PIPE)
    try:
        read_line(successor, "^coap://%2F")
        assert client(uri_of(path) + "/hello").out == b"Hello World!\n"
    finally:
        successor.kill()
        successor.wait()
        successor.stdout.close()


def test_path_too_long(client):
    result = client("coap://%2F" + "x" * 107 + "/")
    assert result.status != 0
    assert "108 bytes" in result.err


def test_bare_socket(folder, at_path):
    """Whoever has a name is answered, byte for byte as over UDP."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as peer:
        peer.bind(str(folder / "peer"))
        peer.settimeout(PATIENCE)
        peer.sendto(b"\x40\x00\x12\x34", str(at_path[1]))
        assert peer.recv(100) == b"\x70\x00\x12\x34"


def libcoap_path_server(path):
    """libcoap's server at a path, if that was built in."""
    program = shutil.which("coap-server-notls")
    if program is None:
        pytest.skip("coap-server-notls (libcoap3-bin) is not installed")
    process = subprocess.Popen([program, "-A", urllib.parse.quote(str(path), safe="")],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    end = time.monotonic() + PATIENCE
    while not path.exists() and process.poll() is None and time.monotonic() < end:
        time.sleep(0.05)
    if not path.exists():
        process.kill()
        process.wait()
        pytest.skip("this libcoap has no sockets in the file system")
    return process


def test_libcoap_path_server(client, folder):
    path = folder / "libcoap.sock"
    process = libcoap_path_server(path)
    try:
        assert b"</time>" in client(uri_of(path) + "/.well-known/core").out
    finally:
        process.kill()
        process.wait()


def test_libcoap_path_client(folder, at_path):
    libcoap_path_server(folder / "probe.sock").kill()
    done = subprocess.run(["coap-client-notls", uri_of(at_path[1]) + "/hello"], stdout=subprocess.PIPE,
                          timeout=PATIENCE, check=True)
    assert b"Hello World!" in done.stdout
