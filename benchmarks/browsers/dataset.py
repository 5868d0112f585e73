"""The people, posts and messages that the browsers show, created through the domain."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import instagram_clone
from instagram_clone.domain import migrations
from instagram_clone.domain.core import db
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.media import drafts
from instagram_clone.domain.messaging import conversations, messages, receipts
from instagram_clone.domain.people import accounts
from instagram_clone.domain.people.credentials import passwords, sessions
from instagram_clone.domain.people.relations import follows
from instagram_clone.domain.posts import comments, likes, posts

PICTURES = Path(instagram_clone.__file__).parent / "seed_pictures"
SHOWN = (
    "mist",
    "citrus",
    "fjord",
    "dunes",
    "coffee",
    "moon",
    "peak",
    "pool",
    "arch",
    "city",
    "coast",
    "film",
)
FANS = 3
"""How many people like the newest post before anyone taps its heart."""

MESSAGES = 300
"""As many as a tab keeps (`MAX_MESSAGES`), so that all of them can be on screen."""

LINES = (
    "Is the ridge still white?",
    "Since Tuesday. Bring a long lens, and something warm: the wind signs its work up there",
    "Saturday then?",
)


@dataclass(frozen=True)
class Dataset:
    """The data to show, and the session tokens of two people who follow the author of the posts.

    Posts are in the order in which they were shared.
    """

    ben: str
    cleo: str
    posts: list[str]
    chat: str


async def create(uri: str, database: str) -> Dataset:
    """Fill an empty database."""
    passwords.COST = 4
    await db.connect(uri, database)
    # While it is empty: the app takes a database that others have filled for one of an older version.
    await migrations.apply()
    ana, ben, cleo = [await _join(name) for name in ("ana", "ben", "cleo")]
    await follows.follow(ben, ana.id)
    await follows.follow(cleo, ana.id)
    await follows.follow(ana, ben.id)
    shared = [await _share(ana, [ben, cleo], name) for name in SHOWN]
    for number in range(FANS):
        await likes.like(await _join(f"fan{number}"), shared[-1])
    chat = await conversations.start(ana, [ben.id])
    for number in range(MESSAGES):
        writer = (ana, ben)[number // 3 % 2]
        await messages.send(writer, chat, f"line-{number}", text=f"{LINES[number % 3]} ({number})")
    await receipts.mark_read(ben, chat, MESSAGES)
    ben_token, cleo_token = [await sessions.start(reader.id, "Chrome/1 Linux") for reader in (ben, cleo)]
    await db.close()
    return Dataset(ben_token, cleo_token, shared, chat)


async def _join(name: str) -> Viewer:
    user_id = await accounts.sign_up(
        f"{name}@example.com", name.title(), name, "four oranges in a bowl", name
    )
    return Viewer(user_id, name, "")


async def _share(author: Viewer, readers: list[Viewer], name: str) -> str:
    draft = await drafts.store(author, PICTURES / f"{name}.webp")
    post_id = await posts.publish(author, draft.id, f"The {name}, as it was", f"A drawn picture: {name}")
    for reader in readers:
        await comments.add(reader, post_id, f"What lens was this {name}?", key=f"{name}-{reader.id}")
    return post_id
