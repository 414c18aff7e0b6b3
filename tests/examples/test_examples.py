# SPDX-License-Identifier: LGPL-2.1-or-later
"""Each client of the guide talks to each of its servers, whatever they are written in.

EXAMPLES names the folder of the sources, EXAMPLES_BUILT that of what was
compiled, EXAMPLES_LANGUAGES what can be run here: c, py, js, vala.
"""
import contextlib
import os
import pathlib
import socket
import subprocess
import sys
import threading

import pytest

SOURCES = pathlib.Path(os.environ["EXAMPLES"])
BUILT = pathlib.Path(os.environ["EXAMPLES_BUILT"])
LANGUAGES = os.environ["EXAMPLES_LANGUAGES"].split()
# Where nothing listens: the discard port.
NOBODY = "coap://127.0.0.1:9"


def command(name):
    stem, _, language = name.partition(".")
    if language == "py":
        return [sys.executable, SOURCES / name]
    if language == "js":
        return ["gjs", "-m", SOURCES / name]
    return [BUILT / f"example-{stem}-{language}"]


def run(name, *arguments):
    return subprocess.run([*command(name), *arguments], capture_output=True, text=True, timeout=30)


@contextlib.contextmanager
def serving(name, *arguments):
    process = subprocess.Popen([*command(name), "coap://127.0.0.1:0", *arguments], stdout=subprocess.PIPE, text=True)
    watchdog = threading.Timer(30, process.kill)
    watchdog.start()
    try:
        line = process.stdout.readline()
        assert line.startswith("Serving coap://127.0.0.1:"), line
        yield line.split()[1], process
    finally:
        watchdog.cancel()
        process.kill()
        process.wait()
        process.stdout.close()


def only(*languages):
    return [language for language in languages if language in LANGUAGES]


@pytest.mark.parametrize("server", only("c", "py", "js", "vala"))
def test_servers(server):
    with serving(f"server.{server}") as (uri, process):
        for client in LANGUAGES:
            done = run(f"client.{client}", uri)
            assert done.stdout == "PUT: Changed\nnote: Buy milk\n", (client, done.stderr)
            assert done.returncode == 0
        slow = run("get.c", uri + "/slow")
        assert slow.stdout == "2.05 Content, Content-Format: 0, payload 4 bytes\n"
        core = run("get.c", uri + "/.well-known/core")
        assert "Content-Format: 40" in core.stdout


@pytest.mark.parametrize("client", only("c", "py", "js", "vala"))
def test_nobody_listens(client):
    done = run(f"client.{client}", NOBODY)
    assert "Is the server running?" in done.stderr
    assert "127.0.0.1:9" in done.stderr
    assert done.returncode == 1


@pytest.mark.parametrize("language", only("c", "py"))
def test_get(language):
    with serving("server.c") as (uri, process):
        assert run(f"get.{language}", uri + "/note").stdout == \
            "2.05 Content, Content-Format: 0, payload 7 bytes\n"
    done = run(f"get.{language}", NOBODY)
    assert done.returncode == 1 and "127.0.0.1:9" in done.stderr
    done = run(f"get.{language}", "http://localhost/")
    assert done.returncode == 1 and "scheme" in done.stderr


def test_observe():
    with serving("server.c") as (uri, process):
        # What it cannot observe it shows once.
        done = run("observe.c", uri + "/note")
        assert done.stdout == "2.05 Content, Content-Format: 0, payload 7 bytes\n" and done.returncode == 0
    done = run("observe.c", NOBODY)
    assert done.returncode == 1 and "127.0.0.1:9" in done.stderr


@pytest.mark.parametrize("name", [name for name in ("logging-server.c", "logging_provider.py")
                                  if name.rpartition(".")[2] in LANGUAGES])
def test_provider(name):
    with serving(name) as (uri, process):
        assert "2.05 Content" in run("get.c", uri + "/hello").stdout
        assert process.stdout.readline() .startswith("> GET")
        assert process.stdout.readline().startswith("< 2.05 Content")


