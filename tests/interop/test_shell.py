# SPDX-License-Identifier: LGPL-2.1-or-later
"""gcoap-client --interactive: typed on a terminal of tmux, and as a script."""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

import pytest

from conftest import PATIENCE
from processes import CLIENT


class Screen:
    """A terminal with a shell in it. What is on the screen is waited for, never for a time."""

    def __init__(self, folder, uri):
        self.socket = str(folder / "tmux")
        self.state = folder / "state"
        self.status = folder / "status"
        # libedit never frees the names of functions bound to keys; the scripts below show what we ourselves leak.
        sanitizer = ":".join([*filter(None, [os.environ.get("ASAN_OPTIONS")]), "detect_leaks=0"])
        environment = dict(os.environ, XDG_STATE_HOME=str(self.state), HOME=str(folder), LC_ALL="C.UTF-8", NO_COLOR="1",
                           ASAN_OPTIONS=sanitizer)
        command = f"cd {folder}; {pathlib.Path(CLIENT).resolve()} --interactive {uri}; echo $? > {self.status}; sleep 60"
        self.run("new-session", "-d", "-x", "100", "-y", "40", command, env=environment)

    def run(self, *arguments, **kwargs):
        return subprocess.run(["tmux", "-S", self.socket, "-f", "/dev/null", *arguments], check=True,
                              stdout=subprocess.PIPE, timeout=PATIENCE, **kwargs).stdout.decode()

    def read(self):
        return self.run("capture-pane", "-p", "-S", "-500")

    def expect(self, pattern):
        end = time.monotonic() + PATIENCE
        while not re.search(pattern, self.read(), re.MULTILINE):
            assert time.monotonic() < end, f"{pattern!r} is not on the screen:\n{self.read()}"
            time.sleep(0.05)
        return re.search(pattern, self.read(), re.MULTILINE)

    def expect_prompt(self, path="/", typed=""):
        """The line that is being typed, at the end of what is on the screen."""
        return self.expect(r"127\.0\.0\.1:\d+" + re.escape(f"{path}> {typed}".rstrip()) + r"\s*\Z")

    def type(self, text):
        self.run("send-keys", "-l", text)

    def press(self, *keys):
        self.run("send-keys", *keys)

    def enter(self, line):
        self.type(line)
        self.press("Enter")

    def wait_for_end(self):
        end = time.monotonic() + PATIENCE
        while not self.status.exists() or not self.status.read_text():
            assert time.monotonic() < end, self.read()
            time.sleep(0.05)
        return int(self.status.read_text())


@pytest.fixture
def screen(tmp_path, server_port):
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    screen = Screen(tmp_path, f"coap://127.0.0.1:{server_port}")
    try:
        screen.expect_prompt()
        yield screen
    finally:
        subprocess.run(["tmux", "-S", screen.socket, "kill-server"], stderr=subprocess.DEVNULL)


@pytest.fixture
def editing(screen):
    """A shell that has line editing, which is a matter of how it was built."""
    links = subprocess.run(["ldd", CLIENT], stdout=subprocess.PIPE).stdout
    return screen if b"libedit" in links else pytest.skip("gcoap-client is built without libedit")


# On a terminal

def test_walk(editing):
    screen = editing
    screen.enter("ls")
    screen.expect(r"^\.\s.*link3")
    screen.enter("ls -l rt=Type1")
    screen.expect(r"^NAME +RT +IF\n(.|\n)*^link1 +Type1 Type2 +If1")
    screen.type("cd se")
    screen.press("Tab")
    screen.expect(r"secure +seg1/ +separate")
    screen.type("g")
    screen.press("Tab")
    screen.expect_prompt(typed="cd seg1/")
    screen.press("Tab")
    screen.expect_prompt(typed="cd seg1/seg2/")
    screen.press("Enter")
    screen.expect_prompt("/seg1/seg2")
    screen.type("get s")
    screen.press("Tab", "Enter")
    screen.expect(r"get seg3 *\n.+\n.*/seg1/seg2>")
    screen.enter("cd ../..")
    screen.expect_prompt("/")
    screen.enter("put note 'grüße, all'")
    screen.expect("^2.04 Changed")
    screen.enter("get note")
    screen.expect("^grüße, all")
    screen.press("C-d")
    assert screen.wait_for_end() == 0


