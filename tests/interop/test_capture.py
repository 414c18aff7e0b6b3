# SPDX-License-Identifier: LGPL-2.1-or-later
"""The capture that judges all other files finds what is malformed."""
import pytest

from capture import capturing, dissect, enter_namespace, find_complaints
from coap_raw import GET, Client
from processes import gcoap_server

NOT_DISSECTED = "what is sent is malformed"


def test_what_is_malformed_is_found(tmp_path):
    if not enter_namespace():
        pytest.skip("only root can make network namespaces, and dumpcap, tshark and ip are needed")
    path = tmp_path / "run.pcapng"
    with capturing(path), gcoap_server() as (_, ports), Client("127.0.0.1", ports[0]) as client:
        client.ask(GET, "/hello")
        client.send(b"\x40\x01\x12\x34\xf0")
        client.expect()
    assert len(dissect(path, "-Y", "coap")) == 4
    assert len(find_complaints(path)) == 1
