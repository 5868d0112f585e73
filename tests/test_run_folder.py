"""The folder of a test run: one for all its processes, removed by the first of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.server import ROOT, RUN


def test_a_process_that_joins_a_run_makes_no_folder_of_its_own(tmp_path: Path) -> None:
    joining = "from tests.server import RUN; print(RUN)"
    environment = {**os.environ, "TEST_RUN": str(RUN), "TMPDIR": str(tmp_path)}
    output = subprocess.run(
        [sys.executable, "-c", joining],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    assert output.stdout.strip() == str(RUN)
    assert not list(tmp_path.iterdir())
