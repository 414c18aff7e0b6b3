# SPDX-License-Identifier: LGPL-2.1-or-later
"""The way of doc/security.md from gcoap-keygen over a file of credentials to a server
and a client, and the options that need no file; with what goes wrong on it."""
import json
import pathlib
import re
import shlex
import shutil
import socket
import subprocess
import time

import pytest

from conftest import answers
from processes import CLIENT, TOOLS, gcoap_server, has_web_sockets, run

DOCUMENT = pathlib.Path(__file__).resolve().parents[2] / "doc" / "security.md"
KEYGEN = TOOLS / "gcoap-keygen"
NOT_DISSECTED = "what is encrypted"

SCHEMES = ["coaps", "coaps+tcp"] + (["coaps+ws"] if has_web_sockets() else [])


def keygen(*arguments):
    return run(KEYGEN, *arguments).stdout.decode()


def entries(text):
    """The maps that gcoap-keygen printed."""
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def at_port(entry, port):
    """What gcoap-keygen prints is for the default port."""
    return {pattern.replace("/*", f":{port}/*"): kinds for pattern, kinds in entry.items()}


def write(path, *maps, mode=0o600):
    whole = {}
    for one in maps:
        for key, value in one.items():
            whole[key] = {**whole.get(key, {}), **value}
    path.write_text(json.dumps(whole))
    path.chmod(mode)
    return path


def ask(scheme, port, *arguments, check=False):
    return run(CLIENT, "--timeout", "20", *arguments, f"{scheme}://127.0.0.1:{port}/whoami", check=check)


def serving(scheme, *arguments):
    return gcoap_server(*arguments, bind=(f"{scheme}://127.0.0.1:0",), stderr=subprocess.DEVNULL)


@pytest.fixture
def folder(tmp_path):
    return tmp_path


@pytest.mark.parametrize("scheme", SCHEMES)
def test_psk_from_files(folder, scheme):
    client, server = entries(keygen("psk", "--identity", "sensor-1", "--host", "127.0.0.1"))
    with serving(scheme, "--credentials", write(folder / "server", server)) as (_, (port,)):
        client_map = write(folder / "client", at_port(client, port))
        assert b"name:sensor-1" in ask(scheme, port, "--credentials", client_map, check=True).stdout
        other = ask(scheme, port, "--credentials", write(folder / "client", client))
        assert other.returncode != 0 and b"There are no credentials for" in other.stderr
        assert b"has to have the scheme, the host and the port" in other.stderr


@pytest.mark.parametrize("scheme", SCHEMES)
def test_certificate_from_files(folder, scheme):
    key, certificate = folder / "server.key", folder / "server.pem"
    keygen("key", key)
    own, trusting, pinning = entries(keygen("certificate", certificate, "--key", key, "--host", "127.0.0.1"))
    with serving(scheme, "--credentials", write(folder / "server", own)) as (_, (port,)):
        for one in trusting, pinning:
            ask(scheme, port, "--credentials", write(folder / "client", at_port(one, port), mode=0o644), check=True)
        refused = ask(scheme, port)
        assert refused.returncode == 6 and b"nobody who is trusted vouches for it" in refused.stderr
        assert b"Without --credentials, --psk, --ca" in refused.stderr


@pytest.mark.parametrize("scheme", SCHEMES)
def test_raw_public_keys_from_files(folder, scheme):
    server_key, client_key = folder / "server.key", folder / "alice.pem"
    own, _, _, _ = entries(keygen("key", server_key, "--host", "127.0.0.1"))
    _, _, client, letting = entries(keygen("key", client_key, "--host", "127.0.0.1"))
    client = json.loads(json.dumps(client).replace(json.dumps("sha256:…"), json.dumps(keygen("fingerprint", server_key).strip())))
    with serving(scheme, "--credentials", write(folder / "server", own, letting)) as (_, (port,)):
        answer = ask(scheme, port, "--credentials", write(folder / "client", at_port(client, port)), check=True)
        assert b"name:alice" in answer.stdout


