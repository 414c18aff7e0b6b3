# SPDX-License-Identifier: LGPL-2.1-or-later
"""CoAP over WebSockets (RFC 8323 §4): against libsoup and the npm package ws both
ways, among ourselves, and against bytes."""
import os
import pathlib
import shutil
import socket
import subprocess
import time

import pytest

from processes import CLIENT, TOOLS, gcoap_server, has_web_sockets, read_line, run

PATIENCE = 20
CSM = b"\x00\xe1"
GET_TEST = b"\x01\x01\xaa\xb4test"
FIELDS = {"Host": "h", "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
          "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol": "coap"}
NODE_ENVIRONMENT = {**os.environ, "NODE_PATH": "/usr/share/nodejs:/usr/lib/nodejs"}
NODE_PEER = pathlib.Path(__file__).with_name("web_socket_peer.js")


@pytest.fixture(scope="module")
def port():
    if not has_web_sockets():
        pytest.skip("WebSockets were not built")
    with gcoap_server(bind=("coap+ws://127.0.0.1:0",)) as (_, ports):
        yield ports[0]


@pytest.fixture(scope="module")
def uri(port):
    return f"coap+ws://127.0.0.1:{port}"


# Among ourselves

def test_get(uri):
    assert b"This is a test" in run(CLIENT, uri + "/test").stdout
    assert b"</test>" in run(CLIENT, uri + "/.well-known/core").stdout
    assert run(CLIENT, "--ping", uri).stdout


def test_bert(uri, tmp_path):
    saved = tmp_path / "saved"
    done = run(CLIENT, "-v", "-o", saved, uri + "/big")
    assert saved.stat().st_size == 1048576
    assert b"payload 65536 bytes" in done.stderr


def test_put(uri, tmp_path):
    body = tmp_path / "body"
    body.write_bytes(bytes(range(256)) * 250)
    run(CLIENT, "-m", "PUT", "--payload", f"@{body}", uri + "/large-update")
    saved = tmp_path / "saved"
    run(CLIENT, "-o", saved, uri + "/large-update")
    assert saved.read_bytes() == body.read_bytes()


def test_observe(uri):
    done = run(CLIENT, "--observe", "--observe-count", "2", uri + "/obs")
    assert len(done.stdout.splitlines()) >= 2, done


def test_fileserver(uri, tmp_path):
    (tmp_path / "hello.txt").write_text("hello")
    process = subprocess.Popen([TOOLS / "gcoap-fileserver", "--bind", "coap+ws://127.0.0.1:0",
                                "--allow-origin", "https://app.example", tmp_path], stdout=subprocess.PIPE)
    try:
        base = read_line(process, r"^(coap\+ws://\S+)$")[1]
        assert run(CLIENT, base + "/hello.txt").stdout.startswith(b"hello")
        for origin, status in ("https://app.example", 101), ("https://evil.example", 403):
            with open_raw(int(base.rpartition(":")[2])) as connection:
                connection.sendall(head(Origin=origin) + frame(0x82, CSM) + frame(0x88))
                assert read_all(connection).startswith(f"HTTP/1.1 {status} ".encode())
    finally:
        process.terminate()
        assert process.wait(PATIENCE) == 0
        process.stdout.close()


# libsoup

@pytest.fixture(scope="module")
def soup():
    gi = pytest.importorskip("gi")
    try:
        gi.require_version("Soup", "3.0")
    except ValueError:
        pytest.skip("libsoup 3 (gir1.2-soup-3.0) is not installed")
    from gi.repository import Soup
    return Soup


def run_until(done):
    from gi.repository import GLib
    end = time.monotonic() + PATIENCE
    tick = GLib.timeout_add(20, lambda: GLib.SOURCE_CONTINUE)
    while not done():
        assert time.monotonic() < end, "it did not come to pass"
        GLib.MainContext.default().iteration(True)
    GLib.source_remove(tick)


class SoupClient:
    def __init__(self, soup, port, protocols=("coap",), origin=None, path="/.well-known/coap"):
        self.messages, self.is_closed, self.connection, self.error = [], False, None, None
        self.session = soup.Session()
        self.request = soup.Message.new("GET", f"ws://127.0.0.1:{port}{path}")
        self.session.websocket_connect_async(self.request, origin, list(protocols), 0, None, self.connected)
        run_until(lambda: self.connection or self.error)

    def connected(self, session, result):
        from gi.repository import GLib
        try:
            self.connection = session.websocket_connect_finish(result)
        except GLib.Error as error:
            self.error = error
            return
        self.connection.connect("message", lambda _, kind, data: self.messages.append(bytes(data.get_data())))
        self.connection.connect("closed", self.closed)

    def closed(self, _):
        self.is_closed = True

    def send(self, data):
        from gi.repository import GLib
        self.connection.send_message(self.soup_binary, GLib.Bytes.new(data))

    @property
    def soup_binary(self):
        from gi.repository import Soup
        return Soup.WebsocketDataType.BINARY


