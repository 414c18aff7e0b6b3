#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes C from the registries in this folder.

  generate.py REGISTRY header|table FOLDER OUTPUT

REGISTRY is codes, options, signaling-options or content-formats. A header holds
the enumeration with its documentation, a table the rows that the hand-written
C file of the same concept includes. What a registry says twice is compared, so
that a slip of the pen fails the build.
"""
import csv
import pathlib
import sys
import textwrap

GUARD = """\
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include <glib.h>
"""
# RFC 7252 §3.1: an option length is at most 65535 + 269 bytes.
MAX_OPTION_LENGTH = 65804


def identifier(name):
    return name.upper().replace(" ", "_").replace("-", "_")


def nick(name):
    return name.lower().replace(" ", "-")


def quote(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' if text else "NULL"


def require(condition, row, rule):
    if not condition:
        sys.exit(f"{row}: {rule}")


def comment(lines):
    """A documentation comment of paragraphs; each is wrapped, '@' ones with an indent."""
    out = ["/**"]
    for line in lines:
        indent = "  " if line.startswith("@") else ""
        wrapped = textwrap.wrap(line, 92, subsequent_indent=indent, break_long_words=False,
                                break_on_hyphens=False) or [""]
        out += [f" * {part}".rstrip() for part in wrapped]
    return "\n".join(out + [" */"])


def enumeration(name, values, summary, detail):
    """A documented enumeration; values are (identifier, number, description)."""
    doc = [f"{name}:"]
    doc += [f"@{ident}: {text}." for ident, _, text in values]
    doc += ["", summary, "", detail, "", "Since: 0.1"]
    body = "".join(f"  {ident} = {number},\n" for ident, number, _ in values)
    return f"\n{comment(doc)}\ntypedef enum\n{{\n{body}}} {name};\n"


def code_number(text):
    class_, detail = text.split(".")
    return int(class_) << 5 | int(detail)


def codes(rows, kind):
    kinds = {"empty": [0], "method": [0], "response": [2, 4, 5], "signaling": [7]}
    for row in rows:
        require(int(row["code"][0]) in kinds[row["kind"]], row, "the class contradicts the kind")
    if kind == "table":
        return "".join(
            f'  {{ {code_number(row["code"])}, {quote(row["name"])}, {quote(nick(row["name"]))} }},\n'
            for row in rows)
    values = [("GCOAP_CODE_" + identifier(row["name"]), code_number(row["code"]),
               f'{row["code"]}: {row["meaning"]} ({row["reference"]})') for row in rows]
    return enumeration(
        "GcoapCode", values, "The registered codes of requests, responses and signaling messages.",
        "A code is a byte: a class of three bits and a detail of five, written 2.05 "
        "(RFC 7252 §3). A peer may send a code that is not registered; wherever a code is "
        "taken or given as a number, any byte is valid.")


def check_lengths(row):
    low, high = int(row["min_length"]), int(row["max_length"])
    require(row["format"] in ("empty", "opaque", "uint", "string"), row, "unknown format")
    require(low <= high <= MAX_OPTION_LENGTH, row, "impossible length")
    require(row["format"] != "empty" or high == 0, row, "an empty option has no length")
    require(row["format"] != "uint" or high <= 4, row, "an unsigned option has at most 4 bytes")


def definition(row, oscore_class):
    repeatable = "TRUE" if row["repeatable"] else "FALSE"
    return (f'{{ {row["number"]}, {quote(row["name"])}, {quote(nick(row["name"]))}, '
            f'GCOAP_OPTION_FORMAT_{row["format"].upper()}, {row["min_length"]}, '
            f'{row["max_length"]}, {repeatable}, {oscore_class} }}')


def describe_option(row):
    text = f'{row["meaning"]}; {row["format"]}'
    low, high = row["min_length"], row["max_length"]
    if int(high) == 1 and low == high:
        text += " of 1 byte"
    elif int(high) > 0:
        text += f" of {low} to {high} bytes" if low != high else f" of {low} bytes"
    if row["repeatable"]:
        text += ", repeatable"
    if row["default"]:
        text += f', {row["default"]} if absent'
    return f'{text} ({row["reference"]})'


def options(rows, kind):
    # Provisional ones are of drafts whose number is settled but not yet assigned.
    registered = [row for row in rows if row["status"] in ("registered", "provisional")]
    for row in registered:
        number = int(row["number"])
        # RFC 7252 §5.4.6: these three properties are bits of the number.
        derived = (number & 1, number & 2, number & 0x1e == 0x1c)
        stated = (row["critical"], row["unsafe"], row["no_cache_key"])
        require([bool(d) for d in derived] == [bool(s) for s in stated], row,
                "the number contradicts critical, unsafe or no_cache_key")
        require(row["oscore_class"] and set(row["oscore_class"]) <= set("EIU"), row, "no OSCORE class")
        check_lengths(row)
    if kind == "table":
        oscore = lambda row: " | ".join(f"GCOAP_OSCORE_CLASS_{c}" for c in row["oscore_class"])
        out = "static const GcoapOptionDefinition registered_options[] = {\n"
        out += "".join(f"  {definition(row, oscore(row))},\n" for row in registered) + "};\n\n"
        out += "/* Position in registered_options plus one, for the numbers that most messages use. */\n"
        out += "static const guint8 low_option_positions[64] = {\n"
        out += "".join(f'  [{row["number"]}] = {i},\n' for i, row in enumerate(registered, 1)
                       if int(row["number"]) < 64) + "};\n\n"
        out += "/* Numbers that RFC 7252 §12.2 keeps from being registered. */\n"
        reserved = ", ".join(row["number"] for row in rows if row["status"] == "reserved")
        return out + f"static const guint16 reserved_options[] = {{ {reserved} }};\n"
    values = [("GCOAP_OPTION_" + identifier(row["name"]), row["number"], describe_option(row))
              for row in registered]
    return enumeration(
        "GcoapOptionNumber", values, "The registered option numbers.",
        "Requests and responses may carry others: wherever an option is named by its number, any "
        "number up to 65535 is valid. The options of signaling messages have numbers of their own.")


def signaling_options(rows, kind):
    codes_ = list(dict.fromkeys(row["code"] for row in rows))
    for row in rows:
        require(bool(int(row["number"]) & 1) == bool(row["critical"]), row,
                "the number contradicts critical")
        check_lengths(row)
    if kind == "table":
        # RFC 8613 §4.3: signaling messages protect all options but OSCORE itself.
        oscore = lambda row: f'GCOAP_OSCORE_CLASS_{"U" if row["name"] == "OSCORE" else "E"}'
        return "".join(f'  {{ GCOAP_CODE_{identifier(row["code"])}, {definition(row, oscore(row))} }},\n'
                       for row in rows)
    out = ""
    for code in codes_:
        values = [(f'GCOAP_{identifier(code)}_OPTION_{identifier(row["name"])}', row["number"],
                   describe_option(row)) for row in rows if row["code"] == code]
        out += enumeration(
            f"Gcoap{code.capitalize()}Option", values, f"The registered options of {code} messages.",
            f"Option numbers of signaling messages mean something else under each code (RFC 8323 §5.2).")
    return out


def content_formats(rows, kind):
    if kind == "table":
        return "".join(
            f'  {{ {row["number"]}, {quote(row["media_type"])}, {quote(row["content_coding"])}, '
            f'{quote(row["nick"])}, {quote(nick(row["identifier"]).replace("_", "-"))} }},\n' for row in rows)
    values = []
    for row in rows:
        coding = f' with content coding {row["content_coding"]}' if row["content_coding"] else ""
        values.append(("GCOAP_CONTENT_FORMAT_" + row["identifier"], row["number"],
                       f'`{row["media_type"]}`{coding} ({row["reference"]})'))
    return enumeration(
        "GcoapContentFormat", values, "The registered numbers of content formats.",
        "A content format is a media type with its parameters and an optional content coding "
        "(RFC 7252 §12.3). Others can be used: wherever a content format is taken or given as a "
        "number, any number up to 65535 is valid.")


def main():
    registry, kind, folder, output = sys.argv[1:]
    makers = {"codes": codes, "options": options, "signaling-options": signaling_options,
              "content-formats": content_formats}
    source = pathlib.Path(folder) / f"{registry}.csv"
    with open(source, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    key = lambda row: code_number(row["code"]) if registry == "codes" else int(row["number"])
    if registry != "signaling-options":
        numbers = [key(row) for row in rows]
        require(numbers == sorted(set(numbers)), source, "the rows do not stand in order of their numbers")
    text = makers[registry](rows, kind)
    head = "/* SPDX-License-Identifier: LGPL-2.1-or-later */\n"
    head += f"/* Generated from data/registry/{source.name}; change that file instead. */\n"
    if kind == "header":
        text = f"{head}{GUARD}\nG_BEGIN_DECLS\n{text}\nG_END_DECLS\n"
    else:
        text = head + text
    pathlib.Path(output).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