@pytest.mark.parametrize("scheme", SCHEMES)
def test_options(folder, scheme):
    key, certificate, other = folder / "key", folder / "certificate", folder / "other"
    keygen("key", key)
    keygen("key", other)
    keygen("certificate", certificate, "--key", key, "--host", "127.0.0.1")
    hashed = keygen("fingerprint", key).strip()
    wrong = keygen("fingerprint", other).strip()
    (folder / "psk").write_text("hidden\n")
    (folder / "psk").chmod(0o600)
    with serving(scheme, "--psk", "typed:secret", "--psk", f"kept:@{folder}/psk", "--psk", "digits:hex:00ff10",
                 "--tls-server-certificate", certificate, "--tls-server-key", key) as (process, (port,)):
        for psk, name in ("typed:secret", b"typed"), ("kept:hidden", b"kept"), ("digits:hex:00ff10", b"digits"):
            assert b"psk:" + name in ask(scheme, port, "--psk", psk, check=True).stdout
        ask(scheme, port, "--ca", certificate, check=True)
        ask(scheme, port, "--peer-key", hashed, check=True)
        assert b"anybody on the way" in ask(scheme, port, "--insecure", check=True).stderr
        assert ask(scheme, port, "--peer-key", wrong).returncode == 6
        assert b"another key" in ask(scheme, port, "--peer-key", wrong).stderr
        # Nobody reads the key from the list of processes.
        line = pathlib.Path(f"/proc/{process.pid}/cmdline").read_bytes()
        assert b"typed:" in line and b"secret" not in line and b"00ff10" not in line


@pytest.mark.parametrize("scheme", SCHEMES)
def test_options_of_raw_public_keys(folder, scheme):
    keys = {name: folder / name for name in ("server", "client", "stranger")}
    hashes = {}
    for name, path in keys.items():
        hashes[name] = keygen("key", path).splitlines()[0]
    with serving(scheme, "--raw-public-key", keys["server"], "--peer-key", hashes["client"]) as (_, (port,)):
        ask(scheme, port, "--raw-public-key", keys["client"], "--peer-key", hashes["server"], check=True)
        assert ask(scheme, port, "--raw-public-key", keys["stranger"],
                   "--peer-key", hashes["server"]).returncode in (6, 7)
        assert ask(scheme, port, "--raw-public-key", keys["client"],
                   "--peer-key", hashes["stranger"]).returncode == 6


@pytest.mark.parametrize("scheme", SCHEMES)
def test_client_certificates(folder, scheme):
    paths = {}
    for name in "server", "client", "stranger":
        paths[name] = folder / f"{name}.pem", folder / f"{name}.key"
        keygen("key", paths[name][1])
        keygen("certificate", paths[name][0], "--key", paths[name][1], "--host", "127.0.0.1")
    server, client, stranger = (paths[name] for name in ("server", "client", "stranger"))
    with serving(scheme, "--tls-server-certificate", server[0], "--tls-server-key", server[1],
                 "--ca", client[0]) as (_, (port,)):
        trust = "--ca", server[0]
        ask(scheme, port, *trust, "--certificate", client[0], "--key", client[1], check=True)
        refused = ask(scheme, port, *trust, "--certificate", stranger[0], "--key", stranger[1])
        assert refused.returncode == 6 and b"refused the secure session: " in refused.stderr, refused
        refused = ask(scheme, port, *trust)
        assert refused.returncode == 6 and b"this side has shown none." in refused.stderr, refused


def test_wrong_key():
    with serving("coaps+tcp", "--psk", "sensor:right") as (_, (port,)):
        for psk in "sensor:wrong", "nobody:right":
            refused = ask("coaps+tcp", port, "--psk", psk)
            assert refused.returncode == 6 and b"refused the secure session" in refused.stderr
            assert b"; a wrong key or identity is one cause." in refused.stderr


