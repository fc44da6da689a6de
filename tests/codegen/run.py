#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Checks the machine code of extern "C" functions by counting instructions.

    run.py COMPILER [FLAG...] FILE...

A file holds its functions and what must hold between them, at -O2 and at -O3:

    // CHECK: price_as_function == price_as_expression: arithmetic loads stores calls
    // CHECK: price_as_function <= price_by_hand: arithmetic calls
    // CHECK: price_as_function == 0: heap
    // CHECK: symbols <= 200             length of the longest symbol of the object file
    // LEVELS: -O0 -O2                   instead of -O2 -O3

    arithmetic  floating-point operations: add ... fma, sqrt, min, compare, sign and mask logic;
                an instruction counts once however many lanes it has; no moves, no conversions
    loads, stores      memory that is neither the stack nor a constant
    reloads, spills    the same on the stack
    constants          operands read relative to the instruction pointer
    calls              to other functions, tail calls included; `heap` are those that allocate
    instructions       all
"""

import collections
import operator
import os
import platform
import re
import subprocess
import sys
import tempfile

COMPARE = {"==": operator.eq, "<=": operator.le, "<": operator.lt, ">=": operator.ge}
COUNTERS = "arithmetic loads stores reloads spills constants calls heap instructions".split()
ARITHMETIC = re.compile(
    r"v?(?:add|sub|mul|div|sqrt|rsqrt|rcp|min|max|round|addsub|hadd|dp|u?comi|cmp\w*|"
    r"fn?m(?:add|sub)(?:132|213|231)?)[sp][sd]$"
)
LOGIC = re.compile(r"v?(?:xor|and|andn|or)p[sd]$")
ALLOCATION = re.compile(r"^(?:_Zn[wa]\w*|malloc|calloc|realloc|aligned_alloc|posix_memalign)$")
# Instructions whose memory operand, though first, is only read; or that touch no memory at all.
READS_FIRST = re.compile(r"v?u?comi|cmp|test|bt$")
NO_ACCESS = re.compile(r"lea|prefetch")

PADDING = ("nop", "nopw", "nopl", "xchg", "endbr64", "int3")
HEADING = re.compile(r"[0-9a-f]+ <(.+)>:$")
RELOCATION = re.compile(r"\s+[0-9a-f]+: R_X86_64_\w+\s+(\S+?)(?:[-+]0x[0-9a-f]+)?$")
INSTRUCTION = re.compile(
    r"\s+[0-9a-f]+:\s+(?:(?:rep\w*|lock|bnd|notrack|data16|cs|ds)\s+)*(\S+)\s*(.*)$"
)
CHECK = re.compile(r"\s*// CHECK:\s*(\w+)\s*(==|<=|<|>=)\s*(\w+)\s*(?::\s*(.*))?$")


def functions(object_file):
    """{function: {counter: number}} of the disassembly."""
    text = subprocess.run(
        ["objdump", "-dr", "-M", "intel", "--no-show-raw-insn", object_file],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
    result = {}
    name, count, jump = "", None, False
    for line in text.splitlines():
        if match := HEADING.match(line):
            # A function and the part of it that g++ finds cold are one.
            name = match[1].removesuffix(".cold")
            count = result.setdefault(name, collections.Counter())
        elif match := RELOCATION.match(line):
            leaves = jump and not match[1].startswith(".")
            count["calls"] += leaves
            count["heap"] += bool(ALLOCATION.match(match[1]))
        elif match := INSTRUCTION.match(line):
            mnemonic, operands = match[1], match[2].split("#")[0].strip()
            if mnemonic in PADDING:
                continue
            count_instruction(count, mnemonic, operands)
            # A jump to another function is a call too; most name their target in a relocation.
            target = re.search(r"<([^+>]+)>$", operands)
            near = mnemonic == "jmp" and target and target[1].removesuffix(".cold") != name
            count["calls"] += mnemonic == "call" or bool(near)
            jump = mnemonic == "jmp" and not near
    return result


def count_instruction(count, mnemonic, operands):
    count["instructions"] += 1
    parts = re.split(r",(?![^\[]*\])", operands)
    if ARITHMETIC.match(mnemonic):
        count["arithmetic"] += 1
    # x ^ x only makes a zero.
    if LOGIC.match(mnemonic) and parts[-1] != parts[-2]:
        count["arithmetic"] += 1
    if "[" not in operands or NO_ACCESS.match(mnemonic):
        return
    memory = next(p for p in parts if "[" in p)
    stack = re.search(r"\[(?:rsp|rbp)\b", memory)
    if "[rip" in memory:
        count["constants"] += 1
    elif "[" in parts[0] and len(parts) > 1 and not READS_FIRST.match(mnemonic):
        count["spills" if stack else "stores"] += 1
    else:
        count["reloads" if stack else "loads"] += 1


def longest_symbol(object_file):
    names = subprocess.run(
        ["nm", object_file], check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    return max((line.split()[-1] for line in names.splitlines()), key=len, default="")


def value(name, counter, counts):
    if name.isdigit():
        return int(name)
    if name not in counts:
        sys.exit(f"no function {name}; there are {', '.join(counts)}")
    return counts[name][counter]


def check(path, command, level):
    """Prints the counts and the checks that fail; returns (passed, failed)."""
    lines = open(path, encoding="utf-8").read().splitlines()
    # Disassembly takes longer than compilation: a file that only limits symbols goes without.
    only_symbols = all("// CHECK: symbols" in line for line in lines if "// CHECK:" in line)
    with tempfile.TemporaryDirectory() as folder:
        object_file = os.path.join(folder, "code.o")
        subprocess.run(command + [level, "-c", path, "-o", object_file], check=True)
        counts = {} if only_symbols else functions(object_file)
        longest = longest_symbol(object_file)

    print(f"{os.path.basename(path)} {level}; longest symbol {len(longest)}")
    print(f"  {'':40}" + "".join(f"{c[:12]:>13}" for c in COUNTERS))
    for name, count in counts.items():
        if not name.startswith("_Z"):
            print(f"  {name:40}" + "".join(f"{count[c]:13}" for c in COUNTERS))

    passed = failed = 0
    for line in lines:
        if not (match := CHECK.match(line)):
            if "// CHECK:" in line:
                sys.exit(f"{path}: not understood: {line}")
            continue
        left, symbol, right, counters = match.groups()
        for counter in counters.split() if counters else ["symbols"]:
            if counter == "symbols":
                a, b, detail = len(longest), int(right), f": {longest}"
            elif counter in COUNTERS:
                a, b, detail = value(left, counter, counts), value(right, counter, counts), ""
            else:
                sys.exit(f"{path}: no counter {counter}")
            if COMPARE[symbol](a, b):
                passed += 1
            else:
                failed += 1
                print(f"  FAILED {left} {symbol} {right}, {counter}: {a} and {b}{detail}")
    return passed, failed


def main():
    arguments = sys.argv[1:]
    files = [a for a in arguments[1:] if a.endswith(".cpp")]
    command = [a for a in arguments if a not in files]
    if platform.machine() not in ("x86_64", "AMD64"):
        print("skipped: reads x86-64 only")
        return 0
    passed = failed = 0
    for path in files:
        text = open(path, encoding="utf-8").read()
        levels = re.search(r"^// LEVELS:(.*)$", text, re.M)
        for level in levels[1].split() if levels else ["-O2", "-O3"]:
            p, f = check(path, command, level)
            passed += p
            failed += f
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
