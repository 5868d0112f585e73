"""A list longer than a tab can hold scrolls to its end, drops its first rows, and starts over."""

from __future__ import annotations

from typing import TypeVar

import pytest
import reflex as rx
from reflex.istate.data import RouterData

from instagram_clone import live
from instagram_clone.domain.core import events, outbox
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.discovery import search
from instagram_clone.domain.messaging import inbox
from instagram_clone.domain.notifications import activity
from instagram_clone.domain.people.relations import blocks, follows
from instagram_clone.domain.posts import comment_cards, comments
from instagram_clone.domain.posts.comment_cards import CommentCard
from instagram_clone.domain.posts.events import CommentAdded, CommentDeleted
from instagram_clone.web.states import activity as alerts_state
from instagram_clone.web.states.activity import AlertsState
from instagram_clone.web.states.discovery import search as search_state
from instagram_clone.web.states.discovery.search import PEOPLE, SearchState
from instagram_clone.web.states.messaging import inbox as inbox_state
from instagram_clone.web.states.messaging.inbox import InboxState
from instagram_clone.web.states.posts import detail
from instagram_clone.web.states.posts.comment_updates import comment_added, comment_deleted
from instagram_clone.web.states.posts.detail import DetailState
from instagram_clone.web.states.session import SessionState
from tests.conftest import join, share
from tests.domain.messaging.talk import chat_of, friends, say
from tests.live.conftest import FakeSockets

TOKEN = "t3"
Event = TypeVar("Event", bound=events.Event)


@pytest.fixture
async def root(sockets: FakeSockets, ana: Viewer) -> rx.State:
    """The state of a tab of Ana's."""
    live.identify(TOKEN, ana.id, ana.session_id)
    made = rx.State(_reflex_internal_init=True)  # pyright: ignore[reportCallIssue]
    made.router = RouterData.from_router_data({"token": TOKEN, "sid": "s3", "asPath": "/messages"})
    (await made.get_state(SessionState))._viewer = ana
    return made


