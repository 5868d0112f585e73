"""A tab watches a post only once it is known to be allowed to, and nothing if that cannot be determined."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
import reflex as rx
from pymongo.errors import AutoReconnect, PyMongoError
from reflex.istate.data import RouterData

from instagram_clone import live
from instagram_clone.domain.core import db
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import preferences
from instagram_clone.domain.people.relations import follows
from instagram_clone.domain.posts import feed, likes, posts, saves
from instagram_clone.domain.posts.events import PostSaved
from instagram_clone.live import topics
from instagram_clone.live.tabs import connections
from instagram_clone.web.states.posts import detail, lists, saved_list
from instagram_clone.web.states.posts import timeline as timeline_state
from instagram_clone.web.states.posts.detail import DetailState
from instagram_clone.web.states.posts.timeline import TimelineState
from instagram_clone.web.states.session import SessionState
from instagram_clone.web.states.status import MISSING, READY
from instagram_clone.web.states.withdrawals import VisibilityChange
from tests.conftest import share
from tests.live.conftest import FakeSockets

TOKEN = "t3"


@pytest.fixture
async def screen(sockets: FakeSockets, ben: Viewer) -> DetailState:
    """The post page in a tab of Ben's."""
    for token in sockets.sid_to_token.values():
        live.identify(token, ben.id, ben.session_id)
    root = rx.State(_reflex_internal_init=True)
    root.router = RouterData.from_router_data({"token": TOKEN})
    session, shown = await root.get_state(SessionState), await root.get_state(DetailState)
    session._viewer = ben
    return shown


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Every topic that any tab has ever watched."""
    seen: set[str] = set()
    watch = live.watch

    def spy(token: str, scope: str, wanted: Iterable[topics.Topic]) -> Awaitable[bool]:
        seen.update(wanted := list(wanted))
        return watch(token, scope, wanted)

    monkeypatch.setattr(detail.live, "watch", spy)
    return seen


def watches(post_id: str) -> list[bool]:
    return [live.watches(TOKEN, f"{kind}:{post_id}") for kind in ("post", "comments")]


async def test_a_hidden_post_is_never_watched_even_briefly(
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


DuringRead = Callable[[Callable[[], Awaitable[Any]]], None]


@pytest.fixture
def during_read(monkeypatch: pytest.MonkeyPatch) -> DuringRead:
    """Make something happen after a page of posts has been read, and before anything else is done."""

    def happen(what: Callable[[], Awaitable[Any]]) -> None:
        def then(read: Callable[..., Awaitable[feed.Page]]) -> Callable[..., Awaitable[feed.Page]]:
            async def read_first(*given: Any) -> feed.Page:
                page = await read(*given)
                await what()
                return page

            return read_first

        lists_read = SimpleNamespace(explore=then(feed.explore), home=then(feed.home))
        monkeypatch.setattr(lists, "feed", lists_read)

    return happen


@pytest.mark.parametrize("others", [True, False], ids=["watched by others", "watched by nobody"])
async def test_events_during_the_read_are_shown(
    timeline: TimelineState, during_read: DuringRead, others: bool, ana: Viewer
) -> None:
    post_id, gone = await share(ana), await share(ana)
    if others:
        await live.watch("t1", "timeline", [topics.post(post_id), topics.post(gone)])

    async def like_and_delete() -> None:
        await likes.like(ana, post_id)
        await posts.delete(ana, gone)

    during_read(like_and_delete)
    await timeline.load_explore()
    assert [(card.id, card.likes) for card in timeline.posts] == [(post_id, 1)]


async def test_posts_without_events_are_not_read_twice(
    timeline: TimelineState, during_read: DuringRead, monkeypatch: pytest.MonkeyPatch, ana: Viewer
) -> None:
    await share(ana)
    other = await share(ana)
    during_read(lambda: likes.like(ana, other))
    await timeline.load_explore()
    monkeypatch.setattr(lists.post_cards, "revisions", None)
    during_read(lambda: asyncio.sleep(0))
    await timeline.refresh()
    assert [card.likes for card in timeline.posts] == [1, 0]


async def test_sight_lost_during_the_read_is_applied(
    timeline: TimelineState, during_read: DuringRead, monkeypatch: pytest.MonkeyPatch, ana: Viewer
) -> None:
    await share(ana)
    edited: list[tuple[str, type[rx.State], VisibilityChange]] = []
    monkeypatch.setattr(live, "edit", lambda token, state, _, change: edited.append((token, state, change)))
    during_read(lambda: preferences.set_private(ana, True))
    await timeline.load_explore()
    assert (TOKEN, TimelineState, VisibilityChange(ana.id, now_hidden=True, by_block=False)) in edited
    assert not live.watches(TOKEN, topics.reading())


async def test_a_post_that_is_read_again_keeps_its_followed_mark(
    timeline: TimelineState, during_read: DuringRead, ana: Viewer, ben: Viewer
) -> None:
    await follows.follow(ben, ana.id)
    post_id = await share(ana)
    during_read(lambda: likes.like(ana, post_id))
    await timeline.load_home()
    assert [(card.likes, card.followed) for card in timeline.posts] == [(1, True)]


@pytest.fixture
def reloaded(sockets: FakeSockets, timeline: TimelineState, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tabs whose page was reloaded. All tabs have the state of this one."""
    asked: list[str] = []

    @contextlib.asynccontextmanager
    async def modify_state(_: object) -> AsyncIterator[Any]:
        yield timeline._get_root_state()

    async def emit_update(_: object, token: str) -> None:
        asked.append(token)

    monkeypatch.setattr(connections.app(), "modify_state", modify_state, raising=False)
    monkeypatch.setattr(sockets, "emit_update", emit_update, raising=False)
    return asked


