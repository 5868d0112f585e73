"""Whatever dies or fails, and whenever: a change has been made completely, or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from instagram_clone.domain import repair
from instagram_clone.domain.core import db, outbox
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.media import avatars, drafts, media
from instagram_clone.domain.messaging import conversations, messages
from instagram_clone.domain.people import preferences
from instagram_clone.domain.people.relations import follows
from instagram_clone.domain.posts import comments, likes
from tests.conftest import file_of, join, picture, share
from tests.domain import crashes
from tests.domain.stored import Stored, folder


async def build_town() -> tuple[Viewer, crashes.Ids]:
    """Create Ana, who will make the changes, and everything she needs to make them."""
    ana, ben, cleo, dan = [await join(name) for name in ("ana", "ben", "cleo", "dan")]
    for person, other in ((ana, ben), (ben, ana)):
        await follows.follow(person, other.id)
    await preferences.set_private(dan, True)
    await share(dan, "quiet")
    await follows.follow(ben, dan.id)
    post, liked = await share(ben), await share(ben, "another")
    own = await share(ana, "hers")
    await likes.like(ana, liked)
    await likes.like(ben, own)
    await likes.like(ana, own)
    comment = await comments.add(ben, post, "First")
    own_comment = await comments.add(ana, post, "Mine")
    answer = await comments.add(ben, post, "Yours?", answering=own_comment)
    await likes.like_comment(ben, own_comment)
    await likes.like_comment(cleo, answer)
    await comments.add(ben, own, "Lovely")
    chat = await conversations.start(ana, [ben.id])
    await messages.send(ben, chat, "hello", text="Hello")
    small = await drafts.store(ana, file_of(picture()), media.MESSAGE)
    photo = await messages.send(ana, chat, "photo", photo=small.id)
    avatar = await drafts.store(ana, file_of(picture(400, 400)))
    await avatars.set_avatar(ana, avatar.id)
    return ana, {
        "file": str(file_of(picture())),
        "ben": ben.id,
        "cleo": cleo.id,
        "private": dan.id,
        "post": post,
        "liked post": liked,
        "own post": own,
        "comment": comment,
        "own comment": own_comment,
        "chat": chat,
        "sent photo": photo,
        "draft": (await drafts.store(ana, file_of(picture(400, 400)))).id,
        "small draft": (await drafts.store(ana, file_of(picture()), media.MESSAGE)).id,
    }


async def recover() -> None:
    """Do what the next process does in the course of time."""
    later = datetime.now(UTC) + timedelta(hours=1)
    while await outbox.process_due(later):
        pass
    await drafts.sweep(later)
    assert await outbox.failed() == []


@pytest.fixture(scope="module")
def fork_server() -> Iterator[crashes.ForkServer]:
    server = crashes.ForkServer()
    yield server
    server.close()


@dataclass
class Town:
    """The town, built once: the viewer who makes changes, the ids of everything, and all that is stored."""

    ana: Viewer
    ids: crashes.Ids
    stored: Stored


@pytest.fixture(scope="module")
def built() -> list[Town]:
    """The town, once it has been built."""
    return []


@pytest.fixture
async def town(database: None, built: list[Town]) -> Town:
    shutil.rmtree(folder(), ignore_errors=True)
    if not built:
        ana, ids = await build_town()
        built.append(Town(ana, ids, await Stored.now()))
    await built[0].stored.restore(await Stored.now())
    return built[0]


@pytest.mark.parametrize("fault", [crashes.DIE, crashes.FAIL])
@pytest.mark.parametrize("change", crashes.CHANGES)
async def test_a_change_is_made_completely_or_not_at_all(
    change: str, fault: str, town: Town, mongo_uri: str, fork_server: crashes.ForkServer
) -> None:
    before = town.stored
    assert fork_server.start(mongo_uri, change, town.ana, town.ids, 0, fault) == crashes.COMPLETED
    left = await Stored.now()
    allowed = before.summary(), left.summary()
    assert allowed[0] != allowed[1]
    # Each distinct state, before and after recovery, is checked only once.
    seen, consistent = set(), set()
    point, exit_code = 0, crashes.DIED
    while exit_code != crashes.COMPLETED:
        point += 1
        await before.restore(left)
        exit_code = fork_server.start(mongo_uri, change, town.ana, town.ids, point, fault)
        # The server would abort a dead client's transaction by itself, but only some seconds later.
        await db.users.database.client.admin.command({"killAllSessions": []})
        left = await Stored.now()
        if (found := left.changes_since(before)) in seen:
            continue
        seen.add(found)
        await recover()
        left = await Stored.now()
        assert left.summary() in allowed, f"{change}: {fault} at point {point}"
        if (found := left.changes_since(before)) not in consistent:
            assert await repair.everything() == {}, f"{change}: {fault} at point {point}"
            consistent.add(found)
    assert point > 1, "no fault was injected"
