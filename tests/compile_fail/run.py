#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Checks that mistakes are answered with one short, readable error.

    run.py [--precompiled FOLDER] COMPILER [FLAG...] FILE...
    run.py --precompile FOLDER COMPILER [FLAG...]

The second form prepares FOLDER: a file that begins with the library's header, as nearly all do, then
takes a third of the time, and its errors stay the same.

A file compiles without a word as it stands, and has blocks that each hold one mistake. What is right,
in `#ifndef MISTAKE`, is compiled once:

    #ifdef MISTAKE_1  // EXPECT: text of the error, on its first line
    // ALSO: text anywhere in the output (optional, any number)
    auto wrong = tl::grad(...);
    #endif
"""

import concurrent.futures
import os
import pathlib
import re
import signal
import subprocess
import sys

# Where the repository lies is no fault of an error: columns are counted without it.
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))) + os.sep

MAX_LINES = 30
MAX_COLUMNS = 400
SECONDS = 120

MISTAKE = re.compile(r"^\s*#\s*(?:el)?if.*\b(MISTAKE_\w+)")
# "file:1:2: error: ", "error: ", never a line of quoted source, which is indented.
ERROR = re.compile(r"^(?:[^\s:][^:]*:(?:\d+:){0,2} )?(?:fatal )?error: ")


def mistakes(path):
    """{macro: {"EXPECT": [text], "ALSO": [text...]}}; "" is the file as it stands."""
    found = {"": {}}
    macro = ""
    for line in open(path, encoding="utf-8"):
        if match := MISTAKE.match(line):
            macro = match[1]
            found.setdefault(macro, {"EXPECT": [], "ALSO": []})
        if match := re.search(r"//\s*(EXPECT|ALSO):\s*(.*\S)", line):
            if not macro:
                sys.exit(f"{path}: {match[1]} outside of a mistake: {match[2]}")
            found[macro][match[1]].append(match[2])
    if len(found) == 1:
        sys.exit(f"{path}: no MISTAKE_n block")
    for macro, texts in found.items():
        if macro and len(texts["EXPECT"]) != 1:
            sys.exit(f"{path}: {macro} needs exactly one EXPECT")
    return found


HEADER = "tapeless/tapeless.hpp"
CHECKS = ["-std=c++20", "-Wall", "-Wextra"]


def headers_of_others():
    """What the library's headers include that is not the library's."""
    library = pathlib.Path(ROOT, "include")
    text = "".join(
        path.read_text(encoding="utf-8")
        for path in library.rglob("*.hpp")
        if path.parent.name != "interop"
    )
    return sorted(set(re.findall(r"^#include <(?!tapeless/).*>$", text, re.M)))


def precompile(folder, command):
    """Compiles the header for later runs with the same command."""
    version = subprocess.run(
        command[:1] + ["--version"], stdout=subprocess.PIPE, text=True, check=True
    ).stdout
    # g++ finds it where it would look for the header; clang++ wants to be told.
    suffix = ".pch" if "clang" in version else ".gch"
    target = os.path.join(folder, HEADER + suffix)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    header = os.path.join(ROOT, "include", HEADER)
    if re.search(r"clang version 1[0-8]\.", version):
        # clang 14 crashes on constants of a precompiled header that are template arguments: only
        # what the header includes.
        header = os.path.join(folder, "others.hpp")
        pathlib.Path(header).write_text("\n".join(headers_of_others()) + "\n", encoding="utf-8")
    answer = subprocess.run(
        command + CHECKS + ["-x", "c++-header", header, "-o", target],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,  # that the header is no main file
        text=True,
    )
    if answer.returncode:
        sys.exit(answer.stdout)
    with open(os.path.join(folder, "command"), "w", encoding="utf-8") as file:
        file.write("\n".join(command))


def precompiled_flags(folder, command, path):
    """What makes use of it, where the file and the command allow."""
    try:
        same = open(os.path.join(folder, "command"), encoding="utf-8").read() == "\n".join(command)
    except FileNotFoundError:
        return []
    directives = (line for line in open(path, encoding="utf-8") if line.startswith("#"))
    if not same or next(directives, "").strip() != f"#include <{HEADER}>":
        return []
    pch = os.path.join(folder, HEADER + ".pch")
    return ["-include-pch", pch] if os.path.exists(pch) else ["-I" + folder]


def compile_file(command):
    """(succeeded, output). Ends the whole process group of a compiler that hangs."""
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=os.environ | {"LC_ALL": "C"},  # 'plain' quotation marks
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return False, f"error: no end after {SECONDS} s"
    return process.returncode == 0, output


def complaints(macro, texts, succeeded, output, hidden_lines=0):
    """What is wrong with the answer of the compiler; nothing if all is well."""
    if not macro:
        if not succeeded or output:
            yield "does not compile cleanly without a mistake"
        return
    if succeeded:
        yield "compiles"
        return
    lines = output.replace(ROOT, "").splitlines()
    errors = [line for line in lines if ERROR.match(line)]
    if len(errors) != 1:
        yield f"{len(errors)} errors"
    if errors and texts["EXPECT"][0] not in errors[0]:
        yield f"first line lacks: {texts['EXPECT'][0]}"
    for text in texts["ALSO"]:
        if text not in output:
            yield f"output lacks: {text}"
    if len(lines) + hidden_lines > MAX_LINES:
        yield f"{len(lines) + hidden_lines} lines"
    if lines and (longest := max(map(len, lines))) > MAX_COLUMNS:
        yield f"a line of {longest} columns"


def main():
    arguments = sys.argv[1:]
    folder = None
    if arguments[0].startswith("--precompile"):
        option, folder, *arguments = arguments
        if option == "--precompile":
            return precompile(folder, arguments)
    files = [a for a in arguments[1:] if a.endswith(".cpp")]
    command = [a for a in arguments if a not in files]
    flags = {f: precompiled_flags(folder, command, f) if folder else [] for f in files}
    command += [*CHECKS, "-fsyntax-only"]
    cases = [(f, macro, texts) for f in files for macro, texts in mistakes(f).items()]

    def run(case):
        path, macro, _ = case
        # Before other folders, where g++ would find the header itself.
        first = command[:1] + flags[path] + command[1:]
        return compile_file(first + (["-DMISTAKE", f"-D{macro}"] if macro else []) + [path])

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(run, cases))

    failed = 0
    for (path, macro, texts), (succeeded, output) in zip(cases, answers):
        # g++ then leaves out the line that names the file.
        hidden_lines = 1 if flags[path] and flags[path][0] == "-I" + folder else 0
        wrong = list(complaints(macro, texts, succeeded, output, hidden_lines))
        failed += bool(wrong)
        name = f"{os.path.basename(path)} {macro or 'as it stands'}"
        size = "" if succeeded else f"{len(output.splitlines())} lines"
        print(f"{'FAILED' if wrong else 'ok':7}{name:40}{size:>9}  {'; '.join(wrong)}")
        if wrong and output:
            shown = output.splitlines()[: MAX_LINES + 10]
            print("\n".join("    | " + line[: MAX_COLUMNS + 40] for line in shown))
    print(f"{len(cases) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
