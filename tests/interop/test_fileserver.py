# SPDX-License-Identifier: LGPL-2.1-or-later
"""gcoap-fileserver: files for reading and writing, and no way out of the directory."""
import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import time

import pytest

from coap_raw import (ACCEPT, BLOCK1, BLOCK2, CONTENT_FORMAT, DELETE, EMPTY, ETAG, GET, IF_MATCH, IF_NONE_MATCH, PUT,
                      URI_PATH, Client, Message, Type, code, uint)
from processes import CLIENT, TOOLS, read_line, run

OBSERVE = 6
FILESERVER = TOOLS / "gcoap-fileserver"


@contextlib.contextmanager
def fileserver(*arguments, prefix=(), **kwargs):
    """Yields a client of a server that listens at 127.0.0.1."""
    command = [*prefix, FILESERVER, "--bind", "coap://127.0.0.1:0", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, **kwargs)
    try:
        port = int(read_line(process, r"^coap://127\.0\.0\.1:(\d+)")[1])
        with Client("127.0.0.1", port) as client:
            client.port, client.process = port, process
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


def put_block(client, path, number, more, payload, options=()):
    """A block of 64 bytes, or the last of a body."""
    block = (BLOCK1, uint(number << 4 | more << 3 | 2))
    return client.ask(PUT, path, payload=payload, options=[block, *options])


def names(directory):
    return sorted(entry.name for entry in directory.iterdir())


def test_stream(tree):
    """What comes in blocks is on the disk, and the old file is there until all is."""
    sub, before = tree / "sub", names(tree / "sub")
    with fileserver("--write", tree) as client:
        for number in range(3):
            assert put_block(client, "/sub/note", number, 1, b"%d" % number * 64).code == code("2.31")
        assert (sub / "note").read_text() == "note"
        draft, = set(names(sub)) - set(before)
        assert draft.startswith(".gcoap-") and (sub / draft).stat().st_size == 192
        assert client.ask(GET, "/sub").payload == b"</sub/note>;sz=4"
        answer = put_block(client, "/sub/note", 3, 0, b"end")
        assert answer.code == code("2.04") and answer.all(ETAG) == client.ask(GET, "/sub/note").all(ETAG)
        assert (sub / "note").read_bytes() == b"0" * 64 + b"1" * 64 + b"2" * 64 + b"end"
        assert names(sub) == before
        # A new beginning discards the old one, and so does the end of the server.
        for _ in range(2):
            assert put_block(client, "/sub/other", 0, 1, b"x" * 64).code == code("2.31")
        assert len(names(sub)) == len(before) + 1
    assert names(sub) == before


def test_stream_refused(tree):
    """What is refused is refused with the first block."""
    before = names(tree / "sub")
    with fileserver("--write", tree) as client:
        def first(path, *options):
            return put_block(client, path, 0, 1, b"x" * 64, options).code

        assert first("/sub/note", (IF_NONE_MATCH, b"")) == code("4.12")
        assert first("/sub/new", (IF_MATCH, b"")) == code("4.12")
        assert first("/none/new") == code("4.04")
        assert first("/sub") == code("4.05")
        assert first("/pipe") == code("4.03")
        assert put_block(client, "/sub/note", 1, 0, b"x").code == code("4.08")
        # Somebody else is faster: the last block tells.
        assert first("/sub/new", (IF_NONE_MATCH, b"")) == code("2.31")
        with Client("127.0.0.1", client.port) as other:
            assert other.ask(PUT, "/sub/new", payload=b"mine").code == code("2.01")
        assert put_block(client, "/sub/new", 1, 0, b"x", [(IF_NONE_MATCH, b"")]).code == code("4.12")
        assert client.ask(GET, "/sub/new").payload == b"mine"
        assert client.ask(DELETE, "/sub/new", options=[(IF_MATCH, b"other")]).code == code("4.12")
        etag = client.ask(GET, "/sub/new").all(ETAG)[0]
        assert client.ask(DELETE, "/sub/new", options=[(IF_MATCH, etag)]).code == code("2.02")
    assert names(tree / "sub") == before


