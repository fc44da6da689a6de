#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Turns the JSON of the loop benchmarks into a table, a CSV file and curves for each compiler.

usage: report_loops.py BUILD_FOLDER COMPILER...

Every ratio is formed within one process, from the medians of repetitions that took turns in random
order. Exit status 1 if a bar does not hold.
"""
import csv
import json
import pathlib
import re
import shutil
import statistics
import subprocess
import sys

from bars import record
from report import ROOT, aligned, cpu_model, digits, write_page

SCALAR, PACKET, TAPELESS, SIMD = "scalar", "packet", "tapeless", "tapeless_simd"
PRIMAL = "primal"
ADOLC = ["adolc_retaped", "adolc_reused"]
SACADO = ["sacado"]
COLUMNS = {  # title -> what is divided by what; of several the fastest
    "control / scalar": (["control"], [SCALAR]),
    "xsimd / scalar": ([PACKET], [SCALAR]),
    "tapeless / scalar": ([TAPELESS], [SCALAR]),
    "tapeless simd / xsimd": ([SIMD], [PACKET]),
    "ADOL-C / tapeless": (ADOLC, [TAPELESS]),
    "Sacado / tapeless": (SACADO, [TAPELESS]),
}
LIBRARY, TAPES = "tapeless / scalar", ["ADOL-C / tapeless", "Sacado / tapeless"]
PACKETS = "tapeless simd / xsimd"
LIBMVEC = "tapeless simd with libmvec / xsimd"
GRADIENTS = {  # of the published problems, over the value computed by hand
    "by hand / value": ([SCALAR], [PRIMAL]),
    "tapeless / value": ([TAPELESS], [PRIMAL]),
    "tapeless simd / value": ([SIMD], [PRIMAL]),
}
PROBLEMS = {
    "sum": "sum",
    "product": "product",
    "carried": "carried sum and product",
    "log_sum_exp": "log-sum-exp",
    "normal": "normal log density",
    "regression_10": "regression, n x 10",
    "regression_100": "regression, n x 100",
    "rosenbrock": "chained Rosenbrock",
    "huber": "Huber loss",
    "stochastic_volatility": "stochastic volatility",
    "gather": "gather",
    "body_16": "body of 16 statements",
    "body_32": "body of 32 statements",
    "recurrent": "dense recurrent net, 200 steps",
    "hessian_rosenbrock": "Hessian-vector, Rosenbrock",
    "hessian_regression_10": "Hessian-vector, regression n x 10",
    "hessian_regression_100": "Hessian-vector, regression n x 100",
    "hessian_log_sum_exp": "Hessian-vector, log-sum-exp",
    "gaussian_mixture": "Gaussian mixture, n = 1000",
    "k_means": "k-means, n = 10000",
}
BARS = {"recurrent": 1.2, "hessian": 1.25}  # by the first word of the problem
BAR, TAPES_BAR = 1.10, 20
PACKETS_BAR, PACKETS_MEAN_BAR = 1.4, 1.15
# What gradients by hand take of the best implementations known, over the value.
VALUE_BARS = {"gaussian_mixture": 2.0, "k_means": 1.4}
FEWEST_ELEMENTS = 100  # below, the bar does not apply: a call costs more than the loop
CURVES = {  # of what, and how it is drawn
    "hand-written scalar": ([SCALAR], "#000000"),
    "hand-written xsimd": ([PACKET], "#999999"),
    "tapeless": ([TAPELESS], "#1b6ca8"),
    "tapeless with tl::simd": ([SIMD], "#6fb1e0"),
    "ADOL-C": (ADOLC, "#b5651d"),
    "Sacado RAD": (SACADO, "#8c564b"),
}
PAGE = ROOT / "docs" / "reference" / "loop-benchmarks.md"


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
        self.title = PROBLEMS.get(self.problem, self.problem)
        self.name = f"{self.title}: {self.size}"
        self.ratios = {title: self.ratio(*pair) for title, pair in COLUMNS.items()}
        self.gradients = {title: self.ratio(*pair) for title, pair in GRADIENTS.items()}
        self.bar = BARS.get(self.problem.split("_")[0], BAR)

    def fastest(self, variants):
        return min((self.times[v] for v in variants if v in self.times), default=None)

    def ratio(self, numerator, denominator):
        above, below = self.fastest(numerator), self.fastest(denominator)
        return above / below if above and below else None

    def per_element(self, variants):
        time = self.fastest(variants)
        return time / self.elements if time else None

    def place(self):
        """Where the row stands in the table."""
        problems = list(PROBLEMS)
        known = self.problem in problems
        return (problems.index(self.problem) if known else len(problems),
                [int(number) for number in re.findall(r"\d+", self.size)])

    def misses(self):
        return (self.problem not in VALUE_BARS
                and self.exceeds(self.ratios[LIBRARY], self.bar))

    def misses_in_packets(self):
        return self.exceeds(self.ratios[PACKETS], PACKETS_BAR)

    def misses_of_value(self):
        return (self.problem in VALUE_BARS
                and self.exceeds(self.gradients["tapeless / value"], VALUE_BARS[self.problem]))

    def exceeds(self, ratio, bar):
        return ratio is not None and self.elements >= FEWEST_ELEMENTS and ratio > bar


class Measurement:
    """All rows of one compiler."""

    def __init__(self, name, folder):
        self.name, self.rows = name, []
        self.libmvec = self.of_libmvec(folder.with_name(folder.name + "-libmvec"))
        for path in folder.glob("*.json"):
            content = json.loads(path.read_text())
            context = content["context"]
            self.compiler, self.flags = context["compiler"], context["flags"]
            self.date = context["date"][:10]
            self.rows.append(Row(content))
        if not self.rows:
            sys.exit(f"no results in {folder}")
        self.rows.sort(key=Row.place)

    @staticmethod
    def of_libmvec(folder):
        """The rows that were measured with the functions of glibc's vector library."""
        return sorted((Row(json.loads(path.read_text())) for path in folder.glob("*.json")),
                      key=Row.place)

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

    def with_libmvec(self):
        """Markdown."""
        if not self.libmvec:
            return "Not there."
        lines = [["row", LIBMVEC, "tapeless simd with libmvec / scalar"]]
        lines += [[row.name, entry(row.ratios[PACKETS]), entry(row.ratio([SIMD], [SCALAR]))]
                  for row in self.libmvec]
        return aligned(lines)

    def gradients(self):
        """Markdown: gradients over values."""
        rows = [row for row in self.rows if row.gradients["by hand / value"]]
        lines = [["row"] + list(GRADIENTS)]
        lines += [[row.name] + [entry(row.gradients[t]) for t in GRADIENTS] for row in rows]
        return aligned(lines)

    def summary(self):
        """The sentences below the table, and whether the bars hold."""
        others = ", ".join(f"{bar} for {problem}" for problem, bar in BARS.items())
        of_values = ", ".join(f"{bar} for {PROBLEMS[p]}" for p, bar in VALUE_BARS.items())
        lines, good = [], True

        def add_rows(what, missed, ratio):
            nonlocal good
            good = good and not missed
            named = "; ".join(f"{row.name} {digits(ratio(row))}" for row in missed)
            lines.append(f"{what}, from {FEWEST_ELEMENTS} elements on: {named or 'none'}.")

        def add_mean(what, mean, bar, holds):
            nonlocal good
            if mean is None:
                return
            good = good and holds
            lines.append(f"Geometric mean {what}: {mean:.3g}; bar {bar}: "
                         f"{'holds' if holds else 'DOES NOT HOLD'}.")

        add_rows(f"{LIBRARY} above {BAR} ({others})", [r for r in self.rows if r.misses()],
                 lambda row: row.ratios[LIBRARY])
        add_rows(f"{PACKETS} above {PACKETS_BAR}", [r for r in self.rows if r.misses_in_packets()],
                 lambda row: row.ratios[PACKETS])
        add_rows(f"tapeless / value above {of_values}",
                 [r for r in self.rows if r.misses_of_value()],
                 lambda row: row.gradients["tapeless / value"])
        if self.libmvec:
            add_rows(f"{LIBMVEC} above {PACKETS_BAR}",
                     [r for r in self.libmvec if r.misses_in_packets()],
                     lambda row: row.ratios[PACKETS])
            ratios = [r.ratios[PACKETS] for r in self.libmvec if r.ratios[PACKETS]]
            mean = statistics.geometric_mean(ratios)
            add_mean(LIBMVEC, mean, PACKETS_MEAN_BAR, mean <= PACKETS_MEAN_BAR)
        mean = self.geometric_mean([PACKETS])
        add_mean(PACKETS, mean, PACKETS_MEAN_BAR, mean is None or mean <= PACKETS_MEAN_BAR)
        mean = self.geometric_mean(TAPES)
        add_mean("tapes / tapeless", mean, TAPES_BAR, mean is None or mean >= TAPES_BAR)
        for what, variants in (("the scalar loop by hand", [SCALAR]),
                               ("the faster of tapeless and tapeless simd", [TAPELESS, SIMD])):
            ratios = [row.ratio(tape, variants) for row in self.rows for tape in (ADOLC, SACADO)]
            ratios = [ratio for ratio in ratios if ratio]
            if ratios:
                lines.append(f"Geometric mean tapes / {what}: "
                             f"{statistics.geometric_mean(ratios):.3g}.")
        return "\n".join(lines), good

    def complete(self):
        return {row.problem for row in self.rows} == set(PROBLEMS)


