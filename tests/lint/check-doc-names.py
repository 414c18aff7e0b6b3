#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the guide names exists: functions, files, and each line of code it shows."""
import re

import lint

root = lint.root_argument()
library = root / "libcoap-layers"
problems = []

identifiers = set()
for path in lint.walk(root, ".c", ".h", ".in", ".build", ".py"):
    if path.suffix != ".py" or "registry" in path.parts:
        identifiers.update(re.findall(r"\bgcoap_\w+", path.read_text()))
# Accessors that a script writes out have names of the registry's options.
generated = re.compile(r"gcoap_(?:message|options)_(?:get|set|add|remove|has|count)_\w+")

# Where a file that is named without its folder may be.
FOLDERS = (root, library, root / "doc", root / "doc/examples", root / "tests", root / "tests/bench", root / "tools")
SUFFIXES = r"(?:[ch]|py|js|vala|md|txt|csv|build|in|xml)"
LANGUAGES = {"c": (".c",), "python": (".py",), "js": (".js",), "vala": (".vala",)}


def stripped(text):
    return [line.strip() for line in text.splitlines() if line.strip()]


examples = {path: stripped(path.read_text()) for path in sorted((root / "doc/examples").iterdir())
            if path.is_file()}


def is_shown(code, language):
    """Whether the lines stand in this order, side by side, in one example."""
    for path, lines in examples.items():
        if path.suffix in LANGUAGES[language]:
            for start in range(len(lines) - len(code) + 1):
                if lines[start:start + len(code)] == code:
                    return True
    return False


def check_names(path, number, line):
    for name in re.findall(r"\bgcoap_\w+[a-z0-9]\b", line):
        if name not in identifiers and not generated.fullmatch(name):
            problems.append(f"{path}:{number}: there is no {name}")
    for name in re.findall(rf"[`(]([\w./-]+\.{SUFFIXES})[`)]", line):
        if "://" not in name and not any((folder / name).exists() for folder in FOLDERS):
            problems.append(f"{path}:{number}: there is no file {name}")


def check(path):
    language, code, start = None, [], 0
    for number, line in enumerate(path.read_text().splitlines(), 1):
        fence = re.match(r"\s*```(\w*)", line)
        if fence and language is None:
            language, code, start = fence[1], [], number
        elif fence:
            if language in LANGUAGES and not is_shown(code, language):
                problems.append(f"{path}:{start}: this code is in no file of doc/examples")
            language = None
        elif language is not None:
            if line.strip():
                code.append(line.strip())
        else:
            check_names(path, number, line)


documents = sorted((root / "doc").glob("*.md")) + [root / "README.md", root / "NEWS.md"]
for document in documents:
    check(document)
lint.report("doc-names", problems)