def test_large(tree, tmp_path):
    """More than is kept in memory of a body; and any block of it again."""
    source = tmp_path / "source"
    source.write_bytes(os.urandom(1 << 20) * 3)
    with fileserver("--write", tree) as client:
        uri = f"coap://127.0.0.1:{client.port}/large"
        run(CLIENT, "-m", "put", "--payload", f"@{source}", uri)
        assert (tree / "large").read_bytes() == source.read_bytes()
        for number in 0, 1, 2000, 3071:
            answer = client.ask(GET, "/large", options=[(BLOCK2, uint(number << 4 | 6))])
            assert answer.payload == source.read_bytes()[number * 1024:][:1024]
            assert answer.uint(BLOCK2) & 8 == (8 if number < 3071 else 0)


def test_empty(tree):
    with fileserver("--write", tree) as client:
        assert client.ask(PUT, "/empty").code == code("2.01")
        assert (tree / "empty").read_bytes() == b""
        assert client.ask(PUT, "/hello.txt", options=[(IF_NONE_MATCH, b"")]).code == code("4.12")
        assert client.ask(PUT, "/hello.txt").code == code("2.04")
        assert (tree / "hello.txt").read_bytes() == b""


def test_too_large(tree):
    """The system allows no more than 4096 bytes."""
    if not shutil.which("prlimit"):
        pytest.skip("there is no prlimit")
    with fileserver("--write", tree, prefix=["prlimit", "--fsize=4096"]) as client:
        for number in range(64):
            assert put_block(client, "/new", number, 1, b"x" * 64).code == code("2.31")
        answer = put_block(client, "/new", 64, 1, b"x" * 64)
        assert answer.code == code("4.13") and b"too large" in answer.payload
        assert client.ask(GET, "/new").code == code("4.04")


def test_text_listing(tree):
    (tree / "a\nb").write_text("x")
    with fileserver(tree) as client:
        def listing(accept):
            return client.ask(GET, "/", options=[(ACCEPT, uint(accept))])

        text = listing(0)
        assert text.uint(CONTENT_FORMAT) == 0
        assert text.payload.decode().split("\n") == ["           1  a?b", "           5  hello.txt",
                                                     "              sub/", ""]
        assert listing(40).payload == b"</a%0Ab>;sz=1,</hello.txt>;sz=5,</sub/>;ct=40"
        assert listing(40).all(ETAG) != text.all(ETAG)
        assert listing(50).code == code("4.06")


@pytest.mark.parametrize("length", range(1, 9))
def test_etag_length(tree, length):
    with fileserver("--write", "--etag-length", str(length), tree) as client:
        for path in "/hello.txt", "/":
            etag, = client.ask(GET, path).all(ETAG)
            assert len(etag) == length
            assert client.ask(GET, path, options=[(ETAG, etag)]).code == code("2.03")
        put, = client.ask(PUT, "/hello.txt", payload=b"new").all(ETAG)
        assert len(put) == length


def test_verbose(tree):
    with fileserver("--verbose", tree, stderr=subprocess.PIPE) as client:
        client.ask(GET, "/hello.txt")
        process = client.process
    assert b"hello.txt" in process.stderr.read()
    process.stderr.close()


def count_monitors(client):
    """The inotify watches that the server has."""
    folder = pathlib.Path(f"/proc/{client.process.pid}/fdinfo")
    return sum(text.count("inotify wd:") for text in (entry.read_text() for entry in folder.iterdir()))


def wait_for_monitors(client, expected):
    """GLib removes them in a thread of its own."""
    end = time.monotonic() + 10
    while count_monitors(client) != expected:
        assert time.monotonic() < end, f"{count_monitors(client)} monitors, not {expected}"
        time.sleep(0.02)


def register(client, path, token, value=0, options=()):
    return client.ask(GET, path, token=token, options=[(OBSERVE, uint(value)), *options])


def notified(client, token, timeout=10):
    message = client.expect(timeout)
    assert message.token == token
    if message.type == Type.CON:
        client.send(Message(Type.ACK, EMPTY, message.mid))
    return message


def test_observe_file(tree):
    with fileserver(tree) as client:
        first = register(client, "/sub/note", b"a")
        assert first.payload == b"note" and first.all(OBSERVE)
        wait_for_monitors(client, 1)
        # Written as a whole, and put in its place.
        (tree / "sub" / "note").write_text("second")
        second = notified(client, b"a")
        assert second.payload == b"second" and second.all(ETAG) != first.all(ETAG)
        (tree / "sub" / ".draft").write_text("third")
        (tree / "sub" / ".draft").rename(tree / "sub" / "note")
        assert notified(client, b"a").payload == b"third"
        # Another file does not matter.
        (tree / "sub" / "other").write_text("x")
        assert client.silent(0.5)
        (tree / "sub" / "note").unlink()
        last = notified(client, b"a")
        assert last.code == code("4.04") and not last.all(OBSERVE)
        wait_for_monitors(client, 0)


