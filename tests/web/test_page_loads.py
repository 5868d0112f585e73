"""What a page begins with is done as one event, and each part of it as if it had come by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reflex as rx

import instagram_clone.instagram_clone  # noqa: F401  (names every state)
from instagram_clone.domain.core.errors import NotFound
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people.credentials import sessions
from instagram_clone.web import cookies, page_loads
from instagram_clone.web.access import beside, open_to_all
from instagram_clone.web.states.session import SessionState


async def tab_of(viewer: Viewer | None) -> Any:
    """The state of a tab that was opened with somebody's cookie, or with none."""
    root: Any = rx.State(_reflex_internal_init=True)  # pyright: ignore[reportCallIssue]
    cookie = f"{cookies.NAME}={await sessions.start(viewer.id, 'Raw')}" if viewer else ""
    where = {"token": "t1", "sid": "s1", "headers": {"cookie": cookie}, "asPath": "/", "pathname": "/"}
    root._update_router_vars(where, {})
    return root


async def load(root: Any, *handlers: Callable[..., Any]) -> list[Any]:
    return [event async for event in page_loads.load(root, [(SessionState, one) for one in handlers])]


async def test_a_part_that_fails_keeps_none_of_the_others_from_being_loaded(ana: Viewer) -> None:
    called: list[str] = []

    async def lost(_: Any) -> None:
        called.append("lost")
        raise NotFound

    def shown(state: SessionState) -> None:
        called.append(state._viewer.username if state._viewer else "")

    await load(await tab_of(ana), lost, shown)
    assert called == ["lost", "ana"]


async def test_who_is_not_signed_in_is_shown_what_is_open_alone() -> None:
    called: list[str] = []

    @open_to_all
    def open_one(_: Any) -> None:
        called.append("open")

    await load(await tab_of(None), lambda _: called.append("closed"), open_one)
    assert called == ["open"]


async def test_a_session_that_ends_while_a_page_is_loaded_is_shown_no_more_of_it(ana: Viewer) -> None:
    called: list[Any] = []

    async def end(state: SessionState) -> None:
        assert state._viewer is not None
        await sessions.end(state._viewer)

    @open_to_all
    def open_one(state: SessionState) -> None:
        called.append(state._viewer)

    root = await tab_of(ana)
    await load(root, end, lambda _: called.append("closed"), open_one)
    assert called == [None]


async def test_what_is_beside_a_page_does_not_keep_the_page_waiting(ana: Viewer) -> None:
    steps: list[Any] = []

    def feed(_: Any) -> None:
        steps.append("feed")

    @beside
    def suggestions(_: Any) -> None:
        steps.append("suggestions")

    async for sent in page_loads.load(
        await tab_of(ana), [(SessionState, one) for one in (feed, suggestions)]
    ):
        steps.append(sent)
    assert steps == ["feed", None, "suggestions"]


async def test_a_page_that_leads_elsewhere_does(ana: Viewer) -> None:
    there = rx.redirect("/messages")
    assert await load(await tab_of(ana), lambda _: there) == [there]
