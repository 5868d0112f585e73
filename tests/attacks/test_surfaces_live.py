"""The table of surfaces in the running app: pages as sent, pushes as received, handlers as called."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.media import drafts
from instagram_clone.web import guard
from instagram_clone.web.states.messaging.thread import ThreadState
from instagram_clone.web.states.posts.composer import ComposerState
from instagram_clone.web.states.posts.detail import DetailState
from instagram_clone.web.states.posts.timeline import TimelineState
from tests.attacks import surfaces
from tests.attacks.conftest import Field
from tests.attacks.surfaces import CAPTION, COMMENT_TEXT, COMMENT_TO_BEN, MESSAGE_TEXT, Town
from tests.attacks.test_event_surface import short
from tests.attacks.test_surfaces import BLOCK_ROLES, ROLES, make_town, secrets
from tests.client import RawTab, event_name
from tests.conftest import file_of, picture

QUIET_PAGE = "/settings/account"
TEXTS = {CAPTION, COMMENT_TEXT, MESSAGE_TEXT, COMMENT_TO_BEN, "cleo's name"}
"""Secrets that the viewer has not sent first: an id in a response may be the one in the request."""

NAMES = {"cleo", "cleo's name"}


def addresses(town: Town, table: dict[str, tuple[str, ...]]) -> list[str]:
    return [path.format(**vars(town)) for paths in table.values() for path in paths]


def names_are_shown(path: str, role: str) -> bool:
    """Return whether a page shows people despite a block: a shared group, or those the viewer blocked."""
    return role in BLOCK_ROLES and (
        path.startswith("/messages") or (path.startswith("/cleo") and role == "has blocked")
    )


async def open_at(field: Field, viewer: Viewer | None, path: str) -> RawTab:
    path, _, query = path.partition("?")
    return await field.tab(viewer, path=path, query=dict([query.split("=")]) if query else None)


def leaked(tab: RawTab, hidden: dict[str, str]) -> set[str]:
    return {name for name, text in hidden.items() if text in tab.text}


async def do(tab: RawTab, state: type, handler: str, **payload: Any) -> None:
    await tab.call(event_name(state, handler), payload, path=QUIET_PAGE)


async def post_and_talk(field: Field, town: Town, ben: Viewer) -> RawTab:
    """Have cleo and ben do everything that updates screens, and wait until a tab that may see it has."""
    friend = await open_at(field, ben, f"/p/{town.post}")
    hers, his = await field.tab(town.cleo, path=QUIET_PAGE), await field.tab(ben, path=QUIET_PAGE)
    friend.frames.clear()
    comment = {"post_id": town.post, "text": f"{COMMENT_TEXT} now, @ana"}
    await do(his, TimelineState, "like", post_id=town.post)
    await do(his, DetailState, "like_comment", comment_id=town.comment)
    await do(hers, DetailState, "comment", **comment, key="a", answering="")
    await do(hers, DetailState, "comment", **comment, key="b", answering=town.question)
    await do(hers, DetailState, "unlike_comment", comment_id=town.question)
    await do(hers, DetailState, "like_comment", comment_id=town.question)
    await do(his, DetailState, "comment", post_id=town.post, text="Yes", key="c", answering=town.comment)
    await do(his, DetailState, "like_comment", comment_id=town.comment_to_ben)
    await do(hers, TimelineState, "unlike", post_id=town.bens_post)
    await do(hers, TimelineState, "like", post_id=town.bens_post)
    await do(
        hers, DetailState, "comment", post_id=town.bens_post, text=COMMENT_TO_BEN, key="f", answering=""
    )
    draft = await drafts.store(town.cleo, file_of(picture()))
    whole = {"x": 0.0, "y": 0.0, "width": 1.0, "height": 1.0}
    await do(hers, ComposerState, "share", media_id=draft.id, caption=CAPTION, alt="", key="d", **whole)
    await hers.until(lambda: "sent_d" in hers.text)
    await do(hers, DetailState, "delete_comment", comment_id=town.comment)
    await friend.until(
        lambda: f"{COMMENT_TEXT} now" in friend.text and f"comment_{town.comment}" in friend.text
    )
    return hers


async def write(hers: RawTab, town: Town, friend: RawTab) -> None:
    """Have cleo do everything that can be done in the group."""
    for handler, more in (
        ("typing", {}),
        ("read", {"seq": 2}),
        ("send", {"key": "e", "text": MESSAGE_TEXT}),
        ("react", {"message_id": town.message, "emoji": "🔥"}),
        ("rename", {"name": "Swap"}),
        ("unsend", {"message_id": town.message}),
    ):
        await do(hers, ThreadState, handler, chat_id=town.group, **more)
    await friend.until(
        lambda: all(text in friend.text for text in ("typing_", MESSAGE_TEXT, "Swap", '"gone"'))
    )


async def call_everything(tab: RawTab, town: Town, states: set[str]) -> None:
    ids = (town.post, town.comment, town.group, town.message, town.cleo.id, town.photo, town.comment_to_ben)
    for name, fn in guard.client_callable().items():
        state, _, handler = short(name).partition(".")
        if handler in surfaces.EXCLUDED_HANDLERS or state not in states:
            continue
        arguments = guard.arguments(fn)[0]
        for value in ids if arguments else ids[:1]:
            payload = {argument: "k" if argument == "key" else value for argument in arguments}
            await tab.call(name, payload, path=QUIET_PAGE)
    await tab.settle()


@pytest.mark.parametrize("role", ROLES)
async def test_nothing_reaches_people_without_access(field: Field, role: str) -> None:
    ana, ben, cleo, fay = [await field.join(name) for name in ("ana", "ben", "cleo", "fay")]
    town = await make_town(ana, ben, cleo, fay, role)
    viewer, hidden = None if role == "nobody" else ana, secrets(town, role)
    cookie = {"Cookie": await field.cookie(viewer)} if viewer else {}

    def allowed(path: str) -> set[str]:
        """Return what a path shows all the same, including what it contains itself, which is echoed."""
        echoed = {name for name, text in hidden.items() if text in path}
        return echoed | (NAMES if names_are_shown(path, role) else set())

    # Pages as sent.
    async with field.http(headers=cookie) as http:
        for path in (*addresses(town, surfaces.PAGES), *addresses(town, surfaces.ROUTES)):
            response = await http.get(path)
            found = {name for name, text in hidden.items() if text in response.text}
            assert found <= allowed(path), path
            if path.startswith("/media/") and role != "removed member":
                assert response.status_code == 404, path
    # Pages as loaded.
    paths = addresses(town, surfaces.PAGES)
    if viewer is None:
        paths = [path for path in paths if path not in ("/", "/notifications")]
    opened = await asyncio.gather(*(open_at(field, viewer, path) for path in paths))
    tabs = dict(zip(paths, opened, strict=True))
    for path, tab in tabs.items():
        assert leaked(tab, hidden) <= allowed(path), path
    # Pushes: first posts and comments, then messages.
    hers = await post_and_talk(field, town, ben)
    await RawTab.settle_all(opened, 0.05)
    for path, tab in tabs.items():
        assert leaked(tab, hidden) <= allowed(path), path
    if viewer is None:
        return
    if role != "removed member":
        for tab in tabs.values():
            tab.frames.clear()
    await write(hers, town, await open_writing(field, ben, town))
    await RawTab.settle_all(opened, 0.05)
    for path, tab in tabs.items():
        if role in BLOCK_ROLES:
            keys = ("typing_", f"seen_{town.group}_{cleo.id}", f"here_{cleo.id}")
            assert [key for key in keys if f'"{key}' in tab.text] == [], path
        elif role == "removed member":
            assert leaked(tab, hidden) <= allowed(path), path
    # Handlers, called with ids that only others should know.
    calling = await field.tab(viewer, path=QUIET_PAGE)
    talk = {"inbox_state", "thread_state"}
    for states in (set(surfaces.HANDLERS) - talk, talk):
        await call_everything(calling, town, states)
        found = leaked(calling, hidden) & TEXTS
        people = (
            {"cleo's name"} if role == "has blocked" or (role in BLOCK_ROLES and states == talk) else set()
        )
        assert found <= people, (role, states, found)


async def open_writing(field: Field, ben: Viewer, town: Town) -> RawTab:
    tab = await open_at(field, ben, f"/messages/{town.group}")
    tab.frames.clear()
    return tab
