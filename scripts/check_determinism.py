#!/usr/bin/env python3
"""Bans from deterministic code whatever could differ between two nodes that read the same bytes.

Which folders and files are deterministic is said in the table `folder` of docs/ARCHITECTURE.md; the
longest row that fits a file counts.
Comments and literals do not count; words are compared whole.
"""

import re

import sources

BANNED_HEADERS = {
    "a clock": "ctime time.h sys/time.h base/thread_executor.h",
    "a thread or lock": "thread mutex shared_mutex condition_variable future atomic semaphore latch"
    " barrier stop_token pthread.h base/bounded_queue.h base/executor.h",
    "a file, socket or process": "fstream iostream filesystem fcntl.h unistd.h"
    " sys/socket.h sys/stat.h sys/mman.h cstdlib stdlib.h csignal base/disk.h",
    "chance": "random sys/random.h",
    "hash order": "unordered_map unordered_set",
    "floating point": "cmath math.h cfloat cfenv complex numbers",
    "a locale": "locale clocale sstream iomanip regex cctype ctype.h",
}

BANNED_WORDS = {
    "a clock": "SystemClock Clock system_clock steady_clock high_resolution_clock utc_clock"
    " gettimeofday clock_gettime UnixMillis Now",
    "a thread or lock": "thread jthread mutex shared_mutex recursive_mutex lock_guard unique_lock"
    " scoped_lock condition_variable atomic thread_local async future volatile",
    "a file, socket or process": "fopen FILE ifstream ofstream fstream filesystem socket getenv"
    " printf fprintf puts fputs cout cerr PosixDisk Disk",
    "chance": "random_device mt19937 rand srand SystemRandom getrandom",
    "hash order": "unordered_map unordered_set unordered_multimap unordered_multiset",
    "an address as a value": "uintptr_t intptr_t",
    "floating point": "float double",
    "a locale": "locale setlocale isalpha isalnum isdigit isspace tolower toupper stringstream"
    " ostringstream istringstream stoi stol strtol strtod",
}

# 1.5, 1., .5, 1e9, 0x1p3; not 0x1e9, and not the digits of a qualified name.
FLOAT_LITERAL = re.compile(
    r"(?<![\w.])(?:\d[\d']*\.[\d']*(?:[eE][+-]?\d+)?|\.\d[\d']*|\d[\d']*[eE][+-]?\d+"
    r"|0[xX][\da-fA-F'.]+[pP][+-]?\d+)[fFlL]?(?!\w)"
)


def words(groups):
    return {word: what for what, text in groups.items() for word in text.split()}


HEADERS = words(BANNED_HEADERS)
WORDS = words(BANNED_WORDS)


def check(root):
    layers = sources.table((root / "docs/ARCHITECTURE.md").read_text(), "folder")
    for path in sources.files(root, ".h", ".cc"):
        _, layer = sources.row_of(path.as_posix(), layers, "folder")
        if layer is None or "yes" not in layer["deterministic"]:
            continue
        text = (root / path).read_text()
        for line, name, _ in sources.includes(text):
            if name in HEADERS:
                yield sources.Finding(path, line, f"{name}: {HEADERS[name]}")
        for number, line in enumerate(sources.code(text).splitlines(), 1):
            if re.match(r"\s*#\s*include", line):
                continue
            for word in re.findall(r"[A-Za-z_]\w*", line):
                if word in WORDS:
                    yield sources.Finding(path, number, f"{word}: {WORDS[word]}")
            for match in FLOAT_LITERAL.finditer(line):
                yield sources.Finding(path, number, f"{match.group()}: floating point")


if __name__ == "__main__":
    sources.run(check, __doc__)
