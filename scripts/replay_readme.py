#!/usr/bin/env python3
"""Runs the commands of README.md as a newcomer would, and fails when one does.

Every command of a block fenced as ```sh is replayed, in order, from the root of the project, but
scripts/test.sh, which CI calls last by itself. Blocks fenced otherwise are for reading.
"""

import argparse
import os
import pathlib
import re
import signal
import subprocess
import sys


def commands(text):
    """The commands of the sh blocks: one for each line, lines that end in a backslash joined."""
    found = []
    for block in re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            line = re.sub(r"(^|\s)#.*", "", line).strip()
            if line:
                found.append(line)
    return found


def replay(command, root, seconds):
    """True when the command ends by itself, in time, with exit code 0."""
    process = subprocess.Popen(
        ["bash", "-euo", "pipefail", "-c", command],
        cwd=root,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        code = process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        print(f"replay_readme.py: not done after {seconds} s: {command}", flush=True)
        return False
    if code != 0:
        print(f"replay_readme.py: exit code {code}: {command}", flush=True)
    return code == 0


def main():
    here = pathlib.Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=pathlib.Path, default=here, help="the source tree")
    parser.add_argument("--seconds", type=int, default=1500, help="bound for each command")
    arguments = parser.parse_args()
    for command in commands((arguments.root / "README.md").read_text()):
        if command.startswith("scripts/test.sh"):
            continue
        print(f"== README: {command}", flush=True)
        if not replay(command, arguments.root, arguments.seconds):
            sys.exit(1)
    print("replay_readme.py: OK")


if __name__ == "__main__":
    main()
