"""Saved posts: private, latest first, and only what the viewer may see."""

from __future__ import annotations

import asyncio

import pytest

from instagram_clone.domain.core import db, events, outbox
from instagram_clone.domain.core.errors import NotFound
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import preferences
from instagram_clone.domain.people.relations import blocks
from instagram_clone.domain.posts import post_cards, posts, saves
from instagram_clone.domain.posts.events import PostSaved
from tests.conftest import share, without_alerts


async def listed(viewer: Viewer) -> list[str]:
    return [card.id for card in (await saves.page(viewer)).posts]


async def test_a_post_is_saved_once_and_only_the_reader_knows(
    ana: Viewer, ben: Viewer, published: list[events.Event]
) -> None:
    post_id = await share(ana)
    published.clear()
    assert [await saves.save(ben, post_id) for _ in range(3)] == [True, False, False]
    assert [await saves.unsave(ben, post_id) for _ in range(2)] == [True, False]
    assert await saves.save(ben, post_id)
    assert without_alerts(published) == [
        PostSaved(post_id, ben.id, True, 1),
        PostSaved(post_id, ben.id, False, 2),
        PostSaved(post_id, ben.id, True, 3),
    ]
    assert (await post_cards.show(ben, post_id)).saved == post_cards.Saved(True, 3)
    for other in (ana, None):
        assert (await post_cards.show(other, post_id)).saved == post_cards.Saved()
    assert await listed(ben) == [post_id] and await listed(ana) == []


async def test_saved_posts_are_listed_by_when_they_were_saved(ana: Viewer, ben: Viewer) -> None:
    old, new = await share(ana), await share(ana)
    for post_id in (new, old):
        await saves.save(ben, post_id)
    assert await listed(ben) == [old, new]
    await saves.unsave(ben, new)
    await saves.save(ben, new)
    assert await listed(ben) == [new, old]


async def test_pages_of_saved_posts_have_each_post_once(
    ana: Viewer, ben: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saves, "GRID_PAGE", 2)
    ids = [await share(ana) for _ in range(5)]
    for post_id in ids:
        await saves.save(ben, post_id)
    found, cursor = [], ""
    while True:
        page = await saves.page(ben, cursor)
        found += [card.id for card in page.posts]
        cursor = page.cursor
        if not cursor:
            break
    assert found == ids[::-1]


async def test_concurrent_attempts_save_a_post_once(ana: Viewer, published: list[events.Event]) -> None:
    post_id = await share(ana)
    published.clear()
    done = await asyncio.gather(*(saves.save(ana, post_id) for _ in range(8)))
    assert sorted(done) == [False] * 7 + [True]
    assert without_alerts(published) == [PostSaved(post_id, ana.id, True, 1)]


async def test_saved_posts_are_hidden_while_the_viewer_may_not_see_them(ana: Viewer, ben: Viewer) -> None:
    post_id = await share(ana)
    await saves.save(ben, post_id)
    assert (await saves.page(ben)).hidden == frozenset()
    await preferences.set_private(ana, True)
    assert await listed(ben) == []
    assert (await saves.page(ben)).hidden == {ana.id}
    await preferences.set_private(ana, False)
    assert await listed(ben) == [post_id]
    await blocks.block(ana, ben.id)
    assert await listed(ben) == [] and (await saves.page(ben)).hidden == frozenset()
    with pytest.raises(NotFound):
        await saves.save(ben, post_id)
    await blocks.unblock(ana, ben.id)
    assert await listed(ben) == [post_id]


async def test_deleting_a_post_deletes_its_saves(ana: Viewer, ben: Viewer) -> None:
    post_id = await share(ana)
    await saves.save(ben, post_id)
    await posts.delete(ana, post_id)
    await outbox.settle()
    assert await db.saves.count_documents({}) == 0 and await listed(ben) == []
    assert not await saves.unsave(ben, post_id)


async def test_repair_removes_saves_of_deleted_posts(ana: Viewer, ben: Viewer) -> None:
    kept, gone = await share(ana), await share(ana)
    for post_id in (kept, gone):
        await saves.save(ben, post_id)
    await db.posts.delete_one({"_id": db.oid(gone)})
    assert await saves.repair() == {"saves of deleted posts": 1}
    assert await listed(ben) == [kept]
