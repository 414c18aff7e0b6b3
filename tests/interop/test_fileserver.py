# SPDX-License-Identifier: LGPL-2.1-or-later
"""gcoap-fileserver: files for reading and writing, and no way out of the directory."""
import contextlib
import os
import pathlib
import shutil
import signal
import subprocess

import pytest

from coap_raw import DELETE, ETAG, GET, IF_MATCH, IF_NONE_MATCH, PUT, URI_PATH, Client, code
from processes import CLIENT, TOOLS, read_line, run

FILESERVER = TOOLS / "gcoap-fileserver"


@contextlib.contextmanager
def fileserver(*arguments, prefix=(), **kwargs):
    """Yields a client of a server that listens at 127.0.0.1."""
    command = [*prefix, FILESERVER, "--bind", "coap://127.0.0.1:0", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, **kwargs)
    try:
        port = int(read_line(process, r"^coap://127\.0\.0\.1:(\d+)")[1])
        with Client("127.0.0.1", port) as client:
            client.port = port
            yield client
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture
def tree(tmp_path):
    root = tmp_path / "root"
    (root / "sub").mkdir(parents=True)
    (tmp_path / "secret").write_text("secret")
    (root / "hello.txt").write_text("hello")
    (root / "sub" / "note").write_text("note")
    (root / "outside").symlink_to("../secret")
    (root / "up").symlink_to("..")
    os.mkfifo(root / "pipe")
    return root


def segments(*names):
    return [(URI_PATH, name) for name in names]


def test_read(tree):
    with fileserver(tree) as client:
        answer = client.ask(GET, "/hello.txt")
        assert answer.code == code("2.05") and answer.payload == b"hello"
        etag = answer.all(ETAG)[0]
        assert len(etag) == 8
        assert client.ask(GET, "/hello.txt", options=[(ETAG, etag)]).code == code("2.03")
        listing = client.ask(GET, "/")
        assert listing.payload == b"</hello.txt>;sz=5,</sub/>;ct=40"
        assert client.ask(GET, "/sub").payload == b"</sub/note>;sz=4"
        assert b"</>" in client.ask(GET, "/.well-known/core").payload
        assert client.ask(PUT, "/hello.txt", payload=b"x").code == code("4.05")
        assert client.ask(DELETE, "/hello.txt").code == code("4.05")
    assert (tree / "hello.txt").read_text() == "hello"


@pytest.mark.parametrize("names", [
    [b"..", b"secret"], [b"sub", b"..", b"..", b"secret"], [b"../secret"], [b"outside"], [b"up", b"secret"],
    [b"/etc/passwd"], [b"", b"etc", b"passwd"], [b"pipe"], [b"hello.txt\0"], [b"."], [b".."], [b"%2e%2e", b"secret"],
])
def test_no_way_out(tree, names):
    with fileserver("--write", tree) as client:
        answer = client.ask(GET, "", options=segments(*names))
        assert answer.code == code("4.04"), answer
        answer = client.ask(PUT, "", options=segments(*names), payload=b"mine")
        assert answer.code in (code("4.04"), code("4.05"), code("4.03"), code("2.04")), answer
        assert client.ask(GET, "/hello.txt").payload == b"hello"
    assert (tree.parent / "secret").read_text() == "secret"
    assert sorted(p.name for p in tree.parent.iterdir()) == ["root", "secret"]


@pytest.mark.parametrize("path", ["/%2e%2e/secret", "/sub/%2e%2e/%2e%2e/secret", "/..%2fsecret", "/up%2fsecret"])
def test_no_way_out_by_uri(tree, path):
    with fileserver(tree) as client:
        done = run(CLIENT, f"coap://127.0.0.1:{client.port}{path}", check=False)
        assert done.returncode != 0 and b"secret" not in done.stdout


def test_device():
    with fileserver("/dev") as client:
        for name in "null", "zero", "full", "tty":
            assert client.ask(GET, "/" + name).code == code("4.04")


