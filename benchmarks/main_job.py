#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Trains the digits' network with every optimiser, draws the learning curves, and lists the bars of
all benchmarks.

usage: main_job.py BUILD_FOLDER COMPILER...

Exit status 1 if a bar does not hold.
"""
import pathlib
import re
import statistics
import subprocess
import sys
import time

from bars import record, recorded
from report import aligned

OPTIMISERS = ["sgd", "adagrad", "rmsprop", "adam", "adamw"]
DEFAULT = "adam"
SEEDS = [1, 2, 3]
MEDIAN_BAR, EACH_BAR, SECONDS_BAR = 0.89, 0.87, 60


def train(program, optimiser, seed=SEEDS[0]):
    """Test accuracy, seconds."""
    start = time.perf_counter()
    output = subprocess.run([program, "--optimizer", optimiser, "--seed", str(seed)],
                            capture_output=True, text=True, check=True).stdout
    seconds = time.perf_counter() - start
    return float(re.search(r"test accuracy (\d\.\d{3})\n$", output)[1]), seconds


def draw(path, program):
    """As the documentation's picture is drawn."""
    script = subprocess.run([program, "learning-curves"], capture_output=True, text=True,
                            check=True).stdout
    subprocess.run(["gnuplot"], input=f"set output '{path}'\n{script}", text=True, check=True)


def digits(build, compiler):
    """Trains with what this compiler has built."""
    program = next((build / compiler).rglob("examples/digits"))
    runs = {name: train(program, name) for name in OPTIMISERS}
    of_seeds = [train(program, DEFAULT, s)[0] for s in SEEDS]
    chart = build / f"digits-{compiler}.svg"
    draw(chart, program)
    rows = [[name, f"{accuracy:.3f}", f"{seconds:.2f}"] for name, (accuracy, seconds) in runs.items()]
    print(f"\ndigits, {compiler}, curves: {chart}\n\n"
          + aligned([["optimiser", "test accuracy", "seconds"], *rows]))
    median = statistics.median(of_seeds)
    lowest = min(accuracy for accuracy, _ in runs.values())
    slowest = max(seconds for _, seconds in runs.values())
    bars = [(f"Test accuracy with {DEFAULT}, median of seeds {SEEDS}: {median:.3f}; bar {MEDIAN_BAR}",
             median >= MEDIAN_BAR),
            (f"Lowest test accuracy of an optimiser: {lowest:.3f}; bar {EACH_BAR}", lowest >= EACH_BAR),
            (f"Longest training: {slowest:.2f} s; bar {SECONDS_BAR} s", slowest < SECONDS_BAR)]
    record(build, "digits", compiler,
           "\n".join(f"{text}: {'holds' if good else 'DOES NOT HOLD'}." for text, good in bars),
           all(good for _, good in bars))


def main(build, names):
    build = pathlib.Path(build)
    for name in names:
        digits(build, name)
    bars = recorded(build)
    for bar in bars:
        print(f"\n{bar['kind']}, {bar['compiler']}: {'good' if bar['holds'] else 'A BAR DOES NOT HOLD'}"
              f"\n{bar['sentences']}")
    return 0 if all(bar["holds"] for bar in bars) else 1


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2:]))
