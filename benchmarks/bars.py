# SPDX-License-Identifier: BSL-1.0
"""The bars of all benchmarks: each report leaves its own, the main job lists them."""
import json
import pathlib

FOLDER = "bars"


def record(build, kind, compiler, sentences, holds):
    """`sentences`: each bar with what was measured, a line each."""
    folder = pathlib.Path(build) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    content = {"kind": kind, "compiler": compiler, "sentences": sentences, "holds": bool(holds)}
    (folder / f"{kind}-{compiler}.json").write_text(json.dumps(content) + "\n")


def recorded(build):
    """All of them."""
    paths = sorted((pathlib.Path(build) / FOLDER).glob("*.json"))
    return [json.loads(path.read_text()) for path in paths]
