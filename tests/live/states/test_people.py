"""A list of people is up to date, closes with what it belongs to, and never shows another list's people."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import reflex as rx
from pymongo.errors import AutoReconnect, PyMongoError
from reflex.istate.data import RouterData

from instagram_clone.domain.core import db
from instagram_clone.domain.core.errors import NotFound
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import directory, preferences
from instagram_clone.domain.people.events import FollowRequested
from instagram_clone.domain.people.relations import blocks, follows
from instagram_clone.domain.posts import likes, posts
from instagram_clone.web import guard
from instagram_clone.web.states.people import people
from instagram_clone.web.states.people.people import FOLLOWERS, LIKES, PeopleState
from instagram_clone.web.states.session import SessionState
from instagram_clone.web.states.withdrawals import VisibilityChange
from tests.client import event_name
from tests.conftest import join, share
from tests.live.conftest import FakeSockets

TOKEN = "t3"
Act = Callable[..., Any]


class Screen:
    """A tab of Ana's that shows lists of people."""

    def __init__(self, root: rx.State, people: PeopleState) -> None:
        self.root = root
        self.people = people

    def go_to(self, path: str, socket: str = "s3") -> None:
        """Make the next event come from a page, over a connection."""
        self.root.router = RouterData.from_router_data({"token": TOKEN, "sid": socket, "asPath": path})

    async def call(self, verb: str, **given: str) -> None:
        """Call a handler as the event guard does."""
        done = guard.client_callable()[event_name(PeopleState, verb)](self.people, **given)
        if done is not None:
            await done

    @property
    def shown(self) -> list[str]:
        return [row.username for row in self.people.people] if self.people.title else []


@pytest.fixture
async def screen(sockets: FakeSockets, ana: Viewer) -> Screen:
    root = rx.State(_reflex_internal_init=True)
    session, people = await root.get_state(SessionState), await root.get_state(PeopleState)
    session._viewer = ana
    made = Screen(root, people)
    made.go_to("/")
    return made


@asynccontextmanager
async def rejecting_writes() -> AsyncIterator[None]:
    """Make the database reject every change during the context."""
    await db.outbox.database.command("collMod", "outbox", validator={"_id": None})
    try:
        yield
    finally:
        await db.outbox.database.command("collMod", "outbox", validator={})


