#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Turns the JSON of the array benchmarks into a table, a CSV file and a chart for each compiler.

usage: report_arrays.py BUILD_FOLDER COMPILER...

Every ratio is formed within one process, from the medians of repetitions that took turns in random
order. Exit status 1 if a bar does not hold.
"""
import json
import pathlib
import re
import shutil
import statistics
import subprocess
import sys

from bars import record
from report import ROOT, aligned, cpu_model, digits, write_page
from report_loops import entry, write_csv

EIGEN, BY_EXP, CONTROL = "eigen", "eigen_by_exp", "control"
TAPELESS, EXPRESSION, SIMD = "tapeless", "tapeless_expression", "tapeless_simd"
ADOLC = ["adolc_retaped", "adolc_reused"]
SACADO = ["sacado"]
COLUMNS = {  # title -> what is divided by what; of several the fastest
    "control / Eigen": ([CONTROL], EIGEN),
    "Eigen, tanh by exp / Eigen": ([BY_EXP], EIGEN),
    "tapeless / Eigen": ([TAPELESS], EIGEN),
    "tapeless expression / Eigen": ([EXPRESSION], EIGEN),
    "tapeless simd / Eigen": ([SIMD], EIGEN),
    "ADOL-C / tapeless": (ADOLC, TAPELESS),
    "Sacado / tapeless": (SACADO, TAPELESS),
}
TAPES, PACKETS = ["ADOL-C / tapeless", "Sacado / tapeless"], "tapeless simd / Eigen"
PROBLEMS = {  # title, bar for the library in packets over Eigen, if there is one
    "sum_of_product": ("sum of a product of matrices, side", 1.1),
    "linear_by_columns": ("linear regression, by columns", 1.1),
    "linear_by_rows": ("linear regression, by rows", None),
    "logistic_by_columns": ("logistic regression, by columns", 1.1),
    "logistic_by_rows": ("logistic regression, by rows", None),
    "network": ("tanh network, two layers, batch 256", 1.1),
    "layers": ("s = tanh(X * s) three times, side", 1.2),
    "cross_entropy": ("softmax cross-entropy, 10 classes, batch", None),
    "training_step": ("training step, 64-32-10 tanh network, batch", None),
}
TAPES_BAR = 20
TRAINING = "training_step"  # the problem with bars of its own, for the library without packets
TRAINING_BAR, TRAINING_TAPES_BAR = 1.1, 10
IMAGES = 1437  # of one epoch of docs/examples/digits.cpp
VARIANTS = {"Eigen": [EIGEN], "tapeless": [TAPELESS], "tapeless simd": [SIMD], "ADOL-C": ADOLC,
            "Sacado": SACADO}
BARS = {  # of the chart: colours
    TAPELESS: ("tapeless", "#1b6ca8"),
    EXPRESSION: ("tapeless as expression", "#3f8fc4"),
    SIMD: ("tapeless with tl::simd", "#6fb1e0"),
    CONTROL: ("Eigen again", "#cccccc"),
}
PAGE = ROOT / "docs" / "reference" / "array-benchmarks.md"


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
        title, self.bar = PROBLEMS.get(self.problem, (self.problem, None))
        self.name = f"{title}: {self.size}"
        self.ratios = {title: self.ratio(*pair) for title, pair in COLUMNS.items()}

    def ratio(self, numerator, denominator):
        above = [self.times[v] for v in numerator if v in self.times]
        return min(above) / self.times[denominator] if above else None

    def place(self):
        """Where the row stands in the table."""
        problems = list(PROBLEMS)
        known = self.problem in problems
        return (problems.index(self.problem) if known else len(problems),
                [int(number) for number in re.findall(r"\d+", self.size)])

    def epochs(self, variants):
        """Epochs a second of steps of this batch."""
        return 1e9 * self.elements / IMAGES / min(self.times[v] for v in variants)

    def misses(self):
        return self.bar is not None and self.ratios[PACKETS] > self.bar


class Measurement:
    """All rows of one compiler."""

    def __init__(self, name, folder):
        self.name, self.rows = name, []
        for path in folder.glob("*.json"):
            content = json.loads(path.read_text())
            context = content["context"]
            self.compiler, self.flags = context["compiler"].strip(), context["flags"]
            self.date = context["date"][:10]
            self.rows.append(Row(content))
        if not self.rows:
            sys.exit(f"no results in {folder}")
        self.rows.sort(key=Row.place)

    def caption(self):
        return f"{self.compiler}, {self.flags}, {cpu_model()}, {self.date}"

    def geometric_mean(self, titles):
        ratios = [row.ratios[t] for row in self.rows for t in titles if row.ratios[t]]
        return statistics.geometric_mean(ratios) if ratios else None

    def table(self):
        """Markdown."""
        lines = [["row", "Eigen, us"] + list(COLUMNS)]
        for row in self.rows:
            lines.append([row.name, f"{row.times[EIGEN] / 1000:.3g}"]
                         + [entry(row.ratios[t]) for t in COLUMNS])
        lines.append(["geometric mean", ""] + [entry(self.geometric_mean([t])) for t in COLUMNS])
        return aligned(lines)

    def summary(self):
        """The sentences below the table, and whether the bars hold."""
        missed = [row for row in self.rows if row.misses()]
        named = "; ".join(f"{row.name} {digits(row.ratios[PACKETS])} ({row.bar})" for row in missed)
        lines = [f"{PACKETS} above its bar (in parentheses): {named or 'none'}."]
        good = not missed
        mean = self.geometric_mean(TAPES)
        if mean is not None:
            good = good and mean >= TAPES_BAR
            lines.append(f"Geometric mean tapes / tapeless: {mean:.3g}; bar {TAPES_BAR}: "
                         f"{'holds' if mean >= TAPES_BAR else 'DOES NOT HOLD'}.")
            faster = [min(row.times[v] for v in tapes if v in row.times)
                      / min(row.times[TAPELESS], row.times[SIMD])
                      for row in self.rows for tapes in (ADOLC, SACADO)
                      if any(v in row.times for v in tapes)]
            lines.append("Geometric mean tapes / the faster of tapeless and tapeless simd: "
                         f"{statistics.geometric_mean(faster):.3g}.")
        for row in self.rows:
            if row.problem == TRAINING:
                sentence, holds = self.training(row)
                lines.append(sentence)
                good = good and holds
        return "\n".join(lines), good

    @staticmethod
    def training(row):
        """A sentence on the training step, and whether its bars hold."""
        ratio = row.ratios["tapeless / Eigen"]
        holds = ratio <= TRAINING_BAR
        words = [f"Training step: tapeless / Eigen {digits(ratio)}, bar {TRAINING_BAR}: "
                 f"{'holds' if holds else 'DOES NOT HOLD'}"]
        for title in TAPES:
            enough = row.ratios[title] >= TRAINING_TAPES_BAR
            holds = holds and enough
            words.append(f"{title} {digits(row.ratios[title])}, bar {TRAINING_TAPES_BAR}: "
                         f"{'holds' if enough else 'DOES NOT HOLD'}")
        epochs = ", ".join(f"{name} {row.epochs(v):.0f}" for name, v in VARIANTS.items())
        return ("; ".join(words) + f". Epochs a second, {IMAGES} images in batches of "
                f"{row.elements:.0f}, values and gradients alone: {epochs}."), holds

    def complete(self):
        return {row.problem for row in self.rows} == set(PROBLEMS)


def draw(path, measurement):
    rows = []
    for row in measurement.rows:
        ratios = [row.times[v] / row.times[EIGEN] if v in row.times else "NaN" for v in BARS]
        rows.append("\t".join([f'"{row.name}"'] + [str(ratio) for ratio in ratios]))
    plots = ", ".join(f"$rows using {i + 2}{':xtic(1)' if i == 0 else ''} title '{title}' "
                      f"linecolor rgb '{colour}'" for i, (title, colour) in enumerate(BARS.values()))
    data = "\n".join(rows)
    script = f"""
