# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the lints share: the table of layers, the walk over the tree, the report."""
import pathlib
import re
import sys

FOLDERS = (".ci", "bindings", "data", "doc", "libcoap-layers", "tests", "tools")


def read_layers(library):
    """Grants by folder, bottom first, and what is wrong with the table."""
    grants, problems = {}, []
    for line in (library / "layers.txt").read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        name, _, allowed = line.partition(":")
        allowed = set(grants) if allowed.strip() == "*" else set(allowed.split())
        problems += [f"layers.txt: {name} grants {a}, which is not below it"
                     for a in sorted(allowed - set(grants))]
        grants[name] = allowed | {name}
    return grants, problems


def walk(root, *suffixes):
    """All files of the project with one of the suffixes, or all; no build folders."""
    paths = [p for p in root.iterdir() if p.is_file() and p.name != ".git"]
    for name in FOLDERS:
        paths += (root / name).rglob("*")
    for path in sorted(paths):
        if path.is_file() and "__pycache__" not in path.parts and (not suffixes or path.suffix in suffixes):
            yield path


def strip_comments(text):
    """C without comments and strings; line numbers stay."""
    pattern = r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"'
    blank = lambda m: '""' if m[0][0] == '"' else "\n" * m[0].count("\n")
    return re.sub(pattern, blank, text, flags=re.S)


def report(name, problems, skip=None):
    """Prints the result as TAP and the problems as errors, which meson shows, and ends."""
    print("TAP version 13", "1..1", sep="\n")
    for problem in problems:
        print(problem, file=sys.stderr)
    if skip:
        print(f"ok 1 - {name} # SKIP {skip}")
    else:
        print(f"{'not ok' if problems else 'ok'} 1 - {name}")
    sys.exit(bool(problems))


def root_argument():
    return pathlib.Path(sys.argv[1])
