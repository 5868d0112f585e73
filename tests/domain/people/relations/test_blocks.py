"""A block between two people: neither learns anything of the other, nor that there is a block."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from bson import ObjectId

from instagram_clone.domain.core import db, events, rate_limits
from instagram_clone.domain.core.errors import DomainError, Invalid, NotFound, Refused, TooMany
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.messaging import conversations, inbox, message_cards, messages, receipts
from instagram_clone.domain.messaging.events import ConversationRead, MessageSent, Typing
from instagram_clone.domain.people import directory, preferences, profiles, visibility
from instagram_clone.domain.people.relations import blocks, follows
from instagram_clone.domain.posts import comment_cards, comments, feed, likes
from tests.conftest import share
from tests.domain.conftest import Commands
from tests.domain.messaging.talk import friends, say


@pytest.fixture(params=["few blocks", "more blocks than are cached"], autouse=True)
def _how_many(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every promise holds both for people whose blocks fit in the cache and for those who have too many."""
    if request.param != "few blocks":
        monkeypatch.setattr(blocks, "MAX_LOADED", 0)


WAYS = pytest.mark.parametrize("blocker", ["ana", "ben"])


async def block(blocker: str, ana: Viewer, ben: Viewer) -> None:
    """Have one block the other."""
    blocker_viewer, whom = (ana, ben) if blocker == "ana" else (ben, ana)
    await blocks.block(blocker_viewer, whom.id)


async def test_nobody_blocks_themselves(ana: Viewer) -> None:
    with pytest.raises(Invalid):
        await blocks.block(ana, ana.id)


@WAYS
async def test_neither_appears_in_lists_shown_to_the_other(
    ana: Viewer, ben: Viewer, cleo: Viewer, blocker: str
) -> None:
    post = await share(cleo)
    comment = await comments.add(cleo, post, "Mine")
    for viewer in (ana, ben):
        await likes.like(viewer, post)
        await likes.like_comment(viewer, comment)
        await follows.follow(viewer, cleo.id)
        await follows.follow(cleo, viewer.id)

    async def shown(viewer: Viewer) -> list[set[str]]:
        pages = [
            await likes.people(viewer, post),
            await likes.comment_people(viewer, comment),
            await directory.followers_page(viewer, cleo.id),
            await directory.following_page(viewer, cleo.id),
        ]
        return [{row.username for row in rows} for rows, _ in pages]

    assert await shown(ana) == await shown(ben) == [{"ana", "ben"}] * 4
    await block(blocker, ana, ben)
    assert await shown(ana) == [{"ana"}] * 4
    assert await shown(ben) == [{"ben"}] * 4
    assert await shown(cleo) == [{"ana", "ben"}] * 4


