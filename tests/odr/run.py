#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Links two translation units of different flags; each must keep its own code. So must files with
functions of packets from different libraries.

    run.py COMPILER [FLAG...]
"""

import pathlib
import platform
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
X86 = platform.machine() in ("x86_64", "AMD64")
# -fno-inline, so that the optimised unit too has symbols that could be merged.
FLAGS = {
    "main": ["-O0"],
    "baseline": ["-O0"],
    "optimised": ["-O2", "-fno-inline", "-DNDEBUG", "-fno-exceptions", "-fno-rtti"]
    + (["-mavx2", "-mfma"] if X86 else []),
}


def defined_symbols(object_file):
    """Symbols of the library that the linker would merge with those of another object file."""
    names = subprocess.run(
        ["nm", "--defined-only", object_file], check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    rows = (line.split() for line in names.splitlines())
    return {name for _, kind, name in rows if kind in "WVu" and "tapeless" in name}


def shared_by_packets(command, folder):
    """Symbols of packets that a file with xsimd's functions and one with libmvec's have in common."""
    own = []
    for header in ("simd", "simd_libmvec"):
        target = f"{folder}/{header}.o"
        define = f"-DPACKETS_HEADER=<tapeless/interop/{header}.hpp>"
        compiled = subprocess.run(
            command + ["-O0", define, "-c", str(HERE / "packets.cpp"), "-o", target],
            stderr=subprocess.DEVNULL, check=False,
        )
        if compiled.returncode:
            print(f"{header}.hpp can not be used here")
            return set()
        own.append({s for s in defined_symbols(target) if "packet" in s or "nest_function" in s})
    print(f"packets: {len(own[0])} and {len(own[1])} symbols")
    return own[0] & own[1]


def main():
    command = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        objects = {name: f"{folder}/{name}.o" for name in FLAGS}
        for name, flags in FLAGS.items():
            source = str(HERE / f"{name}.cpp")
            subprocess.run(command + flags + ["-c", source, "-o", objects[name]], check=True)
        # The linker keeps the first of two equal symbols: optimised code, if it ever meets one.
        order = [objects[name] for name in ("optimised", "baseline", "main")]
        subprocess.run(command[:1] + order + ["-o", f"{folder}/program"], check=True)
        code = subprocess.run([f"{folder}/program"], check=False).returncode
        own = {name: defined_symbols(objects[name]) for name in ("baseline", "optimised")}
        of_packets = shared_by_packets(command, folder)

    print(", ".join(f"{name}: {len(symbols)} symbols" for name, symbols in own.items()))
    shared = (own["baseline"] & own["optimised"] if X86 else set()) | of_packets
    for name in sorted(shared):
        print(f"in both translation units: {name}")
    return 1 if code or shared else 0


if __name__ == "__main__":
    sys.exit(main())
