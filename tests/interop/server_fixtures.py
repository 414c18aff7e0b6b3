# SPDX-License-Identifier: LGPL-2.1-or-later
"""A gcoap-server for the tests of a file, and a socket to talk to it."""
import pytest

from coap_raw import Client
from processes import gcoap_server


@pytest.fixture(scope="module")
def server_port():
    """The port of a gcoap-server at 127.0.0.1 that all tests of a file share."""
    with gcoap_server() as (_, ports):
        yield ports[0]


@pytest.fixture
def raw(server_port):
    with Client("127.0.0.1", server_port) as client:
        yield client
