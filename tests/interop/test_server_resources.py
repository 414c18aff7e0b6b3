# SPDX-License-Identifier: LGPL-2.1-or-later
"""What gcoap-server offers beside the plugtests: links, the demonstration, and the
limits of what clients can store; and how the program itself behaves."""
import re
import signal
import socket
import subprocess

import pytest

from coap_raw import (ACCEPT, BLOCK2, CONTENT_FORMAT, DELETE, EMPTY, GET, LINK_FORMAT, LOCATION_PATH, POST, PUT,
                      SIZE1, TEXT, Client, Message, Type, code, uint)
from processes import SERVER, gcoap_server, read_line, run

MAX_SIZE = 1200


def targets(answer):
    assert answer.code == code("2.05") and answer.uint(CONTENT_FORMAT) == LINK_FORMAT
    return re.findall(r"(?:^|,)<([^>]*)>", answer.payload.decode())


@pytest.mark.parametrize("query, expected", [
    ("rt=Type1", ["/link1", "/link3"]),
    ("rt=*", ["/link1", "/link2", "/link3"]),
    ("rt=Type2", ["/link1", "/link2"]),
    ("if=If*", ["/link1", "/link2"]),
    ("sz=*", ["/big", "/large", "/large-update", "/link2", "/other/block"]),
    ("href=/link1", ["/link1"]),
    ("href=/link*", ["/link1", "/link2", "/link3"]),
])
def test_link_02_to_08_filter(raw, query, expected):
    assert targets(raw.ask_whole(GET, "/.well-known/core?" + query)) == expected


@pytest.mark.parametrize("payload", [b"", b"a\0z", bytes(range(128, 256))])
def test_any_bytes_to_large_post(raw, payload):
    answer = raw.ask(POST, "/large-post", payload=payload)
    assert answer.code == code("2.04") and answer.payload.startswith(payload.upper())
    assert len(answer.payload) == 1024


@pytest.mark.parametrize("path", ["/thermostat/target", "/large-update", "/obs", "/note", "/validate"])
def test_no_payload(path):
    with gcoap_server() as (_, (port,)), Client("127.0.0.1", port) as own:
        assert own.ask(PUT, path).code in (code("2.04"), code("4.00"))
        assert own.ask(GET, path).code == code("2.05")


def test_link_01_and_index(raw):
    answer = raw.ask_whole(GET, "/.well-known/core")
    links = [target for target in targets(answer) if target.startswith("/")]
    assert {"/test", "/validate", "/hello", "/", "/path/sub1"} <= set(links)
    # What is not there yet is not listed.
    assert not {"/create1", "/path/sub2"} & set(links)
    assert targets(raw.ask_whole(GET, "/", options=[(ACCEPT, uint(LINK_FORMAT))])) == links
    text = raw.ask(GET, "/")
    assert text.uint(CONTENT_FORMAT) == TEXT and b"/hello" in text.payload
    assert raw.ask(GET, "/", options=[(ACCEPT, uint(50))]).code == code("4.06")


def test_thermostat(raw):
    """A property, in four formats."""
    def ask(path, accept):
        return raw.ask(GET, "/thermostat/" + path, options=[(ACCEPT, uint(accept))]).payload

    assert raw.ask(GET, "/thermostat/temperature").payload == b"18"
    assert ask("target", 60) == bytes.fromhex("f94c80")
    assert ask("target", 110) == b'[{"n":"thermostat/target","u":"Cel","v":18}]'
    assert ask("target", 112)[:3] == bytes.fromhex("81a300")
    put = raw.ask(PUT, "/thermostat/target", payload=bytes.fromhex("f94d00"), content_format=60)
    assert put.code == code("2.04") and ask("target", 0) == b"20"
    assert raw.ask(PUT, "/thermostat/target", payload=b"40").code == code("4.22")
    assert raw.ask(PUT, "/thermostat/temperature", payload=b"20").code == code("4.05")
    # Somebody has to look on for it to move.
    first = raw.ask(GET, "/thermostat/temperature", options=[(6, b"")])
    assert first.payload == b"18" and first.all(6)
    notification = raw.expect(5)
    raw.send(Message(Type.ACK, EMPTY, notification.mid))
    assert notification.payload == b"18.5" and notification.token == first.token
    raw.ask(GET, "/thermostat/temperature", token=first.token, options=[(6, b"\1")])