def test_soup_client(soup, port):
    client = SoupClient(soup, port)
    assert client.connection.get_protocol() == "coap" and not client.connection.get_extensions()
    client.send(CSM)
    client.send(GET_TEST)
    run_until(lambda: len(client.messages) == 2)
    assert client.messages[0][:2] == CSM
    assert client.messages[1][:3] == b"\x01\x45\xaa" and b"This is a test" in client.messages[1]
    client.connection.close(1000, "enough")
    run_until(lambda: client.is_closed)
    assert client.connection.get_close_code() == 1000


def test_soup_client_released(soup, port):
    """A Release of CoAP is answered by a Close of the WebSocket."""
    client = SoupClient(soup, port)
    client.send(CSM)
    client.send(b"\x00\xe4")
    run_until(lambda: client.is_closed)
    assert client.connection.get_close_code() == 1000


def test_soup_client_text(soup, port):
    client = SoupClient(soup, port)
    client.connection.send_text("GET /test")
    run_until(lambda: client.is_closed)
    assert client.connection.get_close_code() == 1003


def test_soup_client_large(soup, port):
    client = SoupClient(soup, port)
    client.send(CSM)
    client.send(b"\x01\x02\xaa\xff" + b"x" * 66048)
    run_until(lambda: client.is_closed)
    assert client.connection.get_close_code() == 1009


@pytest.mark.parametrize("options, status", [
    ({"protocols": ("mqtt",)}, 400), ({"protocols": ()}, 400), ({"path": "/"}, 404),
    ({"origin": "http://evil.example"}, 403),
])
def test_soup_client_refused(soup, port, options, status):
    client = SoupClient(soup, port, **options)
    assert client.error and client.request.get_status() == status


@pytest.fixture
def soup_server(soup):
    from gi.repository import GLib
    connections, closes = [], []

    def take(connection, _, data):
        message = bytes(data.get_data())
        if 0 < message[1] < 32:
            token = message[2:2 + (message[0] & 15)]
            connection.send_message(soup.WebsocketDataType.BINARY,
                                    GLib.Bytes.new(message[:1] + b"\x45" + token + b"\xffsoup"))
        elif message[1] == 0xe4:
            connection.close(1000, "released")

    def serve(_, message, path, connection, *rest):
        connections.append(connection)
        connection.connect("message", take)
        connection.connect("closed", lambda c: closes.append(c.get_close_code()))
        connection.send_message(soup.WebsocketDataType.BINARY, GLib.Bytes.new(CSM))

    server = soup.Server()
    server.add_websocket_handler("/.well-known/coap", None, ["coap"], serve)
    server.listen_local(0, soup.ServerListenOptions.IPV4_ONLY)
    server.closes = closes
    yield server
    server.disconnect()


def run_beside_loop(*command):
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    run_until(lambda: process.poll() is not None)
    out, err = process.communicate()
    return process.returncode, out, err


def test_soup_server(port, soup_server):
    number = soup_server.get_uris()[0].get_port()
    status, out, err = run_beside_loop(CLIENT, f"coap+ws://127.0.0.1:{number}/anything")
    assert status == 0 and out.startswith(b"soup"), err
    run_until(lambda: soup_server.closes)
    assert soup_server.closes == [1000]


def test_soup_server_without_coap(port, soup):
    """A web server that knows nothing of CoAP."""
    server = soup.Server()
    server.listen_local(0, soup.ServerListenOptions.IPV4_ONLY)
    number = server.get_uris()[0].get_port()
    status, _, err = run_beside_loop(CLIENT, f"coap+ws://127.0.0.1:{number}/anything")
    assert status != 0 and b"404" in err and b"/.well-known/coap" in err
    server.disconnect()


# The npm package ws

@pytest.fixture(scope="module")
def node():
    program = shutil.which("node") or shutil.which("nodejs")
    if program is None or subprocess.run([program, "-e", "require('ws')"], env=NODE_ENVIRONMENT,
                                         stderr=subprocess.DEVNULL).returncode != 0:
        pytest.skip("node and its package ws (node-ws) are not installed")
    return program


def test_node_client(node, port):
    done = subprocess.run([node, NODE_PEER, "client", f"ws://127.0.0.1:{port}/.well-known/coap", "test"],
                          env=NODE_ENVIRONMENT, stdout=subprocess.PIPE, timeout=PATIENCE)
    lines = done.stdout.decode().split("\n")
    assert "csm coap" in lines and "pong hello" in lines and "closed 1001" in lines, done
    assert any(line.startswith("code 2.5 This is a test") for line in lines), done


def test_node_client_refused(node, port):
    done = subprocess.run([node, NODE_PEER, "client", f"ws://127.0.0.1:{port}/", "test"],
                          env=NODE_ENVIRONMENT, stdout=subprocess.PIPE, timeout=PATIENCE)
    assert b"status 404" in done.stdout


