#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes the typed accessors of GcoapMessage from the option registry.

  generate-accessors.py header|source FOLDER OUTPUT

They are wire/gcoap-message-options.[ch]: for each registered option the
functions that fit its format.
"""
import csv
import pathlib
import sys

import generate

BLOCK_OPTIONS = {"Block1", "Block2", "Q-Block1", "Q-Block2"}


def registered_options(folder):
    with open(pathlib.Path(folder) / "options.csv", encoding="utf-8", newline="") as file:
        return [Option(row) for row in csv.DictReader(file) if row["status"] in ("registered", "provisional")]


class Option:
    """One registered option, and how its accessors are called and documented."""

    def __init__(self, row):
        self.row = row
        self.name = row["name"]
        self.symbol = self.name.lower().replace("-", "_")
        self.number = "GCOAP_OPTION_" + generate.identifier(self.name)
        self.low, self.high = int(row["min_length"]), int(row["max_length"])
        self.repeatable = bool(row["repeatable"])
        self.default = row["default"] if row["default"].isdigit() else ""
        self.format = "block" if self.name in BLOCK_OPTIONS else row["format"]
        # An unsigned option that may not be empty cannot say 0.
        self.smallest = 1 if self.low > 0 else 0
        self.largest = 2 ** (8 * self.high) - 1

    def what(self):
        return f'{self.name}: {self.row["meaning"]} ({self.row["reference"]}).'

    def accessors(self):
        maker = {("empty", False): empty, ("opaque", False): opaque, ("opaque", True): opaques,
                 ("string", False): string, ("string", True): strings,
                 ("uint", False): uint_default if self.default else uint,
                 ("block", False): block, ("block", True): blocks}[self.format, self.repeatable]
        return maker(self)


class Function:
    """A function: its documentation, its prototype and its body."""

    def __init__(self, option, verb, returns, parameters, summary, detail, docs, result, body, warn=False):
        self.name = f"gcoap_message_{verb}_{option.symbol}"
        self.returns, self.parameters, self.body, self.warn = returns, parameters, body, warn
        lines = [f"{self.name}:", "@self: a message", *docs, "", summary, ""]
        lines += [option.what()] + (["", detail] if detail else [])
        lines += ["", f"Returns: {result}"] if result else []
        self.doc = generate.comment(lines + ["", "Since: 0.1"])

    def signature(self):
        return ", ".join(["GcoapMessage *self"] + self.parameters)

    def prototype(self):
        warn = " G_GNUC_WARN_UNUSED_RESULT" if self.warn else ""
        return (f"GCOAP_AVAILABLE_IN_ALL\n{self.returns}{self.name} "
                f"({self.signature()}){warn};\n")

    def definition(self):
        body = "".join(f"  {line}\n" if line else "\n" for line in self.body)
        return f"{self.doc}\n{self.returns.rstrip()}\n{self.name} ({self.signature()})\n{{\n{body}}}\n"


def check(failure=""):
    tail = f"_val_if_fail (self != NULL, {failure});" if failure else "_if_fail (self != NULL);"
    return [f"g_return{tail}"]


def bytes_range(option):
    return f"{option.low} to {option.high} bytes" if option.low != option.high else f"{option.low} bytes"


def check_length(option, length):
    tests = ([f"{length} >= {option.low}"] if option.low > 0 else []) + [f"{length} <= {option.high}"]
    return [f"g_return_if_fail ({test});" for test in tests]


def empty(o):
    yield Function(o, "get", "gboolean ", [], f"Says whether the message has an {o.name} option.", "", [],
                   "%TRUE if the option is present",
                   check("FALSE") + ["", f"return gcoap_message_has_option (self, {o.number});"])
    yield Function(o, "set", "void ", ["gboolean present"], f"Adds or removes the {o.name} option.", "",
                   ["@present: whether the message shall have it"], "",
                   check() + ["", "if (present)", f"  gcoap_message_set_option_empty (self, {o.number});",
                              "else", f"  gcoap_message_remove_option (self, {o.number});"])


def opaque_setter(o, detail=""):
    return Function(o, "set", "void ", ["GBytes *value"], f"Sets the {o.name} option.", detail,
                    [f"@value: (nullable): {bytes_range(o)}, or %NULL to remove the option"], "",
                    check() + ["", "if (value == NULL)", "  {",
                               f"    gcoap_message_remove_option (self, {o.number});", "    return;", "  }", ""]
                    + check_length(o, "g_bytes_get_size (value)")
                    + ["", f"gcoap_message_accessors_set_bytes (self, {o.number}, value);"])


def opaque(o):
    yield Function(o, "get", "GBytes *", [], f"Gets the {o.name} option.", "", [],
                   "(transfer full) (nullable): the value, or %NULL if there is none",
                   check("NULL") + ["", f"return gcoap_message_get_option (self, {o.number}, 0);"], warn=True)
    yield opaque_setter(o)


def opaques(o):
    yield Function(o, "get", "GPtrArray *", [], f"Gets all {o.name} options.", "", [],
                   "(transfer container) (element-type GBytes): the values in their order, possibly none",
                   check("NULL") + ["", f"return gcoap_message_accessors_get_bytes (self, {o.number});"], warn=True)
    yield opaque_setter(o, f"All {o.name} options there were are replaced.")
    yield Function(o, "add", "void ", ["GBytes *value"], f"Adds an {o.name} option after those there are.", "",
                   [f"@value: {bytes_range(o)}"], "",
                   check() + ["g_return_if_fail (value != NULL);"] + check_length(o, "g_bytes_get_size (value)")
                   + ["", f"gcoap_message_accessors_add_bytes (self, {o.number}, value);"])


def string(o):
    yield Function(o, "get", "char *", [], f"Gets the {o.name} option.",
                   "What is not UTF-8 in it is replaced by U+FFFD.", [],
                   "(transfer full) (nullable): the value, or %NULL if there is none",
                   check("NULL") + ["", f"return gcoap_message_get_option_string (self, {o.number}, 0);"], warn=True)
    yield Function(o, "set", "void ", ["const char *value"], f"Sets the {o.name} option.", "",
                   [f"@value: (nullable): {bytes_range(o)} of UTF-8, or %NULL to remove the option"], "",
                   check() + ["", "if (value == NULL)", "  {",
                              f"    gcoap_message_remove_option (self, {o.number});", "    return;", "  }", ""]
                   + check_length(o, "strlen (value)")
                   + ["", f"gcoap_message_set_option_string (self, {o.number}, value);"])


def strings(o):
    yield Function(o, "get", "char **", [], f"Gets all {o.name} options.",
                   "What is not UTF-8 in them is replaced by U+FFFD.", [],
                   "(transfer full) (array zero-terminated=1): the values in their order, possibly none",
                   check("NULL") + ["", f"return gcoap_message_accessors_get_strings (self, {o.number});"], warn=True)
    yield Function(o, "set", "void ", ["const char *const *values"], f"Replaces all {o.name} options.", "",
                   ["@values: (nullable) (array zero-terminated=1): the values in their order, each "
                    f"{bytes_range(o)} of UTF-8; %NULL for none"], "",
                   check() + ["", f"gcoap_message_accessors_set_strings (self, {o.number}, values, {o.high});"])
    yield Function(o, "add", "void ", ["const char *value"], f"Adds a {o.name} option after those there are.", "",
                   [f"@value: {bytes_range(o)} of UTF-8"], "",
                   check() + ["g_return_if_fail (value != NULL);"] + check_length(o, "strlen (value)")
                   + ["", f"gcoap_message_add_option_string (self, {o.number}, value);"])


def uint_setter(o):
    tests = [f"g_return_if_fail (value >= {o.smallest});"] if o.smallest else []
    tests += [f"g_return_if_fail (value <= {o.largest});"] if o.high < 4 else []
    detail = "Use [method@Message.remove_option] to have none."
    return Function(o, "set", "void ", ["guint value"], f"Sets the {o.name} option.", detail,
                    [f"@value: {o.smallest} to {o.largest}"], "",
                    check() + tests + ["", f"gcoap_message_set_option_uint (self, {o.number}, value);"])


def uint(o):
    yield Function(o, "get", "gboolean ", ["guint *value"], f"Gets the {o.name} option.", "",
                   [f"@value: (out) (optional): {o.smallest} to {o.largest}; 0 if there is none"],
                   "%TRUE if the option is present",
                   check("FALSE") + ["", f"return gcoap_message_get_option_uint (self, {o.number}, value);"])
    yield uint_setter(o)


def uint_default(o):
    yield Function(o, "get", "guint ", [], f"Gets the {o.name} option.", "", [],
                   f"the value, or its default {o.default} if the option is absent",
                   ["guint value;", ""] + check(o.default)
                   + ["", f"if (!gcoap_message_get_option_uint (self, {o.number}, &value))",
                      f"  return {o.default};", "", "return value;"])
    yield Function(o, "has", "gboolean ", [], f"Says whether the message has a {o.name} option.",
                   "Without one, the default value counts.", [], "%TRUE if the option is present",
                   check("FALSE") + ["", f"return gcoap_message_has_option (self, {o.number});"])
    yield uint_setter(o)


def block_setter(o, detail=""):
    return Function(o, "set", "void ", ["GcoapBlock *block"], f"Sets the {o.name} option.", detail,
                    ["@block: (nullable): the value, or %NULL to remove the option"], "",
                    check() + ["", "if (block != NULL)",
                               f"  gcoap_message_set_option_uint (self, {o.number}, gcoap_block_to_uint (block));",
                               "else", f"  gcoap_message_remove_option (self, {o.number});"])


def block(o):
    yield Function(o, "get", "GcoapBlock *", [], f"Gets the {o.name} option.", "", [],
                   "(transfer full) (nullable): the value, or %NULL if there is none of 3 bytes at most",
                   check("NULL") + ["", f"return gcoap_message_accessors_get_block (self, {o.number});"], warn=True)
    yield block_setter(o)


def blocks(o):
    yield Function(o, "get", "GPtrArray *", [], f"Gets all {o.name} options.",
                   "Values that are not a block number are left out.", [],
                   "(transfer container) (element-type GcoapBlock): the values in their order, possibly none",
                   check("NULL") + ["", f"return gcoap_message_accessors_get_blocks (self, {o.number});"], warn=True)
    yield block_setter(o, f"All {o.name} options there were are replaced.")
    yield Function(o, "add", "void ", ["GcoapBlock *block"], f"Adds a {o.name} option after those there are.", "",
                   ["@block: the value"], "",
                   check() + ["g_return_if_fail (block != NULL);", "", f"gcoap_message_accessors_add_block (self, {o.number}, block);"])


def header(options):
    body = "\n".join(f.prototype() for o in options for f in o.accessors())
    guard = generate.GUARD.replace("#include <glib.h>\n", "")
    return (f'{guard}#include "wire/gcoap-block.h"\n#include "wire/gcoap-message.h"\n\n'
            f"G_BEGIN_DECLS\n\n{body}\nG_END_DECLS\n")


def source(options):
    body = "\n".join(f.definition() for o in options for f in o.accessors())
    return ('#include "wire/gcoap-message-options.h"\n\n#include <string.h>\n\n'
            '#include "wire/gcoap-message-accessors-private.h"\n\n' + body)


def main():
    kind, folder, output = sys.argv[1:]
    options = registered_options(folder)
    text = {"header": header, "source": source}[kind](options)
    head = "/* SPDX-License-Identifier: LGPL-2.1-or-later */\n"
    head += "/* Generated from data/registry; change the files there instead. */\n"
    pathlib.Path(output).write_text(head + text, encoding="utf-8")


if __name__ == "__main__":
    main()