async def test_a_list_in_which_a_change_failed_reloads_with_its_page(
    timeline: TimelineState, reloaded: list[str], ana: Viewer
) -> None:
    def fail(tab: TimelineState, _: object) -> None:
        tab.posts = []
        raise RuntimeError("This one fails.")

    timeline._get_root_state().router = RouterData.from_router_data({"token": TOKEN, "sid": "s3"})
    post_id = await share(ana)
    await timeline.load_explore()
    live.edit(TOKEN, TimelineState, fail, None)
    await live.settled()
    assert reloaded == [TOKEN]
    await timeline.load_explore()
    assert [card.id for card in timeline.posts] == [post_id]


@pytest.mark.parametrize("fails", [True, False], ids=["fails", "is cancelled"])
async def test_a_list_whose_read_failed_or_was_cancelled_reloads_with_the_next_page(
    timeline: TimelineState, during_read: DuringRead, fails: bool, ana: Viewer
) -> None:
    started = asyncio.Event()

    async def never_complete() -> None:
        started.set()
        if fails:
            raise AutoReconnect("the database has just gone")
        await asyncio.Event().wait()

    old = await share(ana)
    await timeline.load_explore()
    timeline._get_root_state().router = RouterData.from_router_data({"token": TOKEN, "sid": "another"})
    during_read(never_complete)
    reading = asyncio.ensure_future(timeline.load_explore())
    await started.wait()
    reading.cancel()
    await asyncio.wait([reading])
    during_read(lambda: asyncio.sleep(0))
    new = await share(ana)
    await timeline.load_explore()
    assert [card.id for card in timeline.posts] == [new, old]


async def test_deleted_posts_leave_the_list_and_the_open_post_skips_them(
    screen: DetailState, timeline: TimelineState, reloaded: list[str], ben: Viewer
) -> None:
    ids = [await share(ben) for _ in range(4)]
    await timeline.load_home()
    await screen._open(ids[1])
    assert [screen.previous, screen.following] == [ids[2], ids[0]]
    for gone in (ids[0], ids[2]):
        await posts.delete(ben, gone)
        await live.settled()
    assert [screen.previous, screen.following] == [ids[3], ""]
    assert [card.id for card in timeline.posts] == [ids[3], ids[1]] and not live.watches(
        TOKEN, topics.post(ids[0])
    )
    for gone in (ids[3], ids[1]):
        await posts.delete(ben, gone)
        await live.settled()
    assert (timeline.posts, timeline.status, screen.status) == ([], READY, MISSING) and not reloaded


