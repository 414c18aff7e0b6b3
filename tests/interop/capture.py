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
# Payloads are the tests' business; some are broken on purpose.
PAYLOADS = "cbor", "json", "xml", "senml"
# Echo and Request-Tag (RFC 9175) are newer than many a dissector; 65000 is for
# experiments (RFC 7252 §12.2).
NEWER_OPTIONS = {f"{what} Option Number {number}" for what in ("Invalid", "Unknown")
                 for number in (252, 292, 65000)}


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
    """What is wrong with which frame."""
    disabled = [word for name in PAYLOADS for word in ("--disable-protocol", name)]
    lines = dissect(path, *disabled, "-Y", COMPLAINTS, "-T", "fields", "-E", "aggregator=|",
                    "-e", "frame.number", "-e", "_ws.expert.message")
    return [line for line in lines
            if not line.partition("\t")[2] or set(line.partition("\t")[2].split("|")) - NEWER_OPTIONS]
