"""The database watcher carries on, whatever goes wrong in a single check."""

from __future__ import annotations

import asyncio

import pytest

from instagram_clone import availability
from instagram_clone.domain.core import db


async def test_a_look_that_fails_is_not_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[float] = []
    looked_again = asyncio.Event()

    async def answers(seconds: float) -> bool:
        looks.append(seconds)
        if len(looks) == 1:
            raise ValueError("nobody expected this")
        looked_again.set()
        return True

    monkeypatch.setattr(db, "is_reachable", answers)
    monkeypatch.setattr(availability, "CHECK_SECONDS", 0)
    watching = asyncio.create_task(availability._watch())
    again = asyncio.create_task(looked_again.wait())
    await asyncio.wait({watching, again}, return_when=asyncio.FIRST_COMPLETED)
    assert again.done() and not watching.done()
    watching.cancel()
