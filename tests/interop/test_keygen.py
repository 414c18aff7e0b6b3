# SPDX-License-Identifier: LGPL-2.1-or-later
"""gcoap-keygen: what it makes is what OpenSSL and our own maps of credentials take."""
import hashlib
import json
import os
import pathlib
import re
import resource
import shutil
import stat
import subprocess

import pytest

from processes import TOOLS

KEYGEN = (TOOLS / "gcoap-keygen").resolve()
HASH = re.compile(r"^sha256:[0-9a-f]{64}$")
ALGORITHMS = {"AES-CCM-16-64-128": 7, "AES-CCM-16-64-256": 7, "AES-CCM-64-64-128": 1, "AES-CCM-64-64-256": 1,
              "AES-CCM-16-128-128": 7, "AES-CCM-16-128-256": 7, "AES-CCM-64-128-128": 1, "AES-CCM-64-128-256": 1,
              "ChaCha20/Poly1305": 6, "A128GCM": 6, "A192GCM": 6, "A256GCM": 6}


def keygen(*arguments, status=0, **kwargs):
    """Runs it, and returns what it prints; with another status, what it complains of."""
    kwargs.setdefault("stdout", subprocess.PIPE)
    done = subprocess.run([KEYGEN, *map(str, arguments)], stderr=subprocess.PIPE, timeout=30, **kwargs)
    assert done.returncode == status, done.stderr.decode()
    if status == 0:
        assert done.stderr == b""
        return done.stdout.decode()
    assert not done.stdout
    return done.stderr.decode()


def entries(text):
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def for_each_scheme(host, session):
    """The entry of a client."""
    return {f"{scheme}://{host}/*": {kind: session}
            for scheme, kind in (("coaps", "dtls"), ("coaps+tcp", "tls"), ("coaps+ws", "tls"))}


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def tree(path):
    return sorted(p.relative_to(path).as_posix() for p in path.rglob("*"))


