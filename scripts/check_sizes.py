#!/usr/bin/env python3
"""Bounds the length of files: a longer one has two purposes.

The aim is 300 lines for a header, 600 for a source and 800 for a test; the bounds leave a little
room, so that nobody squeezes lines. Functions (70 lines) are clang-tidy's.
"""

import sources

HEADER, SOURCE, TEST, README = 320, 640, 800, 60


def bound(path):
    if path.name == "README.md":
        # Folders' own; the first page and those of data and docs have other readers, and that of the
        # scenarios is a list.
        if len(path.parts) == 1 or path.parts[0] in ("data", "docs"):
            return None
        return None if path.parts[:2] == ("tests", "scenarios") else README
    if path.suffix not in (".h", ".cc"):
        return None
    if path.parts[0] == "tests":
        return TEST
    return HEADER if path.suffix == ".h" else SOURCE


def check(root):
    for path in sources.files(root, ".h", ".cc", ".md"):
        most = bound(path)
        lines = (root / path).read_text().count("\n")
        if most is not None and lines > most:
            yield sources.Finding(path, most + 1, f"{lines} lines, at most {most}")


if __name__ == "__main__":
    sources.run(check, __doc__)
