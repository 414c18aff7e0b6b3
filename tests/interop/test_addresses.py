# SPDX-License-Identifier: LGPL-2.1-or-later
"""A server answers from the address it was asked at, and answers groups."""
import contextlib
import pathlib
import select
import socket
import struct
import subprocess

import pytest

from coap_raw import DELETE, EMPTY, GET, Client, Message, Type, code, decode
from processes import SERVER, gcoap_server, read_line

NOT_DISSECTED = "it is about the interfaces of this machine"

IFF_UP, IFF_LOOPBACK, IFF_MULTICAST = 0x1, 0x8, 0x1000


@pytest.fixture(scope="module")
def everywhere():
    with gcoap_server("--no-multicast", bind=("coap://[::]:0",)) as (_, ports):
        yield ports[0]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "127.1.2.3", "::1"])
def test_same_address(everywhere, host):
    # The client itself compares who answers with whom it asked.
    with Client(host, everywhere) as client:
        for mtype in Type.CON, Type.NON:
            text = client.ask(GET, "/whoami", mtype=mtype).payload.decode()
            own = f"[{host}]" if ":" in host else host
            assert f" to {own}:{everywhere}." in text
        ping = Message(Type.CON, EMPTY, client.mid())
        client.send(ping)
        assert client.expect().mid == ping.mid
        # Empty acknowledgements, separate responses and their retransmissions too.
        assert client.ask(GET, "/separate").code == code("2.05")


def multicast_interface():
    """One that may send to groups; the loopback interface is not among them."""
    for _, name in socket.if_nameindex():
        flags = int(pathlib.Path(f"/sys/class/net/{name}/flags").read_text(), 16)
        if flags & (IFF_UP | IFF_MULTICAST | IFF_LOOPBACK) == IFF_UP | IFF_MULTICAST:
            return name
    return None


@pytest.fixture(scope="module")
def link():
    name = multicast_interface()
    if name is None:
        pytest.skip("no network interface of this machine does multicast")
    command = [SERVER, "--bind", "coap://[::]:0", "--multicast-interface", name]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        yield name, int(read_line(process, r":(\d+)/?\n")[1])
        process.terminate()
        assert process.wait(20) == 0


class GroupClient(Client):
    """Asks a group, and takes answers from whoever belongs to it."""

    def __init__(self, group, name, port):
        super().__init__(group, port)
        index = socket.if_nametoindex(name)
        if self.family == socket.AF_INET6:
            self.peer = (group, port, 0, index)
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
        else:
            self.socket.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF,
                                   struct.pack("@III", 0, 0, index))
        self.answered_by = None

    def receive(self, timeout=None):
        self.socket.settimeout(self.timeout if timeout is None else timeout)
        try:
            data, self.answered_by = self.socket.recvfrom(65536)
        except TimeoutError:
            return None
        return decode(data)


def test_groups(link):
    name, port = link
    clients = []
    with contextlib.ExitStack() as stack:
        for group in "224.0.1.187", "ff02::fd", "ff05::fd":
            client = stack.enter_context(GroupClient(group, name, port))
            good = client.request(GET, "/hello", mtype=Type.NON)
            try:
                for message in unanswered(client), [good]:
                    for request in message:
                        client.send(request)
            except OSError as error:
                print(f"{name} does not let us send to {group}: {error}")
                continue
            clients.append((client, good))
        if not clients:
            pytest.skip(f"{name} lets us send to no group")

        for client, good in clients:
            answer = client.expect()
            assert (answer.type, answer.code) == (Type.NON, code("2.05"))
            assert answer.token == good.token and answer.payload == b"Hello World!\n"
            host, port_used = client.answered_by[:2]
            assert not host.startswith(("ff", "224.")) and port_used == port
        # By then the leisure (§8.2) of the other answers would have passed, too.
        sockets = [client.socket for client, _ in clients]
        assert not select.select(sockets, [], [], 5)[0]


def unanswered(client):
    return [
        # RFC 7252 §8.2: errors are not answered.
        client.request(GET, "/no-such-resource", mtype=Type.NON),
        client.request(DELETE, "/no-such-resource", mtype=Type.NON),
        client.request(GET, "/test", mtype=Type.NON, options=[(9, b"")]),
        # §8.1: nor is anything reset.
        b"\x50\x01\x00\x01\xff", b"\x40\x01\x00\x02\xff", b"\x40\x00\x00\x03",
    ]
