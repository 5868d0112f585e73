"""Whatever dies or fails, and when: a change has happened whole, or not at all."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from instagram_clone.config import settings
from instagram_clone.domain import repair
from instagram_clone.domain.core import db, outbox
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.media import media
from instagram_clone.domain.messaging import conversations, messages
from instagram_clone.domain.people import accounts, follows
from instagram_clone.domain.posts import comments, likes
from tests import crashes
from tests.conftest import file_of, join, picture, share

COUNTS = {
    "users": ("posts", "followers", "following"),
    "posts": ("likes", "comments"),
    "comments": ("likes", "replies"),
    "alerts": ("count",),
    "conversations": ("last",),
}


async def town() -> tuple[Viewer, crashes.Ids]:
    """Ana, who will do something, and everything there is to do it to."""
    ana, ben, cleo, dan = [await join(name) for name in ("ana", "ben", "cleo", "dan")]
    for one, other in ((ana, ben), (ben, ana)):
        await follows.follow(one, other.id)
    await accounts.set_private(dan, True)
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
    small = await media.store(ana, file_of(picture()), media.MESSAGE)
    photo = await messages.send(ana, chat, "photo", photo=small.id)
    avatar = await media.store(ana, file_of(picture(400, 400)))
    await media.set_avatar(ana, avatar.id)
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
        "draft": (await media.store(ana, file_of(picture(400, 400)))).id,
        "small draft": (await media.store(ana, file_of(picture()), media.MESSAGE)).id,
    }


async def summary() -> dict[str, Any]:
    """What there is: how many rows of everything, what is counted, who is told of what, how many files."""
    found: dict[str, Any] = {}
    for name in db.collections():
        rows = await db.__getattr__(name).find({}).to_list()
        found[name] = len(rows)
        for field in COUNTS.get(name, ()):
            found[f"{name}.{field}"] = sorted(row.get(field, 0) for row in rows)
    found["uses"] = sorted([row["use"] async for row in db.media.find({})])
    found["private"] = await db.posts.count_documents({"private": True})
    found["hidden"] = await db.conversations.count_documents({"members.hidden": True})
    found["shut"] = await db.conversations.count_documents({"shut.0": {"$exists": True}})
    found["files"] = sorted([file async for file in files()])
    return found


async def files() -> AsyncIterator[str]:
    """The stored files, by how wide they are. What was cut of a draft for nothing goes with the draft."""
    drafts = {row["_id"] async for row in db.media.find({"use": media.DRAFT})}
    for one in folder().rglob("*"):
        if one.is_file() and not (one.parent.name in drafts and int(one.name) > media.PREVIEW):
            yield one.name


def folder() -> Path:
    return Path(settings().media_url.removeprefix("file://"))


class Memory:
    """Everything there is, to go back to."""

    def __init__(self, rows: dict[str, list[dict[str, Any]]], files: Path) -> None:
        self._rows, self._files = rows, files

    @classmethod
    async def of_now(cls, place: Path) -> Memory:
        shutil.copytree(folder(), place)
        return cls(
            {name: await db.__getattr__(name).find({}).to_list() for name in db.collections()}, place
        )

    async def restore(self) -> None:
        await db.clear()
        for name, rows in self._rows.items():
            if rows:
                await db.__getattr__(name).insert_many(rows)
        shutil.rmtree(folder())
        shutil.copytree(self._files, folder())


async def start_again() -> None:
    """What the next process does, by and by."""
    later = datetime.now(UTC) + timedelta(hours=1)
    # Of a client that is gone, the server ends the transaction by itself, some seconds later.
    await db.users.database.client.admin.command({"killAllSessions": []})
    while await outbox.work_due(later):
        pass
    await media.sweep(later)
    assert await outbox.failed() == []


@pytest.mark.parametrize("harm", [crashes.DIE, crashes.FAIL])
@pytest.mark.parametrize("deed", crashes.DEEDS)
async def test_a_change_happens_whole_or_not_at_all(
    deed: str, harm: str, database: None, mongo_uri: str, tmp_path: Path
) -> None:
    shutil.rmtree(folder(), ignore_errors=True)
    ana, ids = await town()
    memory = await Memory.of_now(tmp_path / "files")
    before = await summary()
    assert crashes.start(mongo_uri, deed, ana, ids, 0, harm) == crashes.UNHARMED
    whole = await summary()
    assert whole != before
    point, ended = 0, crashes.DIED
    while ended != crashes.UNHARMED:
        point += 1
        await memory.restore()
        ended = crashes.start(mongo_uri, deed, ana, ids, point, harm)
        await start_again()
        assert await summary() in (before, whole), f"{deed}: {harm} at point {point}"
        assert await repair.everything() == {}
    assert point > 1, "no harm was done"
