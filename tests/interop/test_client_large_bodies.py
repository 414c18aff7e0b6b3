# SPDX-License-Identifier: LGPL-2.1-or-later
"""gcoap-client with bodies of many megabytes: in constant memory, and its progress."""
import os
import pty
import re
import subprocess

from body_peer import MIB, Peer
from conftest import PATIENCE, TOOLS

NOT_DISSECTED = "there is too much of it"

CLIENT = TOOLS / "gcoap-client"


def test_memory(tmp_path):
    """Bodies of 24 MiB, in less than 16 MiB altogether. In a process of its own, which has
    no other children."""
    program = """if 1:
        import subprocess, sys, resource
        status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
        print(status, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"""
    with open(tmp_path / "body", "wb") as file:
        file.truncate(24 * MIB)
    # The address sanitizer does not use again at once what was freed.
    environment = dict(os.environ)
    environment["ASAN_OPTIONS"] = ":".join(filter(None, [
        environment.get("ASAN_OPTIONS"), "quarantine_size_mb=1", "thread_local_quarantine_size_kb=64"]))

    def measure(*arguments):
        done = subprocess.run(["/usr/bin/env", "python3", "-c", program, CLIENT, *map(str, arguments)],
                              capture_output=True, text=True, timeout=100, env=environment)
        return list(map(int, done.stdout.split()))

    with Peer(24 * MIB) as peer:
        base = measure(f"{peer.uri}", "--version")
        for arguments in (["-m", "PUT", "-p", f"@{tmp_path}/body"], ["-o", tmp_path / "out"], []):
            status, size = measure(*arguments, peer.uri)
            assert status == 0 and size - base[1] < 16 * 1024, arguments
    assert (tmp_path / "out").stat().st_size == 24 * MIB


def progress_on_terminal(*arguments):
    master, slave = pty.openpty()
    process = subprocess.Popen([CLIENT, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=slave, env={**os.environ, "TERM": "xterm", "NO_COLOR": "1"})
    os.close(slave)
    text = b""
    try:
        while True:
            data = os.read(master, 4096)
            if not data:
                break
            text += data
    except OSError:
        pass
    finally:
        os.close(master)
    assert process.wait(PATIENCE) == 0
    return text.decode()


def test_progress_on_terminal(tmp_path):
    with open(tmp_path / "body", "wb") as file:
        file.truncate(8 * MIB)
    with Peer(8 * MIB) as peer:
        down = progress_on_terminal("-o", tmp_path / "out", peer.uri)
        up = progress_on_terminal("-m", "PUT", "-p", f"@{tmp_path}/body", peer.uri)
        assert progress_on_terminal("--no-progress", "-o", tmp_path / "out", peer.uri) == ""
    assert re.search(r"\rReceived \d\.\d MiB of 8\.0 MiB  +\d+%.*/s  0:\d\d left\x1b\[K\r", down)
    assert re.search(r"\rReceived 8\.0 MiB  100%.*/s in 0:\d\d\x1b\[K\r\n$", down)
    assert re.search(r"\rSent 8\.0 MiB  100%.*/s in 0:\d\d\x1b\[K\r\n2\.04 Changed\r\n$", up)
    assert all(len(line) < 80 for line in re.split(r"\x1b\[K|\r", down))
