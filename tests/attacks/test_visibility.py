"""What may no longer be seen is no longer delivered: from that instant, to no tab, on no page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

import instagram_clone.instagram_clone  # noqa: F401  (registers every handler)
from instagram_clone.domain.core import db
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.media import drafts
from instagram_clone.domain.people import preferences
from instagram_clone.domain.people.relations import follows
from instagram_clone.domain.posts import comments, likes
from instagram_clone.live.delivery import LiveState
from instagram_clone.web import guard
from instagram_clone.web.states.activity import AlertsState
from instagram_clone.web.states.people.account import SettingsState
from instagram_clone.web.states.people.people import PeopleState
from instagram_clone.web.states.people.profiles import ProfileState
from instagram_clone.web.states.posts.composer import ComposerState
from instagram_clone.web.states.posts.detail import DetailState
from instagram_clone.web.states.posts.timeline import TimelineState
from tests.attacks.conftest import Field, Snapshot, drained
from tests.client import RawTab, event_name
from tests.conftest import file_of, picture, share

SECRET = "what only followers may read"
Action = tuple[str, type, str, Callable[[dict[str, Viewer]], dict[str, Any]]]

# How ana loses access to cleo's posts: who does it, and what. Cleo's account is private in the last two.
LOSSES: dict[str, Action] = {
    "cleo goes private": ("cleo", SettingsState, "set_private", lambda _: {"private": True}),
    "cleo blocks ana": ("cleo", SettingsState, "block", lambda who: {"user_id": who["ana"].id}),
    "ana blocks cleo": ("ana", SettingsState, "block", lambda who: {"user_id": who["cleo"].id}),
    "ana unfollows": ("ana", PeopleState, "unfollow", lambda who: {"user_id": who["cleo"].id}),
    "cleo removes ana": ("cleo", PeopleState, "remove_follower", lambda who: {"user_id": who["ana"].id}),
}
QUIET_PAGE = "/settings/account"


async def stored() -> list[int]:
    collections = (db.blocks, db.follows, db.follow_requests, db.posts, db.likes, db.comments)
    return [
        await db.users.count_documents({"private": True}),
        *[await collection.count_documents({}) for collection in collections],
    ]


async def act(tab: RawTab, state: type, handler: str, payload: dict[str, Any]) -> None:
    """Do something, and wait until it is done."""
    before = await stored()
    await tab.call(event_name(state, handler), payload, path=QUIET_PAGE)

    async def is_done() -> bool:
        return await stored() != before

    await tab.until(is_done)
    await drained()
    await tab.settle(0.2)


@pytest.mark.parametrize("loss", LOSSES)
async def test_nothing_is_delivered_after_sight_is_lost(field: Field, loss: str) -> None:
    people = {name: await field.join(name) for name in ("ana", "ben", "cleo")}
    ana, ben, cleo = people.values()
    for friend in (ben, ana) if loss != "cleo goes private" else (ben,):
        await follows.follow(friend, cleo.id)
    if loss in ("ana unfollows", "cleo removes ana"):
        await preferences.set_private(cleo, True)
    post_id = await share(cleo, SECRET)
    pages = ["/", "/explore", "/cleo", f"/p/{post_id}"]
    opened = await asyncio.gather(*(field.tab(ana, path=page) for page in pages))
    listening = dict(zip(pages, opened, strict=True))
    friend = await field.tab(ben, path=f"/p/{post_id}")
    tabs = {name: await field.tab(viewer, path=QUIET_PAGE) for name, viewer in people.items()}
    # Explore shows what everybody may see, home what the viewer follows.
    shown = {page for page, tab in listening.items() if SECRET in tab.text}
    assert shown >= {"/cleo", f"/p/{post_id}"} and len(shown) == 3 + ("blocks" in loss)
    who, state, handler, payload = LOSSES[loss]
    await act(tabs[who], state, handler, payload(people))
    # Some of it is reloaded only after a pause.
    await RawTab.settle_all((*listening.values(), friend), 0.4)
    for tab in (*listening.values(), friend):
        tab.frames.clear()
    await act(tabs["ben"], TimelineState, "like", {"post_id": post_id})
    comment = {"post_id": post_id, "text": SECRET, "key": "k", "answering": ""}
    await act(tabs["ben"], DetailState, "comment", comment)
    await act(tabs["cleo"], TimelineState, "delete", {"post_id": post_id})
    await RawTab.settle_all(listening.values(), 0.3)
    for page, tab in listening.items():
        # A private account's counts are public: they stay on its page.
        if page == "/cleo" and loss != "cleo blocks ana":
            await tab.until(lambda tab=tab: f"person_{cleo.id}" in tab.text)
            assert post_id not in tab.text
        else:
            assert tab.frames == [], page
    await friend.until(lambda: friend.value(LiveState, f"post_{post_id}") is not None)


@pytest.mark.parametrize("page", [QUIET_PAGE, "/notifications"])
@pytest.mark.parametrize("loss", LOSSES)
async def test_notifications_of_a_post_disappear_with_it(field: Field, loss: str, page: str) -> None:
    people = {name: await field.join(name) for name in ("ana", "ben", "cleo")}
    ana, ben, cleo = people.values()
    for friend in (ben, ana) if loss != "cleo goes private" else (ben,):
        await follows.follow(friend, cleo.id)
    if loss in ("ana unfollows", "cleo removes ana"):
        await preferences.set_private(cleo, True)
    post_id = await share(cleo)
    comment_id = await comments.add(ana, post_id, "Is it yours?")
    await comments.add(ben, post_id, SECRET, answering=comment_id)
    watching = await field.tab(ana, path=page)
    if page == QUIET_PAGE:
        assert watching.value(AlertsState, "unread") == 1
    else:
        assert SECRET in watching.text
    watching.frames.clear()
    who, state, handler, payload = LOSSES[loss]
    await act(await field.tab(people[who], path=QUIET_PAGE), state, handler, payload(people))
    if page == QUIET_PAGE:
        await watching.until(lambda: watching.value(AlertsState, "unread") == 0)
    else:
        await watching.until(lambda: watching.value(AlertsState, "lines") == [])
    await watching.settle()
    assert SECRET not in watching.text


async def test_visitors_receive_nothing_after_an_account_goes_private(field: Field) -> None:
    cleo, ben = await field.join("cleo"), await field.join("ben")
    post_id = await share(cleo, SECRET)
    stranger = await field.tab(path=f"/p/{post_id}")
    passing = await field.tab(path="/cleo")
    acting = await field.tab(cleo, path=QUIET_PAGE)
    assert SECRET in stranger.text and SECRET in passing.text
    await act(acting, SettingsState, "set_private", {"private": True})
    await passing.settle(0.5)
    await stranger.until(lambda: stranger.value(DetailState, "post") is None)
    await passing.until(lambda: passing.value(TimelineState, "posts") == [])
    await passing.settle()
    await RawTab.settle_all((stranger, passing), 0.4)
    for tab in (stranger, passing):
        tab.frames.clear()
    await act(acting, TimelineState, "like", {"post_id": post_id})
    await follows.follow(ben, cleo.id)
    await stranger.settle(0.5)
    assert stranger.frames == [] and "post_" not in passing.text


async def test_screens_open_and_close_with_an_account(field: Field) -> None:
    ana, cleo = await field.join("ana"), await field.join("cleo")
    await preferences.set_private(cleo, True)
    await share(cleo, SECRET)
    watching = await field.tab(ana, path="/cleo")
    assert SECRET not in watching.text
    assert watching.value(ProfileState, "relationship")["visible"] is False
    theirs, hers = await field.tab(ana, path=QUIET_PAGE), await field.tab(cleo, path=QUIET_PAGE)
    await act(theirs, PeopleState, "follow", {"user_id": cleo.id})
    await watching.until(lambda: "asked_" in watching.text)
    assert watching.value(LiveState, f"asked_{cleo.id}")["on"] is True
    await act(hers, PeopleState, "confirm", {"user_id": ana.id})
    await watching.until(lambda: SECRET in watching.text)
    assert watching.value(ProfileState, "relationship")["followed"] is True
    await act(hers, PeopleState, "remove_follower", {"user_id": ana.id})
    await watching.until(lambda: watching.value(TimelineState, "posts") == [])
    await act(hers, SettingsState, "set_private", {"private": False})
    await watching.until(lambda: bool(watching.value(TimelineState, "posts")))
    await act(hers, SettingsState, "block", {"user_id": ana.id})
    await watching.until(lambda: watching.value(ProfileState, "status") == "missing")


async def test_after_a_block_comments_of_the_other_are_hidden_everywhere(field: Field) -> None:
    ana, ben, cleo = [await field.join(name) for name in ("ana", "ben", "cleo")]
    post_id = await share(cleo)
    watching, open_to_all = (
        await field.tab(ana, path=f"/p/{post_id}"),
        await field.tab(path=f"/p/{post_id}"),
    )
    writing = await field.tab(ben, path=QUIET_PAGE)

    async def say(text: str) -> None:
        comment = {"post_id": post_id, "text": text, "key": text, "answering": ""}
        await act(writing, DetailState, "comment", comment)
        await open_to_all.until(lambda: text in open_to_all.text)
        await watching.settle()

    await say("before the block")
    assert [one["comment"]["username"] for one in watching.value(DetailState, "comments")] == ["ben"]
    await act(await field.tab(ana, path=QUIET_PAGE), SettingsState, "block", {"user_id": ben.id})
    await watching.until(lambda: watching.value(DetailState, "comments") == [])
    await watching.settle(0.4)
    watching.frames.clear()
    await say("after the block")
    await watching.until(lambda: f"post_{post_id}" in watching.text)
    await watching.settle()
    assert "after the block" not in watching.text
    assert watching.value(LiveState, f"post_{post_id}")["comments"] == 2
    await act(await field.tab(ana, path=QUIET_PAGE), SettingsState, "unblock", {"user_id": ben.id})
    await watching.until(lambda: len(watching.value(DetailState, "comments")) == 2)


@pytest.mark.parametrize("path", ["/explore", "/p/{}"])
async def test_after_a_block_the_other_is_not_shown_among_likers(field: Field, path: str) -> None:
    ana, ben, cleo = [await field.join(name) for name in ("ana", "ben", "cleo")]
    post_id = await share(cleo)
    for viewer in (ben, cleo):
        await likes.like(viewer, post_id)
    watching, visiting = (
        await field.tab(ana, path=path.format(post_id)),
        await field.tab(path=f"/p/{post_id}"),
    )

    def likers() -> list[str]:
        shown = watching.value(TimelineState, "posts") or [watching.value(DetailState, "post")]
        pushed = watching.value(LiveState, f"likers_{post_id}")
        return [one["username"] for one in (pushed or shown[0])["likers"]]

    assert likers() == ["ben", "cleo"]
    await act(await field.tab(ana, path=QUIET_PAGE), SettingsState, "block", {"user_id": ben.id})
    await watching.until(lambda: likers() == ["cleo"])
    await watching.settle(0.4)
    watching.frames.clear()
    await act(
        await field.tab(await field.join("dee"), path=QUIET_PAGE),
        TimelineState,
        "like",
        {"post_id": post_id},
    )
    await watching.until(lambda: likers() == ["cleo", "dee"])
    assert "ben" not in watching.text
    assert visiting.value(DetailState, "post")["likers"] == [] and "likers_" not in visiting.text
    await act(await field.tab(ana, path=QUIET_PAGE), SettingsState, "unblock", {"user_id": ben.id})
    await watching.until(lambda: likers() == ["ben", "cleo", "dee"])


async def test_strangers_can_change_nothing_of_a_private_account(field: Field, snapshot: Snapshot) -> None:
    ben, cleo = await field.join("ben"), await field.join("cleo")
    await preferences.set_private(cleo, True)
    post_id = await share(cleo, SECRET)
    comment_id = await comments.add(cleo, post_id, SECRET)
    await likes.like(cleo, post_id)
    before = await snapshot()
    harmless = {"block", "unblock", "follow", "start", "share_post", "send"}
    for viewer in (ben, None):
        tab = await field.tab(viewer, path=f"/p/{post_id}")
        for name, fn in guard.client_callable().items():
            if name.rpartition(".")[2] in harmless:
                continue
            for value in (post_id, comment_id, cleo.id):
                await tab.call(name, dict.fromkeys(guard.arguments(fn)[0], value))
        await tab.settle(0.5)
        assert SECRET not in tab.text
    after = await snapshot()
    for kind in ("posts", "likes", "saves", "comments", "comment_likes", "follows", "follow_requests"):
        assert after[kind] == before[kind], kind


@pytest.mark.parametrize("blocker", ["ana", "ben"])
async def test_after_a_block_open_lists_and_counts_show_nothing_of_the_other(
    field: Field, blocker: str
) -> None:
    ana, ben, cleo = [await field.join(name) for name in ("ana", "ben", "cleo")]
    post_id = await share(cleo)
    comment_id = await comments.add(ben, post_id, "His")
    for viewer in (ben, cleo):
        await likes.like(viewer, post_id)
    listing = await field.tab(ana, path=f"/p/{post_id}")
    await listing.call(event_name(PeopleState, "open_likes"), {"post_id": post_id})

    def listed() -> list[str]:
        return [row["username"] for row in listing.value(PeopleState, "people") or []]

    await listing.until(lambda: listed() == ["cleo", "ben"])
    pair = {"ana": (ana, ben), "ben": (ben, ana)}[blocker]
    await act(await field.tab(pair[0], path=QUIET_PAGE), SettingsState, "block", {"user_id": pair[1].id})
    await listing.until(lambda: listed() == ["cleo"])
    await listing.settle(0.4)
    listing.frames.clear()
    liking = await field.tab(cleo, path=f"/p/{post_id}")
    await liking.call(event_name(DetailState, "like_comment"), {"comment_id": comment_id})
    await liking.until(lambda: liking.value(LiveState, f"comment_{comment_id}") is not None)
    await listing.settle()
    assert listing.frames == []


@pytest.mark.parametrize("kind", ["likes", "followers"])
async def test_an_open_list_closes_with_what_it_belongs_to(field: Field, kind: str) -> None:
    ana, ben, cleo = [await field.join(name) for name in ("ana", "ben", "cleo")]
    await follows.follow(ben, cleo.id)
    post_id = await share(cleo)
    await likes.like(ben, post_id)
    listing = await field.tab(ana, path=f"/p/{post_id}" if kind == "likes" else "/cleo/followers")
    if kind == "likes":
        await listing.call(event_name(PeopleState, "open_likes"), {"post_id": post_id})
    await listing.until(lambda: bool(listing.value(PeopleState, "people")))
    await act(await field.tab(cleo, path=QUIET_PAGE), SettingsState, "set_private", {"private": True})
    await listing.until(lambda: listing.value(PeopleState, "people") == [])


@pytest.mark.parametrize("blocker", ["ana", "cleo"])
async def test_after_a_block_the_new_posts_pill_loses_the_others_avatar(field: Field, blocker: str) -> None:
    ana, ben, cleo = [await field.join(name) for name in ("ana", "ben", "cleo")]
    for friend in (ben, cleo):
        await follows.follow(ana, friend.id)
    await share(ana)  # an empty feed would show new posts at once
    reading = await field.tab(ana)
    for viewer in (ben, cleo):
        draft = await drafts.store(viewer, file_of(picture()))
        whole = {"x": 0.0, "y": 0.0, "width": 1.0, "height": 1.0}
        post = {"media_id": draft.id, "caption": "", "alt": "", "key": "k", **whole}
        await act(await field.tab(viewer, path=QUIET_PAGE), ComposerState, "share", post)

    def avatars() -> list[str]:
        return [one["username"] for one in reading.value(TimelineState, "fresh") or []]

    await reading.until(lambda: avatars() == ["cleo", "ben"])
    pair = {"ana": (ana, cleo), "cleo": (cleo, ana)}[blocker]
    await act(await field.tab(pair[0], path=QUIET_PAGE), SettingsState, "block", {"user_id": pair[1].id})
    await reading.until(lambda: avatars() == ["ben"])
