# SPDX-License-Identifier: LGPL-2.1-or-later
"""Credentials as Python sees them, and the map in the guide on security."""
import os
import pathlib
import re

import gi
import pytest

gi.require_version("Gcoap", "1")
from gi.repository import Gcoap, Gio, GLib  # noqa: E402

GUIDE = pathlib.Path(__file__).parents[2] / "doc" / "security.md"


def load(path):
    store = Gcoap.CredentialStore.new()
    loop = GLib.MainLoop()
    results = []

    def loaded(source, result):
        try:
            results.append(source.load_finish(result))
        except GLib.Error as error:
            results.append(error)
        loop.quit()

    store.load_async(Gio.File.new_for_path(str(path)), None, loaded)
    loop.run()
    return store, results[0]


def test_guide(tmp_path):
    text = re.search(r"<!-- credential-map -->\n```\n(.*?)```", GUIDE.read_text(), re.S).group(1)
    path = tmp_path / "credentials.edn"
    path.write_text(text)
    os.chmod(path, 0o640)
    _, error = load(path)
    assert error.matches(Gcoap.error_quark(), Gcoap.Error.PERMISSION)
    os.chmod(path, 0o600)
    store, result = load(path)
    assert result is True
    psk = store.lookup("coaps://lamp.example/a", Gcoap.Security.DTLS)
    assert isinstance(psk, Gcoap.PskCredential)
    assert psk.get_identity().get_data() == b"controller"
    pinned = store.lookup("coaps+tcp://hub.example/", Gcoap.Security.TLS)
    assert pinned.get_pinned_key().startswith("sha256:")
    context = store.lookup("coap://lamp.example/", Gcoap.Security.OSCORE)
    assert context.get_directory() == str(tmp_path / "lamp-context")


def test_errors():
    store = Gcoap.CredentialStore.new()
    with pytest.raises(GLib.Error, match=r"line 2, column 2"):
        store.load_bytes(GLib.Bytes.new(b'{\n "lamp": {}}'), None)
    assert store.props.serial == 0


def test_claims():
    claims = Gcoap.Claims.new(Gcoap.ClaimsKind.PSK, "alice", GLib.Bytes.new(b"id"), None)
    assert claims.to_strv() == ["name:alice", "psk:id"]
    site = Gcoap.Site.new()
    site.require("admin", "name:*")
    site.require("admin", None)
