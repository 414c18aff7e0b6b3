# SPDX-License-Identifier: LGPL-2.1-or-later
"""DTLS and TLS with libcoap's tools, both ways: pre-shared keys, certificates, raw public keys."""
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import time

import pytest

gi = pytest.importorskip("gi")
gi.require_version("Gcoap", "1")
from gi.repository import Gcoap, GLib  # noqa: E402

NOT_DISSECTED = "what is encrypted"
PATIENCE = 20
IDENTITY, KEY = "thermostat", "correct horse"


def iterate(done, patience=PATIENCE):
    """Runs the main loop until something is done."""
    context, end = GLib.MainContext.default(), time.monotonic() + patience
    while not done():
        assert time.monotonic() < end, "nothing happened"
        if not context.iteration(False):
            time.sleep(0.002)


def call(command, *arguments):
    """Runs a tool while the main loop serves it."""
    tool = shutil.which(command)
    if tool is None:
        pytest.skip(f"{command} (libcoap3-bin) is not installed")
    process = subprocess.Popen([tool, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        iterate(lambda: process.poll() is not None)
        return process.communicate()[0].decode()
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """A certification authority, and a key and certificate for each side."""
    folder = tmp_path_factory.mktemp("keys")

    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    for name in "ca", "server", "client":
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{name}.sec1")
        openssl("pkcs8", "-topk8", "-nocrypt", "-in", f"{name}.sec1", "-out", f"{name}.key")
        openssl("ec", "-in", f"{name}.sec1", "-pubout", "-outform", "DER", "-out", f"{name}.spki")
    openssl("req", "-x509", "-new", "-key", "ca.key", "-subj", "/CN=CA", "-days", "2", "-out", "ca.crt")
    for name in "server", "client":
        (folder / f"{name}.ext").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
        openssl("req", "-new", "-key", f"{name}.key", "-subj", f"/CN={name}", "-out", f"{name}.csr")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial",
                "-days", "2", "-extfile", f"{name}.ext", "-out", f"{name}.crt")
    return folder


def read(keys, name):
    return GLib.Bytes.new((keys / name).read_bytes())


def key_hash(keys, name):
    return "sha256:" + hashlib.sha256((keys / f"{name}.spki").read_bytes()).hexdigest()


def make_psk(key=KEY):
    return Gcoap.PskCredential.new(GLib.Bytes.new(IDENTITY.encode()), GLib.Bytes.new(key.encode()))


def make_certificate(keys, name):
    return Gcoap.CertificateCredential.new(read(keys, f"{name}.crt"), read(keys, f"{name}.key"),
                                           read(keys, "ca.crt"), False)


def make_raw_key(keys, name, peer):
    return Gcoap.RawPublicKeyCredential.new(read(keys, f"{name}.key"), [key_hash(keys, peer)])


class Claims(Gcoap.Resource):
    """Tells who asks."""

    def do_get(self, exchange):
        Gcoap.Resource.answer_text(exchange, " ".join(exchange.get_claims() or ["nobody"]))


@pytest.fixture(params=["coaps", "coaps+tcp"])
def scheme(request):
    return request.param


def start_server(scheme, fill):
    """Serves what a client has proven, with everything the store is given."""
    store = Gcoap.CredentialStore.new()
    fill(store)
    context, site = Gcoap.Context.new(), Gcoap.Site.new()
    context.props.server_credentials = store
    site.add("claims", Claims())
    context.set_site(site)
    assert context.listen(f"{scheme}://127.0.0.1:0")
    return context, context.dup_listen_uris()[0] + "/claims"


@pytest.fixture
def serve(scheme):
    contexts = []

    def make(fill):
        context, uri = start_server(scheme, fill)
        contexts.append(context)
        return uri

    yield make
    for context in contexts:
        shut_down(context)


def shut_down(context):
    results = []
    context.shutdown_async(None, lambda source, result: results.append(result))
    iterate(lambda: results)
    assert context.shutdown_finish(results[0])


def ask(uri, credential):
    """Asks as our client."""
    store = Gcoap.CredentialStore.new()
    store.add("*", credential)
    context, results = Gcoap.Context.new(), []
    context.props.credentials = store
    request = Gcoap.Message.new_for_uri(Gcoap.Code.GET, uri)
    context.request_async(request, None, lambda source, result: results.append(result))
    iterate(lambda: results, 40)
    try:
        return context.request_finish(results[0])
    finally:
        shut_down(context)


def fill_psk(store):
    store.add_client("heating", make_psk())


CLIENTS = ["coap-client-gnutls", "coap-client-openssl"]


@pytest.mark.parametrize("tool", CLIENTS)
def test_psk_client(serve, tool):
    uri = serve(fill_psk)
    assert call(tool, "-u", IDENTITY, "-k", KEY, uri).strip() == f"name:heating psk:{IDENTITY}"


@pytest.mark.parametrize("tool", CLIENTS)
def test_wrong_key_client(serve, tool):
    uri = serve(fill_psk)
    assert "heating" not in call(tool, "-B", "4", "-u", IDENTITY, "-k", "wrong", uri)


@pytest.mark.parametrize("tool", CLIENTS)
def test_certificate_client(serve, keys, tool):
    uri = serve(lambda store: store.add_own(make_certificate(keys, "server")))
    said = call(tool, "-c", keys / "client.crt", "-j", keys / "client.key", "-C", keys / "ca.crt",
                uri.replace("127.0.0.1", "localhost"))
    assert key_hash(keys, "client") in said


def test_raw_key_client(serve, keys):
    uri = serve(lambda store: store.add_own(make_raw_key(keys, "server", "client")))
    assert key_hash(keys, "client") in call("coap-client-gnutls", "-M", keys / "client.sec1", uri)


def test_raw_key_client_unknown(serve, keys):
    uri = serve(lambda store: store.add_own(make_raw_key(keys, "server", "server")))
    assert "sha256" not in call("coap-client-gnutls", "-B", "4", "-M", keys / "client.sec1", uri)


def test_one_server_for_all(serve, keys):
    def fill(store):
        fill_psk(store)
        store.add_own(make_certificate(keys, "server"))
        store.add_own(make_raw_key(keys, "server", "client"))

    uri = serve(fill)
    assert "heating" in call("coap-client-gnutls", "-u", IDENTITY, "-k", KEY, uri)
    assert key_hash(keys, "client") in call("coap-client-gnutls", "-M", keys / "client.sec1", uri)
    assert key_hash(keys, "client") in call("coap-client-openssl", "-c", keys / "client.crt", "-j",
                                            keys / "client.key", "-C", keys / "ca.crt",
                                            uri.replace("127.0.0.1", "localhost"))
    assert b"heating" in ask(uri, make_psk()).get_payload_data()
    assert key_hash(keys, "client").encode() in ask(uri, make_raw_key(keys, "client", "server")).get_payload_data()
    assert key_hash(keys, "client").encode() in ask(uri, make_certificate(keys, "client")).get_payload_data()


@pytest.fixture(params=["gnutls", "openssl"])
def libcoap_server(request, scheme):
    """Starts libcoap's example server with arguments; gives a secure URI."""
    tool = shutil.which(f"coap-server-{request.param}")
    if tool is None:
        pytest.skip("libcoap3-bin is not installed")
    processes = []

    def start(*arguments):
        import socket
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        # Its secure port is the one after.
        process = subprocess.Popen([tool, "-A", "127.0.0.1", "-p", str(port), *map(str, arguments)],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        processes.append(process)
        from conftest import answers
        end = time.monotonic() + PATIENCE
        while not answers(port):
            assert process.poll() is None and time.monotonic() < end, "the server does not answer"
            time.sleep(0.05)
        return f"{scheme}://127.0.0.1:{port + 1}/"

    start.library = request.param
    yield start
    for process in processes:
        process.terminate()
        process.wait(PATIENCE)


def test_psk_server(libcoap_server):
    response = ask(libcoap_server("-k", KEY), make_psk())
    assert b"libcoap" in response.get_payload_data()


def test_certificate_server(libcoap_server, keys):
    uri = libcoap_server("-c", keys / "server.crt", "-j", keys / "server.key", "-C", keys / "ca.crt")
    assert b"libcoap" in ask(uri, make_certificate(keys, "client")).get_payload_data()


def test_raw_key_server(libcoap_server, keys):
    if libcoap_server.library != "gnutls":
        pytest.skip("this OpenSSL has no raw public keys")
    uri = libcoap_server("-M", keys / "server.sec1")
    assert b"libcoap" in ask(uri, make_raw_key(keys, "client", "server")).get_payload_data()


def test_raw_key_of_another_server(libcoap_server, keys):
    if libcoap_server.library != "gnutls":
        pytest.skip("this OpenSSL has no raw public keys")
    uri = libcoap_server("-M", keys / "server.sec1")
    with pytest.raises(GLib.Error, match="not the expected one"):
        ask(uri, make_raw_key(keys, "client", "client"))


def test_nobody_there(scheme):
    with pytest.raises(GLib.Error, match="127.0.0.1"):
        ask(f"{scheme}://127.0.0.1:9/", make_psk())


def test_no_credentials(scheme):
    context = Gcoap.Context.new()
    with pytest.raises(GLib.Error, match="credentials"):
        context.listen(f"{scheme}://127.0.0.1:0")


LOGGED_SESSION = """
import sys
sys.path.insert(0, sys.argv[1])
from test_secure import ask, fill_psk, make_psk, shut_down, start_server
context, uri = start_server("coaps", fill_psk)
print(uri, flush=True)
sys.stdin.readline()
print(ask(uri, make_psk()).get_payload_data().decode(), flush=True)
shut_down(context)
"""


def test_key_log(tmp_path):
    """Who has the file that SSLKEYLOGFILE names reads all; and the log warns of it."""
    tshark = shutil.which("tshark")
    if tshark is None:
        pytest.skip("tshark is not installed")
    from test_tshark import Capture
    keys, capture, folder = tmp_path / "keys", tmp_path / "capture", pathlib.Path(__file__).parent
    process = subprocess.Popen([sys.executable, "-c", LOGGED_SESSION, folder], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               env=os.environ | {"SSLKEYLOGFILE": str(keys)})
    try:
        port = process.stdout.readline().rpartition(":")[2].partition("/")[0]
        with Capture(int(port)) as frames:
            said, warned = process.communicate("go\n", timeout=PATIENCE)
        frames.write(capture)
    finally:
        process.kill()
        process.wait()
    assert f"psk:{IDENTITY}" in said
    assert "SSLKEYLOGFILE is set" in warned
    assert "CLIENT_RANDOM" in keys.read_text()

    def dissect(*arguments):
        return subprocess.run([tshark, "-n", "-r", capture, "-d", f"udp.port=={port},dtls",
                               "-d", f"dtls.port=={port},coap", "-Y", "coap", "-T", "fields",
                               "-e", "coap.opt.uri_path", *arguments], capture_output=True, text=True, timeout=60).stdout

    assert "claims" not in dissect()
    assert "claims" in dissect("-o", f"tls.keylog_file:{keys}")
