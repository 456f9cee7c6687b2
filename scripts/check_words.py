#!/usr/bin/env python3
"""Finds promises left in the code, tests switched off, and one machine's paths."""

import re

import sources

# The brackets keep these lines from finding themselves.
PROMISE = re.compile(
    r"\b(TO[D]O|FIX[M]E|X[X]X|HA[C]K|not implemen[t]ed|unimplemen[t]ed|placehol[d]er)\b"
    r"|\bfor no[w]\b|\bGTEST_SKI[P]\b|\bDISABLE[D]_",
    re.IGNORECASE,
)
MACHINE = re.compile(r"(?<![\w.])/(home|root|Users)/\w")

CODE = {".cc", ".h", ".proto", ".py", ".sh", ".cmake", ".js", ".ts", ".tsx"}
TEXT = CODE | {".md", ".toml", ".txt", ".json", ".yaml", ".yml"}


def check(root):
    for path in sources.files(root):
        if path.suffix not in TEXT and path.parts[0] != ".ci":
            continue
        for number, line in enumerate((root / path).read_text().splitlines(), 1):
            match = MACHINE.search(line)
            if match is None and path.suffix in CODE:
                match = PROMISE.search(line)
            if match:
                yield sources.Finding(path, number, match.group())


if __name__ == "__main__":
    sources.run(check, __doc__)
