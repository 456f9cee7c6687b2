"""What the check scripts share: the project's files, tables in Markdown, C++ without comments.

Run by itself it prints, each followed by a zero byte, the files with the given suffixes.
"""

import argparse
import os
import pathlib
import re
import sys


class Finding:
    """One violation, printed as a compiler prints its errors."""

    def __init__(self, path, line, text):
        self.path, self.line, self.text = path, line, text

    def __str__(self):
        return f"{self.path}:{self.line}: {self.text}"


def files(root, *suffixes):
    """Paths relative to `root`, sorted, of files with one of the suffixes; no build trees."""
    found = []
    for folder, folders, names in os.walk(root):
        here = pathlib.Path(folder).relative_to(root)
        folders[:] = [f for f in folders if is_ours(here / f)]
        found += [here / name for name in names if not suffixes or (here / name).suffix in suffixes]
    return sorted(found)


def is_ours(folder):
    top = folder.parts[0]
    if top.startswith(".") and top != ".ci" or top.startswith("build") or top == "demo-data":
        return False
    return folder.name not in ("node_modules", "__pycache__")


def table(text, first_column):
    """Rows, as dictionaries, of the Markdown table whose first column has this heading.

    A cell is the list of its back-quoted words; one without any, of its words.
    """
    lines = iter(text.splitlines())
    for line in lines:
        heading = [cell.strip() for cell in line.strip("| ").split("|")]
        if line.startswith("|") and heading[0] == first_column:
            break
    else:
        raise ValueError(f"no table with a first column named '{first_column}'")
    next(lines)  # The rule under the heading.
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) != len(heading):
            raise ValueError(f"row with {len(cells)} cells under {len(heading)} headings: {line}")
        rows.append(dict(zip(heading, (re.findall(r"`([^`]+)`", c) or c.split() for c in cells))))
    return rows


def row_of(name, rows, column):
    """The row with the longest prefix of `name` in this column, and that prefix."""
    found = [(prefix, row) for row in rows for prefix in row[column] if name.startswith(prefix)]
    return max(found, key=lambda pair: len(pair[0]), default=(None, None))


_TOKEN = re.compile(
    r"""//[^\n]*
      | /\*.*?\*/
      | R"(?P<mark>[^\s()\\]{0,16})\(.*?\)(?P=mark)"
      | "(?:\\.|[^"\\\n])*"
      | (?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'""",
    re.VERBOSE | re.DOTALL,
)


def code(text, literals=False):
    """C++ with comments blanked, and literals, too, unless they are to stay; line numbers stay.

    #include lines keep the name between quotes.
    """

    def blank(match):
        token = match.group()
        before = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        if token.startswith('"') and (literals or re.fullmatch(r"\s*#\s*include\s*", before)):
            return token
        return re.sub(r"[^\n]", " ", token)

    return _TOKEN.sub(blank, text)


def includes(text):
    """(line, name, quoted) of each #include."""
    found = []
    for number, line in enumerate(code(text).splitlines(), 1):
        match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if match:
            found.append((number, match.group(2), match.group(1) == '"'))
    return found


def run(check, description):
    """Command line of a check: --root DIR; exit code 1 and one line for each finding."""
    parser = argparse.ArgumentParser(description=description)
    here = pathlib.Path(__file__).resolve().parent.parent
    parser.add_argument("--root", type=pathlib.Path, default=here, help="the source tree")
    root = parser.parse_args().root
    findings = list(check(root))
    for finding in findings:
        print(finding)
    print(f"{parser.prog}: {len(findings)} findings" if findings else f"{parser.prog}: OK")
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    for path in files(pathlib.Path.cwd(), *sys.argv[1:]):
        print(path, end="\0")
