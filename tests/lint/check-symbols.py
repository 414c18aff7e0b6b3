#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A folder's archive may use only symbols that the folders granted to it define.

This sees what check-layers.py cannot: a prototype copied by hand.
"""
import shutil
import subprocess
import sys

import lint

library = lint.root_argument() / "libcoap-layers"
archives = dict(argument.split("=", 1) for argument in sys.argv[2:])
if not shutil.which("nm"):
    lint.report("symbols", [], skip="nm is not installed")


def symbols(archive, option):
    output = subprocess.run(["nm", "-P", "-g", option, archive], check=True, capture_output=True, text=True).stdout
    return {line.split()[0] for line in output.splitlines()
            if line.startswith(("gcoap_", "_gcoap_")) and not line.endswith(":")}


grants, problems = lint.read_layers(library)
defined_in = {name: folder for folder, archive in archives.items() for name in symbols(archive, "--defined-only")}
if not defined_in:
    problems.append("no archive defines any symbol: nm failed to read them")
for folder, archive in archives.items():
    for name in sorted(symbols(archive, "--undefined-only")):
        home = defined_in.get(name)
        if home is None:
            problems.append(f"{folder} uses {name}, which no folder defines")
        elif home not in grants[folder]:
            problems.append(f"{folder} may not use {name}, which {home} defines")
lint.report("symbols", problems)
