# SPDX-License-Identifier: BSL-1.0
"""The driver counts right, and finds each fault of wrong.cpp."""

import pathlib
import subprocess
import sys

here = pathlib.Path(__file__).parent


def drive(name):
    driver = [sys.executable, "-B", str(here.parent / "run.py")]
    answer = subprocess.run(
        driver + sys.argv[1:] + [str(here / name)], stdout=subprocess.PIPE, text=True
    )
    return answer.returncode, answer.stdout


code, output = drive("counts.cpp")
assert code == 0, output
if "skipped" in output:
    sys.exit()

code, output = drive("wrong.cpp")
assert code == 1 and "0 passed, 3 failed" in output, output
