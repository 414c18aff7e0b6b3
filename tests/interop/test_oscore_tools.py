# SPDX-License-Identifier: LGPL-2.1-or-later
"""What those who use OSCORE with the tools get to see, above all when something is
wrong."""
import fcntl
import re
import subprocess

from coap_raw import GET, code
from oscore_files import client_map, server_map
from oscore_peer import SECRET, ReferenceClient, ReferenceServer, client_context, server_context
from processes import CLIENT, gcoap_server, run


def test_verbose(tmp_path):
    """Both the outer and the inner message, and no key."""
    with ReferenceServer([server_context()]) as server:
        done = run(CLIENT, "-v", "--credentials", client_map(tmp_path, server.uri), f"{server.uri}/oscore/hello/1")
    lines = done.stderr.decode().splitlines()
    assert [line[:2] for line in lines] == ["--", "->", "<-", "--"]
    assert "OSCORE protects GET, Uri-Path: oscore" in lines[0]
    assert "POST" in lines[1] and "2.04" in lines[2]
    assert "OSCORE verified 2.05 Content" in lines[3]
    assert SECRET.hex() not in done.stderr.decode().lower()


def test_server_says_what_is_wrong(tmp_path):
    """Its clients only hear that the context is not known."""
    credentials = server_map(tmp_path)
    with open(tmp_path / "server-context" / "lock", "w") as lock, open(tmp_path / "said", "w+") as said:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with gcoap_server("--credentials", credentials, stderr=said) as (_, (port,)):
            with ReferenceClient("127.0.0.1", port, client_context()) as client:
                for token in b"ab", b"cd":
                    client.send(client.protect(GET, "/oscore/hello/1", token=token))
                    answer = client.next(token)
                    assert (answer.code, answer.payload) == (code("4.01"), b"Security context not found")
        said.seek(0)
        text = said.read()
    assert len(re.findall("server-context” is in use already", text)) == 1, text


def test_bad_state(tmp_path):
    with ReferenceServer([server_context()]) as server:
        credentials = client_map(tmp_path, server.uri)
        state = tmp_path / "client-context" / "sequence.json"
        for text in ("", "[]", '{"next-to-send": -1, "received": "unknown"}',
                     '{"next-to-send": 1099511627777, "received": "unknown"}',
                     '{"next-to-send": 18446744073709551616, "received": "unknown"}',
                     '{"next-to-send": 1.0, "received": "unknown"}'):
            state.write_text(text)
            state.chmod(0o600)
            done = run(CLIENT, "--credentials", credentials, f"{server.uri}/oscore/hello/1", check=False)
            assert done.returncode != 0 and f"“{state}”" in done.stderr.decode(), done.stderr
        assert not server.seen


def test_used_up(tmp_path):
    """The last number is told of before, and there is none behind it."""
    with ReferenceServer([server_context()]) as server:
        credentials = client_map(tmp_path, server.uri)
        state = tmp_path / "client-context" / "sequence.json"
        last = 2**40 - 1
        state.write_text(f'{{"next-to-send": {last}, "received": "unknown", "first": {last}}}')
        state.chmod(0o600)
        command = [CLIENT, "--credentials", credentials, f"{server.uri}/oscore/hello/1"]
        assert run(*command).stdout == b"Hello World!"
        assert server.seen[-1].options[-1][1][:6] == b"\x0d\xff\xff\xff\xff\xff"
        for _ in range(2):
            done = run(*command, check=False)
            assert done.returncode != 0 and "has used up its sequence numbers" in done.stderr.decode()
        assert len(server.seen) == 1


def test_critical_option(tmp_path):
    """RFC 7252 §5.4.1 holds inside as well."""
    with ReferenceServer([server_context()]) as server:
        server.answer = lambda inner: server.plain(inner, code("2.05"), b"not to be shown", [(65001, b"")])
        done = run(CLIENT, "--credentials", client_map(tmp_path, server.uri), f"{server.uri}/oscore/hello/1",
                   check=False)
        assert done.returncode != 0 and not done.stdout
        assert "has the critical option 65001" in done.stderr.decode()


def test_full_disk(tmp_path):
    """It is said once, and nothing is sent."""
    with ReferenceServer([server_context()]) as server:
        credentials = client_map(tmp_path, server.uri)
        # No file can grow: what a full disk does, without one.
        done = subprocess.run(["sh", "-c", "ulimit -f 0; trap '' XFSZ; exec \"$@\"", "sh", CLIENT, "--credentials",
                               credentials, f"{server.uri}/oscore/hello/1"], capture_output=True, timeout=60)
        assert done.returncode != 0
        assert done.stderr.decode().count("could not be kept") == 1, done.stderr
        assert not server.seen
