#!/usr/bin/env python3
"""Finds links in our Markdown that lead to no file."""

import re

import sources

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def check(root):
    for path in sources.files(root, ".md"):
        for number, line in enumerate((root / path).read_text().splitlines(), 1):
            for target in LINK.findall(line):
                if not re.match(r"[a-z]+:", target) and not (root / path.parent / target).exists():
                    yield sources.Finding(path, number, f"{target}: no such file")


if __name__ == "__main__":
    sources.run(check, __doc__)
