#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""libcoap-layers/wire/gcoap-uri.c is tested by tests/wire/test-uri.c, and that test is run."""
import pathlib
import re

import lint

root = lint.root_argument()
library = root / "libcoap-layers"
excused, problems = {}, []
for line in pathlib.Path(__file__).with_name("untested.txt").read_text().splitlines():
    if line.strip() and not line.startswith("#"):
        name, _, reason = line.partition(":")
        excused[name] = reason.strip()
        if not reason.strip():
            problems.append(f"untested.txt: no reason is given for {name}")

for path in sorted(library.rglob("gcoap-*.c")):
    name = path.relative_to(library).as_posix()
    test = root / "tests" / path.parent.relative_to(library) / path.name.replace("gcoap-", "test-", 1)
    if test.exists() and name in excused:
        problems.append(f"untested.txt: {name} has a test")
    elif not test.exists() and name not in excused:
        problems.append(f"{name} has no test: {test} is missing")
problems += [f"untested.txt: there is no {name}" for name in excused if not (library / name).exists()]

for path in sorted((root / "tests").rglob("test-*.c")):
    listing = path.with_name("meson.build")
    name = path.stem.replace("test-", "", 1)
    if not listing.exists() or not re.search(rf"'(test-)?{re.escape(name)}(\.c)?'", listing.read_text()):
        problems.append(f"{path}: its folder's meson.build does not run it")
lint.report("tests", problems)
