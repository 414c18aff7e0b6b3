# SPDX-License-Identifier: LGPL-2.1-or-later
"""The vocabulary of the library as Python sees it."""
import gi
import pytest

gi.require_version("Gcoap", "1")
from gi.repository import Gcoap, GLib  # noqa: E402


def test_codes():
    assert Gcoap.Code.CONTENT == 69
    assert Gcoap.Code.to_string(Gcoap.Code.NOT_FOUND) == "4.04"
    # A byte that is not registered is a code as well.
    assert Gcoap.Code.to_string(255) == "7.31"
    assert Gcoap.Code.get_name(255) is None


def test_code_from_string():
    assert Gcoap.Code.from_string("ipatch") == (True, Gcoap.Code.IPATCH)
    with pytest.raises(GLib.Error) as raised:
        Gcoap.Code.from_string("GOT")
    assert raised.value.matches(Gcoap.error_quark(), Gcoap.Error.INVALID_ARGUMENT)


def test_options():
    assert Gcoap.OptionNumber.URI_PATH == 11
    assert Gcoap.OptionNumber.get_name(11) == "Uri-Path"
    assert Gcoap.OptionNumber.is_critical(65001)
    classes = Gcoap.OptionNumber.get_oscore_class(Gcoap.OptionNumber.OBSERVE)
    assert classes == Gcoap.OscoreOptionClass.E | Gcoap.OscoreOptionClass.U


def test_content_formats():
    assert Gcoap.ContentFormat.from_string("cbor") == (True, 60)
    assert Gcoap.ContentFormat.to_string(50) == "application/json"


def test_version():
    assert (Gcoap.MAJOR_VERSION, Gcoap.MINOR_VERSION, Gcoap.MICRO_VERSION) == tuple(
        int(part) for part in Gcoap.VERSION_S.split("."))
