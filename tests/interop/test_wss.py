# SPDX-License-Identifier: LGPL-2.1-or-later
"""CoAP over WebSockets over TLS: with every kind of key, against libsoup, the npm
package ws and Python's TLS, both ways."""
import socket
import ssl
import subprocess
import threading

import pytest

gi = pytest.importorskip("gi")
gi.require_version("Gcoap", "1")
from gi.repository import Gio, Gcoap, GLib  # noqa: E402

from processes import read_line  # noqa: E402
from test_secure import (IDENTITY, Claims, ask, fill_psk, iterate, key_hash, keys, make_certificate,  # noqa: E402
                         make_psk, make_raw_key, shut_down)
from test_ws import CSM, GET_TEST, NODE_ENVIRONMENT, NODE_PEER, frame, head, node, soup  # noqa: E402

__all__ = ["keys", "node", "soup"]
PATIENCE = 20

pytestmark = pytest.mark.skipif(not Gcoap.StreamTransport.carries("coaps+ws"), reason="WebSockets were not built")


@pytest.fixture
def serve():
    """Serves what a client has proven, and a test; gives the port."""
    contexts = []

    def make(fill, scheme="coaps+ws", origins=None):
        store, context, site = Gcoap.CredentialStore.new(), Gcoap.Context.new(), Gcoap.Site.new()
        fill(store)
        context.props.server_credentials = store
        context.props.allowed_origins = origins
        site.add("claims", Claims())
        site.add("test", Claims())
        context.set_site(site)
        assert context.listen(f"{scheme}://127.0.0.1:0")
        contexts.append(context)
        return int(context.dup_listen_uris()[0].rpartition(":")[2])

    yield make
    for context in contexts:
        shut_down(context)


@pytest.fixture
def serve_web(serve, keys):
    """A server as the web has them, that asks its clients for nothing."""
    certificate = Gcoap.CertificateCredential.new(read(keys, "server.crt"), read(keys, "server.key"), None, False)
    return lambda *options: serve(lambda store: store.add_own(certificate), *options)


def read(keys, name):
    return GLib.Bytes.new((keys / name).read_bytes())


def claims_of(port, credential, host="127.0.0.1"):
    return ask(f"coaps+ws://{host}:{port}/claims", credential).get_payload_data().decode()


# Among ourselves

def test_psk(serve):
    port = serve(fill_psk)
    assert claims_of(port, make_psk()) == f"name:heating psk:{IDENTITY}"
    with pytest.raises(GLib.Error, match="coaps"):
        claims_of(port, make_psk("a wrong key"))


def test_raw_key(serve, keys):
    port = serve(lambda store: store.add_own(make_raw_key(keys, "server", "client")))
    assert key_hash(keys, "client") in claims_of(port, make_raw_key(keys, "client", "server"))
    with pytest.raises(GLib.Error, match="not the expected one"):
        claims_of(port, make_raw_key(keys, "client", "client"))


def test_certificate(serve, keys):
    port = serve(lambda store: store.add_own(make_certificate(keys, "server")))
    for host in "127.0.0.1", "localhost":
        assert key_hash(keys, "client") in claims_of(port, make_certificate(keys, "client"), host)


def test_certificate_of_another_host(serve, keys, tmp_path):
    """It is checked as for coaps+tcp, against the host of the URI."""
    subprocess.run(["openssl", "req", "-new", "-key", keys / "server.key", "-subj", "/CN=other", "-out", "csr"],
                   cwd=tmp_path, check=True, capture_output=True)
    (tmp_path / "ext").write_text("subjectAltName=DNS:other.example\n")
    subprocess.run(["openssl", "x509", "-req", "-in", "csr", "-CA", keys / "ca.crt", "-CAkey", keys / "ca.key",
                    "-CAcreateserial", "-CAserial", "serial", "-days", "2", "-extfile", "ext", "-out", "crt"],
                   cwd=tmp_path, check=True, capture_output=True)
    other = Gcoap.CertificateCredential.new(GLib.Bytes.new((tmp_path / "crt").read_bytes()),
                                            read(keys, "server.key"), None, False)
    port = serve(lambda store: store.add_own(other))
    with pytest.raises(GLib.Error, match="another host"):
        claims_of(port, make_certificate(keys, "client"), "localhost")


