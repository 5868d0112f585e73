"""Who may see whose posts: private accounts, narrowed audiences, and blocks."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import ObjectId

from instagram_clone.domain.core import db, events
from instagram_clone.domain.core.errors import NotFound
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.discovery import suggestions
from instagram_clone.domain.media import media
from instagram_clone.domain.messaging import conversations, message_cards, messages
from instagram_clone.domain.notifications import activity
from instagram_clone.domain.people import accounts, directory, preferences, profiles, visibility
from instagram_clone.domain.people.audiences import CLOSE_FRIENDS, FOLLOWERS, ONLY_ME, Item
from instagram_clone.domain.people.events import PrivacyChanged, SightLost, SightRegained
from instagram_clone.domain.people.relations import approvals, blocks, follows
from instagram_clone.domain.posts import comment_cards, comments, feed, likes, post_cards, posts
from tests.conftest import join, share


async def private_post(author: Viewer, follower: Viewer) -> tuple[str, str]:
    """Create a post of a private account with one follower, and a comment on it."""
    await follows.follow(follower, author.id)
    await preferences.set_private(author, True)
    post_id = await share(author, "Ours")
    return post_id, await comments.add(author, post_id, "Only us")


def everything_done_to_a_post(
    viewer: Viewer, author: Viewer, post_id: str, comment_id: str
) -> list[Callable[[], Awaitable[Any]]]:
    return [
        lambda: post_cards.show(viewer, post_id),
        lambda: posts.delete(viewer, post_id),
        lambda: likes.like(viewer, post_id),
        lambda: likes.unlike(viewer, post_id),
        lambda: likes.people(viewer, post_id),
        lambda: likes.like_comment(viewer, comment_id),
        lambda: likes.unlike_comment(viewer, comment_id),
        lambda: likes.comment_people(viewer, comment_id),
        lambda: comments.add(viewer, post_id, "Hi"),
        lambda: comments.add(viewer, post_id, "Hi", answering=comment_id),
        lambda: comment_cards.page(viewer, post_id),
        lambda: comment_cards.replies(viewer, comment_id),
        lambda: comment_cards.show(viewer, comment_id),
        lambda: comments.delete(viewer, comment_id),
        lambda: directory.followers_page(viewer, author.id),
        lambda: directory.following_page(viewer, author.id),
    ]


async def assert_hidden(viewer: Viewer, author: Viewer, post_id: str, comment_id: str) -> None:
    for call in everything_done_to_a_post(viewer, author, post_id, comment_id):
        with pytest.raises(NotFound):
            await call()
    photo = await photo_of(post_id)
    for nobody in (viewer, None) if await accounts.private_among([author.oid]) else (viewer,):
        assert (await feed.by_person(nobody, author.id)).posts == []
        with pytest.raises(NotFound):
            await media.access_file(nobody, photo, 320)
    assert all(card.username != author.username for card in (await feed.explore(viewer)).posts)
    assert (await message_cards.shared(viewer, [post_id]))[0].username == ""
    assert await post_cards.visible(viewer, [ObjectId(post_id)]) == []


async def photo_of(post_id: str) -> str:
    row = await db.posts.find_one({"_id": ObjectId(post_id)})
    assert row is not None
    return row["media"][0]["id"]


async def test_a_private_accounts_posts_are_for_its_followers(
    ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    post_id, comment_id = await private_post(cleo, ben)
    await assert_hidden(ana, cleo, post_id, comment_id)
    for friend in (ben, cleo):
        assert (await post_cards.show(friend, post_id)).id == post_id
        assert [card.id for card in (await feed.home(friend)).posts] == [post_id]
        assert [card.id for card in (await feed.by_person(friend, cleo.id)).posts] == [post_id]
        file = await media.access_file(friend, await photo_of(post_id), 320)
        assert file.private
        assert (await message_cards.shared(friend, [post_id]))[0].username == "cleo"
        assert len((await directory.followers_page(friend, cleo.id))[0]) == 1
    assert await likes.like(ben, post_id)
    assert (await profiles.profile("cleo")).posts == 1


async def test_earlier_posts_are_hidden_and_shown_again_with_the_account(
    ana: Viewer, ben: Viewer, published: list[events.Event]
) -> None:
    post_id = await share(ben)
    comment_id = await comments.add(ben, post_id, "Hello")
    photo = await photo_of(post_id)
    assert not (await media.access_file(None, photo, 320)).private
    for _ in range(2):
        await preferences.set_private(ben, True)
    assert sum(isinstance(event, PrivacyChanged) for event in published) == 1
    await assert_hidden(ana, ben, post_id, comment_id)
    await preferences.set_private(ben, False)
    assert (await post_cards.show(None, post_id)).id == post_id
    assert [card.id for card in (await feed.explore(ana)).posts] == [post_id]
    assert not (await media.access_file(ana, photo, 320)).private


NARROWED = {
    "for followers": {"audience": FOLLOWERS},
    "for close friends": {"audience": CLOSE_FRIENDS},
    "for its author": {"audience": ONLY_ME},
    "expired": {"expires_at": datetime.now(UTC) - timedelta(hours=1)},
    "archived": {"archived_at": datetime.now(UTC) - timedelta(hours=1)},
}


@pytest.mark.parametrize("narrowed", NARROWED)
async def test_a_post_with_a_narrowed_audience_is_shown_to_nobody_else_anywhere(
    ana: Viewer, ben: Viewer, cleo: Viewer, narrowed: str
) -> None:
    """Written directly, because no function narrows a post yet; post and photo are changed alike."""
    await follows.follow(ben, cleo.id)
    dan = await join("dan")
    post_id = await share(cleo, "Hello @ben")
    photo = await photo_of(post_id)

    async def seen_by(viewer: Viewer | None) -> set[str]:
        found = {
            "page": bool((await feed.by_person(viewer, cleo.id)).posts),
            "looked up": bool(await post_cards.visible(viewer, [ObjectId(post_id)])),
            "explored": viewer in (ana, None) and bool((await feed.explore(viewer)).posts),
            "in a message": viewer is not None
            and bool((await message_cards.shared(viewer, [post_id]))[0].username),
            "home": viewer in (ben, cleo) and bool((await feed.home(viewer)).posts),
            "suggested": viewer == dan and any(one.photos for one in await suggestions.people(dan)),
            "notified": viewer == ben and bool((await activity.page(ben))[0]),
            "counted": viewer == ben and bool((await activity.unread_summary(ben)).count),
        }
        for name, look in (
            ("itself", lambda: post_cards.show(viewer, post_id)),
            ("photo", lambda: media.access_file(viewer, photo, 320)),
        ):
            with contextlib.suppress(NotFound):
                await look()
                found[name] = True
        return {name for name, shown in found.items() if shown}

    before = {one: await seen_by(one) for one in (ana, ben, cleo, dan, None)}
    everywhere = {
        "page",
        "looked up",
        "explored",
        "in a message",
        "home",
        "suggested",
        "notified",
        "counted",
    }
    assert set().union(*before.values()) == everywhere | {"itself", "photo"}
    await db.posts.update_one({"_id": ObjectId(post_id)}, {"$set": NARROWED[narrowed]})
    await db.media.update_one({"_id": photo}, {"$set": NARROWED[narrowed]})
    for viewer in (ana, dan, None):
        assert await seen_by(viewer) == set()
    assert await seen_by(ben) == (before[ben] if narrowed == "for followers" else set())
    assert await seen_by(cleo) == before[cleo]


async def test_a_removed_follower_is_not_notified(ana: Viewer, ben: Viewer, cleo: Viewer) -> None:
    post_id, comment_id = await private_post(cleo, ben)
    await follows.remove_follower(cleo, ben.id)
    await assert_hidden(ben, cleo, post_id, comment_id)
    assert await activity.unread(ben) == 0
    await follows.remove_follower(cleo, ana.id)
    assert (await profiles.profile("cleo")).followers == 0


@pytest.mark.parametrize("side", ["by the author", "by the reader"])
async def test_a_block_hides_two_people_from_each_other(ana: Viewer, ben: Viewer, side: str) -> None:
    post_id = await share(ben)
    comment_id = await comments.add(ben, post_id, "Hello")
    await post_cards.show(ana, post_id)
    blocker, blocked = (ben, ana) if side == "by the author" else (ana, ben)
    await blocks.block(blocker, blocked.id)
    await assert_hidden(ana, ben, post_id, comment_id)
    with pytest.raises(NotFound):
        await visibility.profile(blocked, blocker.username)
    assert (await visibility.profile(blocker, blocked.username)).username == blocked.username
    assert (await directory.relationship(blocker, blocked.id)).blocked and not (
        await directory.relationship(blocked, blocker.id)
    ).blocked
    assert [row.username for row in await suggestions.people(ana)] == []
    assert (await post_cards.show(None, post_id)).id == post_id
    await blocks.unblock(blocker, blocked.id)
    assert (await post_cards.show(ana, post_id)).id == post_id


async def test_viewers_among_many_people_are_found(ana: Viewer, ben: Viewer, cleo: Viewer) -> None:
    everybody = {ana.id, ben.id, cleo.id, ""}
    assert await visibility.viewers_among(Item(cleo.oid), everybody) == everybody
    await private_post(cleo, ben)
    assert await visibility.viewers_among(Item(cleo.oid), everybody) == {ben.id, cleo.id}
    await preferences.set_private(cleo, False)
    await blocks.block(ana, cleo.id)
    assert await visibility.viewers_among(Item(cleo.oid), everybody) == everybody - {ana.id}


async def test_people_who_cannot_see_a_post_are_not_notified_of_mentions_in_it(
    ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    post_id, _ = await private_post(cleo, ben)
    await share(cleo, "With @ana and @ben")
    await comments.add(ben, post_id, "Look, @ana")
    assert await activity.unread(ana) == 0
    assert [line.kind for line in (await activity.page(ben))[0]] == ["mention"]


async def test_people_on_either_side_of_a_block_do_not_see_each_others_comments(
    ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    post_id = await share(cleo)
    hers = await comments.add(ana, post_id, "Hers")
    reply = await comments.add(ben, post_id, "His answer", answering=hers)
    other = await comments.add(cleo, post_id, "Welcome both", answering=hers)
    his = await comments.add(ben, post_id, "His")

    async def shown(viewer: Viewer | None) -> list[tuple[str, list[str]]]:
        threads, _ = await comment_cards.page(viewer, post_id)
        return [(thread.comment.id, [card.id for card in thread.replies]) for thread in threads]

    everything = [(his, []), (hers, [reply])]
    assert await shown(ana) == await shown(ben) == everything
    await blocks.block(ana, ben.id)
    assert await shown(ana) == [(hers, [])]
    assert [card.id for card in (await comment_cards.replies(ana, hers))[0]] == [other]
    assert await shown(ben) == [(his, [])]
    assert await shown(cleo) == await shown(None) == everything
    for call in (
        lambda: likes.like_comment(ana, his),
        lambda: comments.add(ana, post_id, "What?", answering=his),
        lambda: comment_cards.show(ana, reply),
        lambda: comment_cards.replies(ben, hers),
    ):
        with pytest.raises(NotFound):
            await call()
    await blocks.unblock(ana, ben.id)
    assert await shown(ana) == await shown(ben) == everything


async def test_a_shared_post_is_a_card_only_for_those_who_may_see_it(
    ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    post_id, _ = await private_post(cleo, ben)
    await follows.follow(ana, ben.id)
    chat = await conversations.start(ben, [ana.id])
    await messages.send(ben, chat, "k", post=post_id)
    assert (await message_cards.shared(ana, [post_id]))[0].username == ""
    with pytest.raises(NotFound):
        await messages.send(ana, chat, "l", post=post_id)


async def test_losing_or_regaining_sight_is_published_once_per_cause(
    ana: Viewer, ben: Viewer, cleo: Viewer, published: list[events.Event]
) -> None:
    def sight_events() -> list[events.Event]:
        found = [event for event in published if isinstance(event, SightLost | SightRegained)]
        published.clear()
        return found

    await follows.follow(ana, cleo.id)
    await follows.unfollow(ana, cleo.id)
    await follows.follow(ana, cleo.id)
    assert sight_events() == [], "followers of a public account lose nothing"
    await preferences.set_private(cleo, True)
    assert sight_events() == [SightLost(cleo.id, None)]
    await follows.unfollow(ana, cleo.id)
    assert sight_events() == [SightLost(cleo.id, (ana.id,))]
    await follows.follow(ana, cleo.id)
    assert sight_events() == []
    await approvals.confirm(cleo, ana.id)
    assert sight_events() == [SightRegained(cleo.id, (ana.id,))]
    await preferences.set_private(cleo, False)
    assert sight_events() == [SightRegained(cleo.id, None)]
    await blocks.block(ben, ana.id)
    both = [(ana.id, (ben.id,), True), (ben.id, (ana.id,), True)]
    assert sight_events() == [SightLost(*one) for one in both]
    await blocks.unblock(ben, ana.id)
    assert sight_events() == [SightRegained(*one) for one in both]