def test_wrong_key_over_dtls():
    """Records that prove nothing get no answer, so both clients wait, at the same time."""
    with serving("coaps", "--psk", "sensor:right") as (_, (port,)):
        waiting = [subprocess.Popen([CLIENT, "--timeout", "40", "--psk", psk, f"coaps://127.0.0.1:{port}/whoami"],
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                   for psk in ("sensor:wrong", "nobody:right")]
        for process in waiting:
            out, complaint = process.communicate(timeout=60)
            assert process.returncode == 7 and out == b"" and b"a wrong key or identity is one cause" in complaint


def test_nothing_secret_is_traced(folder):
    (folder / "log").touch()
    with open(folder / "log", "wb") as log, \
            gcoap_server("-v", "--psk", "sensor:unspeakable", bind=("coaps://127.0.0.1:0",), stderr=log) as (_, (port,)):
        seen = ask("coaps", port, "-v", "-v", "--psk", "sensor:unspeakable", check=True)
    assert b"GET" in seen.stderr and b"unspeakable" not in seen.stdout + seen.stderr
    traced = (folder / "log").read_bytes()
    assert b"GET" in traced and b"unspeakable" not in traced


def libcoap(name):
    tool = shutil.which(name)
    if tool is None:
        pytest.skip(f"{name} (libcoap3-bin) is not installed")
    return tool


def test_with_libcoap():
    client = libcoap("coap-client-gnutls")
    with serving("coaps", "--psk", "sensor:right") as (_, (port,)):
        answer = run(client, "-u", "sensor", "-k", "right", f"coaps://127.0.0.1:{port}/whoami")
        assert b"psk:sensor" in answer.stdout


def test_with_libcoap_server():
    tool = libcoap("coap-server-gnutls")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with subprocess.Popen([tool, "-A", "127.0.0.1", "-p", str(port), "-k", "right"],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            end = time.monotonic() + 20
            while not answers(port):
                assert process.poll() is None and time.monotonic() < end, "the server does not answer"
                time.sleep(0.05)
            for scheme in "coaps", "coaps+tcp":
                # Its secure port is the one after.
                assert b"libcoap" in run(CLIENT, "--psk", "sensor:right", f"{scheme}://127.0.0.1:{port + 1}/").stdout
        finally:
            process.terminate()


def documented():
    """The blocks of commands, each as lists of words."""
    section = DOCUMENT.read_text().partition("## Secure a server in five minutes")[2].partition("\n## ")[0]
    blocks = re.findall(r"```console\n(.*?)```", section, re.DOTALL)
    return [[shlex.split(line[2:]) for line in block.splitlines()] for block in blocks]


def put(words, place, value):
    """Puts a value behind an option."""
    return [value if before == place else word for before, word in zip([None, *words], words)]


@pytest.mark.parametrize("index", range(4))
def test_documented(folder, monkeypatch, index):
    """Each command as it stands there, but for the port, and for what is to be pasted."""
    assert len(documented()) == 4
    tools = TOOLS.resolve()
    hashes, maps = {}, []
    monkeypatch.chdir(folder)
    for tool, *words in documented()[index]:
        if tool == "gcoap-keygen":
            said = run(tools / tool, *words).stdout.decode()
            maps = entries(said)
            hashes[words[1]] = said.splitlines()[0]
        elif tool == "gcoap-server":
            server = put(words, "--peer-key", hashes.get("client.key"))
        else:
            client = put(words, "--peer-key", hashes.get("server.key"))
    scheme = client[-1].partition(":")[0]
    if "--credentials" in server:
        write(folder / "server.json", maps[1])
    bind = server.pop(server.index("--bind") + 1)
    server.remove("--bind")
    assert bind == f"{scheme}://127.0.0.1" and client[-1] == f"{bind}/whoami"
    with subprocess.Popen([tools / "gcoap-server", "--bind", f"{bind}:0", *server], stdout=subprocess.PIPE) as process:
        try:
            port = process.stdout.readline().decode().strip().rpartition(":")[2]
            if "--credentials" in client:
                write(folder / "client.json", at_port(maps[0], port))
            answer = run(tools / "gcoap-client", *client[:-1], f"{bind}:{port}/whoami")
            assert f"talk {scheme}".encode() in answer.stdout
        finally:
            process.terminate()


@pytest.mark.parametrize("arguments, message", [
    (["--psk", "sensor"], b"--psk needs an identity, a colon and a key"),
    (["--psk", "sensor:"], b"--psk needs an identity, a colon and a key"),
    (["--psk", ":key"], b"--psk needs an identity, a colon and a key"),
    (["--psk", "a:b", "--psk", "c:d"], b"--psk can be given once"),
    (["--psk", "a:b", "--ca", "system"], b"--psk excludes"),
    (["--key", "file"], b"--certificate and --key go together"),
    (["--raw-public-key", "file"], b"--raw-public-key needs --peer-key"),
    (["--certificate", "a", "--key", "b"], b"which servers to trust"),
    (["--insecure", "--ca", "system"], b"--insecure trusts every server"),
    (["--insecure", "--peer-key", "sha256:" + 64 * "0"], b"--insecure trusts every server"),
    (["--peer-key", "sha256:00"], b"64 hexadecimal digits"),
    (["--psk", "a:hex:0g"], b"two hexadecimal digits"),
    (["--credentials", "a", "--credentials", "b"], b"--credentials can be given once"),
    (["--ca", "a", "--ca", "b"], b"--ca can be given once"),
])
def test_contradictions(arguments, message):
    refused = run(CLIENT, *arguments, "coaps://127.0.0.1/", check=False)
    assert refused.returncode == 2 and message in refused.stderr
    assert b"a:b" not in refused.stderr


@pytest.mark.parametrize("arguments, message", [
    (["--ca", "file"], b"--ca needs --tls-server-certificate"),
    (["--tls-server-key", "file"], b"go together"),
    (["--peer-key", "sha256:" + 64 * "0"], b"--peer-key needs --raw-public-key"),
    (["--psk", "a:b"], b"is not encrypted"),
    (["--psk", "a:b", "--bind", "coap+tcp://127.0.0.1:0"], b"is not encrypted"),
    (["--bind", "coaps://127.0.0.1:0"], b"--psk, --tls-server-certificate"),
    (["--bind", "coap://127.0.0.1:0", "--bind", "coaps+tcp://127.0.0.1:0"], b"--raw-public-key, or --credentials"),
])
@pytest.mark.parametrize("tool", ["gcoap-server", "gcoap-fileserver"])
def test_contradictions_of_servers(tool, arguments, message):
    refused = run(TOOLS / tool, *arguments, check=False)
    assert refused.returncode == 2 and message in refused.stderr


@pytest.mark.parametrize("arguments", [["--psk", "a:b"], ["--insecure"], ["--ca", "system"]])
def test_nothing_to_secure(arguments):
    refused = run(CLIENT, *arguments, "coap://127.0.0.1:9/", check=False)
    assert refused.returncode == 2 and b"coap://127.0.0.1:9/ is not encrypted" in refused.stderr


def test_bad_files(folder):
    readable, broken, psk = folder / "readable", folder / "broken", folder / "psk"
    readable.write_text('{"*": {"dtls": {"psk": {"ascii": "a"}, "client-identity": {"ascii": "b"}}}}')
    readable.chmod(0o644)
    broken.write_text('{\n  "coaps://*": {"dtls": {"pskk": 1}}\n}')
    broken.chmod(0o600)
    psk.write_text("key")
    psk.chmod(0o640)
    nothing, vague = folder / "nothing", folder / "vague"
    nothing.touch()
    vague.write_text('{"*": {"dtls": {"trust-anchors":\n "nothing"}}}')
    vague.chmod(0o600)
    for arguments, message in [
        (["--credentials", folder / "none"], b"No such file"),
        (["--credentials", readable], b"needs mode 600"),
        (["--credentials", broken], "broken”: Invalid credentials: “dtls” has no entry “pskk” (line 2, column ".encode()),
        (["--credentials", vague], b"No certificate was found (line 2, column 2)"),
        (["--credentials", folder], b"no regular file"),
        (["--psk", f"a:@{psk}"], b"needs mode 600"),
        (["--psk", f"a:@{folder}/none"], b"No such file"),
        (["--ca", broken], "broken”: The certificates cannot be read".encode()),
        (["--raw-public-key", broken, "--peer-key", "sha256:" + 64 * "0"], "broken”: The private key".encode()),
    ]:
        refused = run(CLIENT, *arguments, "coaps://127.0.0.1/", check=False)
        assert refused.returncode == 1 and message in refused.stderr, (arguments, refused.stderr)
        if arguments[0] == "--credentials":
            assert run(TOOLS / "gcoap-server", *arguments, check=False).returncode == 1


def test_fileserver(folder):
    (folder / "files").mkdir()
    (folder / "files" / "hello.txt").write_text("Hello")
    command = [TOOLS / "gcoap-fileserver", "--bind", "coaps://127.0.0.1:0", "--psk", "me:key", folder / "files"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            uri = process.stdout.readline().decode().strip()
            assert run(CLIENT, "--psk", "me:key", f"{uri}/hello.txt").stdout == b"Hello"
        finally:
            process.terminate()
        assert process.wait(20) == 0
