#!/usr/bin/env python3
"""Holds the tables of docs/REQUIREMENTS.md complete and true: every row of the founding documents is
there once, in order, and names tests that exist, or the parts of the project that are to bring them.
"""

import re

import sources

PAGE = "docs/REQUIREMENTS.md"
ROWS = [f"A{number:02}" for number in range(1, 37)] + [f"B{number:02}" for number in range(1, 33)]
TO_COME = {"book", "settlement", "risk", "governance", "proofs", "reading"}
ROW = re.compile(r"^\| ([AB]\d\d) \|([^|]*\|){2}([^|]*)\|$")
TEST = re.compile(r"^(?:TEST|TEST_F|TEST_P|TYPED_TEST|RC_GTEST_PROP)\(\s*(\w+),\s*(\w+)", re.M)
ADDED = re.compile(r"add_test\(NAME ([\w.]+)")


def known_tests(root):
    """The tests by the names that CTest lists, but for parameters."""
    names = set()
    for path in sources.files(root, ".cc", ".txt"):
        if path.parts[0] != "tests":
            continue
        text = (root / path).read_text()
        names |= {f"{suite}.{name}" for suite, name in TEST.findall(text)}
        names |= set(ADDED.findall(text))
    return names


def check(root):
    page = root / PAGE
    if not page.exists():
        return
    known, seen = known_tests(root), []
    for number, line in enumerate(page.read_text().splitlines(), 1):
        match = ROW.match(line)
        if not match:
            continue
        row, cell = match.group(1), match.group(3)
        seen.append(row)
        tests = re.findall(r"`([\w.]+)`", cell)
        to_come = re.findall(r"to come: (\w+)", cell)
        if not tests and not to_come:
            yield sources.Finding(PAGE, number, f"{row}: names no test")
        for name in tests:
            if name not in known:
                yield sources.Finding(PAGE, number, f"{row}: no test {name}")
        for part in to_come:
            if part not in TO_COME:
                yield sources.Finding(PAGE, number, f"{row}: no part {part}")
    if seen != ROWS:
        odd = sorted(set(ROWS) ^ set(seen)) or "their order"
        yield sources.Finding(PAGE, 1, f"has not each row once, in order: {odd}")


if __name__ == "__main__":
    sources.run(check, __doc__)
