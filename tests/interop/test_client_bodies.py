# SPDX-License-Identifier: LGPL-2.1-or-later
"""Large bodies of gcoap-client: from files and to files, in constant memory, and what
is left of them when something goes wrong."""
import hashlib
import os
import re
import shutil
import signal
import subprocess

import pytest

from body_peer import MIB, Peer
from coap_raw import BLOCK1, BLOCK2, SIZE2, uint
from conftest import PATIENCE, TOOLS
from test_fileserver import fileserver

CLIENT = TOOLS / "gcoap-client"


def fill(path, size):
    content = hashlib.shake_128(b"body").digest(size)
    path.write_bytes(content)
    return content


@pytest.mark.parametrize("way", ["file", "stdin"])
def test_upload(client, tmp_path, way):
    content = fill(tmp_path / "body", 3 * MIB + 5)
    with Peer() as peer:
        if way == "file":
            result = client("-m", "PUT", "-p", f"@{tmp_path}/body", peer.uri)
        else:
            result = client("-m", "PUT", "-p", "@-", peer.uri, stdin=content)
    assert (result.status, result.out, result.err) == (0, b"", "2.04 Changed\n")
    assert peer.digest.digest() == hashlib.sha256(content).digest()


def test_empty_and_small_payloads(client, tmp_path):
    for content in b"", b"x":
        (tmp_path / "body").write_bytes(content)
        with Peer() as peer:
            assert client("-m", "PUT", "-p", f"@{tmp_path}/body", peer.uri).status == 0
        assert peer.received == len(content)
        assert [number for number, _ in peer.options[0]] == [11]


def test_repeated_upload(client, tmp_path):
    content = fill(tmp_path / "body", 5000)
    with Peer() as peer:
        assert client("-m", "PUT", "-p", f"@{tmp_path}/body", "--repeat", 2, "--interval", 0, peer.uri).status == 0
        assert peer.received == 10000
        assert client("-m", "PUT", "-p", "@-", "--repeat", 2, "--interval", 0, peer.uri, stdin=content).status == 0
        assert peer.received == 20000


@pytest.mark.parametrize("to", ["file", "pipe"])
def test_download(client, tmp_path, to):
    content = fill(tmp_path / "body", 3 * MIB + 5)
    with fileserver(tmp_path) as server:
        uri = f"coap://127.0.0.1:{server.port}/body"
        if to == "file":
            assert client("-o", tmp_path / "out", uri).out == b""
            assert (tmp_path / "out").read_bytes() == content
        else:
            assert client(uri).out == content


def test_changed_meanwhile(client, tmp_path):
    with Peer(10000, changes_at=5) as peer:
        assert client("-o", tmp_path / "out", peer.uri).status == 0
        assert (tmp_path / "out").read_bytes() == b"\2" * 10000
    with Peer(10000, changes_at=5) as peer:
        result = client(peer.uri)
        assert result.status == 6 and "cannot be written anew" in result.err


@pytest.mark.parametrize("size", [16, 64, 512, 1024])
def test_block_size(client, tmp_path, size):
    content = fill(tmp_path / "body", 3000)
    with Peer(3000) as peer:
        assert client("--block-size", size, "-m", "PUT", "-p", f"@{tmp_path}/body", peer.uri).status == 0
        values = [dict(options)[BLOCK1] for options in peer.options]
        assert {int.from_bytes(value, "big") & 7 for value in values} == {size.bit_length() - 5}
        assert peer.digest.digest() == hashlib.sha256(content).digest()
        peer.options.clear()
        assert len(client("--block-size", size, peer.uri).out) == 3000
        values = [dict(options).get(BLOCK2) for options in peer.options]
        assert len(values) == -(-3000 // size)
        # The usual size is not worth an option.
        assert values[0] == (uint(size.bit_length() - 5) if size < 1024 else None)


def test_too_large(client, tmp_path):
    file = tmp_path / "body"
    for size, arguments, largest in (1 << 30, [], "1073741824"), (16 * MIB, ["--block-size", 16], "16777216"):
        with open(file, "wb") as sparse:
            sparse.truncate(size + 1)
        result = client("-m", "PUT", "-p", f"@{file}", *arguments, "coap://192.0.2.1/x")
        assert result.status == 1
        assert f"at most {largest}" in result.err and str(size + 1) in result.err
        with open(file, "rb") as stdin:
            done = subprocess.run([CLIENT, "-m", "PUT", "-p", "@-", *map(str, arguments), "coap://192.0.2.1/x"],
                                  stdin=stdin, stderr=subprocess.PIPE, timeout=PATIENCE)
        assert done.returncode == 1 and largest.encode() in done.stderr


def test_refused_files(client, tmp_path):
    result = client("-m", "PUT", "-p", f"@{tmp_path}", "coap://[::1]/")
    assert result.status == 1 and "Is a directory" in result.err
    result = client("-m", "PUT", "-p", f"@{tmp_path}/missing", "coap://[::1]/")
    assert result.status == 1 and "No such file" in result.err
    done = subprocess.run(["sh", "-c", 'exec "$0" -m PUT -p @- coap://192.0.2.1/ <&-', CLIENT],
                          stderr=subprocess.PIPE, timeout=PATIENCE)
    assert done.returncode == 1 and b"Cannot read the payload" in done.stderr


def test_server_refuses(client, tmp_path):
    fill(tmp_path / "body", 5000)
    with fileserver(tmp_path) as server:
        result = client("-m", "PUT", "-p", f"@{tmp_path}/body", f"coap://127.0.0.1:{server.port}/body")
    assert (result.status, result.out) == (4, b"") and "4.05" in result.err


# What is left of a file

def assert_unchanged(folder):
    assert os.listdir(folder) == ["out"] and (folder / "out").read_text() == "old"


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "out").write_text("old")
    return folder


