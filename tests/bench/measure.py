# SPDX-License-Identifier: LGPL-2.1-or-later
"""What run.py and count.py share: the peers, a server as a child process, what
it has used so far, and one run of the generator."""
import dataclasses
import json
import os
import pathlib
import resource
import select
import signal
import socket
import subprocess

HOST = "127.0.0.1"
START_SECONDS = 30

# The servers under measurement, as they are called in tables. A peer whose
# executable was not built is left out.
PEERS = {
    "echo": ["bench-echo"],
    "ours": ["bench-server"],
    "libcoap": ["bench-libcoap-server"],
    "libcoap-tuned": ["bench-libcoap-server", "--tuned"],
}

# The same, for scenarios that are about it: opens protected requests, as plain ones. A context is for one run, since
# each begins with number 0, and for 2^20 messages.
OSCORE_CLIENTS = 64
PROTECTED_PEERS = {
    "ours-oscore": ["bench-server", "--oscore", str(OSCORE_CLIENTS)],
}


class BenchError(Exception):
    """A sentence for whoever runs the benchmark."""


@dataclasses.dataclass
class Usage:
    """CPU time and time waited for a processor, in ns, summed over threads."""
    run_time: int
    delay: int

    def __sub__(self, other):
        return Usage(self.run_time - other.run_time, self.delay - other.delay)

    @property
    def delay_share(self):
        return self.delay / self.run_time if self.run_time else 0.0


def bench_folder(build):
    folder = pathlib.Path(build).resolve() / "tests" / "bench"
    if not (folder / "bench-generator").exists():
        raise BenchError(f"{build} holds no benchmarks: meson setup {build} --buildtype release -Dbench=enabled "
                         f"&& ninja -C {build}")
    return folder


def available_peers(folder, wanted=None):
    unknown = set(wanted or []) - set(PEERS)
    if unknown:
        raise BenchError(f"Unknown peer {', '.join(sorted(unknown))}; there are {', '.join(PEERS)}")
    return [name for name, command in PEERS.items()
            if (wanted is None or name in wanted) and (folder / command[0]).exists()]


def speaks(peer, scheme):
    """The bare echo knows datagrams alone, and libcoap's tuned loop is one for datagrams."""
    return scheme == "coap" or peer in ("ours", "libcoap")


def free_port(scheme="coap"):
    kind = socket.SOCK_STREAM if scheme.endswith("+tcp") else socket.SOCK_DGRAM
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("0.0.0.0", 0))
        return probe.getsockname()[1]


def pin(core):
    """For preexec_fn: keeps the child on one core, or anywhere if that is None, with as many files as it may have."""
    def apply():
        # Ten thousand connections take a descriptor each.
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        if core is not None:
            os.sched_setaffinity(0, {core})
    return apply


class Server:
    """A peer that runs until the with-block ends; wrapper is a command before it, such as strace.

    The fixed source port makes all runs against one server come from the same endpoints."""

    def __init__(self, folder, name, core=None, wrapper=(), host=HOST, scheme="coap"):
        self.name = name
        self.scheme = scheme
        self.port = free_port(scheme)
        self.source_port = free_port()
        self.clients = iter(range(OSCORE_CLIENTS if name in PROTECTED_PEERS else 0))
        command = (PEERS | PROTECTED_PEERS)[name]
        self.command = [*wrapper, str(folder / command[0]), *command[1:], "--host", host, "--port", str(self.port),
                        "--scheme", scheme]
        self.core = core
        self.process = None

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        preexec_fn=pin(self.core), start_new_session=True)
        ready, _, _ = select.select([self.process.stdout], [], [], START_SECONDS)
        line = self.process.stdout.readline() if ready else ""
        if not line.startswith("listening "):
            self.stop()
            said = self.process.stderr.read()
            self.close()
            raise BenchError(f"{self.name} did not start: {' '.join(self.command)}\n{said}")
        return self

    def __exit__(self, *_):
        self.stop()
        self.close()

    def close(self):
        self.process.stdout.close()
        self.process.stderr.close()

    def stop(self):
        # The session holds just the server and its wrapper: strace does not pass a signal on.
        try:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(START_SECONDS)
        except ProcessLookupError:
            pass
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def take_client(self):
        """The number of one that has not sent anything yet, if requests are to be protected."""
        if self.name not in PROTECTED_PEERS:
            return None
        try:
            return next(self.clients)
        except StopIteration:
            raise BenchError(f"{self.name} has contexts for {OSCORE_CLIENTS} runs, and no more") from None

    @property
    def alive(self):
        return self.process.poll() is None

    def usage(self):
        run_time = delay = 0
        for task in pathlib.Path(f"/proc/{self.process.pid}/task").iterdir():
            fields = (task / "schedstat").read_text().split()
            run_time += int(fields[0])
            delay += int(fields[1])
        return Usage(run_time, delay)

    def resident_bytes(self):
        """Walks the page tables: the counters in status lag behind by up to 64 pages per core."""
        for line in pathlib.Path(f"/proc/{self.process.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Rss:"):
                return int(line.split()[1]) * 1024
        raise BenchError("/proc/PID/smaps_rollup shows no Rss")


