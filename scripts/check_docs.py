#!/usr/bin/env python3
"""Finds links of our Markdown and pages named in our code that lead to no file, and metrics of the
node that docs/metrics.md does not list, or lists and the node does not have."""

import re

import sources

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
PAGE = re.compile(r"\bdocs/[\w/.-]+\.md\b")

CODE = (".h", ".cc", ".proto", ".cmake", ".txt", ".sh", ".py")


def check_links(root):
    for path in sources.files(root, ".md"):
        for number, line in enumerate((root / path).read_text().splitlines(), 1):
            for target in LINK.findall(line):
                if not re.match(r"[a-z]+:", target) and not (root / path.parent / target).exists():
                    yield sources.Finding(path, number, f"{target}: no such file")


def check_pages(root):
    for path in sources.files(root, *CODE):
        if path.parts[:2] == ("tests", "scripts"):
            continue  # Its trees are made up.
        for number, line in enumerate((root / path).read_text().splitlines(), 1):
            for page in PAGE.findall(line):
                if not (root / page).exists():
                    yield sources.Finding(path, number, f"{page}: no such page")


def check_metrics(root):
    code, page = root / "node/metrics.cc", root / "docs/metrics.md"
    if not code.exists():
        return
    named = set(re.findall(r'"(aval_[a-z_]+)"', code.read_text()))
    text = page.read_text() if page.exists() else ""
    listed = set(re.findall(r"`(aval_[a-z_]+)`", text))
    for name in sorted(named - listed):
        yield sources.Finding(page.relative_to(root), 1, f"{name}: not listed")
    for name in sorted(listed - named):
        yield sources.Finding(page.relative_to(root), 1, f"{name}: no such metric")


def check(root):
    yield from check_links(root)
    yield from check_pages(root)
    yield from check_metrics(root)


if __name__ == "__main__":
    sources.run(check, __doc__)
