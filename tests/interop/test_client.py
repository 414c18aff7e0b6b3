# SPDX-License-Identifier: LGPL-2.1-or-later
"""gcoap-client against libcoap's server, and against peers that misbehave."""
import base64
import json
import os
import pty
import re
import signal
import socket
import subprocess
import time

import pytest

from conftest import PATIENCE, TOOLS, free_port

CONTENT, NOT_FOUND = 0x45, 0x84


# Requests

def test_get(client, libcoap):
    result = client(f"{libcoap}/.well-known/core")
    assert result.status == 0
    assert b"</time>" in result.out
    assert result.err == ""


def test_put_get_delete(client, libcoap):
    uri = f"{libcoap}/made-{os.getpid()}"
    result = client("-m", "PUT", "--payload", "grüße", uri)
    assert (result.status, result.out, result.err) == (0, b"", "2.01 Created\n")
    result = client(uri)
    assert (result.status, result.out, result.err) == (0, "grüße".encode(), "")
    result = client("-m", "put", "-p", "more", uri)
    assert (result.status, result.err) == (0, "2.04 Changed\n")
    result = client("-m", "4", uri)
    assert (result.status, result.err) == (0, "2.02 Deleted\n")
    result = client(uri)
    assert (result.status, result.out, result.err) == (4, b"", "4.04 Not Found\n")


def test_payload_from_stdin_and_file(client, libcoap, tmp_path):
    uri = f"{libcoap}/payload-{os.getpid()}"
    content = bytes(range(256))
    file = tmp_path / "content"
    file.write_bytes(content)
    assert client("-m", "PUT", "--payload", f"@{file}", uri).status == 0
    assert client(uri).out == content
    assert client("-m", "PUT", "--payload", "@-", uri, stdin=content[::-1]).status == 0
    assert client(uri).out == content[::-1]


def test_non_confirmable(client, libcoap):
    result = client("-v", "--non", f"{libcoap}/time")
    assert result.status == 0
    assert ": NON GET" in result.err


