# SPDX-License-Identifier: LGPL-2.1-or-later
"""What all tests of one run have sent, for Wireshark's dissector to judge.

The run gets a network namespace of its own, so that its loopback interface has
its messages and nobody else's, and one dumpcap listens there."""
import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import time

CLONE_NEWNET = 0x40000000
PROGRAMS = "dumpcap", "tshark", "ip"
# Of an ICMP message only the beginning of what it is about is there.
COMPLAINTS = "!icmp && !icmpv6 && (_ws.malformed || (coap && _ws.expert.severity == error))"


def enter_namespace():
    """Whether this process is now alone on its loopback interface."""
    if os.geteuid() != 0 or not all(map(shutil.which, PROGRAMS)):
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) != 0:
        return False
    return subprocess.run(["ip", "link", "set", "lo", "up"], capture_output=True).returncode == 0


@contextlib.contextmanager
def capturing(path):
    """Writes all that goes over the loopback interface to a file."""
    command = ["dumpcap", "-q", "-i", "lo", "-f", "udp and not port 53", "-w", path]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        # It says so when the first packet would be seen.
        line = b""
        while b"File:" not in line:
            line = process.stderr.readline()
            assert line, "dumpcap did not start"
        yield
        # Its buffer is written within a quarter of a second.
        time.sleep(0.5)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)
        process.stderr.close()


def dissect(path, *arguments):
    done = subprocess.run(["tshark", "-n", "-r", path, "-d", "udp.port==1-65535,coap", *arguments],
                          capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def find_complaints(path):
    return dissect(path, "-Y", COMPLAINTS)
