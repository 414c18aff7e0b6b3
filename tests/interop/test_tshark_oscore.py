# SPDX-License-Identifier: LGPL-2.1-or-later
"""Wireshark derives the same keys as we do and decrypts what our tools protect, with the
secrets that GCOAP_OSCORE_KEYLOGFILE lets them write down."""
import os
import stat

import pytest

from oscore_files import client_map, server_map
from oscore_peer import SECRET
from processes import CLIENT, gcoap_server, run
from test_tshark import TSHARK, Capture, dissect

NOT_DISSECTED = "it looks for itself"

pytestmark = pytest.mark.skipif(not TSHARK, reason="tshark is not installed")

FAULTS = " || ".join("oscore." + name for name in (
    "partial_iv_not_found", "context_not_set", "message_too_small", "truncated", "cbc_mac_failed",
    "tag_check_failed", "decrypt_error", "info_fetch_failed", "piv_len_invalid", "option_length_bad",
    "option_oscore_bad", "invalid_option_number", "invalid_option_range"))


def talk(port, folder, **context):
    uri = f"coap://127.0.0.1:{port}"
    credentials = client_map(folder, uri, **context)
    for arguments in (
            ["/oscore/hello/1"], ["/oscore/hello/2?first=1"], ["-m", "put", "-p", "z", "/oscore/hello/7"],
            ["-m", "delete", "/oscore/test"], ["/large"], ["-m", "put", "-p", "x" * 3000, "/large-update"],
            ["/nothing-here"], ["--observe", "/oscore/observe1"]):
        run(CLIENT, "--credentials", credentials, *arguments[:-1], uri + arguments[-1], check=False)


@pytest.fixture(params=[None, b"\x37\xcb\xf3\x21\x00\x17\xa2\xd3"], ids=["alone", "id-context"])
def spoken(request, tmp_path, monkeypatch):
    """What was captured, with its port, and what our client logged."""
    logs = tmp_path / "client-log", tmp_path / "server-log"
    monkeypatch.setenv("GCOAP_OSCORE_KEYLOGFILE", str(logs[1]))
    with gcoap_server("--credentials", server_map(tmp_path, id_context=request.param)) as (_, [port]):
        monkeypatch.setenv("GCOAP_OSCORE_KEYLOGFILE", str(logs[0]))
        with Capture(port) as capture:
            talk(port, tmp_path, id_context=request.param)
    path = tmp_path / "run.pcap"
    capture.write(path)
    return path, port, logs


def use(monkeypatch, folder, log):
    folder.mkdir()
    (folder / "oscore_contexts").write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:2]))
    monkeypatch.setenv("WIRESHARK_CONFIG_DIR", str(folder))


def paths_of_puts(path, port):
    return dissect(path, port, "-Y", "oscore.code == 3", "-T", "fields", "-e", "oscore.opt.uri_path")


def test_decrypts(spoken, tmp_path, monkeypatch):
    path, port, logs = spoken
    assert all(stat.S_IMODE(os.stat(log).st_mode) == 0o600 for log in logs)

    for number, log in enumerate(logs):
        use(monkeypatch, tmp_path / str(number), log)
        outer = dissect(path, port, "-Y", "coap.code > 0", "-T", "fields", "-e", "coap.code")
        inner = dissect(path, port, "-Y", "oscore.code", "-T", "fields", "-e", "oscore.code")
        assert len(outer) == len(inner) >= 22
        # POST and FETCH, 2.04 and 2.05 (RFC 8613 §4.2), whatever is inside.
        assert set(outer) == {"2", "5", "68", "69"}
        assert set(inner) >= {"1", "3", "4", "66", "68", "69", "132", "160"}
        paths = dissect(path, port, "-Y", "oscore.code == 1", "-T", "fields", "-e", "oscore.opt.uri_path")
        assert set(paths) >= {"oscore,hello,1", "oscore,hello,2", "large", "oscore,observe1", "nothing-here"}
        # What was cut into blocks before it was protected is not cut again afterwards.
        assert paths_of_puts(path, port).count("large-update") == 3
        assert dissect(path, port, "-Y", "coap.opt.block_number") == []
        assert dissect(path, port, "-Y", FAULTS) == []


def test_the_test_itself(spoken, tmp_path, monkeypatch):
    """With another secret nothing can be read."""
    path, port, logs = spoken
    other = tmp_path / "other"
    other.write_text(logs[0].read_text().replace(SECRET.hex(), "00" * 16))
    use(monkeypatch, tmp_path / "config", other)
    assert len(dissect(path, port, "-Y", "oscore.tag_check_failed")) >= 20