def run_load(command, server, core):
    """Runs a generator of load once and returns the report that it prints."""
    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=pin(core))
    try:
        report = json.loads(done.stdout)
    except json.JSONDecodeError:
        raise BenchError(f"{' '.join(command)} printed no report\n{done.stderr}") from None
    if not server.alive:
        raise BenchError(f"{server.name} died under load\n{server.process.stderr.read()}")
    wrong = {key: report[key] for key in ("wrong", "wrong_code", "unmatched", "malformed", "socket_errors", "failed")
             if report.get(key)}
    if wrong:
        raise BenchError(f"{server.name} does not answer rightly: {wrong}\n{done.stderr}")
    return report


def generate(folder, server, *, outstanding, endpoints=1, non=False, seconds=None, count=None, warmup=0,
             timeout_ms=1000, block=False, core=None, oscore=None):
    """Runs the generator of small requests once, as the client oscore if they are to be protected. A lost answer is part of the result; a wrong one is not.

    Answers to protected requests are kept for duplicates, so those come from a new port each time: a message ID that
    comes round again would be taken for one."""
    command = [str(folder / "bench-generator"), "--host", HOST, "--port", str(server.port),
               "--outstanding", str(outstanding), "--endpoints", str(endpoints), "--warmup", str(warmup),
               "--timeout", str(timeout_ms)]
    command += ["--source-port", str(server.source_port)] if oscore is None else []
    command += ["--non"] if non else []
    command += ["--oscore", str(oscore)] if oscore is not None else []
    command += ["--block"] if block else []
    command += ["--seconds", str(seconds)] if seconds is not None else []
    command += ["--count", str(count)] if count is not None else []
    report = run_load(command, server, core)
    if report["answered"] == 0:
        raise BenchError(f"{server.name} does not answer")
    return report


def transfer(folder, server, *, put=False, clients=1, kilobytes=1024, seconds=1.0, core=None):
    """Moves a body block by block. Each call comes from a new port: message IDs that are used again within
    EXCHANGE_LIFETIME would be taken for duplicates (RFC 7252 §4.4)."""
    command = [str(folder / "bench-transfers"), "--host", HOST, "--port", str(server.port), "--clients", str(clients),
               "--kilobytes", str(kilobytes), "--seconds", str(seconds)]
    command += ["--put"] if put else []
    return run_load(command, server, core)


def observe(folder, server, *, observers, confirmable=False, registered=False, seconds=1.0, core=None):
    """Registers observers, the same ones in each call for one server, unless they are, and lets the resource change."""
    command = [str(folder / "bench-observers"), "--host", HOST, "--port", str(server.port),
               "--source-port", str(server.source_port), "--path", "obs-con" if confirmable else "obs",
               "--observers", str(observers), "--seconds", str(seconds)]
    command += ["--registered"] if registered else []
    report = run_load(command, server, core)
    if report["observers"] != observers:
        raise BenchError(f"{server.name} lets only {report['observers']} of {observers} observe")
    return report


def session_command(folder, server, *, connections=1):
    return [str(folder / "bench-sessions"), "--host", HOST, "--port", str(server.port), "--scheme", server.scheme,
            "--connections", str(connections)]


def request_over_sessions(folder, server, *, connections=1, outstanding=1, reconnect=False, seconds=1.0, count=None,
                          block=False, core=None):
    """Small requests over connections or sessions; or, if told to reconnect, connections and sessions alone."""
    command = [*session_command(folder, server, connections=connections), "--outstanding", str(outstanding),
               "--seconds", str(seconds)]
    command += ["--reconnect"] if reconnect else []
    command += ["--block"] if block else []
    command += ["--count", str(count)] if count is not None else []
    return run_load(command, server, core)


class IdleSessions:
    """Connections or sessions that a client holds until the with-block ends."""

    def __init__(self, folder, server, count, core=None):
        self.count = count
        self.process = subprocess.Popen([*session_command(folder, server, connections=count), "--hold"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, preexec_fn=pin(core))

    def __enter__(self):
        self.expect("open")
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.stdout.read()
        self.process.stdout.close()
        self.process.wait(START_SECONDS)

    def expect(self, key):
        """What the client says next must be about all of them."""
        line = self.process.stdout.readline()
        report = json.loads(line) if line else {}
        if report.get(key) != self.count:
            raise BenchError(f"Of {self.count} sessions, {report.get(key)} are in the state that was expected: {key}")

    def request(self):
        """Requests once on each, one after the other or some at once."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        self.expect("answered")
