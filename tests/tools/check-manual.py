#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The manual page and the completion of a tool name every option of its --help, and no other.

Usage: check-manual.py SOURCE_ROOT TOOL
"""
import pathlib
import re
import shutil
import subprocess
import sys

root, tool = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
page = root / "doc" / "man" / f"{tool.name}.1"
completion = root / "data" / "completions" / tool.name


def compare(what, found, wanted):
    return [f"{what} lacks {option}" for option in sorted(wanted - found)] + \
           [f"{what} names {option}, which the tool does not have" for option in sorted(found - wanted)]


def check_options():
    text = subprocess.run([tool, "--help"], check=True, capture_output=True, text=True).stdout
    options = set(re.findall(r"(?m)^  (?:-\w, )?(--[\w-]+)", text))
    letters = set(re.findall(r"(?m)^  (-\w), --", text))
    problems = [] if len(options) > 3 else ["--help lists no options"]
    # mdoc: ".It Fl m , Fl -method Ar METHOD"
    items = " ".join(re.findall(r"(?m)^\.It (Fl .*)$", page.read_text()))
    problems += compare(page.name, set("-" + o for o in re.findall(r"Fl (-[\w-]+)", items)), options)
    problems += compare(page.name, set("-" + o for o in re.findall(r"Fl (\w)\b", items)), letters)
    problems += compare(f"the completion {completion.name}",
                        set(re.findall(r"(?<![\w-])--[a-z][\w-]*", completion.read_text())), options)
    return problems


def check_roff():
    """What the formatters have to say about the page; None if there is none."""
    if shutil.which("mandoc"):
        return subprocess.run(["mandoc", "-Tlint", "-Wwarning", page], capture_output=True, text=True).stdout
    if shutil.which("man"):
        return subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", page], stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True, env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin",
                                                                      "MANROFFSEQ": ""}).stderr
    return None


print("TAP version 13", "1..3", sep="\n")
problems = check_options()
print(*problems, sep="\n", file=sys.stderr)
print("not ok" if problems else "ok", "1 - options")
warnings = check_roff()
if warnings is None:
    print("ok 2 - roff # SKIP neither mandoc nor man is installed")
else:
    print(warnings, end="", file=sys.stderr)
    print("not ok" if warnings else "ok", "2 - roff")
if shutil.which("bash"):
    syntax = subprocess.run(["bash", "-n", completion]).returncode
    print("not ok" if syntax else "ok", "3 - completion")
else:
    print("ok 3 - completion # SKIP bash is not installed")
    syntax = 0
sys.exit(bool(problems or warnings or syntax))
