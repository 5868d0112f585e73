"""Running traced Python in Node, as a browser would run it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from instagram_clone.web.browser.core import Js, fn, js, name, value
from tests.server import PATIENCE_SECONDS

NODE = str(Path(sys.executable).parent / "node")


def run(function: Callable[..., Any], cases: Sequence[Sequence[Any]]) -> list[Any]:
    """Call a traced function with each case's arguments; return the results, by way of JSON."""
    traced = fn(function)
    results = value(tuple(tuple(case) for case in cases))
    printed = name("JSON.stringify")(
        fn(lambda all_: all_.map(lambda case: traced.apply(None, case)))(results)
    )
    script = str(name("process.stdout.write")(printed))
    process = subprocess.run(
        [NODE, "-"], input=script, capture_output=True, text=True, timeout=PATIENCE_SECONDS
    )
    assert process.returncode == 0, process.stderr[-2000:]
    return json.loads(process.stdout)


def call(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a traced function once."""
    return run(function, [arguments])[0]


def inlined(memo: Any) -> Js:
    """Return what an `rx.memo` of a value compiles to, instead of the name it is imported by."""
    return js(memo._definition.function)
