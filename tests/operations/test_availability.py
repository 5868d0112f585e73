"""The database watcher carries on, whatever goes wrong in a single check."""

from __future__ import annotations

import asyncio

import pytest

from instagram_clone import availability
from instagram_clone.domain.core import db


async def test_a_failing_check_does_not_stop_the_watcher(monkeypatch: pytest.MonkeyPatch) -> None:
    checks: list[float] = []
    checked_again = asyncio.Event()

    async def answer(seconds: float) -> bool:
        checks.append(seconds)
        if len(checks) == 1:
            raise ValueError("nobody expected this")
        checked_again.set()
        return True

    monkeypatch.setattr(db, "is_reachable", answer)
    monkeypatch.setattr(availability, "CHECK_SECONDS", 0)
    watching = asyncio.create_task(availability._watch())
    waiting = asyncio.create_task(checked_again.wait())
    await asyncio.wait({watching, waiting}, return_when=asyncio.FIRST_COMPLETED)
    assert waiting.done() and not watching.done()
    watching.cancel()
