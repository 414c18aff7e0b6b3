# SPDX-License-Identifier: LGPL-2.1-or-later
"""Servers and clients as processes: started, waited for, and ended."""
import contextlib
import os
import pathlib
import re
import select
import signal
import socket
import subprocess
import time

TOOLS = pathlib.Path(os.environ.get("GCOAP_TOOLS", "build/tools"))
SERVER = TOOLS / "gcoap-server"
CLIENT = TOOLS / "gcoap-client"


def read_line(process, pattern, timeout=20):
    """Waits for a line that matches, and returns the match."""
    end, seen = time.monotonic() + timeout, b""
    fd = process.stdout.fileno()
    while time.monotonic() < end:
        if not select.select([fd], [], [], end - time.monotonic())[0]:
            break
        data = os.read(fd, 4096)
        seen += data
        match = re.search(pattern, seen.decode(errors="replace"), re.MULTILINE)
        if match:
            return match
        if not data:
            break
    raise AssertionError(f"{process.args} did not say {pattern!r}, but {seen.decode(errors='replace')!r}")


@contextlib.contextmanager
def gcoap_server(*arguments, bind=("coap://127.0.0.1:0",), stderr=None):
    """Yields the process and the ports of what it is bound to; it must leave in
    an orderly way."""
    command = [SERVER, *(part for uri in bind for part in ("--bind", uri)), *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr)
    try:
        lines = read_line(process, rf"(?:^coaps?(?:\+\w+)?://\S+:\d+/?\n){{{len(bind)}}}")[0].split()
        yield process, [int(line.rstrip("/").rpartition(":")[2]) for line in lines]
        assert process.poll() is None, f"the server ended: {process.returncode}"
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0, f"the server ended with {process.returncode}"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def run(*command, timeout=60, check=True):
    """Runs a client to its end."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout)
    if check:
        assert done.returncode == 0, f"{command} ended with {done.returncode}: {done.stderr.decode()}"
    return done


def has_web_sockets():
    """Whether the tools were built with them."""
    return b"does not have it" not in run(CLIENT, "coap+ws://127.0.0.1:1/", check=False).stderr
