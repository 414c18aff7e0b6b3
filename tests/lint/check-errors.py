#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Error messages are whole sentences: each ends with a full stop, or a question mark."""
import re

import lint

# Which argument is the message, counted from 0.
MESSAGE = {"g_set_error": 3, "g_set_error_literal": 3, "g_error_new": 2, "g_error_new_literal": 2,
           "gcoap_exchange_fail_code": 2}
CALL = re.compile(rf"\b({'|'.join(MESSAGE)})\s*\(")
STRING = re.compile(r'"((?:\\.|[^"\\])*)"')
COMMENT = re.compile(r"/\*.*?\*/", re.S)


def arguments(text, start):
    """The arguments of a call whose bracket is just before @start."""
    depth, found, begin, position = 1, [], start, start
    while depth > 0:
        string = STRING.match(text, position)
        if string:
            position = string.end()
            continue
        character = text[position]
        depth += (character == "(") - (character == ")")
        if depth == 0 or (depth == 1 and character == ","):
            found.append(text[begin:position])
            begin = position + 1
        position += 1
    return found


problems = []
root = lint.root_argument()
for folder in "libcoap-layers", "tools":
    for path in sorted((root / folder).rglob("*.c")):
        text = COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), path.read_text())
        for call in CALL.finditer(text):
            message = arguments(text, call.end())[MESSAGE[call[1]]]
            literals = STRING.findall(message)
            # What is no literal, or a format of values alone, is written elsewhere.
            if not literals or "?" in STRING.sub("", message) or not re.sub(r"%\w", "", "".join(literals)):
                continue
            if literals[-1][-1:] not in (".", "?"):
                line = text.count("\n", 0, call.start()) + 1
                problems.append(f"{path}:{line}: no full stop: {''.join(literals)}")
lint.report("errors", problems)
