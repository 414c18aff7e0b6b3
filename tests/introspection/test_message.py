# SPDX-License-Identifier: LGPL-2.1-or-later
"""Messages and their options as Python sees them."""
import gc

import gi

gi.require_version("Gcoap", "1")
from gi.repository import Gcoap, GLib  # noqa: E402


def test_payload():
    message = Gcoap.Message.new(Gcoap.Code.PUT)
    message.set_payload_data(b"hello")
    assert message.get_payload_data() == b"hello"
    assert message.get_payload().get_data() == b"hello"
    message.set_payload(None)
    assert message.get_payload() is None


def test_generic_options():
    message = Gcoap.Message(code=Gcoap.Code.GET)
    message.add_option(65000, b"a\0b")
    assert message.get_option(65000, 0).get_data() == b"a\0b"
    assert message.get_option(65000, 1) is None
    assert message.get_option_uint(65002) == (False, 0)
    assert message.get_cache_key([65000]).get_size() < message.get_cache_key([]).get_size()


def test_typed_options():
    message = Gcoap.Message.new(Gcoap.Code.GET)
    assert message.get_uri_path() == []
    message.set_uri_path(["a", "b"])
    message.add_uri_path("é")
    assert message.get_uri_path() == ["a", "b", "é"]
    assert message.get_max_age() == 60
    assert message.get_accept() == (False, 0)
    message.set_accept(50)
    assert message.get_accept() == (True, 50)
    message.set_block1(Gcoap.Block.new(3, True, 6))
    assert message.get_block1().get_offset() == 3072
    assert message.to_string() == "GET, Uri-Path: a, Uri-Path: b, Uri-Path: \"é\", Accept: 50, Block1: 3/1/1024"


def test_lists_outlive_the_message():
    for i in range(100):
        message = Gcoap.Message.new(Gcoap.Code.GET)
        message.add_etag(GLib.Bytes.new(b"one"))
        message.add_etag(GLib.Bytes.new(b"%d" % i))
        message.add_q_block2(Gcoap.Block.new(i, False, 6))
        tags, blocks = message.get_etag(), message.get_q_block2()
        del message
        gc.collect()
        assert [tag.get_data() for tag in tags] == [b"one", b"%d" % i]
        assert [block.get_number() for block in blocks] == [i]


def test_copy_of_locked():
    message = Gcoap.Message.new(Gcoap.Code.GET)
    message.lock()
    copy = message.copy()
    copy.set_observe(0)
    assert message.get_observe() == (False, 0)
    assert copy.get_observe() == (True, 0)
