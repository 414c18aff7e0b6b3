# SPDX-License-Identifier: LGPL-2.1-or-later
"""Each client of the guide talks to each of its servers, whatever they are written in.

EXAMPLES names the folder of the sources, EXAMPLES_BUILT that of what was
compiled, EXAMPLES_LANGUAGES what can be run here: c, py, js, vala.
"""
import contextlib
import os
import pathlib
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
def serving(name):
    process = subprocess.Popen([*command(name), "coap://127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
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


@pytest.mark.skipif("py" not in LANGUAGES, reason="no PyGObject")
def test_simulated():
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider",
                           SOURCES / "simulated.py"], capture_output=True, text=True, timeout=30)
    assert "1 passed" in done.stdout, done.stdout
