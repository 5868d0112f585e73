"""Likes: counted once each, exactly, and announced with the right numbers."""

from __future__ import annotations

import asyncio

import pytest
from bson import ObjectId

from instagram_clone.domain.core import db, events
from instagram_clone.domain.core.errors import NotFound
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import accounts
from instagram_clone.domain.people.relations import blocks
from instagram_clone.domain.posts import like_batches, likes, post_cards
from instagram_clone.domain.posts.events import PostLiked
from tests.conftest import join, share, without_alerts
from tests.domain.conftest import Commands


async def test_a_like_counts_once_and_is_announced_once(
    ana: Viewer, ben: Viewer, published: list[events.Event]
) -> None:
    post_id = await share(ana)
    published.clear()
    for _ in range(3):
        await likes.like(ben, post_id)
    card = await post_cards.show(ben, post_id)
    assert (card.likes, card.liked) == (1, True)
    assert not (await post_cards.show(ana, post_id)).liked
    assert without_alerts(published) == [PostLiked(post_id, ana.id, ben.id, True, 1, 0, 1)]


async def test_an_unlike_counts_once(ana: Viewer, published: list[events.Event]) -> None:
    post_id = await share(ana)
    await likes.like(ana, post_id)
    published.clear()
    for _ in range(3):
        await likes.unlike(ana, post_id)
    card = await post_cards.show(ana, post_id)
    assert (card.likes, card.liked) == (0, False)
    assert without_alerts(published) == [PostLiked(post_id, ana.id, ana.id, False, 0, 0, 2)]


async def test_fifty_concurrent_likes_and_unlikes_count_exactly(ana: Viewer) -> None:
    post_id = await share(ana)
    people = [await join(f"person{number}") for number in range(10)]
    turns = [
        likes.like(person, post_id) if turn % 2 == 0 else likes.unlike(person, post_id)
        for turn in range(5)
        for person in people
    ]
    await asyncio.gather(*turns)
    rows = await db.likes.count_documents({})
    assert (await post_cards.show(ana, post_id)).likes == rows


async def test_the_people_who_like_a_post_are_listed(ana: Viewer, ben: Viewer, cleo: Viewer) -> None:
    post_id = await share(ana)
    await likes.like(ben, post_id)
    await likes.like(cleo, post_id)
    rows, cursor = await likes.people(ana, post_id)
    assert [row.username for row in rows] == ["cleo", "ben"] and cursor == ""


async def test_a_post_names_the_first_other_people_who_like_it(
    ana: Viewer, ben: Viewer, cleo: Viewer, published: list[events.Event]
) -> None:
    async def named(viewer: Viewer | None) -> list[str]:
        return [one.username for one in (await post_cards.show(viewer, post_id)).likers]

    post_id = await share(ana)
    assert await named(ana) == []
    for viewer in (ben, ben, ana, cleo):
        await likes.like(viewer, post_id)
    assert (await named(ana), await named(ben)) == (["ben", "cleo"], ["ana", "cleo"])
    assert await named(None) == [], "visitors see no names"
    await likes.unlike(ben, post_id)
    assert await named(ana) == ["cleo"]
    many = [await join(f"person{number}") for number in range(4)]
    for viewer in many:
        await likes.like(viewer, post_id)
    assert await named(ben) == ["ana", "cleo", "person0", "person1"]
    published.clear()
    await likes.unlike(many[3], post_id)
    await likes.unlike(many[1], post_id)
    announced = [event.likers for event in published if isinstance(event, PostLiked)]
    assert announced == [None, (ana.id, cleo.id, many[0].id)], "included only where they change"
    await blocks.block(many[0], ana.id)
    assert (await named(ana), (await post_cards.show(ana, post_id)).likes) == (["cleo"], 4)


async def test_concurrent_likes_count_only_those_that_change_something(
    ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    post_id = await share(ana)
    assert await likes.like(ben, post_id)
    done = await asyncio.gather(*(likes.like(one, post_id) for one in (ana, ben, cleo, ana)))
    assert done == [True, False, True, False]
    done = await asyncio.gather(*(likes.unlike(one, post_id) for one in (ben, ana, ben)))
    assert done == [True, True, False]
    done = await asyncio.gather(*(likes.unlike(one, post_id) for one in (ben, cleo)))
    assert done == [False, True]
    assert (await post_cards.show(ana, post_id)).likes == await db.likes.count_documents({}) == 0


async def test_concurrent_likes_announce_the_named_likers_once(
    ana: Viewer, published: list[events.Event]
) -> None:
    post_id = await share(ana)
    people = [await join(f"person{number}") for number in range(6)]
    await likes.like(ana, post_id)
    published.clear()
    await asyncio.gather(*(likes.like(one, post_id) for one in people))
    announced = [event for event in published if isinstance(event, PostLiked)]
    named = {(event.rev, event.likers) for event in announced if event.likers is not None}
    assert len(announced) == 6 and len(named) < 6
    last = max(named)
    card = await post_cards.show(None, post_id)
    assert len({rev for rev, _ in named}) == len(named), "once for each change"
    assert len(last[1]) == 4 and last[1][0] == ana.id and card.likes == 7


async def test_a_cached_post_lets_nobody_like_what_they_may_not_see(
    ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    post_id = await share(ana)
    own = {"_id": ObjectId(post_id)}
    await likes.like(ben, post_id)
    # Nothing sets a post's audience yet, and no event announces such a change.
    await db.posts.update_one(own, {"$set": {"audience": "only_me"}})
    done = await asyncio.gather(
        likes.unlike(ben, post_id), likes.like(cleo, post_id), return_exceptions=True
    )
    assert [type(one) for one in done] == [NotFound, NotFound]
    assert await likes.like(ana, post_id) and await db.likes.count_documents({}) == 2
    await db.posts.update_one(own, {"$unset": {"audience": ""}})
    assert await likes.like(cleo, post_id), "a stale cache refuses nobody who may see it now"
    await db.posts.delete_one(own)
    for verb in (likes.like, likes.unlike):
        with pytest.raises(NotFound):
            await verb(cleo, post_id)
    assert await db.likes.count_documents({}) == 3


async def test_a_like_is_announced_after_four_commands(
    ana: Viewer, ben: Viewer, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    for cache in (like_batches._items, accounts._summaries):
        monkeypatch.setattr(cache, "seconds", 3600.0)
    post_id = await share(ana)
    await likes.like(ben, post_id)
    for verb, write in ((likes.unlike, "delete"), (likes.like, "insert")):
        commands.sent.clear()
        await verb(ben, post_id)
        sent = [command for command, _ in commands.sent]
        assert sent[:4] == ["findAndModify", write, "insert", "commitTransaction"]
