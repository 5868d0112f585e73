"""Recent searches: private, latest first, and without anyone the viewer may not see."""

from __future__ import annotations

import pytest
from bson import ObjectId

from instagram_clone.domain.core import events
from instagram_clone.domain.core.errors import NotFound
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.discovery import recents
from instagram_clone.domain.discovery.events import RecentsChanged
from instagram_clone.domain.people.relations import blocks


async def listed(viewer: Viewer) -> list[str]:
    return [one.person.username if one.person else one.text for one in await recents.recent(viewer)]


async def test_people_and_texts_are_kept_once_with_the_latest_first(ana: Viewer, ben: Viewer) -> None:
    await recents.remember(ana, text=" Red  tulips ")
    await recents.remember(ana, person_id=ben.id)
    await recents.remember(ana, text="lisbon")
    await recents.remember(ana, text="red tulips")
    assert await listed(ana) == ["red tulips", "lisbon", "ben"]
    await recents.remember(ana, person_id=ben.id)
    assert await listed(ana) == ["ben", "red tulips", "lisbon"]
    assert await listed(ben) == []


async def test_no_more_than_twenty_are_kept(ana: Viewer) -> None:
    for number in range(25):
        await recents.remember(ana, text=f"number {number}")
    assert await listed(ana) == [f"number {number}" for number in range(24, 4, -1)]


async def test_recent_searches_are_removed_singly_or_all_at_once(ana: Viewer, ben: Viewer) -> None:
    for viewer in (ana, ben):
        for text in ("one", "two", "three"):
            await recents.remember(viewer, text=text)
    [_, two, _] = await recents.recent(ana)
    for _ in range(2):
        await recents.remove(ana, two.id)
        await recents.remove(ben, two.id)
    assert await listed(ana) == ["three", "one"] and len(await listed(ben)) == 3
    for _ in range(2):
        await recents.clear(ana)
    assert await listed(ana) == [] and len(await listed(ben)) == 3
    with pytest.raises(NotFound):
        await recents.remove(ana, "$")


async def test_blocked_people_are_hidden_and_reappear_after_the_block(
    ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    for person in (ben, cleo):
        await recents.remember(ana, person_id=person.id)
    for by, other in ((ben, ana), (ana, ben)):
        await blocks.block(by, other.id)
        assert await listed(ana) == ["cleo"]
        with pytest.raises(NotFound):
            await recents.remember(ana, person_id=ben.id)
        await blocks.unblock(by, other.id)
        assert await listed(ana) == ["cleo", "ben"]
    for nobody in (str(ObjectId()), "nobody"):
        with pytest.raises(NotFound):
            await recents.remember(ana, person_id=nobody)


async def test_only_changes_are_announced(ana: Viewer, ben: Viewer, published: list[events.Event]) -> None:
    changed = RecentsChanged(ana.id)
    await recents.remember(ana, text="tulips")
    await recents.remember(ana, person_id=ben.id)
    [person, _] = await recents.recent(ana)
    for work in (lambda: recents.remove(ana, person.id), lambda: recents.clear(ana)):
        before = published.count(changed)
        for _ in range(2):
            await work()
        assert published.count(changed) == before + 1
    await recents.remember(ana, text=" ")
    assert published.count(changed) == 4 and RecentsChanged(ben.id) not in published


@pytest.mark.parametrize("text", ["", "  ", "\u200b", "\ud800", "a\x00", "\u202eabc"])
async def test_invisible_texts_are_not_kept(ana: Viewer, text: str) -> None:
    await recents.remember(ana, text=text)
    assert await listed(ana) == []


async def test_texts_are_kept_as_typed(ana: Viewer) -> None:
    for text in ("$items", "a.b", '{"$ne": 1}', "京都 🦊", "x" * 300):
        await recents.remember(ana, text=text)
    assert await listed(ana) == ["x" * 100, "京都 🦊", '{"$ne": 1}', "a.b", "$items"]