def test_failing_download(client, folder):
    with Peer(100000, fails_at=50) as peer:
        result = client("-o", folder / "out", peer.uri)
    assert (result.status, result.err) == (5, "5.00 Internal Server Error: no more\n")
    assert_unchanged(folder)
    os.unlink(folder / "out")
    with Peer(100000, silent_at=50) as peer:
        result = client("--timeout", 0.5, "-o", folder / "out", peer.uri)
    assert result.status == 7 and "did not answer within 0.5 s" in result.err
    assert os.listdir(folder) == []


@pytest.mark.parametrize("number, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_download(folder, number, status):
    with Peer(100000, silent_at=50) as peer:
        process = subprocess.Popen([CLIENT, "-o", folder / "out", peer.uri], stderr=subprocess.PIPE)
        assert peer.silent.wait(PATIENCE)
        process.send_signal(number)
        _, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, err) == (status, b"")
    assert_unchanged(folder)


def test_full_device(client):
    with Peer(100000) as peer:
        result = client("-o", "/dev/full", peer.uri)
        assert (result.status, result.err) == \
            (1, "gcoap-client: Cannot write to /dev/full: Error writing to file: No space left on device\n")
        with open("/dev/full", "wb") as full:
            assert client(peer.uri, stdout=full).status == 1
        assert len(peer.options) < 10


def test_full_disk(tmp_path):
    """On a file system of a few pages, in a name space of its own."""
    if not shutil.which("unshare") or subprocess.run(
            ["unshare", "-rm", "mount", "-t", "tmpfs", "-o", "size=64k", "none", tmp_path],
            stderr=subprocess.DEVNULL).returncode != 0:
        pytest.skip("a small file system cannot be mounted here")
    script = ('mount -t tmpfs -o size=64k none "$0" && cd "$0" && printf old > out && { "$@"; status=$?; } ; '
              'ls; cat out; exit $status')
    with Peer(100000) as peer:
        done = subprocess.run(["unshare", "-rm", "sh", "-c", script, tmp_path, CLIENT.resolve(), "-o", "out", peer.uri],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE)
    assert (done.returncode, done.stdout) == (1, b"out\nold"), done.stderr
    assert b"No space left" in done.stderr


# Progress

def test_no_progress_off_terminals(client, tmp_path):
    with Peer(MIB) as peer:
        result = client("-o", tmp_path / "out", peer.uri)
        assert result.err == ""
        assert not any(number == SIZE2 for number, _ in peer.options[0])
        result = client("--progress", "-o", tmp_path / "out", peer.uri)
        assert re.fullmatch(r"(Received .* left\n)*Received 1\.0 MiB  100% \[#{24}\]  .*/s in 0:0\d\n", result.err)


def test_progress_of_upload_only(client, tmp_path):
    with Peer() as peer:
        result = client("--progress", "-m", "PUT", "-p", "@-", peer.uri, stdin=bytes(3000))
        assert "Sent 2.9 KiB" in result.err and "Received" not in result.err


@pytest.mark.parametrize("arguments", [
    ["--block-size", "0"], ["--block-size", "8"], ["--block-size", "100"], ["--block-size", "2048"],
    ["--block-size", "x"], ["--progress", "--no-progress"], ["--ping", "--block-size", "64"],
])
def test_usage(client, arguments):
    result = client(*arguments, "coap://[::1]/")
    assert (result.status, result.out) == (2, b"")
    assert result.err.startswith("gcoap-client: ")
