#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Public headers are in the umbrella, exported and guarded; private ones stay private."""
import pathlib
import re
import sys

import lint

library = lint.root_argument() / "libcoap-layers"
umbrella = set(re.findall(r'#include "([^"]+)"', pathlib.Path(sys.argv[2]).read_text()))
problems = [f"the umbrella includes {name}" for name in sorted(umbrella) if name.endswith("-private.h")]

for path in sorted(library.rglob("*.h")):
    name = path.relative_to(library).as_posix()
    text = path.read_text()
    private = name.endswith("-private.h")
    if f"'{path.name}'" not in path.with_name("meson.build").read_text():
        problems.append(f"{path}: not listed in its folder's meson.build")
    if private:
        continue
    if name not in umbrella:
        problems.append(f"{path}: public, but not in the umbrella; list it in folder_headers")
    if "GCOAP_INSIDE" not in text:
        problems.append(f"{path}: does not refuse direct inclusion")
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        if re.search(r'#\s*include\s+"[^"]*-private\.h"', line):
            problems.append(f"{path}:{number}: a public header includes a private one")
        # A prototype starts in the first column, with the export above it.
        if re.match(r"(?!static|#|typedef)\w[\w\s*]*\bgcoap_\w+ +\(", line) \
                and not re.match(r"GCOAP_(AVAILABLE|DEPRECATED)", lines[number - 2]):
            problems.append(f"{path}:{number}: a prototype without GCOAP_AVAILABLE_IN_... above it")
lint.report("headers", problems)