def test_write(tree):
    with fileserver("--write", "--etag-length", "3", tree) as client:
        created = client.ask(PUT, "/sub/new", payload=b"one", options=[(IF_NONE_MATCH, b"")])
        assert created.code == code("2.01") and len(created.all(ETAG)[0]) == 3
        assert client.ask(PUT, "/sub/new", payload=b"two", options=[(IF_NONE_MATCH, b"")]).code == code("4.12")
        etag = created.all(ETAG)[0]
        assert client.ask(PUT, "/sub/new", payload=b"three", options=[(IF_MATCH, etag)]).code == code("2.04")
        assert client.ask(PUT, "/sub/new", payload=b"four", options=[(IF_MATCH, etag)]).code == code("4.12")
        assert (tree / "sub" / "new").read_text() == "three"
        assert client.ask(PUT, "/sub", payload=b"x").code == code("4.05")
        assert client.ask(PUT, "/none/new", payload=b"x").code == code("4.04")
        assert client.ask(DELETE, "/sub/new").code == code("2.02")
        assert client.ask(GET, "/sub/new").code == code("4.04")
    assert [p.name for p in (tree / "sub").iterdir()] == ["note"]


def test_no_listing(tree):
    with fileserver("--no-listing", tree) as client:
        assert client.ask(GET, "/").code == code("4.03")
        assert client.ask(GET, "/hello.txt").code == code("2.05")


def test_full_disk(tmp_path):
    """On a file system of a few pages, in a name space of its own."""
    if not shutil.which("unshare") or subprocess.run(
            ["unshare", "-rm", "mount", "-t", "tmpfs", "-o", "size=8k", "none", tmp_path],
            stderr=subprocess.DEVNULL).returncode != 0:
        pytest.skip("a small file system cannot be mounted here")
    script = 'mount -t tmpfs -o size=8k none "$0" && shift 0 && exec "$@"'
    with fileserver("--write", tmp_path, prefix=["unshare", "-rm", "sh", "-c", script, tmp_path]) as client:
        assert client.ask(PUT, "/a", payload=b"a" * 900).code == code("2.01")
        assert client.ask(PUT, "/b", payload=b"b" * 900).code == code("2.01")
        full = client.ask(PUT, "/c", payload=b"c" * 900)
        assert full.code == code("5.00") and b"full" in full.payload
        # What was there stays, and there is room again when it goes.
        assert client.ask(PUT, "/a", payload=b"A" * 900).code == code("5.00")
        assert client.ask(GET, "/a").payload == b"a" * 900
        assert client.ask(GET, "/").payload == b"</a>;sz=900,</b>;sz=900"
        assert client.ask(DELETE, "/b").code == code("2.02")
        assert client.ask(PUT, "/c", payload=b"c" * 900).code == code("2.01")


def test_permissions(tmp_path):
    if os.geteuid() != 0:
        nobody = {}
        os.chmod(tmp_path, 0o755)
    else:
        nobody = {"user": 65534, "group": 65534, "extra_groups": []}
    root = tmp_path / "root"
    root.mkdir()
    (root / "unreadable").write_text("x")
    (root / "unreadable").chmod(0)
    (root / "unwritable").write_text("x")
    (root / "unwritable").chmod(0o444)
    for path in [root, *tmp_path.parents, tmp_path]:
        if path != pathlib.Path("/") and path.stat().st_uid == os.geteuid():
            path.chmod(path.stat().st_mode | 0o055)
    try:
        probe = subprocess.run([FILESERVER, "--version"], stdout=subprocess.DEVNULL, **nobody).returncode
    except OSError:
        probe = 1
    if probe != 0:
        pytest.skip("the tool cannot be run as somebody else here")
    with fileserver("--write", root, **nobody) as client:
        assert client.ask(GET, "/unreadable").code == code("4.03")
        assert client.ask(PUT, "/unwritable", payload=b"y").code == code("4.03")
        if os.geteuid() == 0:
            assert client.ask(PUT, "/new", payload=b"y").code == code("4.03")
            assert client.ask(DELETE, "/unwritable").code == code("4.03")
    assert (root / "unwritable").read_text() == "x"


@pytest.mark.parametrize("arguments, status", [
    (["--etag-length", "0"], 2), (["--etag-length", "9"], 2), (["a", "b"], 2), (["--unknown"], 2),
    (["/nonexistent/directory"], 3), (["--bind", "coap://192.0.2.1"], 6), (["--bind", "nonsense:"], 2),
])
def test_usage(arguments, status):
    done = run(FILESERVER, *arguments, check=False)
    assert done.returncode == status and done.stderr.startswith(b"gcoap-fileserver: ")