def test_observe_directory(tree):
    with fileserver("--write", tree) as client:
        assert register(client, "/sub/", b"d").payload == b"</sub/note>;sz=4"
        assert register(client, "/sub", b"t", options=[(ACCEPT, b"")]).payload == b"           4  note\n"
        wait_for_monitors(client, 1)
        assert client.ask(PUT, "/hello.txt", payload=b"x").code == code("2.04")
        for i in range(20):
            (tree / "sub" / f"{i:02}").write_text("x")
        # Changes that come together are told together; the last state comes in any case.
        got, count = {}, 0
        while got.get(b"d", b"").count(b"sz=1") != 20 or got.get(b"t", b"").count(b"\n") != 21:
            message = client.expect()
            client.send(Message(Type.ACK, EMPTY, message.mid))
            got[message.token], count = message.payload, count + 1
            if message.uint(BLOCK2):
                whole = client.ask_whole(GET, "/sub", options=[(ACCEPT, uint(40 if message.token == b"d" else 0))])
                got[message.token] = whole.payload
        assert count <= 8
        assert not register(client, "/sub/", b"d", 1).all(OBSERVE)
        wait_for_monitors(client, 1)
        assert not register(client, "/sub", b"t", 1, [(ACCEPT, b"")]).all(OBSERVE)
        wait_for_monitors(client, 0)


def test_observe_upload(tree):
    """Who observes a directory hears of a file that is uploaded when it is there."""
    with fileserver("--write", tree) as client, Client("127.0.0.1", client.port) as other:
        assert register(client, "/sub", b"d").all(OBSERVE)
        for number in range(3):
            assert put_block(other, "/sub/new", number, 1, b"x" * 64).code == code("2.31")
        assert client.silent(0.5)
        assert put_block(other, "/sub/new", 3, 0, b"end").code == code("2.01")
        assert notified(client, b"d").payload == b"</sub/new>;sz=195,</sub/note>;sz=4"


def test_observe_large(tree):
    """A notification of many blocks; and what is too large to be observed."""
    (tree / "big").write_bytes(b"a" * 100000)
    with fileserver(tree) as client:
        first = register(client, "/big", b"b")
        assert first.all(OBSERVE) and first.uint(BLOCK2) & 8
        (tree / "big").write_bytes(b"b" * 90000)
        message = notified(client, b"b")
        assert message.all(OBSERVE) and message.uint(BLOCK2) & 8 and set(message.payload) == {ord("b")}
        assert client.ask_whole(GET, "/big").payload == b"b" * 90000
        (tree / "big").write_bytes(b"c" * (1 << 20 | 1))
        end = notified(client, b"b")
        assert end.code == code("5.00") and b"too large" in end.payload
        plain = register(client, "/big", b"c")
        assert plain.code == code("2.05") and not plain.all(OBSERVE)


def test_observe_limit(tree):
    """64 files can be observed, by any number of clients."""
    for i in range(65):
        (tree / f"{i:02}").write_text("x")
    with fileserver(tree) as client:
        for i in range(64):
            assert register(client, f"/{i:02}", b"%02d" % i).all(OBSERVE)
        declined = register(client, "/64", b"64")
        assert declined.code == code("2.05") and not declined.all(OBSERVE)
        assert register(client, "/00", b"more").all(OBSERVE)
        register(client, "/01", b"01", 1)
        assert register(client, "/64", b"64").all(OBSERVE)


def test_observe_no_way_out(tree):
    with fileserver(tree) as client:
        for names in [b"outside"], [b"..", b"secret"], [b"up"]:
            answer = client.ask(GET, "", options=[(OBSERVE, b""), *segments(*names)])
            assert answer.code == code("4.04")
        wait_for_monitors(client, 0)


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
        # In blocks: some of them fit.
        for number in range(200):
            answer = put_block(client, "/d", number, 1, b"d" * 64)
            if answer.code != code("2.31"):
                break
        assert answer.code == code("5.00") and b"full" in answer.payload
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
