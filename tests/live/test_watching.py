"""A tab hears of a post once it is known that it may, and of nothing when that cannot be found out."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable

import pytest
import reflex as rx
from pymongo.errors import PyMongoError
from reflex.istate.data import RouterData

from instagram_clone import live
from instagram_clone.domain.core import db
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import preferences
from instagram_clone.domain.people.relations import follows
from instagram_clone.web.states.posts import detail
from instagram_clone.web.states.posts.detail import DetailState
from instagram_clone.web.states.session import SessionState
from instagram_clone.web.states.status import MISSING, READY
from tests.conftest import share
from tests.live.conftest import Wire

TOKEN = "t3"


@pytest.fixture
async def screen(wire: Wire, ben: Viewer) -> DetailState:
    """A tab of ben's."""
    for token in wire.sid_to_token.values():
        live.identify(token, ben.id, ben.session_id)
    root = rx.State(_reflex_internal_init=True)
    root.router = RouterData.from_router_data({"token": TOKEN})
    session, shown = await root.get_state(SessionState), await root.get_state(DetailState)
    session._viewer = ben
    return shown


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Everything that any tab has ever watched."""
    topics: set[str] = set()
    watch = live.watch

    def spy(token: str, scope: str, wanted: Iterable[str]) -> Awaitable[bool]:
        topics.update(wanted := list(wanted))
        return watch(token, scope, wanted)

    monkeypatch.setattr(detail.live, "watch", spy)
    return topics


def watches(post_id: str) -> list[bool]:
    return [live.watches(TOKEN, f"{kind}:{post_id}") for kind in ("post", "comments")]


async def test_a_post_that_may_not_be_seen_is_not_watched_for_a_moment(
    screen: DetailState, watched: set[str], ana: Viewer, ben: Viewer
) -> None:
    await follows.follow(ben, ana.id)
    await preferences.set_private(ana, True)
    post_id = await share(ana)
    await screen._open(post_id)
    assert screen.status == READY and watches(post_id) == [True, True]
    screen._close()
    await follows.unfollow(ben, ana.id)
    watched.clear()
    await screen._open(post_id)
    assert screen.status == MISSING and not watched


async def test_nothing_is_watched_after_the_database_has_failed(
    screen: DetailState, mongo_uri: str, ana: Viewer
) -> None:
    shown, other = await share(ana), await share(ana)
    await screen._open(shown)
    assert watches(shown) == [True, True]
    await db.posts.database.client.close()
    for post_id in (shown, other):
        with pytest.raises(PyMongoError):
            await screen._open(post_id)
        assert watches(shown) == watches(other) == [False, False]
    await db.connect(mongo_uri, "tests")
    await screen._open(shown)
    assert screen.status == READY and watches(shown) == [True, True]
