"""Every handler, called with valid arguments that name other people's things, by adversaries."""

from __future__ import annotations

from typing import Any

import pytest

import instagram_clone.instagram_clone  # noqa: F401  (registers every handler)
from instagram_clone.domain.core import db
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.discovery import recents
from instagram_clone.domain.media import drafts
from instagram_clone.domain.messaging import conversations, membership, messages
from instagram_clone.domain.people import preferences, profiles
from instagram_clone.domain.people.credentials import sessions
from instagram_clone.domain.people.relations import blocks, follows
from instagram_clone.domain.posts import comment_cards, comments, likes, post_cards
from instagram_clone.web import guard
from tests.attacks.conftest import Field
from tests.attacks.test_event_surface import short
from tests.conftest import file_of, picture, share

CAPTION, COMMENT_TEXT, MESSAGE_TEXT = (
    "a caption for friends",
    "a remark among friends",
    "a message between friends",
)
ADVERSARIES = ("stranger", "asking", "blocked", "removed follower", "removed member")
OWN_CHOICE = {"sign_up_state.write_username"}

Ids = dict[str, str]


async def private_town(field: Field, role: str) -> tuple[Viewer, Ids]:
    """Set up ana and ben, who share only with each other, and eve, who is up to no good."""
    ana, ben, eve = [await field.join(name) for name in ("ana", "ben", "eve")]
    for person, other in ((ana, ben), (ben, ana), (eve, ana), (ana, eve), (eve, ben)):
        await follows.follow(person, other.id)
    group = await conversations.start(ana, [ben.id, eve.id], "Us")
    await messages.send(ana, group, "early", text="Welcome")
    post = await share(ana, CAPTION)
    comment = await comments.add(ben, post, COMMENT_TEXT)
    await likes.like(ben, post)
    await likes.like_comment(ana, comment)
    for person in (ana, ben):
        await preferences.set_private(person, True)
        await follows.remove_follower(person, eve.id)
    await recents.remember(ana, text=CAPTION)
    [recent] = await recents.recent(ana)
    if role != "removed member":
        await follows.unfollow(ana, eve.id)
    if role == "asking":
        await follows.follow(eve, ana.id)
    elif role == "blocked":
        await blocks.block(ana, eve.id)
    await membership.remove(ana, group, eve.id)
    message = await messages.send(ben, group, "late", text=MESSAGE_TEXT)
    token = await sessions.start(ana.id, "hers")
    session = await sessions.viewer(token)
    assert session is not None
    draft = await drafts.store(ana, file_of(picture(400, 400)))
    ids = {"post_id": post, "comment_id": comment, "chat_id": group, "message_id": message}
    return eve, ids | {
        "user_id": ana.id,
        "media_id": draft.id,
        "session_id": session.session_id,
        "recent_id": recent.id,
    }


async def protected_rows() -> dict[str, Any]:
    """Return everything of ana's and ben's that nobody else may change."""
    people = [row["_id"] async for row in db.users.find({"username": {"$in": ["ana", "ben"]}})]
    [eve] = [row["_id"] async for row in db.users.find({"username": "eve"})]
    own = {
        "users": {"_id": {"$in": people}},
        "sessions": {"user": {"$in": people}},
        "posts": {"author": {"$in": people}},
        "comments": {"author": {"$in": people}},
        "likes": {"user": {"$in": people}},
        "comment_likes": {"user": {"$in": people}},
        "media": {"owner": {"$in": people}},
        "messages": {"author": {"$in": people}},
        "blocks": {"who": {"$in": people}},
        "follow_requests": {"by": {"$in": people}},
        "recents": {"_id": {"$in": people}},
        "saves": {"user": {"$in": people}},
        "dismissals": {"user": {"$in": people}},
        "conversations": {"starter": {"$in": people}},
    }
    # Follows of eve are left out: she may block people at any time, which ends them.
    own["follows"] = {"follower": {"$in": people}, "followee": {"$ne": eve}}
    passing = dict.fromkeys(("seen", "expires", "active", "held"), 0)
    found = {
        name: await db.__getattr__(name).find(query, passing).sort("_id", 1).to_list()
        for name, query in own.items()
    }
    for row in found["users"]:
        row.pop("following"), row.pop("rev")
    return found


def valid_value(name: str, argument: str, kind: Any, ids: Ids) -> Any:
    """Return a value as a browser would send it."""
    if argument in ids:
        return ids[argument]
    if argument == "user_ids":
        return ids["user_id"]
    if argument == "answering":
        return ids["comment_id"] if "comment" in name else ids["message_id"]
    values = {"text": "Hello", "caption": "Hello", "key": "eve", "emoji": "🔥", "kind": "like"}
    values |= {"rule": "everyone", "name": "show_active" if "preference" in name else "Eve", "alt": ""}
    values |= {"x": 0.0, "y": 0.0, "width": 1.0, "height": 1.0, "seq": 2, "private": False, "on": True}
    values |= {"muted": True, "visible": True, "field": "name", "username": "eve2", "choice": "on"}
    values |= {"part": "People"}
    if kind is dict or argument == "form":
        return {"name": "Eve", "username": "eve", "bio": "", "website": ""}
    assert argument in values, f"{name} has an argument without a valid value in this test: {argument}"
    return values[argument]


@pytest.mark.parametrize("role", ADVERSARIES)
async def test_valid_arguments_give_no_access_to_what_belongs_to_others(field: Field, role: str) -> None:
    eve, ids = await private_town(field, role)
    before = await protected_rows()
    tab = await field.tab(eve, path="/settings/account")
    called = 0
    for name, handler in guard.client_callable().items():
        if short(name) in OWN_CHOICE:
            continue
        kinds = guard.arguments(handler)[0]
        await tab.call(
            name, {argument: valid_value(name, argument, kind, ids) for argument, kind in kinds.items()}
        )
        called += 1
    await tab.settle(0.5)
    assert called > 80 and not tab.closed
    after = await protected_rows()
    for name, rows in before.items():
        assert after[name] == rows, name
    for secret in (CAPTION, COMMENT_TEXT, MESSAGE_TEXT):
        assert secret not in tab.text
    # Ben may see all of it, and can with the same arguments, so they were valid.
    ben = Viewer((await profiles.profile("ben")).id, "ben", "")
    assert (await post_cards.show(ben, ids["post_id"])).caption[0].text == CAPTION
    assert [
        thread.comment.text[0].text for thread in (await comment_cards.page(ben, ids["post_id"]))[0]
    ] == [COMMENT_TEXT]
    assert (await messages.page(ben, ids["chat_id"]))[0][-1].text[0].text == MESSAGE_TEXT


async def test_the_same_arguments_work_for_people_with_access(field: Field) -> None:
    _, ids = await private_town(field, "stranger")
    ana = Viewer(ids["user_id"], "ana", "")
    before = await protected_rows()
    tab = await field.tab(ana, path="/settings/account")
    for name, handler in guard.client_callable().items():
        if short(name) in ("timeline_state.delete", "detail_state.delete_comment", "thread_state.send"):
            kinds = guard.arguments(handler)[0]
            await tab.call(
                name, {argument: valid_value(name, argument, kind, ids) for argument, kind in kinds.items()}
            )

    async def is_done() -> bool:
        after = await protected_rows()
        return after["posts"] == [] and len(after["messages"]) == len(before["messages"]) + 1

    await tab.until(is_done)
