#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every source file names the licence in its first line, or below its #! line."""
import lint

SUFFIXES = (".c", ".h", ".in", ".py", ".js", ".vala", ".sh", ".build")

problems = []
for path in lint.walk(lint.root_argument()):
    if "corpus" in path.parts or "vectors" in path.parts:
        continue
    try:
        head = path.read_text(encoding="utf-8").splitlines()[:2]
    except UnicodeDecodeError:
        continue
    script = bool(head) and head[0].startswith("#!")
    if not script and path.suffix not in SUFFIXES:
        continue
    if "SPDX-License-Identifier: LGPL-2.1-or-later" not in "".join(head[1:2] if script else head[:1]):
        problems.append(f"{path}: no SPDX-License-Identifier: LGPL-2.1-or-later")
lint.report("spdx", problems)
