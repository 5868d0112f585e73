"""The load handlers of a page run in one event, each as if it were an event of its own."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import reflex as rx
from reflex.event import Event

from instagram_clone import routes
from instagram_clone.domain.core import db
from instagram_clone.domain.core.errors import NotFound
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.media import drafts
from instagram_clone.domain.people.credentials import sessions
from instagram_clone.domain.people.relations import follows
from instagram_clone.instagram_clone import app
from instagram_clone.live import reflex_adapter
from instagram_clone.web import cookies, guard, page_loads
from instagram_clone.web.access import concurrent, deferred, open_to_all
from instagram_clone.web.states.activity import AlertsState
from instagram_clone.web.states.people.account import SettingsState
from instagram_clone.web.states.people.credentials import EmailState
from instagram_clone.web.states.posts import lists
from instagram_clone.web.states.posts.composer import ComposerState
from instagram_clone.web.states.posts.timeline import TimelineState
from instagram_clone.web.states.session import SessionState
from tests.conftest import file_of, join, picture
from tests.domain.conftest import Commands


async def tab_of(viewer: Viewer | None) -> Any:
    """Return the state of a tab that was opened with somebody's cookie, or with none."""
    root: Any = rx.State(_reflex_internal_init=True)  # pyright: ignore[reportCallIssue]
    cookie = f"{cookies.NAME}={await sessions.start(viewer.id, 'Raw')}" if viewer else ""
    router = {"token": "t1", "sid": "s1", "headers": {"cookie": cookie}, "asPath": "/", "pathname": "/"}
    root._update_router_vars(router, {})
    return root


async def load(root: Any, *handlers: Callable[..., Any]) -> list[Any]:
    loaders = [(SessionState, handler) for handler in handlers]
    return [event async for event in page_loads.load(root, loaders)]


async def test_a_load_handler_that_fails_does_not_stop_the_others(ana: Viewer) -> None:
    called: list[str] = []

    async def fail(_: Any) -> None:
        called.append("fail")
        raise NotFound

    def show(state: SessionState) -> None:
        called.append(state._viewer.username if state._viewer else "")

    await load(await tab_of(ana), fail, show)
    assert called == ["fail", "ana"]


async def test_visitors_are_shown_only_what_is_open_to_all() -> None:
    called: list[str] = []

    @open_to_all
    def open_handler(_: Any) -> None:
        called.append("open")

    await load(await tab_of(None), lambda _: called.append("closed"), open_handler)
    assert called == ["open"]


async def test_a_page_stops_loading_for_a_session_that_ends_in_the_meantime(ana: Viewer) -> None:
    called: list[Any] = []

    async def end(state: SessionState) -> None:
        assert state._viewer is not None
        await sessions.end(state._viewer)

    @open_to_all
    def open_handler(state: SessionState) -> None:
        called.append(state._viewer)

    root = await tab_of(ana)
    await load(root, end, lambda _: called.append("closed"), open_handler)
    assert called == [None]


async def test_a_page_counts_once_however_many_handlers_it_has_and_apart_from_events(
    ana: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "_events", guard.Allowance(0, 1))
    monkeypatch.setattr(guard, "_pages", guard.Allowance(1, 0))
    called: list[str] = []
    root, page = await tab_of(ana), Event(name=reflex_adapter.HYDRATE_AND_LOAD)
    assert await guard.Guard().preprocess(app, root, page) is None
    await load(root, *[lambda _: called.append("handler")] * 10)
    assert called == ["handler"] * 10
    assert await guard.Guard().preprocess(app, root, page) is not None


async def test_a_page_does_not_wait_for_deferred_handlers(ana: Viewer) -> None:
    steps: list[Any] = []

    def feed(_: Any) -> None:
        steps.append("feed")

    @deferred
    def suggestions(_: Any) -> None:
        steps.append("suggestions")

    async for sent in page_loads.load(
        await tab_of(ana), [(SessionState, one) for one in (feed, suggestions)]
    ):
        steps.append(sent)
    assert steps == ["feed", None, "suggestions"]


