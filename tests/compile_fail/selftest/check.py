# SPDX-License-Identifier: BSL-1.0
"""The driver accepts right.cpp, and finds each fault of wrong.cpp."""

import pathlib
import re
import subprocess
import sys

here = pathlib.Path(__file__).parent


def drive(name):
    driver = [sys.executable, "-B", str(here.parent / "run.py")]
    answer = subprocess.run(
        driver + sys.argv[1:] + [str(here / name)], stdout=subprocess.PIPE, text=True
    )
    return answer.returncode, answer.stdout


code, output = drive("right.cpp")
assert code == 0 and "3 passed, 0 failed" in output, output

code, output = drive("wrong.cpp")
assert code == 1 and "0 passed, 8 failed" in output, output
rows = dict(re.findall(r"^FAILED\s+wrong\.cpp (MISTAKE_\d+|as it stands)(.*)$", output, re.M))
macro = ""
for line in (here / "wrong.cpp").read_text().splitlines():
    if match := re.match(r"#(ifdef|else)\s*(MISTAKE_\d+)?", line):
        macro = match[2] or "as it stands"
    if match := re.match(r"// complaint: (.*)", line):
        assert match[1] in rows[macro], f"{macro}: no complaint '{match[1]}'\n{output}"
