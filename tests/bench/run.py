#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Measures our server beside a bare echo and libcoap; doc/performance.md says how and why.

Each scenario starts all peers, pins them to one core and the generator to
another, and takes their runs in turn, so that what disturbs one disturbs all.
A run in which server or generator waited for its processor is thrown away and
taken again, up to a bound. Absolute figures are of this machine and this hour;
only the ratios of one call are worth comparing. Nothing here passes or fails by
time."""
import argparse
import contextlib
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import time

import measure
from measure import BenchError
from scenarios import SCENARIOS, WARMUP


# Attempts per wanted run before a disturbed machine is given up.
ATTEMPTS = 4

# What is compared with what; more is better for the first, less for the second.
COMPARISONS = [("ours", "echo"), ("ours", "libcoap"), ("ours", "libcoap-tuned"), ("libcoap", "echo"),
               ("ours-oscore", "ours")]


def say(text):
    print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def idle_states_held(wanted):
    """Keeps idle cores awake: waking one costs more than all that is measured with one request outstanding.

    The kernel holds the request as long as the file is open. Yields whether it could be made."""
    try:
        file = open("/dev/cpu_dma_latency", "wb", buffering=0) if wanted else None
    except OSError:
        file = None
    if file is None:
        yield False
        return
    with file:
        file.write((0).to_bytes(4, sys.byteorder))
        yield True


class Bench:
    def __init__(self, arguments):
        self.arguments = arguments
        self.folder = measure.bench_folder(arguments.build)
        self.peers = measure.available_peers(self.folder, arguments.peers)
        if not self.peers:
            raise BenchError("None of the peers was built")
        cores = sorted(os.sched_getaffinity(0))
        self.server_core, self.generator_core = cores[-1], cores[0]
        self.one_core = len(cores) == 1
        if self.one_core:
            say("There is only one core: server and generator share it, and the figures mean little")

    # One run

    def run_once(self, scenario, server):
        before = server.usage()
        report = scenario.run(self.folder, server, self.arguments.seconds, self.generator_core)
        used = server.usage() - before
        generator = measure.Usage(report["run_time_ns"], report["delay_ns"])
        if report["done"] == 0:
            raise BenchError(f"{server.name} gets nothing done in {self.arguments.seconds:g} s")
        return {
            "rate": report["rate"],
            "cpu_ns": used.run_time / report["done"],
            "p50_ns": report.get("p50_ns", 0),
            "p99_ns": report.get("p99_ns", 0),
            "done": report["done"],
            "lost": report["lost"],
            "server_delay": used.delay_share,
            "generator_delay": generator.delay_share,
        }

    def is_disturbed(self, run):
        return max(run["server_delay"], run["generator_delay"]) > self.arguments.max_delay / 100

    # A scenario

    def take_runs(self, scenario, servers):
        """The runs of all peers, one of each in turn; a disturbed one is repeated at once."""
        kept = {name: [] for name in servers}
        thrown_away = dict.fromkeys(servers, 0)
        budget = dict.fromkeys(servers, ATTEMPTS * self.arguments.runs)
        for _ in range(self.arguments.runs):
            for name, server in servers.items():
                pause = 0.1
                while budget[name] > 0:
                    budget[name] -= 1
                    run = self.run_once(scenario, server)
                    if not self.is_disturbed(run):
                        kept[name].append(run)
                        break
                    thrown_away[name] += 1
                    # What disturbs may pass.
                    time.sleep(pause)
                    pause = min(2 * pause, 2)
        return kept, thrown_away

    def peers_of(self, scenario):
        special = getattr(scenario, "peers", ())
        return special or [name for name in self.peers if measure.speaks(name, scenario.scheme)]

    def measure_scenario(self, scenario):
        say(f"{scenario.text} ...")
        with contextlib.ExitStack() as stack:
            servers = {name: stack.enter_context(measure.Server(self.folder, name, self.server_core,
                                                                    scheme=scenario.scheme))
                       for name in self.peers_of(scenario)}
            for server in servers.values():
                # Every endpoint is known before the first run.
                scenario.prepare(self.folder, server, self.generator_core)
            kept, thrown_away = self.take_runs(scenario, servers)
        result = {"text": scenario.text, "unit": scenario.unit, "peers": {}}
        for name in servers:
            result["peers"][name] = summarize(kept[name]) | {"thrown_away": thrown_away[name], "runs": kept[name]}
            if thrown_away[name]:
                say(f"  {name}: {thrown_away[name]} of {thrown_away[name] + len(kept[name])} runs thrown away: "
                    f"waited for the processor more than {self.arguments.max_delay:g} % of the time")
        result["ratios"] = compare(result["peers"])
        return result

    # Memory

    def measure_memory(self, count, load):
        """Resident growth for each of count endpoints; load (server, count) makes them known."""
        result = {}
        for name in self.peers:
            with measure.Server(self.folder, name, self.server_core) as server:
                # Buffers and arenas are there before the first reading.
                measure.generate(self.folder, server, outstanding=64, count=20 * WARMUP, block=True,
                                 core=self.generator_core)
                before = server.resident_bytes()
                load(server, count)
                after = server.resident_bytes()
            # The first endpoint was there before.
            per_endpoint = (after - before) / (count - 1)
            result[name] = {"before": before, "after": after, "bytes_per_endpoint": per_endpoint,
                            "bytes_per_1000_endpoints": 1000 * per_endpoint}
        return {"endpoints": count, "peers": result}

    def measure_endpoint_memory(self, count):
        say(f"Memory of {count:,} endpoints ...")
        return self.measure_memory(count, lambda server, count: measure.generate(
            self.folder, server, outstanding=64, endpoints=count, count=2 * count, block=True,
            core=self.generator_core))

    def measure_observer_memory(self, count):
        say(f"Memory of {count:,} observers ...")
        return self.measure_memory(count, lambda server, count: measure.observe(
            self.folder, server, observers=count, seconds=0, core=self.generator_core))

    # Codec and OSCORE

    def run_program(self, name):
        """What a program prints that measures without a network; None if there is none."""
        program = self.folder / f"bench-{name}"
        if not program.exists():
            return None
        say(f"{name} ...")
        done = subprocess.run([str(program), "--json"], capture_output=True, text=True,
                              preexec_fn=measure.pin(self.server_core))
        if done.returncode != 0:
            raise BenchError(f"bench-{name} failed\n{done.stderr}")
        return json.loads(done.stdout)

    def measure_codec(self):
        """Nanoseconds per message, by what is done with it, and the bytes of the message."""
        figures = self.run_program("codec")
        return figures and {"bytes": figures.pop("bytes"), "ns": figures}

    def measure_oscore(self):
        """Nanoseconds per message, by algorithm and what is done with it, and those of a copy."""
        figures = self.run_program("oscore")
        return figures and {"copy": figures.pop("copy"), "ns": figures}

    def run(self):
        scenarios = [s for s in SCENARIOS if (self.arguments.scenarios is None or s.name in self.arguments.scenarios)
                     and (not self.arguments.quick or s.quick or self.arguments.scenarios is not None)]
        result = {"machine": describe_machine(), "seconds": self.arguments.seconds, "runs": self.arguments.runs,
                  "max_delay_percent": self.arguments.max_delay, "one_core": self.one_core, "scenarios": {}}
        with idle_states_held(not self.arguments.allow_idle_states) as held:
            result["idle_states_held"] = held
            for scenario in scenarios:
                # Those about ours alone are of no interest to somebody who asks for others.
                if "ours" in self.peers_of(scenario) and "ours" not in self.peers:
                    continue
                result["scenarios"][scenario.name] = self.measure_scenario(scenario)
            if self.arguments.scenarios is None or "memory" in self.arguments.scenarios:
                result["memory"] = self.measure_endpoint_memory(1000 if self.arguments.quick else 10000)
            if self.arguments.scenarios is None or "observer-memory" in self.arguments.scenarios:
                result["observer_memory"] = [self.measure_observer_memory(count) for count in
                                             ([1000] if self.arguments.quick else [1000, 10000])]
            if self.arguments.scenarios is None or "codec" in self.arguments.scenarios:
                result["codec"] = self.measure_codec()
            if self.arguments.scenarios is None or "oscore" in self.arguments.scenarios:
                result["oscore"] = self.measure_oscore()
        return result


def summarize(runs):
    if not runs:
        return {}
    summary = {key: statistics.median(run[key] for run in runs) for key in ("rate", "cpu_ns", "p50_ns", "p99_ns")}
    summary["lost"] = sum(run["lost"] for run in runs)
    summary["kept"] = len(runs)
    return summary


def compare(peers):
    """Ratios of the medians of one scenario, and how many runs the weaker side of each rests on."""
    ratios = {}
    for one, other in COMPARISONS:
        if peers.get(one, {}).get("rate") and peers.get(other, {}).get("rate"):
            ratios[f"{one}/{other}"] = {key: peers[one][key] / peers[other][key]
                                        for key in ("rate", "cpu_ns", "p99_ns") if peers[other][key]}
            ratios[f"{one}/{other}"]["runs"] = min(peers[one]["kept"], peers[other]["kept"])
    return ratios


def describe_machine():
    model = "unknown"
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    source = pathlib.Path(__file__).parent
    commit = subprocess.run(["git", "-C", str(source), "describe", "--always", "--dirty"],
                            capture_output=True, text=True).stdout.strip()
    return {"processor": model, "cores": os.cpu_count(), "kernel": platform.release(),
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "commit": commit or None}


# The table

def table(headers, rows):
    widths = [max(len(str(row[i])) for row in [headers, *rows]) for i in range(len(headers))]
    for row in [headers, ["-" * width for width in widths], *rows]:
        yield "| " + " | ".join(str(cell).ljust(width) if i == 0 else str(cell).rjust(width)
                                for i, (cell, width) in enumerate(zip(row, widths))) + " |"


def microseconds(ns):
    return f"{ns / 1000:,.1f}" if ns else "-"


def print_result(result):
    machine = result["machine"]
    print(f"{machine['processor']}, {machine['cores']} cores, Linux {machine['kernel']}, {machine['time']}, "
          f"{machine['commit'] or 'no commit'}; medians of {result['runs']} runs of {result['seconds']:g} s; "
          f"idle states {'held' if result['idle_states_held'] else 'allowed'}\n")
    for scenario in result["scenarios"].values():
        print(f"{scenario['text']}\n")
        rows = []
        for name, peer in scenario["peers"].items():
            if "rate" in peer:
                rows.append([name, f"{peer['rate']:,.0f}", f"{peer['cpu_ns']:,.0f}", microseconds(peer["p50_ns"]),
                             microseconds(peer["p99_ns"]), peer["lost"], len(peer["runs"]), peer["thrown_away"]])
            else:
                rows.append([name, *["-"] * 5, 0, peer["thrown_away"]])
        print("\n".join(table(["", f"{scenario['unit']}/s", "server CPU ns", "p50 us", "p99 us", "lost", "runs", "thrown away"],
                              rows)))
        if scenario["ratios"]:
            print()
            print("\n".join(table(["", f"{scenario['unit']}/s", "server CPU", "p99", "runs"],
                                  [[name, *(f"{ratio[key]:.2f}" if key in ratio else "-"
                                            for key in ("rate", "cpu_ns", "p99_ns")), ratio["runs"]]
                                   for name, ratio in scenario["ratios"].items()])))
        print()
    for memory, what in [*([(result["memory"], "endpoint")] if result.get("memory") else []),
                         *((memory, "observer") for memory in result.get("observer_memory", []))]:
        print(f"Resident memory, {memory['endpoints']:,} {what}s\n")
        print("\n".join(table(["", f"bytes per {what}", "before KiB", "after KiB"],
                              [[name, f"{peer['bytes_per_endpoint']:,.0f}", peer["before"] // 1024,
                                peer["after"] // 1024] for name, peer in memory["peers"].items()])))
        print()
    if result.get("codec"):
        print(f"Codec, message of {result['codec']['bytes']} bytes\n")
        print("\n".join(table(["", "ns per message"],
                              [[name, f"{value:,.1f}"] for name, value in result["codec"]["ns"].items()])))
        print()
    if result.get("oscore"):
        figures = result["oscore"]["ns"]
        print(f"OSCORE, ns per message; to copy one takes {result['oscore']['copy']:,.1f}\n")
        print("\n".join(table(["", *next(iter(figures.values()))],
                              [[name, *(f"{value:,.1f}" for value in row.values())] for name, row in figures.items()])))
        print()


def main():
    parser = argparse.ArgumentParser(description="Measures our server beside a bare echo and libcoap.")
    parser.add_argument("build", nargs="?", default="build-bench", help="build folder, of buildtype release")
    parser.add_argument("--quick", action="store_true", help="fewer scenarios, 3 runs of 0.3 s")
    parser.add_argument("--runs", type=int, help="runs per peer and scenario (5)")
    parser.add_argument("--seconds", type=float, help="length of a run (1)")
    parser.add_argument("--max-delay", type=float, default=2.0, metavar="PERCENT",
                        help="throw a run away that waited longer for its processor (2)")
    parser.add_argument("--peers", type=lambda text: text.split(","), metavar="NAME,...",
                        help=f"only these of {', '.join(measure.PEERS)}")
    parser.add_argument("--scenarios", type=lambda text: text.split(","), metavar="NAME,...",
                        help=f"only these of {', '.join(s.name for s in SCENARIOS)}, memory, observer-memory, codec, "
                             "oscore")
    parser.add_argument("--allow-idle-states", action="store_true", help="let idle cores halt")
    parser.add_argument("--output", type=pathlib.Path, help="where to write JSON (BUILD/bench.json)")
    arguments = parser.parse_args()
    arguments.runs = arguments.runs or (3 if arguments.quick else 5)
    arguments.seconds = arguments.seconds or (0.3 if arguments.quick else 1.0)
    known = {s.name for s in SCENARIOS} | {"memory", "observer-memory", "codec", "oscore"}
    if arguments.scenarios and set(arguments.scenarios) - known:
        parser.error(f"unknown scenario {', '.join(sorted(set(arguments.scenarios) - known))}")
    if arguments.runs < 1 or arguments.seconds <= 0:
        parser.error("--runs and --seconds are positive")

    try:
        result = Bench(arguments).run()
    except BenchError as error:
        say(f"run.py: {error}")
        return 1
    output = arguments.output or pathlib.Path(arguments.build) / "bench.json"
    output.write_text(json.dumps(result, indent=1) + "\n")
    print_result(result)
    say(f"Written to {output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
