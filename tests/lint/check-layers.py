#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A folder of the library may include only from the folders layers.txt grants it."""
import pathlib
import re

import lint

library = lint.root_argument() / "libcoap-layers"
grants, problems = lint.read_layers(library)
for path in sorted(library.rglob("*.[ch]")):
    home = path.parent.relative_to(library).as_posix()
    if home not in grants:
        problems.append(f"{path}: {home} is not in layers.txt")
        continue
    for number, line in enumerate(path.read_text().splitlines(), 1):
        match = re.match(r'\s*#\s*include\s+(["<])([^">]+)[">]', line)
        if not match:
            continue
        if match[1] == "<":
            if match[2].startswith("libcoap-layers/"):
                problems.append(f"{path}:{number}: the library does not include its umbrella")
        elif pathlib.PurePosixPath(match[2]).parent.as_posix() not in grants[home]:
            problems.append(f"{path}:{number}: {home} may not include {match[2]}")
lint.report("layers", problems)
