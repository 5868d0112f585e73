"""A tab hears of a post once it is known that it may, and of nothing when that cannot be found out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from types import SimpleNamespace
from typing import Any

import pytest
import reflex as rx
from pymongo.errors import PyMongoError
from reflex.istate.data import RouterData

from instagram_clone import live
from instagram_clone.domain.core import db
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import preferences
from instagram_clone.domain.people.relations import follows
from instagram_clone.domain.posts import feed, likes, posts
from instagram_clone.live import topics
from instagram_clone.web.states.posts import detail, lists
from instagram_clone.web.states.posts import timeline as timeline_state
from instagram_clone.web.states.posts.detail import DetailState
from instagram_clone.web.states.posts.timeline import TimelineState
from instagram_clone.web.states.session import SessionState
from instagram_clone.web.states.status import MISSING, READY
from instagram_clone.web.states.withdrawals import Change
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
    seen: set[str] = set()
    watch = live.watch

    def spy(token: str, scope: str, wanted: Iterable[topics.Topic]) -> Awaitable[bool]:
        seen.update(wanted := list(wanted))
        return watch(token, scope, wanted)

    monkeypatch.setattr(detail.live, "watch", spy)
    return seen


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


@pytest.fixture
async def timeline(screen: DetailState) -> TimelineState:
    """The list of posts in the same tab."""
    return await screen.get_state(TimelineState)


Meanwhile = Callable[[Callable[[], Awaitable[Any]]], None]


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """Have something happen when a page of posts has been read, and before anything else is done."""

    def happen(what: Callable[[], Awaitable[Any]]) -> None:
        async def read(*given: Any) -> feed.Page:
            page = await feed.explore(*given)
            await what()
            return page

        monkeypatch.setattr(lists, "feed", SimpleNamespace(explore=read))

    return happen


@pytest.mark.parametrize("others", [True, False], ids=["watched by others", "watched by nobody"])
async def test_what_happens_while_posts_are_read_is_on_the_screen(
    timeline: TimelineState, meanwhile: Meanwhile, others: bool, ana: Viewer
) -> None:
    post_id, gone = await share(ana), await share(ana)
    if others:
        await live.watch("t1", "timeline", [topics.post(post_id), topics.post(gone)])

    async def like_and_delete() -> None:
        await likes.like(ana, post_id)
        await posts.delete(ana, gone)

    meanwhile(like_and_delete)
    await timeline.load_explore()
    assert [(card.id, card.likes) for card in timeline.posts] == [(post_id, 1)]


async def test_nothing_is_read_twice_that_nothing_happened_to(
    timeline: TimelineState, meanwhile: Meanwhile, monkeypatch: pytest.MonkeyPatch, ana: Viewer
) -> None:
    await share(ana)
    other = await share(ana)
    meanwhile(lambda: likes.like(ana, other))
    await timeline.load_explore()
    monkeypatch.setattr(timeline_state.post_cards, "revisions", None)
    meanwhile(lambda: asyncio.sleep(0))
    await timeline.refresh()
    assert [card.likes for card in timeline.posts] == [1, 0]


async def test_sight_lost_while_posts_are_read_is_lost_on_the_screen(
    timeline: TimelineState, meanwhile: Meanwhile, monkeypatch: pytest.MonkeyPatch, ana: Viewer
) -> None:
    await share(ana)
    edited: list[tuple[str, type[rx.State], Change]] = []
    monkeypatch.setattr(live, "edit", lambda token, state, _, change: edited.append((token, state, change)))
    meanwhile(lambda: preferences.set_private(ana, True))
    await timeline.load_explore()
    assert (TOKEN, TimelineState, Change(ana.id, lost=True, by_block=False)) in edited
    assert not live.watches(TOKEN, topics.reading())
