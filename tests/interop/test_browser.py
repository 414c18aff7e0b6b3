# SPDX-License-Identifier: LGPL-2.1-or-later
"""A web page in a browser asks a server for its links, over ws and wss."""
import base64
import contextlib
import functools
import hashlib
import http.server
import os
import pathlib
import queue
import shutil
import signal
import subprocess
import threading

import pytest

from processes import gcoap_server, has_web_sockets

PATIENCE = 60
EXAMPLE = pathlib.Path(__file__).parents[2] / "doc/examples/web-page.html"
REPORT = b"""<script>
new MutationObserver(() => fetch('/', {method: 'POST', body: output.textContent})).observe(output, {childList: true});
</script>"""


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves the page of the guide, and takes what it shows."""

    def __init__(self, shown, *arguments):
        self.shown = shown
        super().__init__(*arguments)

    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(EXAMPLE.read_bytes() + REPORT)

    def do_POST(self):
        self.shown.put(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.answer(b"")

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def web():
    """A web server: its origin, and what its page shows."""
    shown = queue.Queue()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, shown))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", shown
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser():
    for name in "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome":
        if program := shutil.which(name):
            return program
    pytest.skip("no browser (chromium-headless-shell) is installed")


@contextlib.contextmanager
def looked_at(browser, page, folder, *options):
    command = [browser, "--headless", "--disable-gpu", "--no-first-run", f"--user-data-dir={folder}",
               "--remote-debugging-port=0", *options]
    # Its sandbox does not work for root, nor in most containers.
    if os.geteuid() == 0 or os.environ.get("CI"):
        command += ["--no-sandbox", "--disable-dev-shm-usage"]
    # Nor does it bear the library of the sanitizers.
    environment = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
    process = subprocess.Popen([*command, page], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               env=environment, start_new_session=True)
    try:
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE)
        # It may leave others behind.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture(scope="module", autouse=True)
def built():
    if not has_web_sockets():
        pytest.skip("WebSockets were not built")


@pytest.mark.parametrize("allowed", [True, False, None])
def test_page(browser, web, tmp_path, allowed):
    origin, shown = web
    options = {True: ["--allow-origin", origin], False: ["--allow-origin", "https://other.example"], None: []}
    with gcoap_server(*options[allowed], bind=("coap+ws://127.0.0.1:0",)) as (_, ports):
        with looked_at(browser, f"{origin}/?server=ws://127.0.0.1:{ports[0]}", tmp_path):
            text = shown.get(timeout=PATIENCE)
    if allowed:
        assert "</test>" in text and "</obs>" in text
    else:
        assert text.startswith("There is no way to")


def test_secure_page(browser, web, tmp_path):
    """What a browser says in TLS, too; the certificate is one it is told to trust."""
    gi = pytest.importorskip("gi")
    gi.require_version("Gcoap", "1")
    from gi.repository import Gcoap, GLib
    from test_secure import iterate, shut_down

    def openssl(*arguments):
        return subprocess.run(["openssl", *arguments], cwd=tmp_path, check=True, capture_output=True).stdout

    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", "key", "-out", "certificate")
    key = openssl("pkey", "-in", "key", "-pubout", "-outform", "DER")
    origin, shown = web
    store, context = Gcoap.CredentialStore.new(), Gcoap.Context.new()
    store.add_own(Gcoap.CertificateCredential.new(GLib.Bytes.new((tmp_path / "certificate").read_bytes()),
                                                  GLib.Bytes.new((tmp_path / "key").read_bytes()), None, False))
    context.props.server_credentials = store
    context.props.allowed_origins = [origin]
    site = Gcoap.Site.new()
    site.add("from-the-browser", Gcoap.SimpleResource.new())
    context.set_site(site)
    context.listen("coaps+ws://127.0.0.1:0")
    port = context.dup_listen_uris()[0].rpartition(":")[2]
    digest = base64.b64encode(hashlib.sha256(key).digest()).decode()
    with looked_at(browser, f"{origin}/?server=wss://localhost:{port}", tmp_path / "profile",
                   f"--ignore-certificate-errors-spki-list={digest}"):
        iterate(lambda: not shown.empty(), PATIENCE)
    assert "</from-the-browser>" in shown.get()
    shut_down(context)
