# SPDX-License-Identifier: LGPL-2.1-or-later
"""Directories of OSCORE contexts, in the layout of aiocoap, and maps that name them."""
import json

from oscore_peer import SALT, SECRET


def make_directory(path, sender_id, recipient_id, *, secret=SECRET, salt=SALT, id_context=None, window=None):
    path.mkdir(mode=0o700)
    settings = {"sender-id_hex": sender_id.hex(), "recipient-id_hex": recipient_id.hex()}
    if id_context is not None:
        settings["id-context_hex"] = id_context.hex()
    if window is not None:
        settings["window"] = window
    for name, content in ("settings", settings), ("secret", {"secret_hex": secret.hex(), "salt_hex": salt.hex()}):
        (path / f"{name}.json").write_text(json.dumps(content))
        (path / f"{name}.json").chmod(0o600)
    return path


def write_map(path, entries):
    path.write_text(json.dumps(entries))
    path.chmod(0o600)
    return path


def client_map(folder, uri, **changes):
    """A map with the client's side of the plugtests' context, for this URI."""
    changes = {"sender_id": b"", "recipient_id": b"\1", **changes}
    directory = make_directory(folder / "client-context", **changes)
    return write_map(folder / "client.json", {f"{uri}/*": {"oscore": {"basedir": str(directory)}}})


def server_map(folder, name=":client", **changes):
    """A map with the server's side."""
    changes = {"sender_id": b"\1", "recipient_id": b"", **changes}
    directory = make_directory(folder / "server-context", **changes)
    return write_map(folder / "server.json", {name: {"oscore": {"basedir": str(directory)}}})
