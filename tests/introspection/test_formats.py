# SPDX-License-Identifier: LGPL-2.1-or-later
"""CBOR, diagnostic notation, SenML and problem details as Python sees them."""
import gi
import pytest

gi.require_version("Gcoap", "1")
from gi.repository import Gcoap, GLib  # noqa: E402

NONE = Gcoap.EdnFlags.DEFAULT


def test_cbor_reader():
    reader = Gcoap.CborReader.new(Gcoap.edn_parse('[1, h\'00ff\', "x", {-1: 2.5}]', -1, NONE),
                                  Gcoap.CborReaderFlags.UNIQUE_KEYS)
    assert reader.peek() == Gcoap.CborType.ARRAY
    assert reader.enter_array() == (True, 4)
    assert reader.read_uint() == (True, 1)
    assert reader.read_bytes() == (True, b"\0\xff")
    assert reader.dup_text() == "x"
    with pytest.raises(GLib.Error) as error:
        reader.read_uint()
    assert error.value.matches(Gcoap.error_quark(), Gcoap.Error.MALFORMED)
    assert reader.enter_map() == (True, 1)
    assert reader.read_int() == (True, -1)
    assert reader.read_double() == (True, 2.5)
    assert reader.leave() and reader.leave() and reader.finish()


def test_cbor_writer():
    writer = Gcoap.CborWriter.new()
    writer.begin_map()
    writer.add_text("b", -1)
    writer.add_bytes(b"\1")
    writer.add_int(-1)
    writer.add_double(1.5)
    writer.end()
    assert writer.finish().get_data() == bytes.fromhex("a220f93e0061624101")


def test_edn():
    encoded = Gcoap.edn_parse('{"a": 1}', -1, Gcoap.EdnFlags.JSON)
    assert encoded.get_data() == bytes.fromhex("a1616101")
    assert Gcoap.edn_write(encoded, Gcoap.EdnFlags.PRETTY) == '{"a": 1}'
    with pytest.raises(GLib.Error, match="line 1, column 2"):
        Gcoap.edn_parse("{1:2}", -1, Gcoap.EdnFlags.JSON)


def test_senml():
    pack = Gcoap.SenmlPack.parse(GLib.Bytes.new(b'[{"bn":"a:"},{"n":"b","u":"Cel","v":1,"t":5}]'),
                                 Gcoap.ContentFormat.SENML_JSON)
    record = pack.resolve(1600000000).get_record(0)
    assert record.get_text(Gcoap.SenmlField.NAME) == "a:b"
    assert record.get_number(Gcoap.SenmlField.TIME) == 1600000005
    pack = Gcoap.SenmlPack.new()
    pack.add(Gcoap.SenmlRecord.new_measurement("a", "Cel", 23.1))
    assert pack.write(Gcoap.ContentFormat.SENML_JSON).get_data() == b'[{"n":"a","u":"Cel","v":23.1}]'
    assert Gcoap.senml_unit_to_primary("km/h", 36) == ("m/s", 10)


def test_problem_details():
    details = Gcoap.ProblemDetails.new()
    details.set_title("too hot", "en", Gcoap.TextDirection.UNSPECIFIED)
    details.add_unprocessed_option(9)
    again = Gcoap.ProblemDetails.parse(details.write())
    assert again.to_text() == "too hot; options not processed: 9"
    assert again.get_title_language() == "en"
    assert again.get_unprocessed_options() == [9]
