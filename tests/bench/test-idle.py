# SPDX-License-Identifier: LGPL-2.1-or-later
"""Our server holds many idle connections and sessions at once, within a bound of memory for each, and serves every
one of them. Prints the figures that doc/performance.md quotes. Nothing here is timed."""
import argparse
import resource
import sys

import measure

SKIPPED = 77
# Descriptors that a process needs besides.
OTHER_FILES = 64

# What one may take at most, in bytes; generous, for allocators and builds of GnuTLS differ.
BOUNDS = {"coap+tcp": 4096, "coaps+tcp": 32768, "coaps": 32768}


def measure_idle(folder, peer, scheme, count):
    """Resident bytes that each of them takes when it is idle, and when it has been used.

    The two can be the same: requests leave little behind, which fits into what handshakes have given back."""
    with measure.Server(folder, peer, scheme=scheme) as server:
        # What the first ones need stays, be it caches or what the allocator keeps.
        with measure.IdleSessions(folder, server, 50) as few:
            few.request()
        before = server.resident_bytes()
        with measure.IdleSessions(folder, server, count) as sessions:
            idle = server.resident_bytes()
            sessions.request()
            used = server.resident_bytes()
            # Each of them again: none was lost in the meantime.
            sessions.request()
    return (idle - before) / count, (used - before) / count


def main():
    parser = argparse.ArgumentParser(description="Holds idle connections and measures what they take.")
    parser.add_argument("build", help="build folder")
    parser.add_argument("--scheme", choices=BOUNDS, default="coap+tcp")
    parser.add_argument("--count", type=int, default=10000)
    parser.add_argument("--peer", choices=["ours", "libcoap"], default="ours")
    arguments = parser.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if most != resource.RLIM_INFINITY and most < arguments.count + OTHER_FILES:
        print(f"A process may open only {most} files here")
        return SKIPPED
    idle, used = measure_idle(measure.bench_folder(arguments.build), arguments.peer, arguments.scheme,
                              arguments.count)
    print(f"{arguments.count:,} of {arguments.scheme}: {idle:,.0f} resident bytes for each that is idle, "
          f"{used:,.0f} after a request")
    if arguments.peer == "ours" and max(idle, used) > BOUNDS[arguments.scheme]:
        print(f"The bound is {BOUNDS[arguments.scheme]:,}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
