#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""No source file is longer than 900 lines, no C function longer than a screen of 80."""
import lint

MAX_FILE = 900
MAX_FUNCTION = 80

problems = []
root = lint.root_argument()
for path in lint.walk(root, ".c", ".h", ".py", ".js", ".vala", ".sh", ".build"):
    lines = path.read_text().splitlines()
    if len(lines) > MAX_FILE:
        problems.append(f"{path}: {len(lines)} lines")
    if path.suffix != ".c":
        continue
    start = None
    for number, line in enumerate(lines, 1):
        # Functions have their braces in the first column, below the parameters.
        if line == "{" and lines[number - 2].endswith(")"):
            start = number
        elif line.startswith("}") and start is not None:
            if number - start + 1 > MAX_FUNCTION:
                problems.append(f"{path}:{start}: a function of {number - start + 1} lines")
            start = None
lint.report("sizes", problems)