def test_map(serve, keys, tmp_path):
    """What a map has for TLS serves coaps+ws."""
    path = tmp_path / "map"
    path.write_text('{"coaps+ws://127.0.0.1/*": {"tls": {"psk": {"ascii": "correct horse"}, '
                    f'"client-identity": {{"ascii": "{IDENTITY}"}}}}}}}}')
    path.chmod(0o600)
    store, results = Gcoap.CredentialStore.new(), []
    store.load_async(Gio.File.new_for_path(str(path)), None, lambda source, result: results.append(result))
    iterate(lambda: results)
    assert store.load_finish(results[0])
    assert isinstance(store.lookup("coaps+ws://127.0.0.1/a", Gcoap.Security.TLS), Gcoap.PskCredential)


def test_no_tls(serve):
    """Who speaks plain HTTP gets no WebSocket."""
    port = serve(fill_psk)
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection:
        connection.sendall(head())
        received = []
        thread = threading.Thread(target=lambda: received.append(read_all(connection)))
        thread.start()
        iterate(lambda: received)
        thread.join()
    assert b"HTTP" not in received[0]


# Python's TLS: bytes

def read_all(connection):
    data = b""
    try:
        while chunk := connection.recv(65536):
            data += chunk
    except (ssl.SSLError, ConnectionError):
        pass
    return data


def beside_loop(function):
    """Runs a blocking function while the main loop serves it."""
    results = []

    def call():
        try:
            results.append((function(), None))
        except Exception as error:
            results.append((None, error))

    thread = threading.Thread(target=call)
    thread.start()
    iterate(lambda: results)
    thread.join()
    if results[0][1]:
        raise results[0][1]
    return results[0][0]


def talk_tls(keys, port, protocols, words, name="localhost"):
    """Gives the protocol that TLS agreed on, and the answer."""
    context = ssl.create_default_context(cafile=str(keys / "ca.crt"))
    if protocols:
        context.set_alpn_protocols(protocols)
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as plain:
        with context.wrap_socket(plain, server_hostname=name) as secure:
            secure.sendall(words)
            return secure.selected_alpn_protocol(), read_all(secure)


TALK = head() + frame(0x82, CSM) + frame(0x82, GET_TEST) + frame(0x88, b"\x03\xe8")


@pytest.mark.parametrize("offered, agreed", [
    (["h2", "http/1.1"], "http/1.1"), (["http/1.1"], "http/1.1"), ([], None),
])
def test_alpn(serve_web, keys, offered, agreed):
    port = serve_web()
    protocol, data = beside_loop(lambda: talk_tls(keys, port, offered, TALK))
    assert protocol == agreed
    assert data.startswith(b"HTTP/1.1 101 ") and b"nobody" in data and data.endswith(b"\x88\x02\x03\xe8")


@pytest.mark.parametrize("scheme, offered", [
    ("coaps+ws", ["coap"]), ("coaps+ws", ["h2"]), ("coaps+tcp", ["http/1.1"]), ("coaps+tcp", ["h2", "http/1.1"]),
])
def test_alpn_of_others(serve_web, keys, scheme, offered):
    """RFC 7301 §3.2"""
    port = serve_web(scheme)
    with pytest.raises(ssl.SSLError, match="(?i)no.application.protocol"):
        beside_loop(lambda: talk_tls(keys, port, offered, TALK))


