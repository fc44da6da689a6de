#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Counts the template instantiations of small programs and compares them with counts.txt.

usage: run.py [--update] CLANG FLAGS...

Seconds are noise, counts are not. A count is the number of Instantiate* events in clang's time
trace with granularity 0, net of the includes, which are a row of their own. More than 3 % above the
stored number fails; `--update` stores the numbers of this compiler instead.
Exit status 77 (skipped): no numbers are stored for this compiler's version.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
COUNTS = HERE / "counts.txt"
ALLOWED_GROWTH = 1.03
INCLUDES = "includes"
HEAD = """# Template instantiations of the programs in this folder, net of the row `includes`.
# compiler program count; written by: tests/instantiations/run.py --update clang++ FLAGS...
"""


def version(compiler):
    text = subprocess.run([compiler, "--version"], capture_output=True, text=True,
                          check=True).stdout
    found = re.search(r"clang version (\d+)", text)
    return f"clang-{found.group(1)}" if found else None


def count(command, source):
    with tempfile.TemporaryDirectory() as folder:
        target = pathlib.Path(folder) / "program.o"
        subprocess.run([*command, "-O0", "-ftime-trace", "-ftime-trace-granularity=0", "-c", "-o",
                        target, source], check=True)
        events = json.loads(target.with_suffix(".json").read_text())["traceEvents"]
    return sum(event["name"].startswith("Instantiate") for event in events)


def measure(command):
    counts = {path.stem: count(command, path) for path in sorted(HERE.glob("*.cpp"))}
    return {name: n if name == INCLUDES else n - counts[INCLUDES] for name, n in counts.items()}


def stored():
    rows = {}
    if COUNTS.exists():
        for line in COUNTS.read_text().splitlines():
            if line and not line.startswith("#"):
                compiler, name, n = line.split()
                rows.setdefault(compiler, {})[name] = int(n)
    return rows


def main(arguments):
    update = arguments[:1] == ["--update"]
    command = arguments[1:] if update else arguments
    compiler, rows = version(command[0]), stored()
    if compiler is None or not (update or compiler in rows):
        print("no counts are stored for this compiler")
        return 77
    counts = measure(command)
    if update:
        rows[compiler] = counts
        COUNTS.write_text(HEAD + "".join(f"{c} {name} {n}\n" for c in sorted(rows)
                                         for name, n in sorted(rows[c].items())))
    wrong = 0
    for name, n in counts.items():
        before = rows[compiler].get(name)
        grown = before is None or n > ALLOWED_GROWTH * before
        wrong += grown
        print(f"{name}: {n}, stored {before}" + (": more than 3 % above" if grown else ""))
    if wrong:
        print("If the growth is worth it: tests/instantiations/run.py --update", *command)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
