"""The commands for a site's operator."""

from __future__ import annotations

import asyncio
import os
import sys

from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import accounts
from instagram_clone.domain.people.credentials import recovery
from tests.server import ROOT


async def run(mongo_uri: str, *arguments: str) -> tuple[int | None, str]:
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "instagram_clone.manage", *arguments),
        cwd=ROOT,
        env={**os.environ, "MONGODB_URI": mongo_uri, "DATABASE": "tests"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await program.communicate()
    return program.returncode, output.decode()


async def test_the_printed_link_sets_a_new_password(ana: Viewer, mongo_uri: str) -> None:
    code, output = await run(mongo_uri, "reset-link", "ANA@example.com")
    assert code == 0 and output.startswith("http://localhost:3000/reset?token=")
    await recovery.reset(output.strip().partition("token=")[2], "five lemons on a plate", "1")
    assert (await accounts.log_in("ana", "five lemons on a plate", "1")).user_id == ana.id


async def test_no_link_is_printed_for_an_unknown_name(ana: Viewer, mongo_uri: str) -> None:
    assert await run(mongo_uri, "reset-link", "nobody") == (0, "No such user.\n")