def test_client_hello(keys):
    """What our client says, and the Host field of its request."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(keys / "server.crt", keys / "server.key")
    context.set_alpn_protocols(["coap", "http/1.1"])
    names = []
    context.sni_callback = lambda connection, name, _: names.append(name)
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]

    def serve_one():
        plain, _ = listener.accept()
        plain.settimeout(PATIENCE)
        with context.wrap_socket(plain, server_side=True) as secure:
            words = secure.recv(65536)
            secure.sendall(b"HTTP/1.1 404 Not Found\r\n\r\n")
            return secure.selected_alpn_protocol(), words.decode()

    results = []
    thread = threading.Thread(target=lambda: results.append(serve_one()))
    thread.start()
    with pytest.raises(GLib.Error, match="404"):
        claims_of(port, make_certificate(keys, "client"), "localhost")
    thread.join()
    listener.close()
    assert names == ["localhost"] and results[0][0] == "http/1.1"
    assert results[0][1].startswith("GET /.well-known/coap HTTP/1.1\r\n")
    assert f"\r\nHost: localhost:{port}\r\n" in results[0][1]


# libsoup

@pytest.fixture
def authority(keys):
    return Gio.TlsFileDatabase.new(str(keys / "ca.crt"))


@pytest.mark.parametrize("origin, allowed, status", [
    (None, None, 101), ("https://localhost", None, 403), ("https://app.example", None, 403),
    ("https://app.example", ["https://app.example"], 101), ("https://app.example", ["*"], 101),
])
def test_soup_client(soup, serve_web, authority, origin, allowed, status):
    port = serve_web("coaps+ws", allowed)
    messages, done = [], []
    session = soup.Session(tls_database=authority)
    request = soup.Message.new("GET", f"wss://localhost:{port}/.well-known/coap")
    session.websocket_connect_async(request, origin, ["coap"], 0, None, lambda _, result: done.append(result))
    iterate(lambda: done)
    assert request.get_status() == status
    if status == 101:
        connection = session.websocket_connect_finish(done[0])
        connection.connect("message", lambda _, kind, data: messages.append(bytes(data.get_data())))
        for data in CSM, GET_TEST:
            connection.send_message(soup.WebsocketDataType.BINARY, GLib.Bytes.new(data))
        iterate(lambda: len(messages) == 2)
        assert messages[1][:3] == b"\x01\x45\xaa" and messages[1].endswith(b"nobody")
        connection.close(1000, None)
        iterate(lambda: connection.get_state() == soup.WebsocketState.CLOSED)
        assert connection.get_close_code() == 1000


def test_soup_server(soup, keys):
    def take(connection, _, data):
        message = bytes(data.get_data())
        if 0 < message[1] < 32:
            token = message[2:2 + (message[0] & 15)]
            connection.send_message(soup.WebsocketDataType.BINARY,
                                    GLib.Bytes.new(message[:1] + b"\x45" + token + b"\xffsoup"))
        elif message[1] == 0xe4:
            connection.close(1000, None)

    kept = []

    def meet(_, message, path, connection, *rest):
        kept.append(connection)
        connection.connect("message", take)
        connection.send_message(soup.WebsocketDataType.BINARY, GLib.Bytes.new(CSM))

    server = soup.Server()
    server.set_tls_certificate(Gio.TlsCertificate.new_from_files(str(keys / "server.crt"), str(keys / "server.key")))
    server.add_websocket_handler("/.well-known/coap", None, ["coap"], meet)
    server.listen_local(0, soup.ServerListenOptions.IPV4_ONLY | soup.ServerListenOptions.HTTPS)
    port = server.get_uris()[0].get_port()
    assert claims_of(port, make_certificate(keys, "client")) == "soup"
    assert claims_of(port, make_certificate(keys, "client"), "localhost") == "soup"
    assert len(kept) == 2
    server.disconnect()


# The npm package ws

def test_node_client(node, serve_web, keys):
    process = subprocess.Popen([node, NODE_PEER, "client", f"wss://localhost:{serve_web()}/.well-known/coap", "test"],
                               env={**NODE_ENVIRONMENT, "NODE_EXTRA_CA_CERTS": str(keys / "ca.crt"),
                                    "NODE_OPTIONS": "--dns-result-order=ipv4first"}, stdout=subprocess.PIPE)
    iterate(lambda: process.poll() is not None)
    lines = process.communicate()[0].decode().split("\n")
    assert "csm coap" in lines and "pong hello" in lines and "closed 1001" in lines, lines
    assert any(line == "code 2.5 nobody" for line in lines), lines


def test_node_server(node, keys):
    process = subprocess.Popen([node, NODE_PEER, "server", keys / "server.crt", keys / "server.key"],
                               env=NODE_ENVIRONMENT, stdout=subprocess.PIPE)
    try:
        port = read_line(process, r"^port (\d+)$")[1]
        assert claims_of(port, make_certificate(keys, "client")) == "node"
        read_line(process, r"^closed 1000$")
    finally:
        process.terminate()
        process.wait(PATIENCE)
        process.stdout.close()
