# SPDX-License-Identifier: LGPL-2.1-or-later
"""A gcoap-server for the tests of a file, and a socket to talk to it."""
import dataclasses
import pathlib
import shutil

import pytest

from coap_raw import Client
from processes import CLIENT, gcoap_server


@pytest.fixture(scope="module")
def server_port():
    """The port of a gcoap-server at 127.0.0.1 that all tests of a file share."""
    with gcoap_server() as (_, ports):
        yield ports[0]


@pytest.fixture
def raw(server_port):
    with Client("127.0.0.1", server_port) as client:
        yield client


@dataclasses.dataclass
class Pair:
    """A client, a server, and two paths of it: one answered at once, one later."""
    client: pathlib.Path
    port: int
    at_once: str
    later: str
    ours: bool  # whether the server is


def find_libcoap_client():
    path = shutil.which("coap-client-notls")
    return pathlib.Path(path) if path else pytest.skip("coap-client-notls (libcoap3-bin) is not installed")


@pytest.fixture(scope="module", params=["libcoap-ours", "ours-ours", "ours-libcoap"])
def pair(request):
    who, whom = request.param.split("-")
    client = CLIENT if who == "ours" else find_libcoap_client()
    if whom == "ours":
        return Pair(client, request.getfixturevalue("server_port"), "/hello", "/separate", True)
    uri = request.getfixturevalue("libcoap")
    return Pair(client, int(uri.rpartition(":")[2]), "/", "/async?1", False)
