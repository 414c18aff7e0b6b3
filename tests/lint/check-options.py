#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The code of a folder names only the options that option-owners.txt gives it.

An option is named by its number's identifier, or by an accessor of message or
options that ends in its name.
"""
import csv
import pathlib
import re

import lint

root = lint.root_argument()
library = root / "libcoap-layers"
with open(root / "data" / "registry" / "options.csv", newline="") as file:
    nicks = [row["name"].lower() for row in csv.DictReader(file) if row["name"]]
# Longest first, so that uri-path-x is not taken for uri-path.
words = "|".join(sorted((re.escape(nick.replace("-", "_")) for nick in nicks), key=len, reverse=True))
identifier = re.compile(rf"\bGCOAP_OPTION_({words.upper()})\b")
accessor = re.compile(rf"\bgcoap_(?:message|options)_(?:[a-z0-9]+_)*?({words})(?:s|_[a-z]+)?\b")

owners, problems = {}, []
for line in pathlib.Path(__file__).with_name("option-owners.txt").read_text().splitlines():
    if line.strip() and not line.startswith("#"):
        folder, _, owned = line.partition(":")
        owners[folder.strip()] = set(nicks) if owned.strip() == "*" else set(owned.split())
        problems += [f"option-owners.txt: {folder} owns {nick}, which is no registered option"
                     for nick in sorted(owners[folder.strip()] - set(nicks))]
grants, _ = lint.read_layers(library)
problems += [f"option-owners.txt: there is no line for {folder}" for folder in grants if folder not in owners]
problems += [f"option-owners.txt: {folder} is not in layers.txt" for folder in owners if folder not in grants]

for path in sorted(library.rglob("*.[ch]")):
    owned = owners.get(path.parent.relative_to(library).as_posix(), set())
    for number, line in enumerate(lint.strip_comments(path.read_text()).splitlines(), 1):
        for match in [*identifier.finditer(line), *accessor.finditer(line)]:
            nick = match[1].lower().replace("_", "-")
            if nick not in owned:
                problems.append(f"{path}:{number}: {path.parent.name} does not own {nick}: {match[0]}")
lint.report("options", problems)