class Raw:
    """A client that shows each message as it is: its code, such as 2.05, and the rest as bytes."""

    def __init__(self, uri):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.settimeout(20)
        self.socket.connect(("127.0.0.1", int(uri.rstrip("/").rpartition(":")[2])))
        self.mid = 0

    def ask(self, method, options):
        self.mid += 1
        self.socket.send(bytes((0x40, method)) + self.mid.to_bytes(2, "big") + options)
        return self.receive()

    def receive(self):
        data = self.socket.recv(2048)
        if data[0] >> 4 & 3 == 0:
            self.socket.send(b"\x60\0" + data[2:4])
        return f"{data[1] >> 5}.{data[1] & 31:02}", data[4:]


def test_files(tmp_path):
    (tmp_path / "hello.txt").write_text("hello")
    with serving("resources.c", str(tmp_path)) as (uri, process):
        assert "Content-Format: 0, payload 5 bytes" in run("get.c", uri + "/files/hello.txt").stdout
        assert "Content-Format: 40" in run("get.c", uri + "/files").stdout
        assert run("get.c", uri + "/files/none").stdout.startswith("4.04")
        raw = Raw(uri)
        # PUT /files/new
        assert raw.ask(3, b"\xb5files\x03new\xff" + b"new")[0] == "2.01"
        assert (tmp_path / "new").read_text() == "new"


def test_property(tmp_path):
    with serving("resources.c", str(tmp_path)) as (uri, process):
        raw = Raw(uri)
        path = b"\xb4oven\x0btemperature"
        # PUT 300, then 301; GET with Accept: 110.
        assert raw.ask(3, path + b"\xff300")[0] == "2.04"
        assert raw.ask(3, path + b"\xff301")[0] == "4.22"
        code, rest = raw.ask(1, path + b"\x61\x6e")
        assert code == "2.05" and b'[{"n":"oven/temperature","u":"Cel","v":' in rest


def test_freshness_and_amplification(tmp_path):
    (tmp_path / "large").write_text("x" * 1000)
    with serving("resources.c", str(tmp_path)) as (uri, process):
        raw = Raw(uri)
        # POST /door, GET /files/large: both are challenged by an Echo option.
        assert raw.ask(2, b"\xb4door")[0] == "4.01"
        code, rest = raw.ask(1, b"\xb5files\x05large")
        assert code == "4.01" and len(rest) < 100
        # A client of the library deals with that itself.
        assert "2.05 Content" in run("get.c", uri + "/files/large").stdout


def test_rate_limit(tmp_path):
    with serving("resources.c", str(tmp_path)) as (uri, process):
        raw = Raw(uri)
        answers = [raw.ask(1, b"\xb6search") for _ in range(3)]
        assert [code for code, _ in answers] == ["2.05", "2.05", "4.29"]
        # Max-Age, option 14: how many seconds to wait.
        assert answers[2][1][:1] == b"\xd1" and 1 <= answers[2][1][2] <= 8


def test_conditions(tmp_path):
    """Only every tenth degree, though there is another ten times a second."""
    with serving("resources.c", str(tmp_path)) as (uri, process):
        raw = Raw(uri)
        options = b"\x60\x54oven\x0btemperature\x47c.st=10"
        # To observe is to ask for much: the challenge, of Max-Age 0 and 12 bytes of
        # Echo, is sent back.
        code, rest = raw.ask(1, options)
        assert code == "4.01" and rest[:4] == b"\xd0\x01\xdc\xe1"
        code, rest = raw.ask(1, options + b"\xdc\xe0" + rest[4:16])
        assert code == "2.05"
        values = [float(rest.rpartition(b"\xff")[2])]
        for _ in range(2):
            code, rest = raw.receive()
            assert code == "2.05"
            values.append(float(rest.rpartition(b"\xff")[2]))
        assert all(second - first >= 10 for first, second in zip(values, values[1:]))


@pytest.mark.skipif("py" not in LANGUAGES, reason="no PyGObject")
def test_simulated():
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider",
                           SOURCES / "simulated.py"], capture_output=True, text=True, timeout=30)
    assert "1 passed" in done.stdout, done.stdout
