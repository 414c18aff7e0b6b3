# SPDX-License-Identifier: LGPL-2.1-or-later
"""gcoap-client --observe, against gcoap-server, libcoap's server, and peers that misbehave."""
import json
import os
import pty
import re
import signal
import subprocess
import time

import pytest

from coap_raw import code, decode, Message, Type, uint
from conftest import PATIENCE, TOOLS
from processes import gcoap_server, read_line

OBSERVE, CONTENT_FORMAT = 6, 12
CLIENT = TOOLS / "gcoap-client"


@pytest.fixture
def traced(tmp_path):
    """A gcoap-server, and what it says of the messages it gets and sends."""
    log = tmp_path / "trace"
    with open(log, "wb") as file, gcoap_server("-v", stderr=file) as (_, ports):
        yield f"coap://127.0.0.1:{ports[0]}", lambda: [line for line in log.read_text().splitlines()
                                                       if line.startswith("<-")]


def observe(*arguments, **kwargs):
    return subprocess.Popen([CLIENT, "--observe", *map(str, arguments)], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, **kwargs)


def end(process):
    try:
        out, err = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    return process.returncode, out, err.decode()


def test_count(traced):
    uri, trace = traced
    status, out, err = end(observe("--observe-count", 3, f"{uri}/time"))
    assert (status, err) == (0, "")
    assert len(set(out.splitlines())) == 3 and out.endswith(b"\n") and b"\n\n" not in out
    requests = [line for line in trace() if " GET " in line]
    assert len(requests) == 2 and "Observe: 0" in requests[0] and "Observe: 1" in requests[1]


