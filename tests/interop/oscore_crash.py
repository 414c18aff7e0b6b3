# SPDX-License-Identifier: LGPL-2.1-or-later
"""Kills gcoap-client or gcoap-server, which share an OSCORE context, at random
moments, and looks at what they have sent. Prints one line and ends with 0 if nothing
was used twice and no replay was accepted. The seed is printed, to have the same
moments again; the machine need not be as quick or slow again."""
import argparse
import pathlib
import random
import socket
import subprocess
import tempfile
import time

from coap_raw import EMPTY, Message, Type, code, decode
from gateway import DOWN, UP, Gateway
from oscore_files import client_map, server_map
from oscore_peer import client_context
from oscore_reference import OSCORE, Binding, Option, unprotect_response
from processes import CLIENT, SERVER, read_line, run

PATH = "/oscore/hello/1"
HELLO = b"Hello World!"
PINGS = 20


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Server:
    def __init__(self, credentials, port):
        self.command = [SERVER, "--bind", f"coap://127.0.0.1:{port}", "--no-multicast", "--credentials", credentials]
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE)
        read_line(self.process, "^coap://")

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def option_of(message):
    values = message.all(OSCORE)
    return Option.decode(values[0]) if values else None


def check_numbers(seen):
    """A key and a nonce encrypt one message. Returns how many there were."""
    sealed, last_request, count = {}, {}, 0
    for direction, message, _ in seen:
        option = option_of(message)
        if option is None:
            continue
        if direction == UP:
            nonce = UP, option.piv
            last_request[message.token] = option.piv
        elif option.piv:
            nonce = DOWN, option.piv
        else:
            # RFC 8613 §5.2: the nonce of the request.
            nonce = "request's", last_request[message.token]
        known = sealed.setdefault(nonce, message.payload)
        assert known == message.payload, f"the nonce {nonce} was used twice"
        count += known is message.payload
    return count


def answer_to(one, message):
    """The answer, or None if it is refused without a word, for errors are limited in
    number: a ping behind it is answered later. So are resets: then it is sent again."""
    ping = Message(Type.CON, EMPTY, message.mid + 0x8000)
    one.send(message.encode())
    one.send(ping.encode())
    answer = None
    for _ in range(PINGS):
        try:
            while True:
                received = decode(one.recv(65536))
                if received.type == Type.RST and received.mid == ping.mid:
                    return answer
                if received.token == message.token:
                    answer = received
        except TimeoutError:
            one.send(ping.encode())
    raise AssertionError("the server answers no more")


def check_replays(seen, port):
    """No request that was sent is taken a second time (RFC 8613 §7.4)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.connect(("127.0.0.1", port))
        one.settimeout(1)
        requests = {message.payload: message for direction, message, _ in seen if direction == UP and message.payload}
        for number, request in enumerate(requests.values()):
            copy = Message(Type.CON, request.code, number, bytes((1, number >> 8, number & 255)), request.options,
                           request.payload)
            answer = answer_to(one, copy)
            if answer is not None and answer.all(OSCORE):
                binding = Binding(b"", option_of(request).piv)
                answer, _ = unprotect_response(client_context(), answer, binding)
            assert answer is None or answer.code == code("4.01"), f"a replay was accepted: {answer}"
    return len(requests)


def ask(credentials, uri):
    return subprocess.Popen([CLIENT, "--credentials", credentials, "--timeout", "20", uri + PATH],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def crash_once(chance, server, credentials, uri):
    """Kills one of the two while the client starts, asks, or ends."""
    client = ask(credentials, uri)
    time.sleep(chance.uniform(0, 0.06))
    client.kill()
    if chance.random() < 0.5:
        server.kill()
        server.start()
    client.communicate()


def recover(gateway, credentials, uri):
    """After a crash a request takes one more round trip at most (RFC 8613 Appendix
    B.1.2): two requests, and what was sent again."""
    before = len(gateway.seen)
    done = run(CLIENT, "--credentials", credentials, "--timeout", "20", uri + PATH, check=False)
    assert done.stdout == HELLO, done.stderr.decode()
    sent = {message.payload for direction, message, _ in gateway.seen[before:] if direction == UP and message.payload}
    assert len(sent) <= 2, f"{len(sent)} requests were needed"


def crash_often(folder, runs, seed):
    chance, port = random.Random(seed), free_port()
    server = Server(server_map(folder), port)
    try:
        with Gateway(port) as gateway:
            uri = f"coap://127.0.0.1:{gateway.port}"
            credentials = client_map(folder, uri)
            for _ in range(runs):
                crash_once(chance, server, credentials, uri)
                recover(gateway, credentials, uri)
            numbers = check_numbers(gateway.seen)
            # What was still in the window at the end, too, and what a server meets that
            # has just crashed.
            replays = check_replays(gateway.seen, port)
            server.kill()
            server.start()
            replays += check_replays(gateway.seen, port)
    finally:
        server.kill()
    assert numbers >= 2 * runs, f"{numbers} nonces are too few for {runs} runs"
    return numbers, replays


def main():
    parser = argparse.ArgumentParser(description="Kills tools that share an OSCORE context.")
    parser.add_argument("--runs", type=int, default=25)
    parser.add_argument("--seed", type=int, default=time.time_ns())
    arguments = parser.parse_args()
    print(f"Seed {arguments.seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        numbers, replays = crash_often(pathlib.Path(folder), arguments.runs, arguments.seed)
    print(f"{arguments.runs} crashes: {numbers} nonces, none used twice; {replays} replays refused")


if __name__ == "__main__":
    main()
