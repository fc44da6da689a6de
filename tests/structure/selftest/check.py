# SPDX-License-Identifier: BSL-1.0
"""The check accepts a clean tree, and finds each kind of fault."""

import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent

CLEAN = {
    "config.hpp": [],
    "tapeless.hpp": ["<tapeless/api/grad.hpp>"],
    "api/grad.hpp": ["<tapeless/trace/value.hpp>", "<vector>"],
    "trace/value.hpp": ["<tapeless/expression/node.hpp>", "<tapeless/primitive/sine.hpp>"],
    "expression/node.hpp": ["<boost/hana/tuple.hpp>"],
    "primitive/sine.hpp": ["<tapeless/config.hpp>"],
    "optimize/tree.hpp": ["<tapeless/api/grad.hpp>"],
    "interop/eigen.hpp": ["<tapeless/api/grad.hpp>", "<tapeless/optimize/tree.hpp>"],
}
# One more header, and what is said of it.
FAULTS = [
    ("graph/node.hpp", "<tapeless/trace/value.hpp>", "may not include trace/value.hpp"),
    ("primitive/x.hpp", "<tapeless/tapeless.hpp>", "may not include tapeless.hpp"),
    ("config.hpp", "<tapeless/primitive/sine.hpp>", "may not include primitive/sine.hpp"),
    ("inspect/x.hpp", "<tapeless/interop/eigen.hpp>", "may not include interop/eigen.hpp"),
    ("optimize/tree.hpp", "<tapeless/interop/eigen.hpp>", "may not include interop/eigen.hpp"),
    ("optimize.hpp", "<tapeless/interop/eigen.hpp>", "may not include interop/eigen.hpp"),
    ("attic/x.hpp", "<vector>", "no such room"),
    ("api/x.hpp", "<tapeless/api/none.hpp>", "does not exist"),
    ("api/x.hpp", '"grad.hpp"', "write <tapeless/...>"),
    ("api/x.hpp", "<boost/hana.hpp>", "exact Boost.Hana headers"),
    ("expression/node.hpp", "<tapeless/trace/value.hpp>", "cycle: "),
]


def check(tree):
    with tempfile.TemporaryDirectory() as folder:
        for header, targets in tree.items():
            path = pathlib.Path(folder, "tapeless", header)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(f"#include {target}\n" for target in targets))
        answer = subprocess.run(
            [sys.executable, "-B", str(HERE.parent / "run.py"), folder],
            stdout=subprocess.PIPE,
            text=True,
        )
        return answer.returncode, answer.stdout


code, output = check(CLEAN)
assert code == 0 and f"{len(CLEAN)} headers, 0 faults" in output, output
for header, target, words in FAULTS:
    code, output = check(CLEAN | {header: [target]})
    assert code == 1 and words in output, f"{header} {target}:\n{output}"
code, output = check({})
assert code == 1, output
