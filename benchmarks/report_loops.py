#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Turns the JSON of the loop benchmarks into a table, a CSV file and curves for each compiler.

usage: report_loops.py BUILD_FOLDER COMPILER...

Every ratio is formed within one process, from the medians of repetitions that took turns in random
order. Exit status 1 if a bar does not hold.
"""
import csv
import json
import math
import pathlib
import statistics
import subprocess
import sys

from report import aligned, cpu_model, digits

SCALAR, PACKET, TAPELESS, SIMD = "scalar", "packet", "tapeless", "tapeless_simd"
ADOLC = ["adolc_retaped", "adolc_reused"]
SACADO = "sacado"
COLUMNS = {  # title -> what is divided by what; of several the fastest
    "control/scalar": (["control"], [SCALAR]),
    "packet/scalar": ([PACKET], [SCALAR]),
    "tapeless/scalar": ([TAPELESS], [SCALAR]),
    "simd/packet": ([SIMD], [PACKET]),
    "ADOL-C/tapeless": (ADOLC, [TAPELESS]),
    "Sacado/tapeless": ([SACADO], [TAPELESS]),
}
LIBRARY, TAPES = "tapeless/scalar", ["ADOL-C/tapeless", "Sacado/tapeless"]
BARS = {"recurrent": 1.2, "hessian": 1.25}  # by the first word of the problem
BAR, TAPES_BAR = 1.10, 20
FEWEST_ELEMENTS = 100  # below, the bar does not apply: a call costs more than the loop


class Row:
    """One problem of one size."""

    def __init__(self, content):
        times, self.elements = {}, 0
        for run in content["benchmarks"]:
            if run["run_type"] == "iteration":
                assert run["time_unit"] == "ns"
                self.problem, self.size, variant = run["run_name"].split("/")[:3]
                self.elements = run["elements"]
                times.setdefault(variant, []).append(run["cpu_time"])
        self.times = {variant: statistics.median(t) for variant, t in times.items()}
        self.name = f"{self.problem} {self.size}"
        self.ratios = {title: self.ratio(*pair) for title, pair in COLUMNS.items()}
        self.bar = BARS.get(self.problem.split("_")[0], BAR)

    def fastest(self, variants):
        return min((self.times[v] for v in variants if v in self.times), default=None)

    def ratio(self, numerator, denominator):
        above, below = self.fastest(numerator), self.fastest(denominator)
        return above / below if above and below else None

    def per_element(self, variants):
        time = self.fastest(variants)
        return time / self.elements if time else None

    def misses(self):
        ratio = self.ratios[LIBRARY]
        return ratio is not None and self.elements >= FEWEST_ELEMENTS and ratio > self.bar


class Measurement:
    """All rows of one compiler."""

    def __init__(self, name, folder):
        self.name, self.rows = name, []
        for path in sorted(folder.glob("*.json"), key=lambda p: p.stat().st_mtime_ns):
            content = json.loads(path.read_text())
            context = content["context"]
            self.compiler, self.flags = context["compiler"], context["flags"]
            self.date = context["date"][:10]
            self.rows.append(Row(content))
        if not self.rows:
            sys.exit(f"no results in {folder}")

    def caption(self):
        return f"{self.compiler}, {self.flags}, {cpu_model()}, {self.date}"

    def geometric_mean(self, titles):
        ratios = [row.ratios[t] for row in self.rows for t in titles if row.ratios[t]]
        return statistics.geometric_mean(ratios) if ratios else None

    def table(self):
        """Markdown."""
        lines = [["row", "scalar, ns per element"] + list(COLUMNS)]
        for row in self.rows:
            lines.append([row.name, f"{row.per_element([SCALAR]):.3g}"]
                         + [entry(row.ratios[t]) for t in COLUMNS])
        lines.append(["geometric mean", ""] + [entry(self.geometric_mean([t])) for t in COLUMNS])
        return aligned(lines)

    def summary(self):
        """The sentences below the table, and whether the bars hold."""
        lines = []
        missed = [row for row in self.rows if row.misses()]
        lines.append(f"Above {BAR} of the scalar loop ({', '.join(f'{p} {b}' for p, b in BARS.items())}), "
                     f"from {FEWEST_ELEMENTS} elements on: "
                     + (", ".join(f"{row.name} {digits(row.ratios[LIBRARY])}" for row in missed)
                        or "none") + ".")
        mean = self.geometric_mean(TAPES)
        if mean is not None:
            lines.append(f"Geometric mean tapes / tapeless: {mean:.1f}; bar {TAPES_BAR}: "
                         f"{'holds' if mean >= TAPES_BAR else 'DOES NOT HOLD'}.")
        return "\n".join(lines), not missed and (mean is None or mean >= TAPES_BAR)


def entry(ratio):
    return "-" if ratio is None else digits(ratio)


def main(build, names):
    build = pathlib.Path(build)
    good = True
    for m in [Measurement(name, build / name / "loops") for name in names]:
        sentences, holds = m.summary()
        good &= holds
        print(f"\n{m.caption()}\n\n{m.table()}\n\n{sentences}")
    return 0 if good else 1


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2:]))
