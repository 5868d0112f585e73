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


@pytest.fixture
async def old_ana(mongo_uri: str, database: None) -> AsyncIterator[Viewer]:
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


async def test_pending_migrations_run_once_however_many_processes_start(
    old_ana: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[int] = []

    async def note() -> None:
        await asyncio.sleep(0)
        done.append(1)

    monkeypatch.setattr(migrations, "MIGRATIONS", (migrations.Migration(1, "Note it", note),))
    with pytest.raises(migrations.NotMigrated, match="manage migrate"):
        await migrations.check()
    await asyncio.gather(*(migrations.apply() for _ in range(5)))
    assert done == [1]
    await migrations.check()
    assert await db.migrations.count_documents({"_id": migrations.LOCK}) == 0


async def test_a_process_presumed_dead_does_not_release_its_successors_lock(old_ana: Viewer) -> None:
    async with migrations._lock():
        past = datetime.now(UTC) - timedelta(seconds=1)
        await db.migrations.update_one({"_id": migrations.LOCK}, {"$set": {"until": past}})
        other = migrations._lock()
        await other.__aenter__()
    assert await db.migrations.count_documents({"_id": migrations.LOCK}) == 1
    await other.__aexit__(None, None, None)
    assert await db.migrations.count_documents({"_id": migrations.LOCK}) == 0


async def test_a_new_database_with_seeds_needs_no_migration(
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


async def test_photos_left_pending_by_a_crash_are_kept_or_discarded(old_ana: Viewer, ben: Viewer) -> None:
    post_id = await share(old_ana)
    photo = (await post_cards.show(old_ana, post_id)).photo
    await db.media.update_one({"_id": photo.id}, {"$set": {"pending": True}})
    lost = {"_id": "lost", "owner": old_ana.oid, "use": media.POST, "widths": [320], "pending": True}
    await db.media.insert_one(lost)
    await migrations.apply()
    assert await media.access_file(ben, photo.id, 256)
    with pytest.raises(NotFound):
        await media.access_file(old_ana, "lost", 320)


async def test_a_conversation_behind_its_messages_catches_up(old_ana: Viewer, ben: Viewer) -> None:
    chat = await conversations.start(old_ana, [ben.id])
    await messages.send(old_ana, chat, "one", text="One")
    await db.conversations.update_one({}, {"$set": {"last": 0}})
    await migrations.apply()
    row = await db.conversations.find_one({})
    assert row is not None and row["last"] == 1
    # Without the migration, the next message detects and corrects it.
    await db.conversations.update_one({}, {"$set": {"last": 0}})
    await membership.accept(ben, chat)
    await messages.send(ben, chat, "two", text="Two")
    assert [message.seq for message in (await messages.page(old_ana, chat))[0]] == [1, 2]


async def test_notifications_are_numbered_and_seen_ones_stay_seen(
    old_ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    post_id = await share(old_ana)
    for fan in (ben, cleo):
        await likes.like(fan, post_id)
    await follows.follow(ben, old_ana.id)
    await comments.add(ben, post_id, "Since then")
    before = await activity.page(old_ana)
    # As the previous version wrote it: an id as the marker, and no numbers.
    lines = await db.alerts.find({"to": old_ana.oid}).sort("at", 1).to_list()
    await db.alert_counters.delete_many({})
    for collection in (db.alerts, db.notifications):
        await collection.update_many({}, {"$unset": {"seq": ""}})
    await db.users.update_one({"_id": old_ana.oid}, {"$set": {"alerts_seen": lines[1]["at"]}})
    await db.users.update_one({"_id": ben.oid}, {"$set": {"alerts_seen": ObjectId()}})
    for _ in range(2):
        await migrations.apply()
        await db.migrations.delete_many({})
    after, _ = await activity.page(old_ana)
    assert [line.id for line in after] == [line.id for line in before[0]]
    assert [line.fresh for line in after] == [True, False, False] and await activity.unread(old_ana) == 1
    await likes.unlike(cleo, post_id)
    await follows.follow(cleo, old_ana.id)
    assert await activity.unread(old_ana) == 2
    await comments.add(old_ana, post_id, "@ben")
    assert await activity.unread(ben) == 1


async def test_a_person_blocked_before_still_cannot_write(old_ana: Viewer, ben: Viewer) -> None:
    chat = await conversations.start(old_ana, [ben.id])
    await messages.send(old_ana, chat, "one", text="One")
    await membership.accept(ben, chat)
    await blocks.block(ben, old_ana.id)
    await db.conversations.update_one({}, {"$rename": {"blocked_by": "shut"}})
    for _ in range(2):
        await migrations.apply()
        await db.migrations.delete_many({})
    with pytest.raises(Refused):
        await messages.send(old_ana, chat, "two", text="Two")
    await blocks.unblock(ben, old_ana.id)
    assert await messages.send(old_ana, chat, "two", text="Two")


async def set_decomposed_email(viewer: Viewer, email: str) -> str:
    """Give someone an email in decomposed form (NFD), with the key the previous version derived from it."""
    decomposed = unicodedata.normalize("NFD", email)
    await db.users.update_one(
        {"_id": viewer.oid}, {"$set": {"email": decomposed, "email_key": decomposed.casefold()}}
    )
    return decomposed


async def test_people_log_in_with_any_spelling_of_their_email(old_ana: Viewer) -> None:
    decomposed = await set_decomposed_email(old_ana, "José@localhost")
    with pytest.raises(Refused):
        await accounts.log_in("josé@localhost", PASSWORD, "1")
    for _ in range(2):
        await migrations.apply()
        await db.migrations.delete_many({})
    for spelling in (decomposed, "josé@localhost"):
        assert (await accounts.log_in(spelling, PASSWORD, "1")).user_id == old_ana.id


async def test_two_accounts_with_the_same_email_both_stay_and_are_logged(
    old_ana: Viewer, ben: Viewer, cleo: Viewer, caplog: pytest.LogCaptureFixture
) -> None:
    email = "josé@localhost"
    await db.users.update_one({"_id": ben.oid}, {"$set": {"email": email, "email_key": email}})
    await set_decomposed_email(old_ana, email)
    await set_decomposed_email(cleo, "zoë@localhost")
    await migrations.apply()
    assert "ana and another account have the same email" in caplog.text and "cleo" not in caplog.text
    assert email not in caplog.text
    assert (await accounts.log_in(email, PASSWORD, "1")).user_id == ben.id
    assert (await accounts.log_in("ana", PASSWORD, "1")).user_id == old_ana.id
    assert (await accounts.log_in("zoë@localhost", PASSWORD, "1")).user_id == cleo.id


async def test_a_changed_index_is_built_next_to_the_old_one(
    mongo_uri: str, database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = AsyncMongoClient(mongo_uri)
    scratch = client[f"indexes{ObjectId()}"]
    before, after = [IndexModel([("a", 1)])], [IndexModel([("a", 1)], unique=True), IndexModel([("b", 1)])]
    monkeypatch.setattr(schema, "INDEXES", {"things": before})
    await schema.build(scratch)
    monkeypatch.setattr(schema, "INDEXES", {"things": after})
    for _ in range(2):
        await schema.build(scratch)
        assert set(await scratch.things.index_information()) == {"_id_", "a_1", "a_1_v2", "b_1"}
    assert await schema.drop_old(scratch) == ["things.a_1"]
    found = await scratch.things.index_information()
    assert set(found) == {"_id_", "a_1_v2", "b_1"} and found["a_1_v2"]["unique"]
    assert await schema.drop_old(scratch) == []
    await client.drop_database(scratch.name)
    await client.close()


async def test_a_database_is_maintained_from_the_command_line(
    old_ana: Viewer, mongo_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    post_id = await share(old_ana)
    await likes.like(old_ana, post_id)
    await db.posts.update_one({}, {"$set": {"likes": 5}})
    await outbox.commit_undelivered(lambda transaction: _announce(transaction, old_ana))
    await db.outbox.update_one(
        {}, {"$set": {"tries": 20, "aside": True, "error": "RuntimeError: no paper"}}
    )

    def manage(*words: str) -> str:
        command = [sys.executable, "-m", "instagram_clone.manage", *words]
        env = os.environ | {"MONGODB_URI": mongo_uri, "DATABASE": "tests"}
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
        return done.stdout

    assert "1  Photos have no" in manage("migrate")
    assert "Nothing to migrate" in manage("migrate")
    assert "1  posts with wrong counts" in manage("repair")
    assert "No problems found" in manage("repair")
    shown = manage("outbox")
    assert "PrivacyChanged" in shown and "set aside" in shown and "no paper" in shown
    assert "1 will be retried" in manage("outbox", "retry")
    assert (await post_cards.show(old_ana, post_id)).likes == 1


async def _announce(transaction: outbox.Transaction, viewer: Viewer) -> None:
    transaction.announce(PrivacyChanged(viewer.id, False))


async def test_needed_indexes_are_not_dropped(database: None) -> None:
    assert await db.drop_old_indexes() == []
