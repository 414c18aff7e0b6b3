# SPDX-License-Identifier: LGPL-2.1-or-later
"""CoAP over TCP (RFC 8323): against libcoap both ways, among ourselves, and against bytes."""
import re
import shutil
import signal
import socket
import subprocess
import time

import pytest

from processes import CLIENT, SERVER, TOOLS, gcoap_server, read_line, run
from server_fixtures import find_libcoap_client

PATIENCE = 20
CSM = b"\x00\xe1"


@pytest.fixture(scope="module")
def port():
    with gcoap_server(bind=("coap+tcp://127.0.0.1:0",)) as (_, ports):
        yield ports[0]


@pytest.fixture(scope="module")
def uri(port):
    return f"coap+tcp://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def libcoap_uri():
    server = shutil.which("coap-server-notls")
    if server is None:
        pytest.skip("coap-server-notls (libcoap3-bin) is not installed")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = probe.getsockname()[1]
    process = subprocess.Popen([server, "-A", "127.0.0.1", "-p", str(number), "-d", "20"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", number), 1).close()
            break
        except OSError:
            assert time.monotonic() < deadline and process.poll() is None
            time.sleep(0.05)
    yield f"coap+tcp://127.0.0.1:{number}"
    process.terminate()
    process.wait(PATIENCE)


def test_libcoap_client(uri):
    client = find_libcoap_client()
    done = run(client, "-m", "get", f"{uri}/test")
    assert b"This is a test" in done.stdout
    assert b"</test>" in run(client, "-m", "get", f"{uri}/.well-known/core").stdout


def test_libcoap_client_large(uri, tmp_path):
    """One message of 2000 bytes, and a body in BERT blocks."""
    client = find_libcoap_client()
    assert len(run(client, "-m", "get", f"{uri}/large").stdout.rstrip(b"\n")) in (1999, 2000)
    body = tmp_path / "body"
    run(client, "-m", "get", "-o", body, f"{uri}/big")
    assert body.stat().st_size == 1048576


def test_libcoap_client_put(uri, tmp_path):
    body = tmp_path / "body"
    body.write_bytes(bytes(range(256)) * 12)
    run(find_libcoap_client(), "-m", "put", "-f", body, f"{uri}/large-update")
    saved = tmp_path / "saved"
    run(CLIENT, "-o", saved, f"{uri}/large-update")
    assert saved.read_bytes() == body.read_bytes()


def test_libcoap_client_observe(uri):
    done = run(find_libcoap_client(), "-m", "get", "-s", "3", f"{uri}/obs", check=False)
    assert done.returncode == 0 and len(done.stdout.split()) >= 1, done


def test_libcoap_server(libcoap_uri):
    assert b"libcoap" in run(CLIENT, libcoap_uri + "/").stdout
    assert b"</time>" in run(CLIENT, libcoap_uri + "/.well-known/core").stdout


def test_libcoap_server_put(libcoap_uri, tmp_path):
    body = tmp_path / "body"
    body.write_bytes(b"0123456789" * 5000)
    run(CLIENT, "-m", "PUT", "--payload", f"@{body}", libcoap_uri + "/made", check=False)
    saved = tmp_path / "saved"
    run(CLIENT, "-o", saved, libcoap_uri + "/made")
    assert saved.read_bytes() == body.read_bytes()


def test_libcoap_server_ping(libcoap_uri):
    assert run(CLIENT, "--ping", libcoap_uri).stdout


def test_bert(uri, tmp_path):
    saved = tmp_path / "saved"
    done = run(CLIENT, "-v", "-o", saved, uri + "/big")
    assert saved.stat().st_size == 1048576
    # 64 KiB at a time, on one connection.
    assert done.stderr.count(b"-> ") <= 1 + 17 + 1
    assert done.stderr.count(b"-> ") - done.stderr.count(b"GET") == 2
    assert b"payload 65536 bytes" in done.stderr


def test_ping(uri):
    assert run(CLIENT, "--ping", uri).stdout


def test_nobody_there():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        done = run(CLIENT, f"coap+tcp://127.0.0.1:{probe.getsockname()[1]}/", check=False)
    assert done.returncode != 0 and b"nothing listens there" in done.stderr


def test_no_coap_there():
    """A server of another protocol that closes, and one that talks nonsense."""
    for words, said in ((b"", b"perhaps it does not speak CoAP"), (b"HTTP/1.1 400 Bad Request\r\n\r\n", b"127.0.0.1")):
        with socket.create_server(("127.0.0.1", 0)) as server:
            process = subprocess.Popen([CLIENT, f"coap+tcp://127.0.0.1:{server.getsockname()[1]}/"],
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            connection, _ = server.accept()
            connection.sendall(words)
            connection.recv(100)
            connection.close()
            _, err = process.communicate(timeout=PATIENCE)
        assert process.returncode not in (0, -signal.SIGABRT, -signal.SIGSEGV) and said in err, err


def open_raw(port):
    connection = socket.create_connection(("127.0.0.1", port), PATIENCE)
    connection.settimeout(PATIENCE)
    return connection


def read_all(connection):
    data = b""
    while chunk := connection.recv(65536):
        data += chunk
    return data


@pytest.mark.parametrize("words", [
    b"\x00\x01", b"\x10\xe1\x10", CSM + b"\x10\xe2\x10", CSM + b"\xf0\xff\xff\xff\xff\x01", CSM + b"\x0f\x01",
    CSM + b"\x00\x20", CSM + b"\x10\x01\xff", b"GET / HTTP/1.1\r\n\r\n",
])
def test_abuse(port, words):
    """Answered by an Abort with a reason, and the end; others are still served."""
    with open_raw(port) as connection:
        connection.sendall(words)
        data = read_all(connection)
    assert b"\xe5" in data and len(data) > 20
    with open_raw(port) as connection:
        connection.sendall(CSM + b"\x51\x01\xaa\xb4test\x00\xe4")
        assert b"This is a test" in read_all(connection)


def test_pipelined_byte_by_byte(port):
    with open_raw(port) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in CSM + b"".join(b"\x51\x01%c\xb4test" % n for n in range(20)) + b"\x00\xe4":
            connection.sendall(bytes([byte]))
        data = read_all(connection)
    assert data.count(b"This is a test") == 20


def test_observe(port):
    """RFC 8323 §7: notifications follow on the same connection."""
    with open_raw(port) as connection:
        connection.sendall(CSM + b"\x51\x01\xaa\x60\x53obs")
        data, deadline = b"", time.monotonic() + PATIENCE
        while len(re.findall(rb"\x45\xaa", data)) < 3:
            assert time.monotonic() < deadline, data
            data += connection.recv(65536)
        connection.sendall(b"\x00\xe4")
        # A stream does not keep a connection that the peer wants closed.
        read_all(connection)


def test_activated(tmp_path):
    """What a service manager has opened is taken, over UDP and TCP."""
    datagram = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagram.bind(("127.0.0.1", 0))
    stream = socket.create_server(("127.0.0.1", 0))
    uris = [f"coap://127.0.0.1:{datagram.getsockname()[1]}", f"coap+tcp://127.0.0.1:{stream.getsockname()[1]}"]
    first, second = datagram.detach(), stream.detach()
    # LISTEN_PID is that of the process the shell becomes.
    script = (f'exec 3<&{first} 4<&{second} {first}<&- {second}<&-; '
              'export LISTEN_FDS=2 LISTEN_PID=$$; exec "$@"')
    process = subprocess.Popen(["bash", "-c", script, "bash", SERVER, "--bind", uris[0], "--bind", uris[1]],
                               stdout=subprocess.PIPE, pass_fds=(first, second))
    try:
        read_line(process, "(?s)coap://.*coap\\+tcp://")
        for uri in uris:
            assert b"This is a test" in run(CLIENT, uri + "/test").stdout
    finally:
        process.terminate()
        assert process.wait(PATIENCE) == 0
        process.stdout.close()


def test_fileserver(tmp_path):
    (tmp_path / "hello.txt").write_text("hello")
    process = subprocess.Popen([TOOLS / "gcoap-fileserver", "--bind", "coap+tcp://127.0.0.1:0", tmp_path],
                               stdout=subprocess.PIPE)
    try:
        uri = read_line(process, r"^(coap\+tcp://\S+)$")[1]
        assert run(CLIENT, uri + "/hello.txt").stdout.startswith(b"hello")
    finally:
        process.terminate()
        assert process.wait(PATIENCE) == 0
        process.stdout.close()