def test_first_tab_asks_for_links(editing):
    """Tab completes when the links are there, also if they were not when it was pressed."""
    editing.type("get hel")
    editing.press("Tab")
    editing.expect_prompt(typed="get hello")


def test_observations_while_typing(editing):
    screen = editing
    screen.enter("observe time")
    screen.expect(r"^\[1\] \d\d:\d\d:\d\d /time ")
    screen.enter("observe obs")
    screen.expect(r"^\[2\] \d\d:\d\d:\d\d /obs ")
    screen.type("put note 'half a")
    n_seen = len(re.findall(r"^\[1\]", screen.read(), re.MULTILINE))
    screen.expect(r"(^\[1\](.|\n)*){%d}" % (n_seen + 2))
    # What was typed is still there, once, below what came meanwhile.
    screen.expect_prompt(typed="put note 'half a")
    assert screen.read().count("half a") == 1
    screen.type(" line'")
    screen.press("Enter")
    screen.expect("^2.04 Changed")
    screen.enter("observations")
    screen.expect(r"^\[1\] coap://127\.0\.0\.1:\d+/time  fresh, \d+ received(.|\n)*^\[2\] coap://.*/obs  fresh")
    screen.enter("cancel 1")
    screen.enter("cancel 7")
    screen.expect("There is no observation 7")
    screen.enter("cancel all")
    screen.enter("observations")
    screen.expect("^Nothing is observed.")


def test_long_line_is_put_back(editing):
    """A line of several rows is taken away and put back as a whole."""
    editing.enter("observe time")
    # What is typed while a command runs is shown by the terminal itself.
    editing.expect(r"^\[1\] \d\d:\d\d:\d\d /time ")
    editing.expect_prompt()
    text = "ü" * 150
    editing.type(f"put note {text}")
    n_seen = len(re.findall(r"^\[1\]", editing.read(), re.MULTILINE))
    editing.expect(r"(^\[1\](.|\n)*){%d}" % (n_seen + 2))
    end = time.monotonic() + PATIENCE
    while editing.read().count("ü") != len(text) or editing.read().count("put note") != 1:
        assert time.monotonic() < end, editing.read()
        time.sleep(0.05)
    editing.press("Enter")
    editing.expect("^2.04 Changed")
    editing.enter("cancel all")
    editing.enter("get note")
    end = time.monotonic() + PATIENCE
    while editing.read().count("ü") != 2 * len(text):
        assert time.monotonic() < end, editing.read()
        time.sleep(0.05)


def test_history(editing):
    screen = editing
    screen.enter("put note first")
    screen.expect("^2.04 Changed")
    screen.enter(" put note secret")
    screen.enter("get note")
    screen.expect("^secret")
    screen.press("Up", "Up")
    screen.expect_prompt(typed="put note first")
    screen.press("Down")
    screen.expect_prompt(typed="get note")
    screen.press("C-c")
    screen.expect_prompt()
    screen.enter("history 2")
    screen.expect(r"^ +\d+  get note\n +\d+  history 2")
    screen.enter("quit")
    assert screen.wait_for_end() == 0
    file = screen.state / "gcoap-client" / "history"
    assert file.read_text() == "put note first\nget note\nhistory 2\nquit\n"
    assert file.stat().st_mode & 0o777 == 0o600


def test_interrupt(screen, peer):
    """Ctrl-C ends the request that nobody answers, and a line, but not the shell."""
    screen.enter(f"get {peer.uri}/x")
    peer.receive()
    screen.press("C-c")
    screen.expect("^Cancelled.")
    screen.expect_prompt()
    screen.type("get not")
    screen.expect_prompt(typed="get not")
    screen.press("C-c")
    screen.expect_prompt()
    screen.enter("get hello")
    screen.expect(r"get hello\n.+\n")
    assert not screen.status.exists()
    screen.press("C-d")
    assert screen.wait_for_end() == 0


