"""Which events reach which processes: those that all of them need, and those missed before watching."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Awaitable, Iterator
from dataclasses import fields
from typing import Any

import pytest
import reflex as rx
from reflex.istate.data import RouterData

import instagram_clone.instagram_clone  # noqa: F401  (registers all listeners)
from instagram_clone import live
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.discovery.events import RecentsChanged
from instagram_clone.domain.messaging.events import MessageSent, Typing
from instagram_clone.domain.people.events import (
    Followed,
    PresenceChanged,
    ProfileEdited,
    SessionEnded,
    SightLost,
    SightRegained,
)
from instagram_clone.domain.posts import likes, posts
from instagram_clone.domain.posts.events import CommentAdded, PostLiked, PostPublished, PostSaved
from instagram_clone.live import topics
from instagram_clone.live.bus import handlers
from instagram_clone.web.states.posts import lists, timeline
from instagram_clone.web.states.posts.timeline import TimelineState
from instagram_clone.web.states.session import SessionState
from tests.architecture.source import modules
from tests.conftest import share
from tests.live.conftest import FakeSockets


def event(kind: Any, **more: Any) -> Any:
    return kind(**{**{one.name: "" for one in fields(kind)}, **more})


@pytest.mark.parametrize(
    "happened",
    [
        event(SightLost, author_id="1", viewers=("2",)),
        event(SightRegained, author_id="1", viewers=None),
        event(SessionEnded, session_id="1", user_id="2"),
        event(ProfileEdited, user_id="1"),
        event(PostPublished, post_id="1", author_id="2"),
        event(Followed, by="1", whom="2", following=False),
        event(Typing, to=tuple(map(str, range(100)))),
    ],
)
def test_events_that_every_process_needs_go_to_the_common_channel(happened: Any) -> None:
    assert handlers.channels_of(happened) == [handlers.CHANNEL]


@pytest.mark.parametrize(
    ("happened", "watched"),
    [
        (event(PostLiked, post_id="1", by="2"), {topics.post("1"), topics.user("2")}),
        (
            event(CommentAdded, post_id="1", author_id="2"),
            {topics.post("1"), topics.comments("1"), topics.user("2")},
        ),
        (event(PostSaved, post_id="1", by="2"), {topics.user("2")}),
        (event(RecentsChanged, by="1"), {topics.recents("1")}),
        (event(Followed, by="1", whom="2", following=True), {topics.user("1")}),
        (event(MessageSent, to=("1", "2"), message={"id": "m"}), {topics.user("1"), topics.user("2")}),
        (event(PresenceChanged, user_id="1", to=("2",)), {topics.user("2")}),
        (event(Typing, to=("1",)), {topics.user("1")}),
    ],
)
def test_other_events_go_to_the_channels_of_their_topics(happened: Any, watched: set[topics.Topic]) -> None:
    assert set(handlers.channels_of(happened)) == {
        handlers.redis_channel(topics.channel(one)) for one in watched
    }


async def test_the_channels_of_a_presence_event_do_not_depend_on_who_is_online_here(
    sockets: FakeSockets,
) -> None:
    came_back = event(PresenceChanged, user_id="ana", at="2026-01-01", to=("ben",))
    assert live.is_online("ana")
    assert handlers.channels_of(came_back) == [handlers.redis_channel(topics.channel(topics.user("ben")))]


async def test_a_like_between_reading_and_watching_posts_is_shown(
    sockets: FakeSockets, monkeypatch: pytest.MonkeyPatch, ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    for token in sockets.sid_to_token.values():
        live.identify(token, ben.id, ben.session_id)
    liked, deleted, kept = await share(ana), await share(ana), await share(ana)
    root = rx.State(_reflex_internal_init=True)  # pyright: ignore[reportCallIssue]
    root.router = RouterData.from_router_data({"token": "t3"})
    session, shown = await root.get_state(SessionState), await root.get_state(TimelineState)
    session._viewer = ben

    async def slowly(new: bool) -> bool:
        if new:
            # As if in another process, whose events are not received yet.
            await likes.like(cleo, liked)
            await posts.delete(ana, deleted)
        return new

    watch = live.watch

    def watch_late(token: str, scope: str, wanted: Any, since: Any = None) -> Awaitable[bool]:
        subscribed = watch(token, scope, wanted := list(wanted), since)
        if scope != "timeline":
            return subscribed
        return slowly(topics.post(liked) in wanted and not [one for one in shown.posts if one.likes])

    monkeypatch.setattr(timeline.live, "watch", watch_late)
    await shown._open(lists.PERSON, ana.id)
    assert {card.id: card.likes for card in shown.posts} == {liked: 1, kept: 0}


def unawaited(tree: ast.Module) -> Iterator[str]:
    """Yield the functions that watch topics with a channel, but neither await nor return the result."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        awaited = {
            id(node.value)
            for node in ast.walk(function)
            if isinstance(node, ast.Await | ast.Return) and node.value is not None
        }
        named = {
            node.attr
            for node in ast.walk(function)
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "topics"
        }
        if named <= WITHOUT_CHANNEL:
            continue
        for node in ast.walk(function):
            is_watching = isinstance(node, ast.Call) and ast.unparse(node.func) == "live.watch"
            if is_watching and id(node) not in awaited:
                yield function.name


WITHOUT_CHANNEL = {
    name
    for name, spell in vars(topics).items()
    if inspect.isfunction(spell)
    and inspect.signature(spell).return_annotation == "Topic"
    and not topics.channel(spell(*"12"[: len(inspect.signature(spell).parameters)]))
}


def test_nothing_watched_is_read_before_it_is_subscribed() -> None:
    assert {"card", "suggested", "activity", "hidden", "reading"} == WITHOUT_CHANNEL
    strays = [
        f"{path.name}: {name}" for path in modules("web") for name in unawaited(ast.parse(path.read_text()))
    ]
    assert strays == []
    for source, found in (
        ("async def a(): live.watch(t, 's', [topics.post(p)])", ["a"]),
        ("async def a(): await live.watch(t, 's', [topics.post(p)])", []),
        ("def a(): return live.watch(t, 's', [topics.post(p)])", []),
        ("def a(): live.watch(t, 's', [topics.card(p)])", []),
    ):
        assert list(unawaited(ast.parse(source))) == found, source
