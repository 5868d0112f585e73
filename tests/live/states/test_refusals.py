"""Optimistic updates in a browser, and what happens to them when the server refuses the action."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

import instagram_clone.instagram_clone  # noqa: F401  (registers every handler)
from instagram_clone import live
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.messaging import messages
from instagram_clone.domain.people.credentials import sessions
from instagram_clone.domain.people.relations import follows
from instagram_clone.domain.posts import comments, likes, post_cards
from instagram_clone.live import fact_keys, topics
from instagram_clone.web import guard
from instagram_clone.web.access import Caller
from instagram_clone.web.states.messaging.thread import ThreadState
from instagram_clone.web.states.people.people import PeopleState
from instagram_clone.web.states.posts import taps
from instagram_clone.web.states.posts.detail import DetailState
from instagram_clone.web.states.posts.timeline import TimelineState
from tests.client import event_name
from tests.conftest import share
from tests.live.conftest import FakeSockets

IDS = {"post_id": "p1", "comment_id": "c1", "user_id": "u1", "chat_id": "t1", "message_id": "m1"}
TEXTS = {"key": "k1", "text": "Hello", "answering": "", "emoji": "x", "media_id": "m"}
ACTIONS = [
    (TimelineState, "like", likes, "like", "optimistic_p1"),
    (TimelineState, "unlike", likes, "unlike", "optimistic_p1"),
    (DetailState, "like_comment", likes, "like_comment", "optimistic_c1"),
    (DetailState, "unlike_comment", likes, "unlike_comment", "optimistic_c1"),
    (DetailState, "comment", comments, "add", "sent_k1"),
    (PeopleState, "follow", follows, "follow", "optimistic_u1"),
    (PeopleState, "unfollow", follows, "unfollow", "optimistic_u1"),
    (ThreadState, "react", messages, "react", "optimistic_m1"),
    (ThreadState, "send", messages, "send", "sent_k1"),
    (ThreadState, "send_photo", messages, "send", "sent_k1"),
    (ThreadState, "send_like", messages, "send", "sent_k1"),
]

Ask = Callable[[type, str], Any]


@pytest.fixture
def ask(sockets: FakeSockets, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """A function that triggers an action in a tab of Ana's, and returns the facts sent to the tab."""

    async def viewer(_: str) -> Viewer:
        return Viewer("ana", "ana", "session of ana")

    async def ask(state: type, verb: str) -> dict[str, Any]:
        handler = guard.client_callable()[event_name(state, verb)]
        given = {name: {**IDS, **TEXTS}[name] for name in guard.arguments(handler)[0]}
        sockets.sent.clear()
        await guard._call("s1", handler, given)
        await live.settled()
        assert {sid for sid, _ in sockets.sent} == {"s1"}
        return {key: value for _, facts in sockets.sent for key, value in facts.items()}

    monkeypatch.setattr(sessions, "viewer", viewer)
    monkeypatch.setattr(live, "cookies_of", lambda _: "")
    return ask


def is_reverted(fact: Any) -> bool:
    return fact is None or fact["ok"] is False


@pytest.mark.parametrize(("state", "verb", "area", "does", "fact_key"), ACTIONS)
async def test_an_optimistic_update_is_reverted_when_the_database_fails(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, state: type, verb: str, area: Any, does: str, fact_key: str
) -> None:
    async def fail(*_: Any, **__: Any) -> None:
        raise AutoReconnect("The primary has gone.")

    monkeypatch.setattr(area, does, fail)
    facts = await ask(state, verb)
    assert is_reverted(facts[fact_key])
    assert any(key.startswith("toast_") and "cannot do this right now" in key for key in facts)


@pytest.mark.parametrize(("state", "verb", "area", "does", "fact_key"), ACTIONS)
async def test_an_optimistic_update_is_reverted_when_it_is_rate_limited(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, state: type, verb: str, area: Any, does: str, fact_key: str
) -> None:
    async def never(*_: Any, **__: Any) -> None:
        raise AssertionError("It should be refused before it is tried.")

    monkeypatch.setattr(area, does, never)
    monkeypatch.setattr(guard, "_events", guard.Allowance(0, 1))
    facts = await ask(state, verb)
    assert is_reverted(facts[fact_key])
    assert guard.TOO_FAST.endswith("Try again in 1 second.")
    if fact_key.startswith("sent_"):
        assert facts == {fact_key: {"ok": False, "why": guard.TOO_FAST}}, (
            "shown beside what was sent, without a toast"
        )
    else:
        assert any(key.startswith("toast_") and guard.TOO_FAST in key for key in facts)


async def test_facts_that_replace_a_tap_are_never_older_than_those_sent_before(
    sockets: FakeSockets, monkeypatch: pytest.MonkeyPatch, ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    post_id, key = await share(ana), fact_keys.post_key
    await likes.like(ben, post_id)
    live.identify("t3", ben.id, ben.session_id)
    await live.watch("t3", "timeline", [topics.post(post_id)])
    show = post_cards.show

    async def show_slowly(viewer: Viewer, post_id: str) -> post_cards.PostCard:
        card = await show(viewer, post_id)
        await likes.like(cleo, post_id)
        return card

    monkeypatch.setattr(taps.post_cards, "show", show_slowly)
    await taps.set_liked(Caller(ben, "t3"), post_id, True)
    await live.settled()
    facts = {name: value for sid, frame in sockets.sent if sid == "s3" for name, value in frame.items()}
    assert facts[key(post_id)]["likes"] == 2
    assert facts[fact_keys.optimistic_key(post_id)] is None
    assert facts[fact_keys.liked_key(post_id)]["liked"]