@pytest.fixture
def openssl():
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("openssl is not installed")

    def run(*arguments, check=True):
        done = subprocess.run([program, *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, timeout=30)
        assert not check or done.returncode == 0, done.stderr.decode()
        return done.stdout
    return run


@pytest.fixture
def load():
    """Puts a map into a store of credentials."""
    gi = pytest.importorskip("gi")
    try:
        gi.require_version("Gcoap", "1")
    except ValueError:
        pytest.skip("the introspection data were not built")
    from gi.repository import Gcoap, GLib

    def run(entry):
        store = Gcoap.CredentialStore.new()
        assert store.load_bytes(GLib.Bytes.new(json.dumps(entry).encode()), None)
        return store
    return run


@pytest.mark.parametrize("kind, text", [("p256", b"prime256v1"), ("ed25519", b"ED25519")])
def test_key(tmp_path, openssl, load, kind, text):
    path = tmp_path / "alice.pem"
    out = keygen("key", path, "--type", kind, "--host", "server.example")
    assert tree(tmp_path) == ["alice.pem"] and mode(path) == 0o600
    assert text in openssl("pkey", "-in", path, "-noout", "-text")
    public = openssl("pkey", "-in", path, "-pubout", "-outform", "DER")
    wanted = "sha256:" + hashlib.sha256(public).hexdigest()
    assert out.splitlines()[0] == wanted and keygen("fingerprint", path) == wanted + "\n"
    own, expecting, client, letting = entries(out)
    assert own == {"server": {"own": {"dtls": {"key": str(path)}, "tls": {"key": str(path)}}}}
    assert expecting == for_each_scheme("server.example", {"peers": wanted})
    assert letting == {"server": {"clients": {"alice": wanted}}}
    assert client == for_each_scheme("server.example", {"key": str(path), "peers": "sha256:…"})
    client = for_each_scheme("server.example", {"key": str(path), "peers": wanted})
    for entry in own, expecting, client, letting:
        load(entry)
    # The private half is in the file only.
    secret = re.sub(rb"-----.*?-----|\s", b"", path.read_bytes())
    assert secret and secret.decode() not in re.sub(r"\s", "", out)
    assert not re.search("PRIVATE", out)


def test_keys_differ(tmp_path):
    assert keygen("key", tmp_path / "a").splitlines()[0] != keygen("key", tmp_path / "b").splitlines()[0]


@pytest.mark.parametrize("kind", ["p256", "ed25519"])
def test_certificate(tmp_path, openssl, load, kind):
    key, path = tmp_path / "key.pem", tmp_path / "cert.pem"
    wanted = keygen("key", key, "--type", kind).splitlines()[0]
    out = keygen("certificate", path, "--key", key, "--host", "server.example", "--host", "192.0.2.7",
                 "--host", "[2001:db8::1]", "--days", "10")
    assert mode(path) == 0o600 and tree(tmp_path) == ["cert.pem", "key.pem"]
    assert out.splitlines()[0] == wanted == keygen("fingerprint", path).strip()
    text = openssl("x509", "-in", path, "-noout", "-text").decode()
    assert "DNS:server.example, IP Address:192.0.2.7, IP Address:2001:DB8:0:0:0:0:0:1" in text
    assert "CA:FALSE" in text and "Version: 3" in text
    assert "TLS Web Server Authentication, TLS Web Client Authentication" in text
    for purpose in "sslserver", "sslclient":
        openssl("verify", "-x509_strict", "-CAfile", path, "-purpose", purpose, "-verify_hostname", "server.example", path)
    openssl("verify", "-CAfile", path, "-verify_ip", "2001:db8::1", path)
    assert b"OK" not in openssl("verify", "-CAfile", path, "-verify_hostname", "other.example", path, check=False)
    assert openssl("x509", "-in", path, "-noout", "-pubkey") == openssl("pkey", "-in", key, "-pubout")
    openssl("x509", "-in", path, "-noout", "-checkend", 9 * 86400)
    assert b"will expire" in openssl("x509", "-in", path, "-noout", "-checkend", 11 * 86400, check=False)
    own, trusting, pinning = entries(out)
    shown = {"certificate": str(path), "key": str(key)}
    assert own == {"server": {"own": {"dtls": shown, "tls": shown}}}
    assert trusting == for_each_scheme("server.example", {"trust-anchors": str(path)})
    assert pinning == for_each_scheme("server.example", {"pin": wanted})
    for entry in own, trusting, pinning:
        load(entry)


def test_certtool(tmp_path):
    certtool = shutil.which("certtool")
    if certtool is None:
        pytest.skip("certtool (gnutls-bin) is not installed")
    key, path = tmp_path / "key.pem", tmp_path / "cert.pem"
    keygen("key", key)
    keygen("certificate", path, "--key", key, "--host", "server.example")
    # It is no authority, which certtool --verify wants a trust anchor to be.
    said = subprocess.run([certtool, "--certificate-info", "--infile", path], check=True, capture_output=True,
                          timeout=30).stdout.decode()
    assert "DNSname: server.example" in said and "Certificate Authority (CA): FALSE" in said
    subprocess.run([certtool, "--key-info", "--infile", key], check=True, capture_output=True, timeout=30)


def test_certificate_leaves_the_key_alone(tmp_path):
    key = tmp_path / "key.pem"
    keygen("key", key)
    before = key.read_bytes()
    (tmp_path / "link").symlink_to("key.pem")
    for name in "key.pem", "link":
        complaint = keygen("certificate", tmp_path / name, "--key", key, "--host", "a", "--force", status=2)
        assert "is the file with the key" in complaint
    key.chmod(0o640)
    assert "mode 640" in keygen("certificate", tmp_path / "c", "--key", key, "--host", "a", status=1)
    assert key.read_bytes() == before and tree(tmp_path) == ["key.pem", "link"]


def test_psk(tmp_path, load):
    client, server = entries(keygen("psk", "--identity", 'a "b" \\', "--bytes", 32, "--host", "::1", cwd=tmp_path))
    dtls = client["coaps://[::1]/*"]["dtls"]
    assert client == for_each_scheme("[::1]", dtls)
    assert dtls["client-identity"] == {"ascii": 'a "b" \\'}
    assert re.fullmatch("[0-9a-f]{64}", dtls["psk"]["hex"])
    assert server == {"server": {"identities": {'a "b" \\': {"psk": dtls["psk"]}}}}
    load(client)
    load(server)
    assert tree(tmp_path) == []
    first, second = entries(keygen("psk"))[0], entries(keygen("psk"))[0]
    assert len(first["coaps://host/*"]["dtls"]["psk"]["hex"]) == 32
    for part in "psk", "client-identity":
        assert first["coaps://host/*"]["dtls"][part] != second["coaps://host/*"]["dtls"][part]


def read_context(path):
    assert mode(path) == 0o700 and tree(path) == ["secret.json", "settings.json"]
    assert mode(path / "secret.json") == mode(path / "settings.json") == 0o600
    return json.loads((path / "settings.json").read_text()), json.loads((path / "secret.json").read_text())


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_oscore(tmp_path, load, algorithm):
    longest = ALGORITHMS[algorithm]
    client_id, server_id = "a5" * longest, "5a" * longest
    arguments = ["oscore", tmp_path / "client", f"{tmp_path}/server/", "--algorithm", algorithm, "--id-context", "0x0a0B",
                 "--client-id", client_id, "--server-id", server_id, "--host", "server.example"]
    out = keygen(*arguments)
    client, client_secret = read_context(tmp_path / "client")
    server, server_secret = read_context(tmp_path / "server")
    assert client == {"sender-id_hex": client_id, "recipient-id_hex": server_id, "id-context_hex": "0a0b",
                      "algorithm": algorithm}
    assert server == {**client, "sender-id_hex": server_id, "recipient-id_hex": client_id}
    assert client_secret == server_secret
    assert len(bytes.fromhex(client_secret["secret_hex"])) == 32 and len(bytes.fromhex(client_secret["salt_hex"])) == 8
    assert client_secret["secret_hex"] not in out and client_secret["salt_hex"] not in out
    ours, theirs = entries(out)
    assert ours == {"coap://server.example/*": {"oscore": {"basedir": str(tmp_path / "client")}}}
    assert list(theirs.values()) == [{"oscore": {"basedir": f"{tmp_path}/server"}}]
    load(ours)
    load(theirs)
    arguments[arguments.index(client_id)] += "00"
    assert "too long" in keygen(*arguments, "--force", status=2)


def test_oscore_algorithms():
    assert keygen("oscore", "--algorithm", "help").split() == list(ALGORITHMS)


def test_oscore_is_a_pair_or_nothing(tmp_path):
    (tmp_path / "server").mkdir()
    complaint = keygen("oscore", tmp_path / "client", tmp_path / "server", status=1)
    assert "server is there already" in complaint and tree(tmp_path) == ["server"]
    keygen("oscore", tmp_path / "client", tmp_path / "server", "--force")
    before = read_context(tmp_path / "client")
    (tmp_path / "server" / "photo").write_text("")
    complaint = keygen("oscore", tmp_path / "client", tmp_path / "server", "--force", status=1)
    assert "“photo”" in complaint and read_context(tmp_path / "client") == before
    (tmp_path / "server" / "photo").unlink()
    keygen("oscore", tmp_path / "client", tmp_path / "server", "--force")
    assert read_context(tmp_path / "client")[1] != before[1]
    assert read_context(tmp_path / "client")[1] == read_context(tmp_path / "server")[1]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["client", "server"]


def test_overwrite(tmp_path):
    path = tmp_path / "key"
    path.write_text("precious")
    path.chmod(0o644)
    assert "--force" in keygen("key", path, status=1)
    assert path.read_text() == "precious"
    keygen("key", path, "--force")
    assert path.read_text().startswith("-----BEGIN PRIVATE KEY-----") and mode(path) == 0o600
    assert tree(tmp_path) == ["key"]
    assert "no regular file" in keygen("key", tmp_path, "--force", status=1)
    assert "no regular file" in keygen("key", "/dev/null", "--force", status=1)


@pytest.mark.parametrize("umask", [0, 0o777])
def test_umask(tmp_path, umask):
    keygen("key", tmp_path / "key", preexec_fn=lambda: os.umask(umask))
    keygen("oscore", tmp_path / "c", tmp_path / "s", preexec_fn=lambda: os.umask(umask))
    assert mode(tmp_path / "key") == 0o600
    read_context(tmp_path / "c")
    read_context(tmp_path / "s")


def test_fingerprint_of_all_forms(tmp_path, openssl):
    key, certificate = tmp_path / "key", tmp_path / "cert"
    wanted = keygen("key", key).splitlines()[0]
    keygen("certificate", certificate, "--key", key, "--host", "a")
    for form in "PEM", "DER":
        for command in (["pkey", "-in", key], ["pkey", "-in", key, "-pubout"], ["x509", "-in", certificate],
                        ["ec", "-in", key]):
            content = openssl(*command, "-outform", form)
            assert keygen("fingerprint", "-", input=content).strip() == wanted, (command, form)
    both = certificate.read_bytes() + key.read_bytes()
    assert keygen("fingerprint", "-", input=both).strip() == wanted


def test_fingerprint_of_others(tmp_path, openssl):
    keygen("key", tmp_path / "key")
    encrypted = openssl("pkey", "-in", tmp_path / "key", "-aes256", "-passout", "pass:x")
    assert "encrypted" in keygen("fingerprint", "-", input=encrypted, status=1)
    for content in b"", b"text", b"\0" * 100, (tmp_path / "key").read_bytes()[:100], os.urandom(1000):
        complaint = keygen("fingerprint", "-", input=content, status=1)
        assert "tandard input" in complaint and len(complaint.splitlines()) == 1
    assert "Is a directory" in keygen("fingerprint", tmp_path, status=1)
    assert "No such file" in keygen("fingerprint", tmp_path / "none", status=1)


@pytest.mark.parametrize("arguments", [
    [], ["x"], ["key"], ["key", "a", "b"], ["key", "-"], ["key", ""], ["key", "a", "--type", "rsa"], ["psk", "a"],
    ["key", "a", "--days", "3"], ["psk", "--force"], ["psk", "--bytes", "15"], ["psk", "--bytes", "65"],
    ["psk", "--identity", ""], ["psk", "--identity", "é"], ["psk", "--identity", "x" * 129], ["psk", "--identity", "a\nb"],
    ["psk", "--host", "a b"], ["psk", "--host", "a", "--host", "b"], ["certificate", "a"],
    ["certificate", "a", "--key", "k"], ["certificate", "a", "--host", "h"],
    ["certificate", "a", "--key", "k", "--host", "h", "--days", "0"],
    ["certificate", "a", "--key", "k", "--host", "h", "--days", "36501"],
    ["certificate", "a", "--key", "k", *["--host", "h"] * 65],
    ["oscore", "a"], ["oscore", "a", "a"], ["oscore", "a", "./a/"], ["oscore", "a", "a/b"], ["oscore", "a", "b", "c"],
    ["oscore", "a", "b", "--algorithm", "AES"], ["oscore", "a", "b", "--id-context", "0"],
    ["oscore", "a", "b", "--id-context", "00" * 65], ["oscore", "a", "b", "--client-id", "02"],
    ["oscore", "a", "b", "--client-id", ""], ["oscore", "a", "b", "--client-id", "0x", "--server-id", "0x"],
    ["fingerprint"], ["--unknown"],
])
def test_usage(tmp_path, arguments):
    complaint = keygen(*arguments, status=2, cwd=tmp_path)
    assert complaint.startswith("gcoap-keygen: ") and complaint.endswith("Try “gcoap-keygen --help”.\n")
    assert tree(tmp_path) == []


def test_unwritable(tmp_path):
    assert "No such file" in keygen("key", tmp_path / "none" / "key", status=1)
    assert "No such file" in keygen("oscore", tmp_path / "none" / "c", tmp_path / "s", status=1)
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(0o555)
    # The superuser can write everywhere but to what is no disk.
    place = closed if os.geteuid() != 0 else pathlib.Path("/proc/self")
    complaint = keygen("key", place / "key", status=1)
    assert complaint.startswith(f"gcoap-keygen: Cannot write {place}/key: ") and len(complaint.splitlines()) == 1
    keygen("oscore", tmp_path / "c", place / "s", status=1)
    assert tree(tmp_path) == ["closed"]


@pytest.mark.parametrize("limit", [0, 1, 100])
def test_no_room(tmp_path, limit):
    """A limit on the size of files stands for a disk that becomes full."""
    def restrict():
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    old = tmp_path / "old"
    old.write_text("precious")
    assert "Cannot write" in keygen("key", tmp_path / "key", status=1, preexec_fn=restrict)
    assert "Cannot write" in keygen("key", old, "--force", status=1, preexec_fn=restrict)
    assert "Cannot make" in keygen("oscore", tmp_path / "c", tmp_path / "s", status=1, preexec_fn=restrict)
    assert tree(tmp_path) == ["old"] and old.read_text() == "precious"


def test_full_disk(tmp_path):
    if shutil.which("unshare") is None or subprocess.run(
            ["unshare", "-rm", "mount", "-t", "tmpfs", "-o", "size=4k", "none", tmp_path],
            capture_output=True, timeout=30).returncode != 0:
        pytest.skip("there are no namespaces for users here")
    script = ('mount -t tmpfs -o size=4k none "$0" && cd "$0" && head -c 4096 /dev/zero > filler && '
              '{ "$1" key key; echo $?; "$1" oscore c s; echo $?; ls -A; }')
    done = subprocess.run(["unshare", "-rm", "sh", "-c", script, tmp_path, KEYGEN], capture_output=True, timeout=30)
    assert done.stdout.decode().split() == ["1", "1", "filler"], done.stderr.decode()
    assert done.stderr.decode().count("No space left on device.") == 2


def test_full_output(tmp_path):
    with open("/dev/full", "wb") as full:
        assert "Cannot write to standard output" in keygen("psk", status=1, stdout=full)
        assert "Cannot write to standard output" in keygen("key", tmp_path / "key", status=1, stdout=full)