async def saved_by(viewer: Viewer, post_ids: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Save posts as a viewer. A screen holds two of them, and so does a page."""
    monkeypatch.setattr(timeline_state, "MAX_POSTS", 2)
    monkeypatch.setattr(saves, "GRID_PAGE", 2)
    for post_id in post_ids:
        await saves.save(viewer, post_id)


async def test_an_open_saved_list_does_not_outgrow_its_limit(
    timeline: TimelineState, monkeypatch: pytest.MonkeyPatch, ana: Viewer, ben: Viewer
) -> None:
    first, second = await share(ana), await share(ana)
    await saved_by(ben, [first, second], monkeypatch)
    await timeline._open(lists.SAVED, ben.id)
    third = await share(ana)
    await saves.save(ben, third)
    await saved_list.post_saved(timeline, PostSaved(third, ben.id, True, 1))
    assert [card.id for card in timeline.posts] == [third, second]
    # The post dropped from its end starts the next part.
    await timeline.older()
    assert [card.id for card in timeline.posts] == [first]


async def test_a_list_whose_posts_on_screen_are_all_deleted_shows_those_after_them(
    timeline: TimelineState, reloaded: list[str], monkeypatch: pytest.MonkeyPatch, ben: Viewer
) -> None:
    ids = [await share(ben) for _ in range(3)]
    await saved_by(ben, ids, monkeypatch)
    await timeline._open(lists.SAVED, ben.id)
    assert [card.id for card in timeline.posts] == ids[:0:-1]
    for gone in ids[1:]:
        await posts.delete(ben, gone)
        await live.settled()
    assert [card.id for card in timeline.posts] == ids[:1] and not reloaded


async def open_again(timeline: TimelineState, viewer: Viewer, sid: str) -> None:
    """Open a viewer's list of saved posts again after the connection was lost."""
    timeline._get_root_state().router = RouterData.from_router_data({"token": TOKEN, "sid": sid})
    await timeline._open(lists.SAVED, viewer.id)


async def test_the_end_of_a_list_is_new_after_every_read_but_not_after_a_failure(
    timeline: TimelineState, monkeypatch: pytest.MonkeyPatch, ana: Viewer, ben: Viewer
) -> None:
    ids = [await share(ana) for _ in range(4)]
    await saved_by(ben, ids, monkeypatch)
    monkeypatch.setattr(timeline_state, "MAX_POSTS", 9)
    await timeline._open(lists.SAVED, ben.id)
    reads = timeline.reads
    await open_again(timeline, ben, "another")
    assert timeline.reads > reads and [card.id for card in timeline.posts] == ids[:1:-1]
    reads, page = timeline.reads, lists.page

    async def fail(*_: object) -> feed.Page:
        raise AutoReconnect("the database has just gone")

    monkeypatch.setattr(lists, "page", fail)
    await timeline.more()
    assert (timeline.reads, timeline.stalled, timeline.done) == (reads, True, False)

    async def skip(*given: Any) -> feed.Page:
        return replace(await page(*given), posts=[])

    monkeypatch.setattr(lists, "page", skip)
    cursor = timeline._cursor
    await timeline.more()
    assert (timeline.reads, timeline.stalled, len(timeline.posts)) == (reads + 1, False, 2)
    timeline._cursor, timeline.done = cursor, False
    monkeypatch.setattr(lists, "page", page)
    await timeline.more()
    assert timeline.done and [card.id for card in timeline.posts] == ids[::-1]
    reads = timeline.reads
    await timeline.more()
    assert timeline.reads == reads


async def test_a_list_scrolled_down_keeps_its_place_until_the_newest_are_requested(
    timeline: TimelineState, monkeypatch: pytest.MonkeyPatch, ana: Viewer, ben: Viewer
) -> None:
    ids = [await share(ana) for _ in range(5)]
    await saved_by(ben, ids[:3], monkeypatch)

    def shown() -> list[str]:
        return [card.id for card in timeline.posts]

    await timeline._open(lists.SAVED, ben.id)
    assert (shown(), timeline.part) == ([ids[2], ids[1]], 0)
    # The second of two presses finds a list that is not full.
    for _ in range(2):
        await timeline.older()
        assert (shown(), timeline.part) == ([ids[0]], 1)
    await saves.save(ben, ids[3])
    await saved_list.post_saved(timeline, PostSaved(ids[3], ben.id, True, 1))
    await open_again(timeline, ben, "another")
    assert (shown(), timeline.part) == ([ids[0]], 1)
    await timeline.newest()
    assert (shown(), timeline.part) == ([ids[3], ids[2]], 0)
    await timeline.older()
    assert (shown(), timeline.part) == ([ids[1], ids[0]], 1)
    await timeline._open(lists.PERSON, ana.id)
    assert (shown(), timeline.part) == (ids[::-1], 0)


async def test_an_empty_part_of_a_list_is_replaced_by_the_newest(
    timeline: TimelineState, monkeypatch: pytest.MonkeyPatch, ana: Viewer, ben: Viewer
) -> None:
    ids = [await share(ana) for _ in range(3)]
    await saved_by(ben, ids, monkeypatch)
    await timeline._open(lists.SAVED, ben.id)
    await timeline.older()
    assert [card.id for card in timeline.posts] == ids[:1]
    await saves.unsave(ben, ids[0])
    await open_again(timeline, ben, "another")
    assert ([card.id for card in timeline.posts], timeline.part) == (ids[:0:-1], 0)