async def test_a_list_of_an_unknown_user_closes_and_shows_no_other_list(
    screen: Screen, ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    await follows.follow(cleo, ben.id)
    screen.go_to("/ben/followers")
    await screen.call("load_from_address")
    assert screen.shown == ["cleo"]
    screen.go_to("/nobody/followers")
    await screen.call("load_from_address")
    assert screen.people.title == "" and screen.people.people == []


async def test_a_list_of_a_private_user_closes_and_shows_no_other_list(
    screen: Screen, ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    await follows.follow(cleo, ben.id)
    await follows.follow(ben, cleo.id)
    screen.go_to("/cleo/followers")
    await screen.call("load_from_address")
    assert screen.shown == ["ben"]
    await preferences.set_private(ben, True)
    screen.go_to("/ben/followers")
    await screen.call("load_from_address")
    assert screen.people.title == "" and screen.people.people == []


async def test_the_likes_of_a_deleted_post_close(screen: Screen, ben: Viewer) -> None:
    one, other = await share(ben), await share(ben)
    await likes.like(ben, one)
    await posts.delete(ben, other)
    await screen.call("open_likes", post_id=one)
    assert screen.shown == ["ben"]
    with pytest.raises(NotFound):
        await screen.call("open_likes", post_id=other)
    assert screen.people.title == "" and screen.people.people == []


async def test_pages_of_blocked_people_are_skipped(
    screen: Screen, ana: Viewer, ben: Viewer, cleo: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = [ben, await join("emma")]
    for follower in (await join("dan"), ben, await join("fay"), blocked[1]):
        await follows.follow(follower, cleo.id)
    for one in blocked:
        await blocks.block(ana, one.id)
    monkeypatch.setattr(directory, "PAGE", 1)
    screen.go_to("/cleo/followers")
    await screen.call("load_from_address")
    assert screen.shown == ["fay"] and not screen.people.done
    await screen.call("more")
    assert screen.shown == ["fay", "dan"] and screen.people.done


@pytest.mark.parametrize("verb", ["confirm", "decline", "remove_follower"])
async def test_a_person_leaves_the_list_when_the_action_succeeds_and_not_before(
    screen: Screen, ana: Viewer, ben: Viewer, verb: str
) -> None:
    await preferences.set_private(ana, verb != "remove_follower")
    await follows.follow(ben, ana.id)
    screen.go_to("/notifications/requests" if verb != "remove_follower" else "/ana/followers")
    await screen.call("load_requests" if verb != "remove_follower" else "load_from_address")
    async with rejecting_writes():
        with pytest.raises(PyMongoError):
            await screen.call(verb, user_id=ben.id)
    assert screen.shown == ["ben"]
    await screen.call(verb, user_id=ben.id)
    assert screen.shown == []


async def test_a_withdrawn_request_leaves_the_list(screen: Screen, ana: Viewer, ben: Viewer) -> None:
    await preferences.set_private(ana, True)
    await follows.follow(ben, ana.id)
    await screen.call("load_requests")
    await follows.unfollow(ben, ana.id)
    assert screen.shown == ["ben"]
    with pytest.raises(NotFound):
        await screen.call("confirm", user_id=ben.id)
    assert screen.shown == []


async def test_open_likes_reload_after_a_lost_connection(screen: Screen, ana: Viewer, ben: Viewer) -> None:
    post_id = await share(ana)
    await likes.like(ana, post_id)
    await screen.call("open_likes", post_id=post_id)
    await likes.like(ben, post_id)
    screen.go_to("/", "another")
    await screen.call("leave")
    assert (screen.people.title, screen.shown) == (LIKES, ["ben", "ana"])


async def test_open_likes_that_failed_to_reload_do_so_with_the_next_page(
    screen: Screen, ana: Viewer, ben: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise AutoReconnect("the database has just gone")

    post_id = await share(ana)
    await likes.like(ana, post_id)
    await screen.call("open_likes", post_id=post_id)
    screen.go_to("/", "another")
    with monkeypatch.context() as away:
        away.setitem(people._SOURCES, "likes", fail)
        with pytest.raises(AutoReconnect):
            await screen.call("leave")
    assert screen.shown == ["ana"]
    await likes.like(ben, post_id)
    await screen.call("leave")
    assert screen.shown == ["ben", "ana"]


@pytest.mark.parametrize(("path", "socket"), [("/", "s3"), ("/explore", "s3"), ("/explore", "another")])
async def test_another_page_closes_open_likes(screen: Screen, ana: Viewer, path: str, socket: str) -> None:
    post_id = await share(ana)
    await likes.like(ana, post_id)
    await screen.call("open_likes", post_id=post_id)
    assert screen.shown == ["ana"]
    screen.go_to(path, socket)
    await screen.call("leave")
    assert screen.people.title == "" and screen.people.people == []


async def test_an_open_list_reloads_as_far_down_as_it_was_loaded(
    screen: Screen, ana: Viewer, ben: Viewer, cleo: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory, "PAGE", 1)
    for follower in (ana, ben):
        await follows.follow(follower, cleo.id)
    screen.go_to("/cleo/followers")
    await screen.call("load_from_address")
    await screen.call("more")
    assert (screen.people.title, screen.shown) == (FOLLOWERS, ["ben", "ana"])
    await follows.unfollow(ben, cleo.id)
    await follows.follow(ben, cleo.id)
    screen.go_to("/cleo/followers", "another")
    await screen.call("load_from_address")
    assert (screen.people.title, screen.shown) == (FOLLOWERS, ["ben", "ana"])


async def test_a_list_keeps_its_length_when_somebody_leaves_it(
    screen: Screen, ana: Viewer, ben: Viewer, cleo: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory, "PAGE", 1)
    await preferences.set_private(ana, True)
    for requester in (ben, cleo, await join("dan"), await join("eve")):
        await follows.follow(requester, ana.id)
    screen.go_to("/notifications/requests")
    await screen.call("load_requests")
    for _ in range(3):
        await screen.call("more")
    assert len(screen.shown) == 4
    await screen.call("confirm", user_id=cleo.id)
    await people.requests_changed(screen.people, FollowRequested(cleo.id, ana.id, False))
    assert sorted(screen.shown) == ["ben", "dan", "eve"]
    await blocks.block(ben, ana.id)
    await people.list_sight_changed(screen.people, VisibilityChange(ben.id, now_hidden=True, by_block=True))
    assert sorted(screen.shown) == ["dan", "eve"]


async def test_a_list_scrolls_past_its_limit_and_starts_over(
    screen: Screen, ana: Viewer, ben: Viewer, cleo: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "MAX_PEOPLE", 2)
    monkeypatch.setattr(directory, "PAGE", 1)
    dan = await join("dan")
    for follower in (ana, ben, dan):
        await follows.follow(follower, cleo.id)
    screen.go_to("/cleo/followers")
    await screen.call("load_from_address")
    await screen.call("more")
    assert screen.shown == ["dan", "ben"] and not screen.people.past_start
    await screen.call("more")
    assert screen.shown == ["ben", "ana"] and screen.people.done and screen.people.past_start
    await screen.call("load_first")
    assert screen.shown == ["dan"] and not screen.people.done and not screen.people.past_start


async def test_a_list_scrolled_past_its_start_reloads_from_its_start(
    screen: Screen, ana: Viewer, ben: Viewer, cleo: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "MAX_PEOPLE", 2)
    monkeypatch.setattr(directory, "PAGE", 1)
    for follower in (ana, ben, await join("dan")):
        await follows.follow(follower, cleo.id)
    screen.go_to("/cleo/followers")
    for verb in ("load_from_address", "more", "more"):
        await screen.call(verb)
    screen.go_to("/cleo/followers", "another")
    await screen.call("load_from_address")
    assert screen.shown == ["dan", "ben"] and not screen.people.done and not screen.people.past_start