async def test_neither_appears_in_the_others_requests_or_feed(
    ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    await follows.follow(ana, ben.id)
    await share(ben)
    await preferences.set_private(ana, True)
    for asking in (ben, cleo):
        await follows.follow(asking, ana.id)
    assert await directory.requests(ana) == 2
    # Only the row: none of the block's follow-up work has been done yet.
    await db.blocks.insert_one({"who": ben.oid, "whom": ana.oid, "created": datetime.now(UTC)})
    visibility.forget(ana.id, ben.id)
    assert [row.username for row in (await directory.requests_page(ana))[0]] == ["cleo"]
    assert await directory.requests(ana) == 1
    assert (await feed.home(ana)).posts == []


@WAYS
async def test_neither_sees_the_other_write_or_read(
    ana: Viewer, ben: Viewer, cleo: Viewer, published: list[events.Event], blocker: str
) -> None:
    await friends(ana, ben, cleo)
    two = await conversations.start(ana, [ben.id])
    group = await conversations.start(cleo, [ana.id, ben.id])
    for chat in (two, group):
        await say(ana if chat == two else cleo, chat)
        await receipts.mark_read(ben, chat, 1)
        await receipts.mark_read(ana, chat, 1)

    async def received_typing(viewer: Viewer) -> list[set[str]]:
        """Return who receives the viewer's typing events, in the direct chat and in the group."""
        found = []
        for chat in (two, group):
            published.clear()
            await messages.typing(viewer, chat)
            for event in list(published):
                assert isinstance(event, Typing)
                found.append(set(event.to))
        return found

    async def last_read(viewer: Viewer) -> list[dict[str, int]]:
        chats = [await inbox.show(viewer, chat) for chat in (two, group)]
        return [{member.username: member.seen for member in chat.members} for chat in chats]

    assert await received_typing(ana) == [{ben.id}, {ben.id, cleo.id}]
    assert await last_read(ana) == [{"ben": 1}, {"ben": 1, "cleo": 1}]
    await block(blocker, ana, ben)
    assert await received_typing(ana) == await received_typing(ben) == [{cleo.id}]
    assert await last_read(ana) == [{"ben": 0}, {"ben": 0, "cleo": 1}]
    assert await last_read(ben) == [{"ana": 0}, {"ana": 0, "cleo": 1}]
    await say(cleo, group)
    for reader, others in ((ana, {cleo.id}), (ben, {cleo.id})):
        published.clear()
        await receipts.mark_read(reader, group, 2)
        [read] = published
        assert isinstance(read, ConversationRead) and set(read.shown_to) == others


async def error_of(call: Callable[[], Awaitable[Any]]) -> str:
    with pytest.raises(DomainError) as refusal:
        await call()
    return f"{type(refusal.value).__name__}: {refusal.value}"


async def test_to_a_blocked_person_the_blocker_seems_not_to_exist(
    ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    missing = str(ObjectId())
    chat = await conversations.start(ana, [cleo.id])
    post = await share(ana)
    await messages.send(ana, chat, "k", post=post)
    await blocks.block(ana, ben.id)
    for verb in (
        lambda whom: follows.follow(ben, whom),
        lambda whom: conversations.start(ben, [whom]),
        lambda whom: conversations.start(ben, [cleo.id, whom]),
        lambda whom: directory.followers_page(ben, whom),
        lambda whom: directory.following_page(ben, whom),
    ):
        for whom in (ana.id, missing):
            assert await error_of(lambda whom=whom, verb=verb: verb(whom)) == f"NotFound: {blocks.GONE}"
    # The blocker knows about their own block, but not whether the other has blocked them as well.
    for both in range(2):
        with pytest.raises(Refused):
            await follows.follow(ana, ben.id)
        with pytest.raises(Refused):
            await conversations.start(ana, [ben.id])
        if not both:
            await blocks.block(ben, ana.id)


@WAYS
async def test_a_shared_post_names_its_author_only_to_those_who_may_see_it(
    ana: Viewer, ben: Viewer, cleo: Viewer, published: list[events.Event], blocker: str
) -> None:
    await friends(ana, ben, cleo)
    post = await share(ana, "A wall")
    await block(blocker, ana, ben)
    chat = await conversations.start(cleo, [ben.id])
    published.clear()
    await messages.send(cleo, chat, "k", post=post)
    [sent] = [event for event in published if isinstance(event, MessageSent)]
    [row], _ = await inbox.page(ben)
    assert sent.line == row.line == "Shared a post" and "ana" not in str(sent)
    assert [card.username for card in await message_cards.shared(ben, [post])] == [""]


async def test_replies_to_a_comment_are_hidden_with_it(ana: Viewer, ben: Viewer, cleo: Viewer) -> None:
    post = await share(cleo)
    hers = await comments.add(ana, post, "Hers")
    under = await comments.add(cleo, post, "Under it", answering=hers)
    assert (await comment_cards.show(ben, under)).id == under
    await blocks.block(ana, ben.id)
    for call in (
        lambda: comment_cards.show(ben, under),
        lambda: likes.like_comment(ben, under),
        lambda: likes.comment_people(ben, under),
        lambda: comments.add(ben, post, "Hm", answering=under),
    ):
        with pytest.raises(NotFound):
            await call()


async def test_for_people_with_very_many_blocks_only_those_asked_about_are_read(
    ana: Viewer, ben: Viewer, cleo: Viewer, mongo_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "MAX_LOADED", 3)
    await db.blocks.insert_many([{"who": ObjectId(), "whom": ana.oid} for _ in range(50)])
    await blocks.block(ben, cleo.id)
    commands = Commands()
    await db.close()
    await db.connect(mongo_uri, "tests", event_listeners=[commands])
    commands.sent.clear()
    assert await blocks.all_either_way([ana.oid, ben.oid]) == {ana.oid: None, ben.oid: {cleo.oid}}
    assert [{"$limit": 4} in command["pipeline"] for _, command in commands.sent] == [True] * 3
    assert await visibility.blocked_either_way(ana, [ben.oid, cleo.oid]) == set()
    await blocks.block(ben, ana.id)
    assert await visibility.blocked_either_way(ana, [ben.oid, cleo.oid]) == {ben.oid}
    assert await visibility.blocked_either_way(ben, [ana.oid, ben.oid]) == {ana.oid}


async def test_notifications_between_two_people_are_found_without_reading_others(
    ana: Viewer, ben: Viewer
) -> None:
    await follows.follow(ben, ana.id)
    example = await db.notifications.find_one({"to": ana.oid}, {"_id": 0}) or {}
    others = [{**example, "actor": one, "subject": one} for one in (ObjectId() for _ in range(200))]
    await db.notifications.insert_many(others)
    query = {"find": "notifications", "filter": {"to": ana.oid, "actor": ben.oid}}
    plan = await db.users.database.command("explain", query, verbosity="executionStats")
    assert plan["executionStats"]["totalKeysExamined"] == 1
    await blocks.block(ana, ben.id)
    assert await db.notifications.count_documents({"to": ana.oid}) == 200


async def test_everybody_whom_somebody_has_blocked_is_listed_page_by_page(
    ana: Viewer, ben: Viewer, cleo: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "PAGE", 1)
    for other in (ben, cleo):
        await blocks.block(ana, other.id)
    [first], cursor = await blocks.page(ana)
    [second], end = await blocks.page(ana, cursor)
    assert [first.username, second.username, end] == ["cleo", "ben", ""]


async def test_blocks_and_changes_of_privacy_are_limited(ana: Viewer, ben: Viewer) -> None:
    for name in ("block", "privacy"):
        for _ in range(rate_limits.LIMITS[name].max):
            await rate_limits.take(name, ana.id)
    with pytest.raises(TooMany):
        await blocks.block(ana, ben.id)
    with pytest.raises(TooMany):
        await preferences.set_private(ana, True)
    assert await blocks.page(ana) == ([], "") and not (await profiles.own_profile(ana)).private
    # Whoever has blocked somebody can always unblock them.
    await blocks.unblock(ana, ben.id)
