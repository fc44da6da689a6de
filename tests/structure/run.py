#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Checks that the headers under INCLUDE/tapeless include each other in one direction only.

    run.py INCLUDE

primitive < graph < {expression, trace, transform, codegen} < api < {inspect, optimize} < interop: a
header includes its own room or a lower one; the four middle rooms are one level. Umbrellas
(tapeless.hpp, optimize.hpp ...) lie outside, reach no interop/, and no room includes one.
config.hpp lies below all.
"""

import pathlib
import re
import sys

LEVEL = {
    "config.hpp": 0,
    "primitive": 1,
    "graph": 2,
    "expression": 3,
    "trace": 3,
    "transform": 3,
    "codegen": 3,
    "api": 4,
    "inspect": 5,
    "optimize": 5,
    "interop": 6,
}
MIDDLE = 3
UMBRELLA = 7


def level(room):
    return LEVEL.get(room, UMBRELLA)


def allowed(source, target):
    """May a header of the room `source` include one of the room `target`?"""
    if source == target or level(source) == MIDDLE == level(target):
        return True
    if level(source) == UMBRELLA:
        return target != "interop"
    return level(target) < level(source)


def cycles(includes):
    """Headers that include themselves through others, as printable paths."""
    done = set()

    def visit(header, path):
        if header in path:
            yield " -> ".join(path[path.index(header) :] + [header])
        elif header not in done:
            for target in includes.get(header, []):
                yield from visit(target, path + [header])
            done.add(header)

    for header in includes:
        yield from visit(header, [])


def main():
    root = pathlib.Path(sys.argv[1])
    includes = {}
    wrong = []
    for path in sorted((root / "tapeless").rglob("*.hpp")):
        header = path.relative_to(root / "tapeless").as_posix()
        room = header.split("/")[0]
        if "/" in header and room not in LEVEL:
            wrong.append(f"{header}: no such room")
        text = path.read_text(encoding="utf-8")
        includes[header] = []
        for quote, name in re.findall(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', text, re.M):
            if name == "boost/hana.hpp":
                wrong.append(f"{header}: include exact Boost.Hana headers, not <{name}>")
            if quote == '"':
                wrong.append(f'{header}: write <tapeless/...>, not "{name}"')
            if not name.startswith("tapeless/"):
                continue
            target = name.removeprefix("tapeless/")
            includes[header].append(target)
            if not (root / name).is_file():
                wrong.append(f"{header}: <{name}> does not exist")
            elif not allowed(room, target.split("/")[0]):
                wrong.append(f"{header} may not include {target}")
    wrong += [f"cycle: {path}" for path in cycles(includes)]
    print("\n".join(wrong + [f"{len(includes)} headers, {len(wrong)} faults"]))
    return 1 if wrong or not includes else 0


if __name__ == "__main__":
    sys.exit(main())
