#!/usr/bin/env python3
"""Holds every #include against the two tables of docs/ARCHITECTURE.md.

The table `folder` says which of our folders a folder may include; the longest row that fits a file
counts, and a folder always sees itself. The table `headers` says where a library's headers may be
included, apart for our headers and our sources, so that what is slow to compile or ours to hide
stays where it is.
"""

import re

import sources

# Of the C library and Linux; no dependency to document.
SYSTEM = re.compile(r"(sys|linux|netinet|arpa|net)/")


def fits(name, prefixes):
    return any(name.startswith(prefix) for prefix in prefixes)


def check(root):
    text = (root / "docs/ARCHITECTURE.md").read_text()
    layers = sources.table(text, "folder")
    libraries = sources.table(text, "headers")
    ours = {prefix.split("/")[0] for row in layers for prefix in row["folder"]}
    for path in sources.files(root, ".h", ".cc"):
        place = path.as_posix()
        folder, layer = sources.row_of(place, layers, "folder")
        if layer is None:
            yield sources.Finding(path, 1, "in no folder of docs/ARCHITECTURE.md")
            continue
        column = "our headers" if path.suffix == ".h" else "our sources"
        for line, name, quoted in sources.includes((root / path).read_text()):
            if quoted or name.split("/")[0] in ours:
                if not quoted:
                    yield sources.Finding(path, line, f"<{name}>: ours, to be quoted")
                elif name.split("/")[0] not in ours:
                    yield sources.Finding(path, line, f'"{name}": to be named from the root')
                elif not fits(name, [folder, *layer["may include"]]):
                    yield sources.Finding(path, line, f"{folder} may not include {name}")
                continue
            prefix, library = sources.row_of(name, libraries, "headers")
            if library is None:
                if "/" in name and not SYSTEM.match(name):
                    yield sources.Finding(
                        path, line, f"<{name}>: of no library in docs/ARCHITECTURE.md"
                    )
            elif not fits(place, library[column]):
                where = ", ".join(library[column]) or "none"
                yield sources.Finding(
                    path, line, f"<{name}>: {column} that may include {prefix}: {where}"
                )


if __name__ == "__main__":
    sources.run(check, __doc__)