@pytest.mark.parametrize("number, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signal_deregisters(traced, number, status):
    uri, trace = traced
    process = observe(f"{uri}/time")
    read_line(process, "UTC")
    process.send_signal(number)
    assert (end(process)[0], end(process)[2]) == (status, "")
    assert any("Observe: 1" in line for line in trace())


def test_no_deregister(traced):
    uri, trace = traced
    assert end(observe("--observe-count", 1, "--no-deregister", f"{uri}/time"))[0] == 0
    assert not any("Observe: 1" in line for line in trace())


def test_duration(traced):
    uri, trace = traced
    started = time.monotonic()
    status, out, err = end(observe("--observe-duration", 1.5, f"{uri}/time"))
    assert 1.5 <= time.monotonic() - started < 10
    assert (status, err) == (0, "") and out.count(b"UTC\n") in (1, 2, 3)
    assert any("Observe: 1" in line for line in trace())


def test_json(traced):
    status, out, _ = end(observe("--observe-count", 2, "--json", f"{traced[0]}/time"))
    objects = [json.loads(line) for line in out.splitlines()]
    assert status == 0 and len(objects) == 2
    assert all("Observe" in [option["name"] for option in each["options"]] for each in objects)
    assert objects[0]["round_trip_ms"] < objects[1]["round_trip_ms"]


def test_pipe_that_closes(traced):
    """As by head: the reader goes, and the server hears of it."""
    uri, trace = traced
    process = observe(f"{uri}/time")
    read_line(process, "UTC")
    process.stdout.close()
    process.stdout = None
    assert process.wait(PATIENCE) == 141
    assert process.stderr.read() == b""
    assert any("Observe: 1" in line for line in trace())


def test_full_disk(traced):
    uri, trace = traced
    with open("/dev/full", "wb") as full:
        done = subprocess.run([CLIENT, "--observe", f"{uri}/time"], stdout=full, stderr=subprocess.PIPE,
                              timeout=PATIENCE)
    assert done.returncode == 1 and b"No space left on device" in done.stderr
    assert any("Observe: 1" in line for line in trace())


def test_file_has_the_latest(traced, tmp_path):
    file = tmp_path / "latest"
    assert end(observe("--observe-count", 2, "-o", file, f"{traced[0]}/time")) == (0, b"", "")
    assert re.fullmatch(r"[\d: -]+ UTC\n", file.read_text())


def test_terminal(traced):
    master, slave = pty.openpty()
    process = subprocess.Popen([CLIENT, "--observe", "--observe-count", "2", "--no-color", f"{traced[0]}/time"],
                               stdout=slave, stderr=subprocess.PIPE)
    assert process.wait(PATIENCE) == 0
    os.close(slave)
    text = os.read(master, 4096).replace(b"\r\n", b"\n").decode()
    os.close(master)
    assert re.fullmatch(r"(--- \d\d:\d\d:\d\d\n[\d: -]+ UTC\n){2}", text)


def test_exec(traced, tmp_path):
    command = f"cat >> {tmp_path}/log; echo ran"
    status, out, err = end(observe("--observe-count", 2, "--observe-exec", command, f"{traced[0]}/time"))
    assert (status, out, err) == (0, b"ran\nran\n", "")
    assert len((tmp_path / "log").read_text().splitlines()) == 2


def test_exec_fails(traced):
    status, out, err = end(observe("--observe-count", 1, "--observe-exec", "exit 3", f"{traced[0]}/time"))
    assert (status, out) == (1, b"")
    assert "“exit 3” failed with status 3" in err


def test_libcoap(libcoap):
    status, out, err = end(observe("--observe-count", 2, f"{libcoap}/time"))
    assert (status, err) == (0, "")
    assert len(out.splitlines()) == 2


def test_not_observable(traced):
    status, out, err = end(observe(f"{traced[0]}/hello"))
    assert status == 0 and out.startswith(b"Hello") and "does not let this be observed" in err


def test_error_at_once(traced):
    status, out, err = end(observe(f"{traced[0]}/missing"))
    assert (status, out) == (4, b"") and err.startswith("4.04 Not Found")


# With a peer: what the tool sends, and what ends it

def receive(peer):
    data, peer.address = peer.socket.recvfrom(65536)
    return decode(data)


def send(peer, message):
    peer.socket.sendto(message.encode(), peer.address)


def notify(peer, request, number, payload, mtype=Type.NON, mid=None, mcode="2.05"):
    options = [] if number is None else [(OBSERVE, uint(number))]
    send(peer, Message(mtype, code(mcode), 1000 + (number or 0) if mid is None else mid, request.token,
                       options, payload))


def test_server_ends(peer):
    process = observe(f"{peer.uri}/x")
    request = receive(peer)
    assert request.uint(OBSERVE) == 0
    notify(peer, request, 5, b"one\n", Type.ACK, request.mid)
    notify(peer, request, 6, b"two")
    notify(peer, request, 7, b"")
    notify(peer, request, None, b"gone", mcode="4.04", mid=2000)
    status, out, err = end(process)
    assert (status, out) == (4, b"one\ntwo\n\n")
    assert err == "4.04 Not Found: gone\nThe server has ended the observation.\n"


def test_fetch(peer):
    process = observe("-m", "FETCH", "-p", "which", "--observe-count", 1, f"{peer.uri}/x")
    request = receive(peer)
    assert request.code == 5 and request.uint(OBSERVE) == 0 and request.payload == b"which"
    notify(peer, request, 5, b"this", Type.ACK, request.mid)
    last = receive(peer)
    assert last.code == 5 and last.uint(OBSERVE) == 1 and last.payload == b"which"
    assert last.token == request.token
    notify(peer, last, None, b"this", Type.ACK, last.mid)
    assert end(process) == (0, b"this\n", "")


def test_non_confirmable(peer):
    process = observe("--non", "--observe-count", 1, "--no-deregister", f"{peer.uri}/x")
    request = receive(peer)
    assert request.type == Type.NON
    notify(peer, request, 5, b"this")
    assert end(process)[:2] == (0, b"this\n")


def test_exec_takes_the_newest(peer, tmp_path):
    """One at a time: what comes while it runs gives way to what is newer."""
    os.mkfifo(tmp_path / "gate")
    command = f"cat >> {tmp_path}/log; echo >> {tmp_path}/log; : < {tmp_path}/gate"
    process = observe("--observe-exec", command, f"{peer.uri}/x")
    request = receive(peer)
    notify(peer, request, 5, b"a", Type.ACK, request.mid)
    for number, payload in enumerate([b"b", b"c", b"d"], 6):
        notify(peer, request, number, payload, Type.CON)
        assert receive(peer).type == Type.ACK
    notify(peer, request, None, b"", Type.CON, 2000, "4.04")
    assert receive(peer).type == Type.ACK
    (tmp_path / "gate").write_text("")
    deadline = time.monotonic() + PATIENCE
    while (tmp_path / "log").read_text() != "a\nd\n":
        assert time.monotonic() < deadline, (tmp_path / "log").read_text()
        time.sleep(0.02)
    (tmp_path / "gate").write_text("")
    status, out, err = end(process)
    assert (tmp_path / "log").read_text() == "a\nd\n"
    assert (status, out) == (4, b"") and "not run for 2 notifications" in err


def test_silent_end(peer):
    """A server that does not confirm the end does not keep the program."""
    process = observe("--observe-count", 1, f"{peer.uri}/x")
    request = receive(peer)
    notify(peer, request, 5, b"this", Type.ACK, request.mid)
    started = time.monotonic()
    status, out, err = end(process)
    assert (status, out) == (0, b"this\n") and "did not confirm" in err
    assert time.monotonic() - started < 15


def test_two_signals(peer):
    process = observe(f"{peer.uri}/x")
    request = receive(peer)
    notify(peer, request, 5, b"this", Type.ACK, request.mid)
    read_line(process, "this")
    process.send_signal(signal.SIGINT)
    assert receive(peer).uint(OBSERVE) == 1
    process.send_signal(signal.SIGINT)
    assert end(process)[0] == 130


def test_nobody_there(peer):
    status, out, err = end(observe("--timeout", 0.5, f"{peer.uri}/x"))
    assert (status, out) == (7, b"") and err != ""
    status, out, err = end(observe("--observe-duration", 0.5, f"{peer.uri}/x"))
    assert (status, out) == (7, b"") and "no response within 0.5 s" in err


@pytest.mark.parametrize("arguments", [
    ["--observe", "--ping"],
    ["--observe", "--multicast"],
    ["--observe", "--repeat", "2"],
    ["--observe", "--progress"],
    ["--observe", "-m", "PUT", "-p", "x"],
    ["--observe", "--observe-count", "0"],
    ["--observe", "--observe-duration", "0"],
    ["--observe", "--observe-duration", "4233600.1"],
    ["--observe", "--observe-exec", "true", "--json"],
    ["--observe", "--observe-exec", "true", "-o", "x"],
    ["--observe-exec", "true"],
    ["--observe-count", "1"],
    ["--observe-duration", "1"],
    ["--no-deregister"],
])
def test_usage(client, arguments):
    result = client(*arguments, "coap://[::1]/")
    assert (result.status, result.out) == (2, b"")
    assert result.err.startswith("gcoap-client: ")