def test_implementation_info(raw):
    """RFC 9176 §4.3: which software this is."""
    answer = raw.ask(GET, "/.well-known/core?rel=impl-info")
    assert answer.payload.startswith(b"<pkg:generic/libcoap-layers@")
    assert answer.payload.endswith(b'>;rel="impl-info"') and len(targets(answer)) == 1


def test_every_link_leads_somewhere(raw):
    for target in targets(raw.ask_whole(GET, "/.well-known/core?href=/*")):
        answer = raw.ask(GET, target)
        expected = {"/location-query": "4.05", "/secure": "4.01"}.get(target, "2.05")
        # Those of the OSCORE plugtests are for clients with a context, but for one.
        if target.startswith("/oscore/") and target != "/oscore/hello/coap":
            expected = "4.01"
        assert answer.code == code(expected), f"{target}: {answer}"


def test_link_09_collection(raw):
    assert targets(raw.ask(GET, "/path")) == ["/path/sub1"]
    answer = raw.ask(GET, "/path/sub1")
    assert answer.code == code("2.05") and answer.payload


def test_link_10_alternate(raw):
    one, other = raw.ask(GET, "/test"), raw.ask(GET, "/alternate")
    assert (one.code, one.options, one.payload) == (other.code, other.options, other.payload)


def test_collection_is_bounded(raw):
    created = []
    for _ in range(100):
        answer = raw.ask(POST, "/path", payload=b"a member")
        if answer.code != code("2.01"):
            break
        created.append("/" + b"/".join(answer.all(LOCATION_PATH)).decode())
    assert answer.code == code("5.03") and len(created) == 15
    listed = targets(raw.ask(GET, "/path"))
    for path in created:
        assert raw.ask(DELETE, path).code == code("2.02")
    assert sorted(listed) == sorted(["/path/sub1", *created])
    assert targets(raw.ask(GET, "/path")) == ["/path/sub1"]


@pytest.mark.parametrize("method, path", [(PUT, "/note"), (PUT, "/create2"), (POST, "/test"),
                                          (POST, "/path"), (PUT, "/other/block")])
def test_size_is_bounded(raw, method, path):
    before = raw.ask_whole(GET, path)
    answer = raw.ask(method, path, payload=b"x" * (MAX_SIZE + 1))
    assert answer.code == code("4.13") and answer.uint(SIZE1) == MAX_SIZE
    assert raw.ask_whole(GET, path).payload == before.payload
    created = raw.ask(method, path, payload=b"x" * MAX_SIZE)
    assert created.code in (code("2.01"), code("2.04"))
    location = b"/".join(created.all(LOCATION_PATH)).decode() or path
    assert raw.ask_whole(GET, location).payload == b"x" * MAX_SIZE
    raw.ask(DELETE, location)


def test_note(raw):
    assert raw.ask(PUT, "/note", payload="Grüß Gott".encode()).code == code("2.04")
    assert raw.ask(GET, "/note").payload.decode() == "Grüß Gott"
    assert raw.ask(PUT, "/note", payload=b"\xff\xfe").code == code("4.00")
    assert raw.ask(PUT, "/note", payload=b"{}", content_format=50).code == code("4.15")
    assert raw.ask(PUT, "/note", payload=b"ok", content_format=None).code == code("2.04")
    assert raw.ask(GET, "/note").uint(CONTENT_FORMAT) == TEXT
    raw.ask(DELETE, "/note")


def test_other_block(raw):
    answer = raw.ask(GET, "/other/block")
    assert answer.uint(BLOCK2) == 8 | 6 and len(answer.payload) == 1024
    answer = raw.ask_whole(GET, "/other/block")
    assert len(answer.payload) == 1100
    assert answer.payload.startswith(b"0000 ") and answer.payload[1050:].startswith(b"1050 ")


