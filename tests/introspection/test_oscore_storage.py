# SPDX-License-Identifier: LGPL-2.1-or-later
"""An application's own storage of an OSCORE context, in Python."""
import os

import gi
import pytest

gi.require_version("Gcoap", "1")
from gi.repository import Gcoap, GLib, GObject  # noqa: E402


def parameters(**changes):
    values = {"secret": b"0123456789abcdef", "salt": None, "sender": b"\1", "recipient": b"\2", "context": None,
              "algorithm": 0, "hash": None, "window": 0, **changes}
    secret, salt, sender, recipient, context = (
        None if values[name] is None else GLib.Bytes.new(values[name])
        for name in ("secret", "salt", "sender", "recipient", "context"))
    return Gcoap.OscoreCredential.new_full(secret, salt, sender, recipient, context, values["algorithm"],
                                           values["hash"], values["window"])


class Storage(GObject.Object, Gcoap.OscoreStorage):
    """Answers later, as a database would."""

    def __init__(self, broken=None):
        super().__init__()
        self.state, self.calls, self.broken = None, [], broken
        secret = os.urandom(16)
        self.parameters = parameters(secret=secret)
        self.peer = parameters(secret=secret, sender=b"\2", recipient=b"\1")

    def later(self, answer):
        GLib.idle_add(lambda: answer() and False)

    def do_load(self, operation):
        self.calls.append("load")
        if self.broken != "load":
            self.later(lambda: operation.finish_load(self.parameters, self.state))

    def do_write(self, operation):
        self.calls.append("write")
        if self.broken == "write":
            operation.fail("The database is gone.")
            return
        self.state = operation.get_state()
        self.later(operation.succeed)

    def do_close(self, operation):
        self.calls.append("close")
        operation.succeed()


def test_credential():
    storage = Storage()
    credential = Gcoap.OscoreCredential.new_for_storage(storage, "lamp")
    assert credential.get_storage() is storage and credential.get_name() == "lamp"
    assert credential.get_directory() is None and credential.get_sender_id() is None
    assert parameters().get_name() == "memory"
    assert Gcoap.OscoreCredential.new_for_directory("/a").get_name() == "/a"


@pytest.mark.parametrize("changes", [
    {"secret": b"short"}, {"salt": bytes(65)}, {"context": bytes(65)}, {"window": 1025}, {"sender": bytes(8)},
    {"sender": b"\2"}])
def test_parameters(changes):
    with pytest.raises(GLib.Error) as caught:
        parameters(**changes)
    assert caught.value.matches(Gcoap.error_quark(), Gcoap.Error.INVALID_ARGUMENT)


def protect(pair, storage):
    """The client's context is the application's, the server's is in memory."""
    client = Gcoap.CredentialStore.new()
    client.add(pair.uri + "/*", Gcoap.OscoreCredential.new_for_storage(storage, "lamp"))
    pair.client.set_credentials(client)
    server = Gcoap.CredentialStore.new()
    server.add_client_context("lamp", storage.peer)
    pair.server.set_server_credentials(server)


class Hello(Gcoap.Resource):
    def do_get(self, exchange):
        Gcoap.Resource.answer_text(exchange, "hello")


def test_storage(pair):
    storage = Storage()
    pair.site.add("hello", Hello())
    protect(pair, storage)
    for _ in range(20):
        assert pair.ask("/hello").get_payload_data() == b"hello"
    assert storage.calls[0] == "load" and 2 <= storage.calls.count("write") <= 4
    assert '"next-to-send"' in storage.state


@pytest.mark.parametrize("broken, reason", [("write", "The database is gone."), ("load", "did not answer")])
def test_failure(pair, broken, reason):
    pair.site.add("hello", Hello())
    protect(pair, Storage(broken))
    with pytest.raises(GLib.Error, match=reason):
        pair.ask("/hello")
