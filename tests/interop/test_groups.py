# SPDX-License-Identifier: LGPL-2.1-or-later
"""A client and three servers, each a host of its own on one network made of
namespaces: requests to the groups of all CoAP nodes (RFC 7252 §8)."""
import json
import os
import re
import subprocess

import pytest

from processes import TOOLS

NOT_DISSECTED = "it has a network of its own"


def ip(*words, **options):
    return subprocess.run(["ip", *words], check=True, capture_output=True, text=True, **options)


@pytest.fixture(scope="module")
def network():
    """Names of the namespaces: the client's, then the servers'."""
    if os.geteuid() != 0:
        pytest.skip("only root can make network namespaces")
    prefix = f"gcoap{os.getpid()}"
    hub = f"{prefix}-hub"
    hosts = [f"{prefix}-h{n}" for n in range(4)]
    try:
        ip("netns", "add", hub)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no network namespace can be made here: {error.stderr.strip()}")
    try:
        ip("-n", hub, "link", "add", "br0", "type", "bridge", "mcast_snooping", "0")
        ip("-n", hub, "link", "set", "br0", "up")
        for n, host in enumerate(hosts):
            ip("netns", "add", host)
            ip("-n", host, "link", "set", "lo", "up")
            ip("-n", host, "link", "add", "eth0", "type", "veth", "peer", "name", f"p{n}", "netns", hub)
            ip("-n", hub, "link", "set", f"p{n}", "master", "br0", "up")
            ip("-n", host, "addr", "add", f"192.0.2.{n + 1}/24", "dev", "eth0")
            ip("-n", host, "addr", "add", f"2001:db8::{n + 1}/64", "dev", "eth0", "nodad")
            # Without it the link-local address could not be used for a second.
            subprocess.run(["ip", "netns", "exec", host, "sh", "-c",
                            "echo 0 > /proc/sys/net/ipv6/conf/eth0/accept_dad"], check=True)
            ip("-n", host, "link", "set", "eth0", "up")
            ip("-n", host, "route", "add", "224.0.0.0/4", "dev", "eth0")
        yield hosts
    finally:
        for name in [*hosts, hub]:
            subprocess.run(["ip", "netns", "del", name], capture_output=True)


@pytest.fixture(scope="module")
def servers(network):
    processes = []
    try:
        for host in network[1:]:
            process = subprocess.Popen(["ip", "netns", "exec", host, TOOLS / "gcoap-server"],
                                       stdout=subprocess.PIPE, text=True)
            processes.append(process)
            assert process.stdout.readline().startswith("coap://")
        yield network
    finally:
        for process in processes:
            process.terminate()
            process.wait(10)
            process.stdout.close()


def ask(host, *arguments):
    return subprocess.run(["ip", "netns", "exec", host, TOOLS / "gcoap-client", "--multicast", *arguments],
                          capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("uri, senders", [
    ("coap://224.0.1.187/hello", [f"coap://192.0.2.{n}" for n in (2, 3, 4)]),
    ("coap://[ff02::fd%25eth0]/hello", None),
    ("coap://[ff05::fd%25eth0]/hello", None),
])
def test_every_member_answers(servers, uri, senders):
    result = ask(servers[0], "--json", "--wait", "10", "--interface", "eth0", uri)
    assert result.returncode == 0, result.stderr
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(answers) == 3
    assert all(answer["code"] == "2.05" and answer["payload"] == "Hello World!\n" for answer in answers)
    found = sorted(answer["from"] for answer in answers)
    assert len(set(found)) == 3
    if senders is not None:
        assert found == senders


def test_blocks_are_fetched_by_unicast(servers):
    """RFC 7959 §2.8: each member's first block comes through the group, and the rest
    from the member alone, which sends all of it to the client's address."""
    result = ask(servers[0], "--json", "--wait", "10", "-v", "--interface", "eth0",
                 "coap://[ff02::fd%25eth0]/large")
    assert result.returncode == 0, result.stderr
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert len({answer["from"] for answer in answers}) == len(answers) == 3
    assert {len(answer["payload"]) for answer in answers} == {2000}
    # One request to the group, and one to each member.
    requests = re.findall(r"^-> .*GET.*large", result.stderr, re.MULTILINE)
    assert len(requests) == 4 and len([line for line in requests if "ff02::fd" in line]) == 1


def test_large_answers_only_to_known_neighbours(servers):
    """RFC 9175 §2.4: with a forged address of the outside it would be a flood there."""
    result = ask(servers[0], "--wait", "6", "coap://224.0.1.187/large")
    assert result.returncode == 7 and result.stdout == ""


def test_sender_is_named(servers):
    result = ask(servers[0], "--wait", "10", "coap://224.0.1.187/hello")
    assert result.returncode == 0, result.stderr
    assert result.stdout == 3 * "Hello World!\n"
    for n in 2, 3, 4:
        assert f"From coap://192.0.2.{n}:" in result.stderr


def test_errors_are_not_answered(servers):
    result = ask(servers[0], "--wait", "6", "coap://224.0.1.187/no-such-resource")
    assert result.returncode == 7
    assert result.stdout == ""
    assert "No member of the group answered within 6 s" in result.stderr


def test_usage(network):
    for arguments in (["--ping"], ["--timeout", "3"]):
        assert ask(network[0], *arguments, "coap://224.0.1.187/hello").returncode == 2
    assert ask(network[0], "--wait", "0", "coap://224.0.1.187/hello").returncode == 2
    assert ask(network[0], "--interface", "none", "coap://224.0.1.187/hello").returncode == 1