$rows << EOD
{data}
EOD
set terminal svg size 1200,640 font 'sans-serif,12' background rgb 'white'
set output '{path}'
set datafile separator '\\t'
set title "Value plus gradient, time relative to Eigen's arithmetic\\n\
{{/*0.8 {measurement.caption().replace('_', '-')}}}"
set style data histogram
set style histogram clustered gap 1.5
set style fill solid 1 border -1
set logscale y
set ylabel 'time / Eigen (logarithmic)'
set xtics rotate by 40 right scale 0
set lmargin 24
set grid ytics
set key outside top center horizontal
plot {plots}, 1 with lines linecolor rgb 'black' notitle
"""
    subprocess.run(["gnuplot"], input=script, text=True, check=True)


def main(build, names):
    build = pathlib.Path(build)
    measurements = [Measurement(name, build / name / "arrays-results") for name in names]
    good, page = True, []
    for m in measurements:
        sentences, holds = m.summary()
        good &= holds
        record(build, "arrays", m.name, sentences, holds)
        print(f"\n{m.caption()}\n\n{m.table()}\n\n{sentences}")
        draw(build / f"arrays-{m.name}.svg", m)
        page.append(f"## {m.compiler.split(' (')[0]}\n\nBenchmark: `benchmarks/arrays`. "
                    f"Compiler: {m.compiler}. Flags: `{m.flags}`. CPU: {cpu_model()}. "
                    f"Date: {m.date}.\n\n{m.table()}\n\n" + sentences.replace("\n", "\n\n")
                    + f"\n\n![chart](../images/arrays-{m.name}.svg)\n")
    write_csv(build / "arrays.csv", measurements)
    print(f"\ntimes: {build / 'arrays.csv'}, charts: {build}/arrays-*.svg")
    # A partial run must not replace the page of a whole one.
    if set(names) == {"g++", "clang++"} and all(m.complete() for m in measurements):
        for m in measurements:
            shutil.copy(build / f"arrays-{m.name}.svg", ROOT / "docs" / "images")
        write_page(PAGE, "\n".join(page))
        print(f"{PAGE.relative_to(ROOT)} is up to date with this run")
    return 0 if good else 1


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2:]))