def test_whoami(raw):
    text = raw.ask(GET, "/whoami").payload.decode()
    own = "127.0.0.1:%d" % raw.socket.getsockname()[1]
    assert text == (f"You are {own}, and talk coap to 127.0.0.1:{raw.peer[1]}.\n"
                    "Nothing proves who you are.\n")


def test_time(raw):
    assert re.fullmatch(rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\n",
                        raw.ask(GET, "/time").payload)


def test_every_address_and_port():
    with gcoap_server(bind=("coap://127.0.0.1:0", "coap://127.0.0.2:0")) as (_, ports):
        for host, port in zip(("127.0.0.1", "127.0.0.2"), ports):
            with Client(host, port) as own:
                assert own.ask(GET, "/hello").payload == b"Hello World!\n"


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_leaves_while_it_owes_an_answer(signum):
    with subprocess.Popen([SERVER, "--bind", "coap://127.0.0.1:0"],
                          stdout=subprocess.PIPE) as process:
        port = int(read_line(process, r"^coap://127\.0\.0\.1:(\d+)/?\n")[1])
        with Client("127.0.0.1", port) as own:
            request = own.request(GET, "/other/separate")
            own.send(request)
            assert own.expect().mid == request.mid
            process.send_signal(signum)
            assert process.wait(20) == 0


def test_verbose():
    with subprocess.Popen([SERVER, "--bind", "coap://127.0.0.1:0", "-v"],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        port = int(read_line(process, r"^coap://127\.0\.0\.1:(\d+)/?\n")[1])
        with Client("127.0.0.1", port) as own:
            own.ask(PUT, "/test", payload=b"a payload")
        process.terminate()
        trace = process.communicate(timeout=20)[1].decode()
        assert process.returncode == 0
    assert "CON PUT" in trace and "Uri-Path: test" in trace and "2.04" in trace


@pytest.mark.parametrize("arguments, status, says", [
    (["--version"], 0, r"^gcoap-server \d+\.\d+\.\d+\n$"),
    (["--help"], 0, r"--bind=URI"),
    (["--nonsense"], 2, "--nonsense"),
    (["coap://[::]"], 2, r"--bind"),
    (["--bind"], 2, "--bind"),
    (["--bind", "foo:/"], 2, "foo:/"),
    (["--bind", "coap://localhost"], 2, "localhost"),
    (["--bind", "coap+tcp://127.0.0.1:0/here"], 2, r"coap\+tcp://127\.0\.0\.1:0/here.*no path"),
    (["--no-multicast", "--multicast-interface", "lo"], 2, "--multicast-interface"),
    (["--allow-origin"], 2, "--allow-origin"),
    (["--bind", "coap+tcp://127.0.0.1:0", "--allow-origin", "app.example"], 6, "app.example.*is not the origin"),
    (["--bind", "coap://203.0.113.1:0"], 6, r"203\.0\.113\.1"),
    (["--bind", "coap://[::]:0", "--multicast-interface", "no-such-link"], 6, "no-such-link"),
])
def test_command_line(arguments, status, says):
    done = run(SERVER, *arguments, check=False)
    text = (done.stdout if status == 0 else done.stderr).decode()
    assert done.returncode == status, text
    assert re.search(says, text)
    assert status == 0 or done.stdout == b""


def test_address_in_use():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        done = run(SERVER, "--bind", f"coap://127.0.0.1:{port}", check=False)
    assert done.returncode == 6
    assert "already" in done.stderr.decode() and str(port) in done.stderr.decode()


@pytest.mark.parametrize("arguments", [["--version"], ["--no-multicast", "-b", "coap://127.0.0.1:0"]])
def test_full_disk(arguments):
    # Who started it would wait for ever for the line that says it is ready.
    with open("/dev/full", "wb") as full:
        assert subprocess.run([SERVER, *arguments], stdout=full, stderr=subprocess.DEVNULL,
                              timeout=20, check=False).returncode == 1