def test_node_server(node, port):
    process = subprocess.Popen([node, NODE_PEER, "server"], env=NODE_ENVIRONMENT, stdout=subprocess.PIPE)
    try:
        number = read_line(process, r"^port (\d+)$")[1]
        assert run(CLIENT, f"coap+ws://127.0.0.1:{number}/anything").stdout.startswith(b"node")
        read_line(process, r"^closed 1000$")
    finally:
        process.terminate()
        process.wait(PATIENCE)
        process.stdout.close()


# Bytes

def open_raw(port):
    connection = socket.create_connection(("127.0.0.1", port), PATIENCE)
    connection.settimeout(PATIENCE)
    return connection


def read_all(connection):
    data = b""
    while chunk := connection.recv(65536):
        data += chunk
    return data


def head(line="GET /.well-known/coap HTTP/1.1", **changes):
    fields = {**FIELDS, **{name.replace("_", "-"): value for name, value in changes.items()}}
    return "\r\n".join([line, *(f"{name}: {value}" for name, value in fields.items() if value is not None),
                        "", ""]).encode()


def frame(first, payload=b""):
    mask = b"\x37\xfa\x21\x3d"
    return bytes([first, 0x80 | len(payload)]) + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(payload))


@pytest.mark.parametrize("words, status", [
    (head("GET / HTTP/1.1"), 404), (head("GET /.well-known/core HTTP/1.1"), 404),
    (head("POST /.well-known/coap HTTP/1.1"), 405), (head("GET /.well-known/coap HTTP/1.0"), 505),
    (head(Upgrade=None), 400), (head(Connection=None), 400), (head(Host=None), 400),
    (head(Sec_WebSocket_Key=None), 400), (head(Sec_WebSocket_Key="short"), 400),
    (head(Sec_WebSocket_Version=None), 400), (head(Sec_WebSocket_Version="12"), 426),
    (head(Sec_WebSocket_Protocol=None), 400), (head(Sec_WebSocket_Protocol="mqtt"), 400),
    (head(Origin="http://evil.example"), 403), (head(Cookie="a" * 9000), 431),
    (b"GET /\n", 400), (CSM, 400),
])
def test_refused(port, words, status):
    with open_raw(port) as connection:
        connection.sendall(words)
        data = read_all(connection)
    assert data.startswith(f"HTTP/1.1 {status} ".encode()) and b"\r\nConnection: " in data
    assert (b"Sec-WebSocket-Version: 13" in data) == (status == 426)


@pytest.mark.parametrize("allowed, origin, status", [
    (["https://app.example", "http://localhost:8000"], "https://app.example", 101),
    (["https://app.example", "http://localhost:8000"], "http://localhost:8000", 101),
    (["https://app.example"], "http://app.example", 403), (["https://app.example"], "null", 403),
    (["null"], "null", 101), (["*"], "http://evil.example", 101), ([], "http://h", 101), ([], None, 101),
])
def test_allowed_origins(port, allowed, origin, status):
    options = [part for name in allowed for part in ("--allow-origin", name)]
    with gcoap_server(*options, bind=("coap+ws://127.0.0.1:0",)) as (_, ports), open_raw(ports[0]) as connection:
        connection.sendall(head(Origin=origin) + frame(0x82, CSM) + frame(0x88))
        assert read_all(connection).startswith(f"HTTP/1.1 {status} ".encode())


def test_byte_by_byte(port):
    with open_raw(port) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in (head() + frame(0x82, CSM) + frame(0x02, GET_TEST[:3]) + frame(0x89, b"ping")
                     + frame(0x80, GET_TEST[3:]) + frame(0x88, b"\x03\xe8")):
            connection.sendall(bytes([byte]))
        data = read_all(connection)
    assert b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in data
    assert b"\x8a\x04ping" in data and b"This is a test" in data and data.endswith(b"\x88\x02\x03\xe8")


@pytest.mark.parametrize("words, code", [
    (b"\x82\x02\x00\xe1", 1002), (frame(0xc2, CSM), 1002), (frame(0x83), 1002), (frame(0x80, b"a"), 1002),
    (frame(0x81, b"text"), 1003), (b"\x82\xff\x7f" + b"\xff" * 7 + b"\x00" * 5, 1009),
])
def test_abuse(port, words, code):
    with open_raw(port) as connection:
        connection.sendall(head() + frame(0x82, CSM) + words)
        data = read_all(connection)
    assert data.endswith(b"\x88\x02" + code.to_bytes(2, "big"))
    # Others are still served.
    with open_raw(port) as connection:
        connection.sendall(head() + frame(0x82, CSM) + frame(0x82, GET_TEST) + frame(0x88))
        assert b"This is a test" in read_all(connection)
