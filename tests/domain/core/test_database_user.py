"""The privileges that the README gives the MongoDB user are enough for the app."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
from pymongo import MongoClient

from instagram_clone.domain.core import db
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people.relations import follows
from instagram_clone.domain.posts import comments, likes, post_cards
from tests.conftest import join, share
from tests.server import PATIENCE_SECONDS


@pytest.fixture
async def limited_user(mongo_uri: str, database: None) -> AsyncIterator[None]:
    """Connect to the database as a user who may only read and write it."""
    name = "limited"
    with MongoClient(mongo_uri) as client:
        client.drop_database(name)
        client[name].command("dropAllUsersFromDatabase")
        client[name].command("createUser", "app", pwd="hunter2", roles=["readWrite"])
        host = urlsplit(mongo_uri).netloc.rpartition("@")[2]
        await db.close()
        await db.connect(f"mongodb://app:hunter2@{host}/?directConnection=true&authSource={name}", name)
        yield
        client.drop_database(name)
        client[name].command("dropAllUsersFromDatabase")


async def test_a_user_with_read_and_write_access_is_enough(limited_user: None) -> None:
    ana: Viewer = await join("ana")
    ben: Viewer = await join("ben")
    await follows.follow(ben, ana.id)
    post_id = await share(ana, "A wall")
    await likes.like(ben, post_id)
    await comments.add(ben, post_id, "A fine wall", key="one")
    assert (await post_cards.show(ben, post_id)).liked
    assert await db.is_reachable(PATIENCE_SECONDS)
