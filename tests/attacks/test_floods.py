"""More than a person can ask for: the rest is dropped, and said so, whatever is asked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from instagram_clone.domain import follows
from instagram_clone.web import guard
from instagram_clone.web.states.people import PeopleState
from instagram_clone.web.states.session import SessionState
from tests.attacks.conftest import Field
from tests.client import HYDRATE, event_name
from tests.conftest import DATA
from tests.server import Server, running

TIMES = 3 * guard.BURST
"""Of what is done in a moment: who asks for what takes long does not ask for much."""


@pytest.fixture(scope="module")
def server(mongo_uri: str) -> Iterator[Server]:
    """The app as it is in public: within limits."""
    with running(DATA, "flows", LIMITS="on") as served:
        yield served


async def test_verbs(field: Field) -> None:
    ana, ben = await field.join("ana"), await field.join("ben")
    tab = await field.tab(ana, path="/settings/account")
    for _ in range(TIMES):
        await tab.call(event_name(PeopleState, "unfollow"), {"user_id": ben.id})
    await tab.until(lambda: "a little fast" in tab.text)
    await tab.settle()
    other = await field.tab(ben, path="/settings/account")
    await other.call(event_name(PeopleState, "follow"), {"user_id": ana.id})
    await other.settle()
    assert await follows.is_following(ben, ana.id), "nobody else is slowed down"


async def test_page_loads(field: Field) -> None:
    ana = await field.join("ana")
    tab = await field.tab(ana, path="/settings/account")
    tab.frames.clear()
    for _ in range(TIMES):
        await tab.call(HYDRATE, path="/nowhere/at/all")
    await tab.until(lambda: "a little fast" in tab.text)
    await tab.settle()
    loads = [frame for frame in tab.frames if SessionState.get_full_name() in (frame.get("delta") or {})]
    assert 0 < len(loads) < TIMES