def test_bytes_on_the_wire(peer):
    process = subprocess.Popen([TOOLS / "gcoap-client", "-m", "fetch", "-p", "hi", "--content-format", "cbor",
                                "--raw-payload",
                                "--accept", "json", "--option", "ETag=0x01ff", "--option", "65000=x",
                                f"{peer.uri}/a/b?c=d&e"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    request = peer.receive()
    peer.respond(request, CONTENT)
    assert process.wait(PATIENCE) == 0
    head, _, rest = request
    assert (head[0] >> 4, head[1]) == (4, 5)
    assert rest == (b"\x42\x01\xff" b"\x71a\x01b" b"\x11\x3c" b"\x33c=d\x01e" b"\x21\x32"
                    b"\xe1\xfc\xca" b"x" b"\xffhi")


def test_host_name(peer):
    port = peer.uri.rpartition(":")[2]
    for arguments, rest in ([], b"\x39localhost\x81x"), (["--no-set-hostname"], b"\xb1x"):
        process = subprocess.Popen([TOOLS / "gcoap-client", "--timeout", "20", *arguments,
                                    f"coap://localhost:{port}/x"], stdout=subprocess.PIPE)
        request = peer.receive()
        peer.respond(request, CONTENT)
        assert process.wait(PATIENCE) == 0
        assert request[2] == rest


def test_letters_in_the_uri(client, libcoap):
    for environment in {}, {"LC_ALL": "C"}:
        environment = {**os.environ, **environment}
        name = f"größe-{os.getpid()}"
        assert client("-m", "PUT", "-p", "ß", f"{libcoap}/{name}", env=environment).status == 0
        assert client(f"{libcoap}/gr%C3%B6%C3%9Fe-{os.getpid()}").out == "ß".encode()
        assert client("-m", "DELETE", f"{libcoap}/{name}").status == 0
    assert client(f"{libcoap}/".encode() + b"\xff").status == 2


def test_ping(client, libcoap):
    result = client("--ping", libcoap)
    assert result.status == 0
    assert re.fullmatch(rb"\d+\.\d{3} ms\n", result.out)
    result = client("--ping", "--json", libcoap)
    assert json.loads(result.out)["round_trip_ms"] > 0


def test_repeat(client, libcoap):
    started = time.monotonic()
    result = client("--json", "--repeat", 3, "--interval", "0.1", f"{libcoap}/time")
    assert result.status == 0
    assert len([json.loads(line) for line in result.out.splitlines()]) == 3
    assert time.monotonic() - started >= 0.2


def test_repeat_tells_the_first_failure(peer):
    process = subprocess.Popen([TOOLS / "gcoap-client", "--repeat", "3", "--interval", "0", f"{peer.uri}/x"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    for code in CONTENT, NOT_FOUND, CONTENT:
        peer.respond(peer.receive(), code, b"\xff1" if code == CONTENT else b"")
    out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out, err) == (4, b"11", b"4.04 Not Found\n")


# Exit statuses

@pytest.mark.parametrize("code, status, text", [
    (0x80, 4, "4.00 Bad Request"),
    (0x9f, 4, "4.31"),
    (0xa0, 5, "5.00 Internal Server Error"),
    (0xa5, 5, "5.05 Proxying Not Supported"),
    (0x44, 0, "2.04 Changed"),
])
def test_code_classes(against, code, status, text):
    result = against(code, b"")
    assert (result.status, result.out, result.err) == (status, b"", text + "\n")


def test_diagnostic(against):
    result = against(0xa0, b"\xffno \x1b[2Jdisk\n")
    assert (result.status, result.out) == (5, b"")
    assert result.err == "5.00 Internal Server Error: no \\x1b[2Jdisk\n"


def test_hints(against):
    assert against(0xa3, b"\xd1\x01\x1e").err == "5.03 Service Unavailable (try again in 30 s)\n"
    assert against(0x8d, b"\xd2\x2f\x04\x00").err == \
        "4.13 Request Entity Too Large (the server takes at most 1024 bytes)\n"
    assert against(0x41, b"\x81a\x02b?").err == "2.01 Created, location /a/b%3F\n"
    assert against(0x80, b"\xc2\x01\x01\xff\xa0").err == \
        "4.00 Bad Request (1 bytes of application/concise-problem-details+cbor)\n"


def test_quiet(against, client):
    result = against(NOT_FOUND, b"\xffwhy", "-q")
    assert (result.status, result.out, result.err) == (4, b"", "")
    result = client("-q", f"coap://127.0.0.1:{free_port()}")
    assert (result.status, result.err) == (6, "")


def test_timeout(client, peer):
    started = time.monotonic()
    result = client("--timeout", "0.3", f"{peer.uri}/x")
    assert 0.3 <= time.monotonic() - started < 5
    assert (result.status, result.out) == (7, b"")
    assert peer.uri in result.err and "did not answer within 0.3 s" in result.err
    assert client("--timeout", "0.3", "--ping", peer.uri).status == 7


def test_unreachable_port(client):
    uri = f"coap://127.0.0.1:{free_port()}"
    started = time.monotonic()
    result = client(uri)
    assert time.monotonic() - started < 5
    assert result.status == 6
    assert result.err == f"gcoap-client: {uri} cannot be reached: nothing listens on that port.\n"


def test_unknown_host(client):
    # Where name servers do not answer at all, it is a timeout.
    result = client("--timeout", 20, "coap://host.invalid/")
    assert result.status in (6, 7)
    assert "host.invalid" in result.err


def test_reset(client, peer):
    process = subprocess.Popen([TOOLS / "gcoap-client", f"{peer.uri}/x"], stderr=subprocess.PIPE)
    head, _, _ = peer.receive()
    peer.socket.sendto(b"\x70\x00" + head[2:4], peer.address)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 6
    assert b"reset" in err


def test_unsupported_scheme(client):
    result = client("coap+nonsense://127.0.0.1/")
    assert result.status == 2


@pytest.mark.parametrize("number, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signal(peer, number, status):
    process = subprocess.Popen([TOOLS / "gcoap-client", f"{peer.uri}/x"], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    peer.receive()
    process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out, err) == (status, b"", b"")


@pytest.mark.parametrize("arguments", [
    [],
    ["coap://[::1]/", "coap://[::1]/"],
    ["--nonsense", "coap://[::1]/"],
    ["localhost"],
    ["http://localhost/"],
    ["coap://"],
    ["coap://[::1/"],
    ["coap://[::1]:99999/"],
    ["coap://[::1]/#fragment"],
    ["coap://[::1]/%zz"],
    ["-m", "NONSENSE", "coap://[::1]/"],
    ["-m", "2.05", "coap://[::1]/"],
    ["-m", "32", "coap://[::1]/"],
    ["--payload", "x", "coap://[::1]/"],
    ["--content-format", "json", "coap://[::1]/"],
    ["-m", "PUT", "-p", "x", "--content-format", "nonsense", "coap://[::1]/"],
    ["--accept", "65536", "coap://[::1]/"],
    ["--option", "Nonsense=1", "coap://[::1]/"],
    ["--option", "Max-Age=1h", "coap://[::1]/"],
    ["--option", "ETag=0x0", "coap://[::1]/"],
    ["--option", "ETag=0x112233445566778899", "coap://[::1]/"],
    ["--accept", "json", "--option", "Accept=json", "coap://[::1]/"],
    ["--timeout", "0", "coap://[::1]/"],
    ["--timeout", "-1", "coap://[::1]/"],
    ["--timeout", "soon", "coap://[::1]/"],
    ["--timeout", "86401", "coap://[::1]/"],
    ["--repeat", "0", "coap://[::1]/"],
    ["--repeat", "1.5", "coap://[::1]/"],
    ["--interval", "1", "coap://[::1]/"],
    ["--raw-payload", "coap://[::1]/"],
    ["--color", "--no-color", "coap://[::1]/"],
    ["--pretty-print", "--no-pretty-print", "coap://[::1]/"],
    ["-q", "-v", "coap://[::1]/"],
    ["--ping", "-m", "GET", "coap://[::1]/"],
    ["--ping", "--option", "ETag=1", "coap://[::1]/"],
])
def test_usage_errors(client, arguments):
    result = client(*arguments)
    assert (result.status, result.out) == (2, b"")
    assert result.err.startswith("gcoap-client: ")


@pytest.mark.parametrize("arguments, payload", [
    (["--content-format", "cbor", "-p", "{1: h'00ff' /x/, 2: <<true>>}"], b"\xa2\x01\x42\x00\xff\x02\x41\xf5"),
    (["--content-format", "cbor", "-p", '{"a": [1, null]}'], b"\xa1\x61a\x82\x01\xf6"),
    (["--option", "Content-Format=cbor", "-p", "1"], b"\x01"),
    (["--content-format", "cbor-seq", "-p", "1, 2"], b"\x01\x02"),
    (["--content-format", "senml-cbor", "-p", '[{"n":"a","v":1.5}]'], b"\x81\xa2\x00\x61a\x02\xf9\x3e\x00"),
    (["--content-format", "senml-cbor", "-p", '[{0: "a", 2: 1}]'], b"\x81\xa2\x00\x61a\x02\x01"),
    (["--content-format", "cbor", "--raw-payload", "-p", "[1]"], b"[1]"),
    (["--content-format", "json", "-p", "[1]"], b"[1]"),
    (["--content-format", "cbor", "-p", "@-"], b"\x81\x01"),
])
def test_payload_as_text(peer, arguments, payload):
    process = subprocess.Popen([TOOLS / "gcoap-client", "-m", "PUT", *arguments, f"{peer.uri}/"],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdin.write(payload)    # what is CBOR already stays as it is
    process.stdin.close()
    request = peer.receive()
    peer.respond(request, CONTENT)
    assert process.wait(PATIENCE) == 0
    assert request[2].partition(b"\xff")[2] == payload


def test_payload_no_text(client):
    result = client("-m", "PUT", "--content-format", "cbor", "-p", "[1,\n!]", "coap://[::1]/")
    assert (result.status, result.out) == (1, b"")
    assert "--raw-payload" in result.err and "line 2, column 1" in result.err


def test_problem_details(against):
    result = against(NOT_FOUND, b"\xc2\x01\x01\xff" b"\xa2\x20\x68too cold\x21\x65-3 \x1bC")
    assert (result.status, result.out, result.err) == (4, b"", "4.04 Not Found: too cold: -3 \\x1bC\n")


def test_suggestion(client):
    assert "did you mean “coap://localhost/x”?" in client("localhost/x").err


def test_missing_payload_file(client, tmp_path):
    result = client("-m", "PUT", "-p", f"@{tmp_path}/missing", "coap://[::1]/")
    assert result.status == 1
    assert "missing" in result.err


# Output

def test_help_and_version(client):
    result = client("--help")
    assert (result.status, result.err) == (0, "")
    assert b"--payload" in result.out
    assert re.fullmatch(rb"gcoap-client \(libcoap-layers\) \d+\.\d+\.\d+\n", client("--version").out)
    with open("/dev/full", "wb") as full:
        assert client("--help", stdout=full).status == 1


@pytest.mark.parametrize("arguments", [[], ["--json"], ["--ping"]])
def test_full_disk(client, libcoap, arguments):
    with open("/dev/full", "wb") as full:
        result = client(*arguments, f"{libcoap}/time", stdout=full)
    assert result.status == 1
    assert "No space left on device" in result.err


def test_closed_output(libcoap):
    result = subprocess.run(["sh", "-c", 'exec "$0" "$1" >&-', TOOLS / "gcoap-client", f"{libcoap}/time"],
                            stderr=subprocess.PIPE, timeout=PATIENCE)
    assert result.returncode == 1
    assert b"Cannot write to standard output" in result.stderr


def test_output_file(against, client, libcoap, tmp_path):
    file = tmp_path / "output"
    result = client("-o", file, f"{libcoap}/time")
    assert (result.status, result.out, result.err) == (0, b"", "")
    assert file.read_bytes() != b""
    file.write_text("old")
    assert against(NOT_FOUND, b"\xffwhy", "-o", file).status == 4
    assert file.read_text() == "old"
    assert against(0x44, b"", "-o", file).status == 0
    assert file.read_text() == "old"
    assert against(CONTENT, b"", "-o", file).status == 0
    assert file.read_text() == ""
    assert os.listdir(tmp_path) == ["output"]
    result = client("-o", tmp_path / "missing" / "output", f"{libcoap}/time")
    assert result.status == 1
    assert "missing" in result.err


def test_json(against):
    # ETag 0xff00, Location-Path "ä", Content-Format json, Max-Age 5
    result = against(CONTENT, b"\x42\xff\x00" b"\x42\xc3\xa4" b"\x41\x32" b"\x21\x05" b'\xff"\x1b', "--json")
    assert result.status == 0
    assert result.out.count(b"\n") == 1
    response = json.loads(result.out)
    assert response.pop("round_trip_ms") > 0
    assert response == {
        "code": "2.05", "name": "Content", "payload": '"\x1b', "payload_encoding": "text",
        "options": [
            {"number": 4, "name": "ETag", "value": "ff00", "encoding": "hex"},
            {"number": 8, "name": "Location-Path", "value": "ä"},
            {"number": 12, "name": "Content-Format", "value": 50},
            {"number": 14, "name": "Max-Age", "value": 5},
        ],
    }


def test_json_of_binary_and_errors(against):
    response = json.loads(against(CONTENT, b"\xff" + bytes(range(256)), "--json").out)
    assert response["payload_encoding"] == "base64"
    assert base64.b64decode(response["payload"]) == bytes(range(256))
    result = against(NOT_FOUND, b"\xffno", "--json", "--pretty-print")
    assert (result.status, result.err) == (4, "")
    assert result.out.startswith(b'{\n  "code": "4.04",\n')
    assert json.loads(result.out)["payload"] == "no"


@pytest.mark.parametrize("rest, text", [
    (b"\xc1\x32\xff" b'{"a":[1.0,true]}', b'{\n  "a": [\n    1.0,\n    true\n  ]\n}\n'),
    (b"\xc1\x28\xff" b"</a>;ct=0,</b>", b"</a>;ct=0,\n</b>\n"),
    (b"\xc0\xff" b"a\x1b]0;title\x07", b"a\\x1b]0;title\\x07\n"),
    (b"\xc1\x3c\xff" b"\xa2\x01\x42\x00\xff\x61a\x9f\xf5\xff", b"{1: h'00ff', \"a\": [_ true]}\n"),
    (b"\xc1\x3c\xff" b"\x81", b"00000000 81" + b" " * 48 + b"|.|\n"),
    (b"\xc1\x6e\xff" b'[{"bn":"a:","n":"t","u":"Cel","v":1.5},{"n":"x","vs":"b\\u001b"}]',
     b'NAME  VALUE    UNIT\na:t   1.5      Cel\na:x   "b\\x1b"\n'),
    (b"\xc1\x2a\xff" b"\x00\xff", b"00000000 00 ff" + b" " * 45 + b"|..|\n"),
    (b"", b""),
])
def test_pretty_print(against, rest, text):
    result = against(CONTENT, rest, "--pretty-print")
    assert (result.status, result.out) == (0, text)
    # Without, and on a pipe by default, the payload as it is.
    payload = rest.partition(b"\xff")[2]
    assert against(CONTENT, rest).out == payload
    assert against(CONTENT, rest, "--no-pretty-print").out == payload


def on_terminal(against, *arguments):
    master, slave = pty.openpty()
    try:
        environment = {**os.environ, "TERM": "xterm"}
        environment.pop("NO_COLOR", None)
        result = against(CONTENT, b"\xc1\x32\xff[1]", *arguments, stdout=slave, env=environment)
        assert result.status == 0
        return os.read(master, 4096).replace(b"\r\n", b"\n")
    finally:
        os.close(slave)
        os.close(master)


def test_terminal(against):
    assert on_terminal(against) == b"[\n  \x1b[36m1\x1b[0m\n]\n"
    assert on_terminal(against, "--no-color") == b"[\n  1\n]\n"
    assert on_terminal(against, "--no-pretty-print") == b"[1]"


def test_verbose(client, libcoap):
    result = client("-v", f"{libcoap}/time")
    assert f"-> {libcoap}: CON GET" in result.err
    assert f"<- {libcoap}: ACK 2.05 Content" in result.err
    assert "--" not in result.err
    result = client("-vv", f"{libcoap}/time")
    assert f"-- the address is {libcoap}" in result.err
    assert "-- requests-sent: 1" in result.err


def test_answer_of_a_stranger(client, peer):
    """A response from another port than was asked is not taken."""
    process = subprocess.Popen([TOOLS / "gcoap-client", "--timeout", "0.5", f"{peer.uri}/x"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    head, token, _ = peer.receive()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.sendto(bytes([0x60 | len(token), CONTENT]) + head[2:4] + token + b"\xfflies", peer.address)
        out, _ = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out) == (7, b"")
