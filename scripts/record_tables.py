#!/usr/bin/env python3
"""Keeps the lists of records in docs/formats/state.md equal to the code.

Reads the records of ledger/record/ and the journal line: their tables, versions, keys and fields in
the order in which they are written. Without an option it compares, and fails where the page
differs, or where the properties of codecs are tested of other records; --write brings the page up
to date.
"""

import argparse
import pathlib
import re
import sys

import sources

PAGE = "docs/formats/state.md"
PROPERTIES = "tests/ledger/codec_property_test.cc"
BEGIN, END = "<!-- from here on written by scripts/record_tables.py -->\n", "<!-- to here -->\n"

WIRE = {
    "bool": "bool",
    "std::uint8_t": "u8",
    "std::uint16_t": "u16",
    "std::uint32_t": "u32",
    "std::uint64_t": "u64",
    "std::int32_t": "i32",
    "std::int64_t": "i64",
    "Amount": "amount",
    "Day": "day",
    "Currency": "currency",
    "Id": "id",
    "PartyId": "party",
    "crypto::Digest": "digest",
    "Bytes": "bytes",
    "std::string": "text",
}


def body(text, start):
    """What stands between the next brace and its partner."""
    depth, begin = 0, text.index("{", start)
    for at in range(begin, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if depth == 0:
            return text[begin + 1 : at]
    raise ValueError("braces do not match")


def structs(text):
    """Name and body of each struct that is not inside another."""
    found, at = [], 0
    while match := re.compile(r"\bstruct (\w+)( final)? \{").search(text, at):
        inside = body(text, match.start())
        found.append((match.group(1), inside))
        at = match.end() + len(inside)
    return found


def fields(text):
    """(name, C++ type) in the order of the visits."""
    types = {}
    for match in re.finditer(r"^\s*([\w:]+(?:<[\w:]+>)?)\s+(\w+)(?:\s*=[^;]*|\{[^;]*\})?;", text, re.M):
        types[match.group(2)] = match.group(1)
    return [(n, types[member]) for n, member in re.findall(r'visit\("(\w+)",\s*\w+\.(\w+)\)', text)]


def wire(kind):
    vector = re.fullmatch(r"std::vector<(.+)>", kind)
    if vector:
        return f"list of {wire(vector.group(1))}"
    return WIRE.get(kind, kind.split("::")[-1])


def listed(pairs):
    return ", ".join(f"`{name}` {wire(kind)}" for name, kind in pairs) or "nothing"


def words(name):
    """kPartPaid -> part paid."""
    return re.sub(r"(?<!^)([A-Z])", r" \1", name.removeprefix("k")).lower()


def text_of_records(root):
    headers = [p for p in sources.files(root, ".h") if p.as_posix().startswith("ledger/record/")]
    headers.append(pathlib.Path("ledger/rules/context.h"))
    return "\n".join(sources.code((root / path).read_text(), literals=True) for path in headers)


def names(text):
    """Of those with a table."""
    return {name for name, inside in structs(text) if "kTable = " in inside and "Fields(" in inside}


def tested(root):
    types = re.search(r"using Records =\s+testing::Types<([^>]*)>", (root / PROPERTIES).read_text())
    return set(re.findall(r"\w+", types.group(1)))


def tables(text):
    enums = dict(re.findall(r"enum class (\w+) : std::uint8_t \{([^}]*)\}", text))
    numbers = dict(re.findall(r"(k\w+) = (0x\w+)", enums["Table"]))
    records, parts = [], []
    for name, inside in structs(text):
        table = re.search(r"kTable = Table::(\w+)", inside)
        if "Fields(" not in inside:
            continue
        if not table:
            parts.append((name, listed(fields(inside))))
            continue
        version = re.search(r"kVersion = (\d+)", inside).group(1)
        key = body(inside, inside.index("struct Key {"))
        value = inside.replace(key, "", 1)
        row = (numbers[table.group(1)], name, listed(fields(key)), version, listed(fields(value)))
        records.append(row)
    lines = ["", "| table | record | key | version | value |", "|---|---|---|---|---|"]
    lines += [f"| `{t}` | {n} | {k} | {v} | {f} |" for t, n, k, v, f in sorted(records)]
    lines += ["", "Parts of these:", "", "| part | fields |", "|---|---|"]
    lines += [f"| {name} | {listing} |" for name, listing in parts]
    lines += ["", "Enumerations, one byte each:", "", "| name | values |", "|---|---|"]
    used = " ".join(row[4] + row[2] for row in records) + " ".join(p[1] for p in parts)
    for name, inside in sorted(enums.items()):
        if re.search(rf"\b{name}\b", used):
            values = re.findall(r"(k\w+) = (\d+)", inside)
            lines.append(f"| {name} | {', '.join(f'{n} {words(v)}' for v, n in values)} |")
    return "\n".join(lines) + "\n\n"


def main():
    here = pathlib.Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=pathlib.Path, default=here, help="the source tree")
    parser.add_argument("--write", action="store_true", help="bring the page up to date")
    arguments = parser.parse_args()
    page = arguments.root / PAGE
    old = page.read_text()
    before, rest = old.split(BEGIN)
    text = text_of_records(arguments.root)
    new = before + BEGIN + tables(text) + END + rest.split(END)[1]
    if arguments.write:
        page.write_text(new)
    elif new != old:
        print(f"{PAGE}:1: differs from the code; scripts/record_tables.py --write brings it up to date")
        sys.exit(1)
    if others := names(text) ^ tested(arguments.root):
        print(f"{PROPERTIES}:1: the list of records differs by {', '.join(sorted(others))}")
        sys.exit(1)
    print("record_tables.py: OK")


if __name__ == "__main__":
    main()
