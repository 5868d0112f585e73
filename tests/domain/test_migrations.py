"""A database that an older version has filled: migrated once, by one process, with indexes side by side."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import unicodedata
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from bson import ObjectId
from pymongo import AsyncMongoClient, IndexModel

from instagram_clone import config, seeds
from instagram_clone.domain import migrations
from instagram_clone.domain.core import db, outbox, schema
from instagram_clone.domain.core.errors import NotFound, Refused
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.media import media
from instagram_clone.domain.messaging import conversations, membership, messages
from instagram_clone.domain.notifications import activity
from instagram_clone.domain.people import accounts
from instagram_clone.domain.people.events import PrivacyChanged
from instagram_clone.domain.people.relations import blocks, follows
from instagram_clone.domain.posts import comments, likes, post_cards
from tests.conftest import PASSWORD, join, share
from tests.server import ROOT

pytestmark = pytest.mark.anyio


@pytest.fixture
async def old(mongo_uri: str, database: None) -> AsyncIterator[Viewer]:
    """Ana, in a database where nothing has been migrated yet."""
    ana = await join("ana")
    await db.migrations.delete_many({})
    yield ana
    await db.migrations.delete_many({})


async def test_an_empty_database_has_nothing_to_migrate(database: None) -> None:
    await db.migrations.delete_many({})
    assert await migrations.apply() == []
    await join("ana")
    assert await migrations.pending() == []


async def test_what_is_missing_is_done_once_however_many_start_at_once(
    old: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[int] = []

    async def note() -> None:
        await asyncio.sleep(0)
        done.append(1)

    monkeypatch.setattr(migrations, "MIGRATIONS", (migrations.Migration(1, "Note it", note),))
    with pytest.raises(migrations.Missing, match="manage migrate"):
        await migrations.check()
    await asyncio.gather(*(migrations.apply() for _ in range(5)))
    assert done == [1]
    await migrations.check()
    assert await db.migrations.count_documents({"_id": migrations.LOCK}) == 0


async def test_whoever_was_believed_dead_leaves_the_lock_of_who_went_on(old: Viewer) -> None:
    async with migrations._lock():
        past = datetime.now(UTC) - timedelta(seconds=1)
        await db.migrations.update_one({"_id": migrations.LOCK}, {"$set": {"until": past}})
        other = migrations._lock()
        await other.__aenter__()
    assert await db.migrations.count_documents({"_id": migrations.LOCK}) == 1
    await other.__aexit__(None, None, None)
    assert await db.migrations.count_documents({"_id": migrations.LOCK}) == 0


async def test_a_town_in_a_new_database_is_of_this_version(
    database: None, mongo_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await db.migrations.delete_many({})

    async def make() -> bool:
        await join("juno")
        return True

    monkeypatch.setattr(seeds, "make", make)
    monkeypatch.setenv("MONGODB_URI", mongo_uri)
    monkeypatch.setenv("DATABASE", "tests")
    config.settings.cache_clear()
    try:
        await seeds.main()
    finally:
        monkeypatch.undo()
        config.settings.cache_clear()
    await db.connect(mongo_uri, "tests")
    await migrations.check()


async def test_photos_of_a_crash_are_decided_about(old: Viewer, ben: Viewer) -> None:
    post_id = await share(old)
    photo = (await post_cards.show(old, post_id)).photo
    await db.media.update_one({"_id": photo.id}, {"$set": {"pending": True}})
    lost = {"_id": "lost", "owner": old.oid, "use": media.POST, "widths": [320], "pending": True}
    await db.media.insert_one(lost)
    await migrations.apply()
    assert await media.access_file(ben, photo.id, 256)
    with pytest.raises(NotFound):
        await media.access_file(old, "lost", 320)


async def test_a_conversation_that_was_behind_goes_on(old: Viewer, ben: Viewer) -> None:
    chat = await conversations.start(old, [ben.id])
    await messages.send(old, chat, "one", text="One")
    await db.conversations.update_one({}, {"$set": {"last": 0}})
    await migrations.apply()
    row = await db.conversations.find_one({})
    assert row is not None and row["last"] == 1
    # Without the migration, the next message detects and corrects it.
    await db.conversations.update_one({}, {"$set": {"last": 0}})
    await membership.accept(ben, chat)
    await messages.send(ben, chat, "two", text="Two")
    assert [one.seq for one in (await messages.page(old, chat))[0]] == [1, 2]


async def test_what_people_were_told_is_numbered_and_as_seen_as_it_was(
    old: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    post_id = await share(old)
    for fan in (ben, cleo):
        await likes.like(fan, post_id)
    await follows.follow(ben, old.id)
    await comments.add(ben, post_id, "Since then")
    before = await activity.page(old)
    # As the version before wrote it: an id for a marker, and no numbers.
    lines = await db.alerts.find({"to": old.oid}).sort("at", 1).to_list()
    await db.alert_counters.delete_many({})
    for one in (db.alerts, db.notifications):
        await one.update_many({}, {"$unset": {"seq": ""}})
    await db.users.update_one({"_id": old.oid}, {"$set": {"alerts_seen": lines[1]["at"]}})
    await db.users.update_one({"_id": ben.oid}, {"$set": {"alerts_seen": ObjectId()}})
    for _ in range(2):
        await migrations.apply()
        await db.migrations.delete_many({})
    after, _ = await activity.page(old)
    assert [line.id for line in after] == [line.id for line in before[0]]
    assert [line.fresh for line in after] == [True, False, False] and await activity.unread(old) == 1
    await likes.unlike(cleo, post_id)
    await follows.follow(cleo, old.id)
    assert await activity.unread(old) == 2
    await comments.add(old, post_id, "@ben")
    assert await activity.unread(ben) == 1


async def test_who_was_blocked_before_still_cannot_write(old: Viewer, ben: Viewer) -> None:
    chat = await conversations.start(old, [ben.id])
    await messages.send(old, chat, "one", text="One")
    await membership.accept(ben, chat)
    await blocks.block(ben, old.id)
    await db.conversations.update_one({}, {"$rename": {"blocked_by": "shut"}})
    for _ in range(2):
        await migrations.apply()
        await db.migrations.delete_many({})
    with pytest.raises(Refused):
        await messages.send(old, chat, "two", text="Two")
    await blocks.unblock(ben, old.id)
    assert await messages.send(old, chat, "two", text="Two")


async def spelled_apart(viewer: Viewer, email: str) -> str:
    """Give someone an email in decomposed form (NFD), with the key that the version before made of it."""
    apart = unicodedata.normalize("NFD", email)
    await db.users.update_one(
        {"_id": viewer.oid}, {"$set": {"email": apart, "email_key": apart.casefold()}}
    )
    return apart


async def test_an_account_is_opened_by_its_address_in_any_spelling(old: Viewer) -> None:
    apart = await spelled_apart(old, "José@localhost")
    with pytest.raises(Refused):
        await accounts.log_in("josé@localhost", PASSWORD, "1")
    for _ in range(2):
        await migrations.apply()
        await db.migrations.delete_many({})
    for spelling in (apart, "josé@localhost"):
        assert (await accounts.log_in(spelling, PASSWORD, "1")).user_id == old.id


async def test_of_two_accounts_with_one_address_both_stay_and_it_is_said(
    old: Viewer, ben: Viewer, cleo: Viewer, caplog: pytest.LogCaptureFixture
) -> None:
    email = "josé@localhost"
    await db.users.update_one({"_id": ben.oid}, {"$set": {"email": email, "email_key": email}})
    await spelled_apart(old, email)
    await spelled_apart(cleo, "zoë@localhost")
    await migrations.apply()
    assert "ana and another account have the same email" in caplog.text and "cleo" not in caplog.text
    assert email not in caplog.text
    assert (await accounts.log_in(email, PASSWORD, "1")).user_id == ben.id
    assert (await accounts.log_in("ana", PASSWORD, "1")).user_id == old.id
    assert (await accounts.log_in("zoë@localhost", PASSWORD, "1")).user_id == cleo.id


async def test_a_changed_index_is_built_beside_the_old_one(
    mongo_uri: str, database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = AsyncMongoClient(mongo_uri)
    there = client[f"indexes{ObjectId()}"]
    before, after = [IndexModel([("a", 1)])], [IndexModel([("a", 1)], unique=True), IndexModel([("b", 1)])]
    monkeypatch.setattr(schema, "INDEXES", {"things": before})
    await schema.build(there)
    monkeypatch.setattr(schema, "INDEXES", {"things": after})
    for _ in range(2):
        await schema.build(there)
        assert set(await there.things.index_information()) == {"_id_", "a_1", "a_1_v2", "b_1"}
    assert await schema.drop_old(there) == ["things.a_1"]
    found = await there.things.index_information()
    assert set(found) == {"_id_", "a_1_v2", "b_1"} and found["a_1_v2"]["unique"]
    assert await schema.drop_old(there) == []
    await client.drop_database(there.name)
    await client.close()


async def test_a_database_is_looked_after_from_the_command_line(
    old: Viewer, mongo_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    post_id = await share(old)
    await likes.like(old, post_id)
    await db.posts.update_one({}, {"$set": {"likes": 5}})
    await outbox.written(lambda transaction: _announced(transaction, old))
    await db.outbox.update_one(
        {}, {"$set": {"tries": 20, "aside": True, "error": "RuntimeError: no paper"}}
    )

    def manage(*words: str) -> str:
        command = [sys.executable, "-m", "instagram_clone.manage", *words]
        given = os.environ | {"MONGODB_URI": mongo_uri, "DATABASE": "tests"}
        done = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, check=True)
        return done.stdout

    assert "1  Photos are shown" in manage("migrate")
    assert "Nothing to migrate" in manage("migrate")
    assert "1  posts with wrong counts" in manage("repair")
    assert "No problems found" in manage("repair")
    shown = manage("outbox")
    assert "PrivacyChanged" in shown and "set aside" in shown and "no paper" in shown
    assert "1 will be retried" in manage("outbox", "retry")
    assert (await post_cards.show(old, post_id)).likes == 1


async def _announced(transaction: outbox.Transaction, viewer: Viewer) -> None:
    transaction.announce(PrivacyChanged(viewer.id, False))


async def test_what_is_needed_is_not_dropped(database: None) -> None:
    assert await db.drop_old_indexes() == []
