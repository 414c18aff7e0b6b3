#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Counts user instructions and system calls per small CON GET.

Unlike times, these do not depend on the machine's mood. A server runs under
callgrind, or strace -c, twice with different numbers of requests; the
difference, divided, is free of what starting and stopping cost. With --check
the exit status says whether our server keeps the goals."""
import argparse
import json
import pathlib
import shutil
import sys
import tempfile

import measure
from measure import BenchError

OUTSTANDING = (1, 16)
# A server under callgrind is some fifty times slower.
TIMEOUT_MS = 20000

# The goals: user instructions and system calls per request of ours, by
# requests outstanding.
GOALS = {"instructions": {16: 3000}, "system_calls": {1: 3.1, 16: 0.5}}


def run_under(folder, name, wrapper, outstanding, count):
    with measure.Server(folder, name, wrapper=wrapper) as server:
        # The generator sleeps: all counts are of the server.
        measure.generate(folder, server, outstanding=outstanding, count=count, timeout_ms=TIMEOUT_MS, block=True,
                         oscore=server.take_client())


def count_instructions(folder, name, outstanding, count):
    """User instructions of a whole run of the server."""
    with tempfile.TemporaryDirectory() as place:
        file = pathlib.Path(place) / "callgrind"
        run_under(folder, name, ["valgrind", "--tool=callgrind", f"--callgrind-out-file={file}"], outstanding, count)
        for line in file.read_text().splitlines():
            if line.startswith(("summary:", "totals:")):
                return {"total": int(line.split()[1])}
    raise BenchError("callgrind wrote no summary")


def count_system_calls(folder, name, outstanding, count):
    """System calls of a whole run of the server, by name and in total."""
    with tempfile.TemporaryDirectory() as place:
        file = pathlib.Path(place) / "strace"
        run_under(folder, name, ["strace", "-f", "-c", "-U", "calls,name", "-o", str(file)], outstanding, count)
        calls = {}
        for line in file.read_text().splitlines():
            words = line.split()
            if len(words) == 2 and words[0].isdigit():
                calls[words[1]] = int(words[0])
    if "total" not in calls:
        raise BenchError("strace wrote no summary")
    return calls


def per_request(counter, folder, name, outstanding, counts):
    few, many = counts
    first = counter(folder, name, outstanding, few)
    second = counter(folder, name, outstanding, many)
    return {key: (second[key] - first.get(key, 0)) / (many - few) for key in second}


def check(figures):
    """Sentences about goals that our server misses."""
    missed = []
    for kind, goals in GOALS.items():
        for outstanding, goal in goals.items():
            value = figures.get("ours", {}).get(kind, {}).get(str(outstanding), {}).get("total")
            if value is None:
                missed.append(f"{kind} with {outstanding} outstanding were not counted")
            elif value > goal:
                missed.append(f"{value:.2f} {kind.replace('_', ' ')} per request with {outstanding} outstanding; "
                              f"the goal is {goal}")
    return missed


def print_figures(figures, counted):
    titles = {"instructions": "user instructions", "system_calls": "system calls"}
    headers = ["per CON GET", *(f"{titles[kind]}, W={w}" for kind in counted for w in OUTSTANDING)]
    print("| " + " | ".join(headers) + " |")
    print("|" + "---|" * len(headers))
    for name, kinds in figures.items():
        cells = [f"{kinds[kind][str(w)]['total']:,.{0 if kind == 'instructions' else 2}f}"
                 for kind in counted for w in OUTSTANDING]
        print("| " + " | ".join([name, *cells]) + " |")
    for name, kinds in figures.items():
        for w, calls in kinds.get("system_calls", {}).items():
            named = [f"{call} {value:.2f}" for call, value in sorted(calls.items(), key=lambda item: -item[1])
                     if call != "total" and value >= 0.005]
            print(f"\n{name}, W={w}: {', '.join(named)}")


def main():
    parser = argparse.ArgumentParser(description="Counts user instructions and system calls per small CON GET.")
    parser.add_argument("build", nargs="?", default="build-bench", help="build folder, of buildtype release")
    parser.add_argument("--peers", type=lambda text: text.split(","), metavar="NAME,...",
                        help=f"only these of {', '.join(measure.PEERS)}")
    parser.add_argument("--counts", type=lambda text: tuple(map(int, text.split(","))), default=(5000, 15000),
                        metavar="FEW,MANY", help="requests of the two runs (5000,15000)")
    parser.add_argument("--only", choices=["instructions", "system_calls"])
    parser.add_argument("--check", action="store_true", help="exit with 1 if our server misses a goal")
    parser.add_argument("--output", type=pathlib.Path, help="where to write JSON (BUILD/count.json)")
    arguments = parser.parse_args()
    if len(arguments.counts) != 2 or not 0 < arguments.counts[0] < arguments.counts[1]:
        parser.error("--counts takes two growing numbers")

    counters = {"instructions": ("valgrind", count_instructions), "system_calls": ("strace", count_system_calls)}
    counted = {kind: counter for kind, (tool, counter) in counters.items()
               if arguments.only in (None, kind) and shutil.which(tool)}
    for kind, (tool, _) in counters.items():
        if arguments.only in (None, kind) and kind not in counted:
            print(f"count.py: {tool} is not installed: {kind} are not counted", file=sys.stderr)
    try:
        folder = measure.bench_folder(arguments.build)
        wanted = measure.available_peers(folder, arguments.peers)
        figures = {name: {kind: {str(w): per_request(counter, folder, name, w, arguments.counts)
                                 for w in OUTSTANDING}
                          for kind, counter in counted.items()}
                   for name in [*wanted, *(measure.PROTECTED_PEERS if "ours" in wanted else [])]}
    except BenchError as error:
        print(f"count.py: {error}", file=sys.stderr)
        return 1
    output = arguments.output or pathlib.Path(arguments.build) / "count.json"
    output.write_text(json.dumps(figures, indent=1) + "\n")
    print_figures(figures, counted)
    missed = check(figures) if arguments.check else []
    for sentence in missed:
        print(f"count.py: {sentence}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