def entry(ratio):
    return "-" if ratio is None else digits(ratio)


def write_csv(path, measurements):
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["compiler", "flags", "cpu", "date", "problem", "size", "elements",
                         "variant", "ns"])
        for m in measurements:
            for row in m.rows:
                for variant, time in row.times.items():
                    writer.writerow([m.compiler, m.flags, cpu_model(), m.date, row.problem,
                                     row.size, f"{row.elements:.0f}", variant, f"{time:.5g}"])


def draw(path, measurement):
    """A panel for each problem that has sizes to grow along, then the legend in one of its own."""
    panels = {}
    for row in measurement.rows:
        if row.size.isdigit() and row.elements == int(row.size):
            panels.setdefault(row.title, []).append(row)
    columns = 3
    lines = -(-(len(panels) + 1) // columns)
    caption = measurement.caption().replace("_", "-")
    script = [f"set terminal svg size 1200,{lines * 260 + 60} font 'sans-serif,12' "
              "background rgb 'white'",
              f"set output '{path}'",
              f"set multiplot layout {lines},{columns} title \"ns per element over n\\n"
              f"{{/*0.8 {caption}}}\"",
              "set logscale xy", "unset mxtics", "unset mytics", "set tics nomirror", "set grid",
              "set format x '10^{%T}'", "unset key"]
    drawn = {}
    for title, rows in panels.items():
        plots = []
        for label, (variants, colour) in CURVES.items():
            points = [(row.elements, row.per_element(variants)) for row in rows]
            points = [f"{n:.0f} {time:.5g}" for n, time in points if time]
            if points:
                data = f"$curve{len(script)}"
                script.append(f"{data} << EOD\n" + "\n".join(points) + "\nEOD")
                drawn[label] = f"with lines linewidth 2 linecolor rgb '{colour}'"
                plots.append(f"{data} {drawn[label]}")
        script += [f"set title '{title}'", "plot " + ", ".join(plots)]
    script += ["unset title", "unset border", "unset tics", "set key center center samplen 3",
               "plot [1:2] [1:2] "
               + ", ".join(f"NaN {style} title '{label}'" for label, style in drawn.items()),
               "unset multiplot"]
    subprocess.run(["gnuplot"], input="\n".join(script) + "\n", text=True, check=True)


def main(build, names):
    build = pathlib.Path(build)
    measurements = [Measurement(name, build / name / "loops-results") for name in names]
    good, page = True, []
    for m in measurements:
        sentences, holds = m.summary()
        good &= holds
        record(build, "loops", m.name, sentences, holds)
        print(f"\n{m.caption()}\n\n{m.table()}\n\n{m.gradients()}\n\n"
              f"{m.with_libmvec()}\n\n{sentences}")
        draw(build / f"loops-{m.name}.svg", m)
        page.append(f"## {m.compiler.split(' (')[0]}\n\nBenchmark: `benchmarks/loops`. "
                    f"Compiler: {m.compiler}. Flags: `{m.flags}`. CPU: {cpu_model()}. "
                    f"Date: {m.date}.\n\n{m.table()}\n\nGradients of the published problems over "
                    f"their values by hand:\n\n{m.gradients()}\n\nWith the functions of glibc's "
                    f"vector library instead of xsimd's:\n\n{m.with_libmvec()}\n\n" + sentences.replace("\n", "\n\n")
                    + f"\n\n![chart](../images/loops-{m.name}.svg)\n")
    write_csv(build / "loops.csv", measurements)
    print(f"\ntimes: {build / 'loops.csv'}, curves: {build}/loops-*.svg")
    # A partial run must not replace the page of a whole one.
    if set(names) == {"g++", "clang++"} and all(m.complete() for m in measurements):
        for m in measurements:
            shutil.copy(build / f"loops-{m.name}.svg", ROOT / "docs" / "images")
        write_page(PAGE, "\n".join(page))
        print(f"{PAGE.relative_to(ROOT)} is up to date with this run")
    return 0 if good else 1


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2:]))