@pytest.fixture
async def chats(ana: Viewer, ben: Viewer, cleo: Viewer, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Three conversations of Ana's, oldest first. The inbox holds two, and a page one."""
    monkeypatch.setattr(inbox_state, "MAX_ROWS", 2)
    monkeypatch.setattr(inbox, "PAGE", 1)
    chats = []
    for one in (ben, cleo, await join("dan")):
        await friends(ana, one)
        chats.append(await chat_of(ana, one))
        await say(ana, chats[-1])
    return chats


async def test_the_inbox_scrolls_past_its_limit_and_starts_over(root: rx.State, chats: list[str]) -> None:
    tab = await root.get_state(InboxState)
    await tab.load()
    await tab.more()
    assert [row.id for row in tab.rows] == [chats[2], chats[1]] and not tab.past_start
    read_at = tab.unread_at
    await tab.more()
    assert [row.id for row in tab.rows] == [chats[1], chats[0]] and tab.done and tab.past_start
    assert tab.unread_at > read_at, "events about dropped rows would make the list reload"
    await tab.load_first()
    assert [row.id for row in tab.rows] == [chats[2]] and not tab.done and not tab.past_start


async def test_the_inbox_scrolled_past_its_start_reloads_from_its_start(
    root: rx.State, chats: list[str]
) -> None:
    tab = await root.get_state(InboxState)
    for step in (tab.load, tab.more, tab.more, tab.refresh):
        await step()
    assert [row.id for row in tab.rows] == [chats[2], chats[1]] and not tab.done and not tab.past_start


async def test_notifications_scroll_past_their_limit_and_start_over(
    root: rx.State, ana: Viewer, ben: Viewer, cleo: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerts_state, "MAX_LINES", 2)
    monkeypatch.setattr(activity, "PAGE", 1)
    for one in (ben, cleo, await join("dan")):
        await follows.follow(one, ana.id)
    await outbox.settle()
    tab = await root.get_state(AlertsState)
    await tab.open_panel()
    await tab.more()
    first = [line.id for line in tab.lines]
    assert len(first) == 2 and not tab.past_start
    await tab.more()
    assert tab.lines[0].id == first[1] and len(tab.lines) == 2 and tab.done and tab.past_start
    await tab.load_first()
    assert [line.id for line in tab.lines] == first[:1] and not tab.done and not tab.past_start


async def test_search_results_scroll_past_their_limit_and_start_over(
    root: rx.State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_state, "MAX_RESULTS", 2)
    monkeypatch.setattr(search, "_MAX_PAGE", 1)
    for name in ("tulip.one", "tulip.two", "tulip.three"):
        await join(name)
    tab = await root.get_state(SearchState)
    await tab._search("tulip", PEOPLE)
    await tab.more()
    first = [one.id for one in tab.answer.people]
    assert len(first) == 2 and not tab.answer.past_start
    await tab.more()
    assert [one.id for one in tab.answer.people][:1] == first[1:] and len(tab.answer.people) == 2
    assert tab.answer.done and tab.answer.past_start
    await tab._search("tulip", PEOPLE)
    assert [one.id for one in tab.answer.people] == first[:1] and not tab.answer.past_start


async def test_comments_scroll_past_their_limit_and_back(
    root: rx.State, ana: Viewer, ben: Viewer, published: list[events.Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(detail, "MAX_COMMENTS", 2)
    monkeypatch.setattr(comment_cards, "PAGE", 1)
    post_id = await share(ana)
    for text in ("one", "two", "three"):
        await comments.add(ben, post_id, text)
    tab = await root.get_state(DetailState)
    await tab._open(post_id)
    await tab.more()
    assert texts(tab) == ["two", "three"] and tab.earlier and not tab.later
    await tab.more()
    assert texts(tab) == ["one", "two"] and not tab.earlier and tab.later

    gone = await comments.add(ben, post_id, "four")
    await comment_added(tab, last(published, CommentAdded))
    assert texts(tab) == ["one", "two"], "no comment appears while earlier ones are missing"
    await comments.delete(ben, gone)
    await comment_deleted(tab, last(published, CommentDeleted))
    assert texts(tab) == ["one", "two"] and tab.later
    await tab.load_latest()
    assert texts(tab) == ["three"] and tab.earlier and not tab.later


async def test_posting_a_comment_returns_to_the_latest(
    root: rx.State, ana: Viewer, published: list[events.Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(detail, "MAX_COMMENTS", 1)
    monkeypatch.setattr(comment_cards, "PAGE", 1)
    post_id = await share(ana)
    for text in ("one", "two"):
        await comments.add(ana, post_id, text)
    tab = await root.get_state(DetailState)
    await tab._open(post_id)
    await tab.more()
    assert texts(tab) == ["one"] and tab.later
    await comments.add(ana, post_id, "three")
    await comment_added(tab, last(published, CommentAdded))
    assert texts(tab) == ["three"] and not tab.later


async def test_replies_scroll_past_their_limit_and_start_over(
    root: rx.State, ana: Viewer, ben: Viewer, published: list[events.Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(detail, "MAX_COMMENTS", 2)
    monkeypatch.setattr(comment_cards, "PAGE", 1)
    post_id = await share(ana)
    first = await comments.add(ana, post_id, "What do you say?")
    for text in ("one", "two", "three"):
        await comments.add(ben, post_id, text, answering=first)
    tab = await root.get_state(DetailState)
    await tab._open(post_id)
    for _ in range(3):
        await tab.more_replies(first)
    assert replies(tab) == (["two", "three"], 1) and not tab.comments[0].more
    await comments.add(ben, post_id, "four", answering=first)
    await comment_added(tab, last(published, CommentAdded))
    assert replies(tab) == (["three", "four"], 2)
    await tab.fewer_replies(first)
    assert replies(tab) == (["one"], 0) and tab.comments[0].more


@pytest.mark.parametrize("hidden", [3, 12])
async def test_replies_after_hidden_ones_can_be_read(
    root: rx.State, ana: Viewer, ben: Viewer, cleo: Viewer, monkeypatch: pytest.MonkeyPatch, hidden: int
) -> None:
    monkeypatch.setattr(comment_cards, "PAGE", 2)
    post_id = await share(ben)
    first = await comments.add(ben, post_id, "What do you say?")
    for _ in range(hidden):
        await comments.add(cleo, post_id, "Hm", answering=first)
    for text in ("one", "two"):
        await comments.add(ben, post_id, text, answering=first)
    await blocks.block(ana, cleo.id)
    tab = await root.get_state(DetailState)
    await tab._open(post_id)
    presses = 0
    while tab.comments[0].more:
        await tab.more_replies(first)
        presses += 1
        assert presses < 4
    assert replies(tab) == (["one", "two"], 0)


@pytest.mark.parametrize(("hidden", "latest"), [(3, 2), (12, 2), (30, 2), (3, 0), (10, 0)])
async def test_comments_before_hidden_ones_can_be_read(
    root: rx.State,
    ana: Viewer,
    ben: Viewer,
    cleo: Viewer,
    monkeypatch: pytest.MonkeyPatch,
    hidden: int,
    latest: int,
) -> None:
    monkeypatch.setattr(comment_cards, "PAGE", 2)
    post_id = await share(ben)
    for author in (*[ben] * 3, *[cleo] * hidden, *[ben] * latest):
        await comments.add(author, post_id, author.username)
    await blocks.block(ana, cleo.id)
    tab = await root.get_state(DetailState)
    await tab._open(post_id)
    assert set(texts(tab)) == {"ben"}
    presses = 0
    while tab.earlier:
        await tab.more()
        presses += 1
        assert presses <= 2 + hidden // 12
    assert texts(tab) == ["ben"] * (3 + latest)


def texts_of(cards: list[CommentCard]) -> list[str]:
    return ["".join(piece.text for piece in card.text) for card in cards]


def texts(tab: DetailState) -> list[str]:
    return texts_of([thread.comment for thread in tab.comments])


def replies(tab: DetailState) -> tuple[list[str], int]:
    """Return the texts of the replies under the first comment, and how many before them were dropped."""
    thread = tab.comments[0]
    return texts_of(thread.replies), thread.dropped


def last(published: list[events.Event], kind: type[Event]) -> Event:
    return [one for one in published if isinstance(one, kind)][-1]