def test_control_characters(screen, peer):
    screen.enter(f"get {peer.uri}/x")
    peer.respond(peer.receive(), 0x45, b"\xff\x1b[2J\x07evil")
    screen.expect(re.escape(r"\x1b[2J\x07evil"))


def test_terminal_goes_away(screen):
    """The shell ends with its terminal."""
    pid = int(screen.run("list-panes", "-F", "#{pane_pid}"))
    child = int(subprocess.run(["pgrep", "-P", str(pid)], stdout=subprocess.PIPE, check=True).stdout)
    screen.run("kill-server")
    end = time.monotonic() + PATIENCE
    while pathlib.Path(f"/proc/{child}").exists():
        assert time.monotonic() < end
        time.sleep(0.05)


# As a script

def run_script(client, *lines, arguments=()):
    return client("--interactive", *arguments, stdin="\n".join(lines).encode())


def test_script(client, server_port, tmp_path):
    file = tmp_path / "out"
    result = run_script(client, "# what comes", f"open 127.0.0.1:{server_port}", "put note 'from a script'", "",
                        "get note", f"get note -o {file}", "cd path", "pwd", "ls", "set", "get -a text ../multi-format")
    assert result.status == 0
    assert "from a script\n" in result.out.decode()
    assert f"coap://127.0.0.1:{server_port}/path\n.\nsub1\n" in result.out.decode()
    assert "block-size  1024" in result.out.decode()
    assert result.err.startswith("2.04 Changed\n")
    assert "> " not in result.err
    assert file.read_text() == "from a script"


def test_status_is_that_of_the_first_failure(client, server_port):
    result = run_script(client, "get hello", "get nothing", "unknown", "get hello",
                        arguments=[f"coap://127.0.0.1:{server_port}"])
    assert result.status == 4
    assert len(result.out.splitlines()) == 2
    assert "“unknown”" in result.err
    assert run_script(client, "get x").status == 2
    assert run_script(client, "quit", "unknown").status == 0


def test_script_observes(client, server_port):
    result = run_script(client, "observe time", "observe hello", "wait 2.5", "cancel all",
                        arguments=[f"coap://127.0.0.1:{server_port}"])
    assert len(re.findall(rb"^\[1\] \d\d:\d\d:\d\d /time ", result.out, re.MULTILINE)) >= 2
    assert b"does not let it be observed" in result.out


def test_settings(client, peer):
    """The timeout, the reliability and the verbosity of the shell are those of its requests."""
    process = subprocess.Popen([CLIENT, "--interactive", "--timeout", "20", "--block-size", "32",
                                peer.uri], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdin.write(b"set block-size\nset non on\nset verbosity 1\nset timeout 0.2\nset timeout\nget x\nset timeout x\nset foo 1\n"
                        b"set block-size 33\nset block-size 64\nset block-size\n")
    process.stdin.close()
    request = peer.receive()
    assert request[0][0] >> 4 == 5
    out, err = process.stdout.read(), process.stderr.read().decode()
    assert process.wait(PATIENCE) == 7
    assert b"timeout     0.2 s" in out and b"block-size  32" in out and b"block-size  64" in out
    assert "No response within 0.2 s" in err and ": NON GET" in err
    assert "There is no setting “foo”" in err and "not 33" in err


def test_script_is_interrupted(peer):
    process = subprocess.Popen([CLIENT, "--interactive", peer.uri], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    process.stdin.write(b"get x\nget y\n")
    process.stdin.flush()
    peer.receive()
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 130


def test_long_lines(client):
    result = run_script(client, "x" * 100000, "pwd", arguments=["coap://h"])
    assert result.status == 2
    assert "longer than 65536 bytes" in result.err
    assert result.out == b"coap://h/\n"


@pytest.mark.parametrize("arguments", [["-m", "PUT"], ["-p", "x"], ["--ping"], ["-o", "x"], ["--repeat", "2"], ["--observe"]])
def test_options_of_a_request(client, arguments):
    result = client("--interactive", *arguments, "coap://h")
    assert result.status == 2
    assert "--interactive" in result.err