async def test_adjacent_concurrent_handlers_run_at_the_same_time(ana: Viewer) -> None:
    steps: list[str] = []
    both_started = asyncio.Event()

    @concurrent
    async def frame(_: Any) -> None:
        steps.append("frame")
        await both_started.wait()
        raise NotFound

    @concurrent
    async def form(state: SessionState) -> Any:
        steps.append(f"form of {state._viewer.username if state._viewer else ''}")
        both_started.set()
        return redirect

    def after(_: Any) -> None:
        steps.append("after")

    redirect = rx.redirect("/messages")
    assert await load(await tab_of(ana), frame, form, after) == [redirect]
    assert steps == ["frame", "form of ana", "after"]
    # The viewer is verified for each of these, too.
    steps.clear()
    assert await load(await tab_of(None), frame, form, after) == []
    assert steps == []


async def test_opening_settings_concurrently_batches_the_queries(database: None, mongo_uri: str) -> None:
    commands = Commands()
    await db.close()
    await db.connect(mongo_uri, "tests", event_listeners=[commands])
    people = [await join(f"person{one}") for one in range(8)]
    tabs = [await tab_of(one) for one in people]
    loaders = [(event.state, event.fn) for event in app._load_events[routes.SETTINGS_ACCOUNT.strip("/")]]
    commands.sent.clear()

    async def open_settings(tab: Any) -> None:
        assert [event async for event in page_loads.load(tab, loaders)] == []

    await asyncio.gather(*map(open_settings, tabs))
    for tab, person in zip(tabs, people, strict=True):
        assert (await tab.get_state(EmailState)).email == f"{person.username}@example.com"
        assert (await tab.get_state(SettingsState)).username == person.username
    queries = Counter(command[name] for name, command in commands.sent)
    # Once for the owners of the sessions, and once for everything that shows account data.
    assert queries["users"] == 2 and queries["sessions"] == 1 and queries["email_changes"] == 1


async def test_a_load_handler_can_redirect(ana: Viewer) -> None:
    redirect = rx.redirect("/messages")
    assert await load(await tab_of(ana), lambda _: redirect) == [redirect]


async def test_open_notifications_are_reloaded_with_the_page(ana: Viewer, ben: Viewer) -> None:
    root = await tab_of(ana)
    (await root.get_state(SessionState))._viewer = ana
    alerts = await root.get_state(AlertsState)
    await alerts._load_badge()
    assert alerts.lines == []
    alerts.opened = "s1"
    await follows.follow(ben, ana.id)
    await alerts._load_badge()
    assert [line.people[0].username for line in alerts.lines] == ["ben"]
    # Once closed, they are not.
    alerts._close()
    await alerts._load_badge()
    assert alerts.lines == []


async def test_sharing_a_post_refreshes_the_lists_that_it_may_appear_in(ana: Viewer) -> None:
    for kind, subject, part, is_refreshed in (
        (lists.HOME, "", 0, True),
        (lists.PERSON, ana.id, 0, True),
        (lists.HOME, "", 1, False),
        (lists.PERSON, ana.id, 1, False),
        (lists.PERSON, "5" * 24, 0, False),
        (lists.EXPLORE, "", 0, False),
        (lists.SAVED, "", 0, False),
    ):
        root = await tab_of(ana)
        (await root.get_state(SessionState))._viewer = ana
        timeline = await root.get_state(TimelineState)
        timeline._kind, timeline._subject, timeline.part = kind, subject, part
        draft = await drafts.store(ana, file_of(picture()))
        composer = await root.get_state(ComposerState)
        share: Any = ComposerState.event_handlers["share"].fn
        refresh = await share(composer, draft.id, "", "", 0.0, 0.0, 1.0, 1.0, f"{kind}-{subject}-{part}")
        assert (refresh is not None) == is_refreshed, (kind, part)
