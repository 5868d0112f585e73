"""Messages: in the same order for everyone, stored once each, and gone when they are unsent."""

from __future__ import annotations

import asyncio

import pytest
from pymongo.errors import AutoReconnect

from instagram_clone.domain.core import db, events
from instagram_clone.domain.core.errors import Invalid, NotFound, Refused
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.media import drafts, media
from instagram_clone.domain.messaging import (
    conversations,
    inbox,
    membership,
    message_cards,
    messages,
    receipts,
    sending,
)
from instagram_clone.domain.messaging.events import MessageSent, MessageUnsent
from instagram_clone.domain.posts import posts
from tests.conftest import file_of, join, picture, share
from tests.domain.messaging.talk import chat_of, friends, read, say, words


async def test_a_message_arrives_and_is_unread(ana: Viewer, ben: Viewer, published) -> None:
    await friends(ana, ben)
    chat = await chat_of(ana, ben)
    published.clear()
    await say(ana, chat, "  See https://example.com \n\n\n\n@ana  ")
    [event] = published
    assert isinstance(event, MessageSent)
    assert (set(event.to), event.counted, event.seq) == ({ana.id, ben.id}, (ben.id,), 1)
    assert event.line == "See https://example.com @ana"
    assert await read(ben, chat) == ["See https://example.com\n\n@ana"]
    assert await inbox.unread(ben) == {chat: 1} and await inbox.unread(ana) == {}
    [row], cursor = await inbox.page(ben)
    assert (row.id, row.title, row.line, row.line_by) == (chat, "ana", event.line, "ana")
    assert (row.last, row.seen, cursor) == (1, 0, "")


async def test_a_retry_never_duplicates_a_message(
    ana: Viewer, ben: Viewer, published: list[events.Event]
) -> None:
    await friends(ana, ben)
    chat = await chat_of(ana, ben)
    published.clear()
    sent = await asyncio.gather(*(say(ana, chat, "Once", "the-key") for _ in range(10)))
    assert len(set(sent)) == 1 and await read(ana, chat) == ["Once"]
    announced = [(event.to, event.counted) for event in published if isinstance(event, MessageSent)]
    assert announced == [((ana.id, ben.id), (ben.id,)), *[((ana.id,), ())] * 9]
    other = await chat_of(ana, await join("dora"))
    with pytest.raises(Invalid):
        await say(ana, other, "Once", "the-key")


@pytest.mark.parametrize("since", ["nothing", "read", "deleted", "deleted by its sender", "answered"])
async def test_a_retry_of_a_stored_message_changes_nothing_and_reaches_only_its_sender(
    ana: Viewer, ben: Viewer, published: list[events.Event], since: str
) -> None:
    await friends(ana, ben)
    chat = await chat_of(ana, ben)
    message = await say(ana, chat, "Once", "the-key")
    if since == "read":
        await receipts.mark_read(ben, chat, 1)
    elif since == "answered":
        await say(ben, chat, "Twice")
    elif since != "nothing":
        await membership.clear(ben if since == "deleted" else ana, chat)
    before = await db.conversations.find_one({"_id": db.oid(chat)})
    published.clear()
    for _ in range(2):
        assert await say(ana, chat, "Once", "the-key") == message
    assert await db.conversations.find_one({"_id": db.oid(chat)}) == before
    for event in published:
        assert isinstance(event, MessageSent) and (event.to, event.counted) == ((ana.id,), ())
        assert (event.seq, event.message["id"], event.message["key"]) == (1, message, "the-key")
    assert len(published) == 2
    assert await inbox.unread(ben) == ({chat: 1} if since in ("nothing", "deleted by its sender") else {})


async def test_a_failure_for_one_sender_does_not_affect_concurrent_senders(
    ana: Viewer,
    ben: Viewer,
    cleo: Viewer,
    published: list[events.Event],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await friends(ana, ben, cleo)
    chats = {one.id: await chat_of(one, two) for one, two in ((ana, ben), (ben, cleo), (cleo, ana))}
    original = sending._store_batch

    async def store_batch(items: list, **more: bool) -> list:
        if len(items) > 1:
            raise Refused("One of them may not.")
        if items[0].viewer == ben:
            raise AutoReconnect("the database has just gone")
        return await original(items, **more)

    monkeypatch.setattr(sending, "_store_batch", store_batch)
    monkeypatch.setattr(sending, "LANES", 1)
    published.clear()
    done = await asyncio.gather(
        # The first is sent by itself, the others in one batch.
        *(say(one, chats[one.id]) for one in (ana, ana, ben, cleo)),
        return_exceptions=True,
    )
    assert [type(one) for one in done] == [str, str, AutoReconnect, str]
    announced = [event.by for event in published if isinstance(event, MessageSent)]
    assert sorted(announced) == sorted([ana.id, ana.id, cleo.id])


async def test_everyone_sees_the_same_order_without_gaps(
    ana: Viewer, ben: Viewer, cleo: Viewer, published
) -> None:
    await friends(ana, ben, cleo)
    chat = await chat_of(ana, ben, cleo)
    people = [ana, ben, cleo] * 8
    await asyncio.gather(*(say(one, chat, f"{number}") for number, one in enumerate(people)))
    stored = (await messages.page(ben, chat))[0]
    assert [one.seq for one in stored] == list(range(1, 25))
    received = [event for event in published if isinstance(event, MessageSent)]
    assert [event.message["id"] for event in received] == [one.id for one in stored]
    row = await db.conversations.find_one({"_id": db.oid(chat)})
    assert row is not None and row["last"] == 24


async def test_older_messages_are_read_page_by_page(ana: Viewer, ben: Viewer) -> None:
    await friends(ana, ben)
    chat = await chat_of(ana, ben)
    for number in range(messages.PAGE + 5):
        await say(ana, chat, str(number))
    newest, cursor = await messages.page(ben, chat)
    oldest, end = await messages.page(ben, chat, cursor)
    assert words(oldest + newest) == [str(number) for number in range(messages.PAGE + 5)] and end == 0


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 2001])
async def test_invalid_messages_are_refused(ana: Viewer, ben: Viewer, text: str) -> None:
    chat = await chat_of(ana, ben)
    with pytest.raises(Invalid):
        await say(ana, chat, text)
    with pytest.raises(Invalid):
        await messages.send(ana, chat, "", text="No key")


async def test_an_unsent_message_is_gone_for_all(ana: Viewer, ben: Viewer, published) -> None:
    await friends(ana, ben)
    chat = await chat_of(ana, ben)
    await say(ana, chat, "First")
    await receipts.mark_read(ben, chat, 1)
    message = await say(ana, chat, "Oops")
    assert await inbox.unread(ben) == {chat: 2}
    published.clear()
    await messages.unsend(ana, chat, message)
    await receipts.mark_read(ben, chat, 2)
    assert [type(event) for event in published] == [MessageUnsent]
    assert await read(ben, chat) == ["First"] and await inbox.unread(ben) == {}
    assert (await inbox.page(ben))[0][0].line == "First"
    await say(ana, chat, "Second")
    assert (await messages.page(ben, chat))[0][-1].seq >= 2 and await inbox.unread(ben)


async def test_unsent_messages_do_not_stay_unread_in_either_order(ana: Viewer, ben: Viewer) -> None:
    await friends(ana, ben)
    chat = await chat_of(ana, ben)
    older, newer = await say(ana, chat, "Older"), await say(ana, chat, "Newer")
    await messages.unsend(ana, chat, newer)
    assert await inbox.unread(ben) == {chat: 2}
    await messages.unsend(ana, chat, older)
    assert await inbox.unread(ben) == {}
    shown = await inbox.show(ben, chat)
    assert shown.seen == shown.last
    await say(ana, chat, "Now")
    assert await inbox.unread(ben) == {chat: 3}


async def test_a_retry_does_not_resend_an_unsent_message(ana: Viewer, ben: Viewer, published) -> None:
    await friends(ana, ben)
    chat, other = await chat_of(ana, ben), await conversations.start(ana, [ben.id, (await join("cleo")).id])
    first = await messages.send(ana, chat, "key", text="Oops")
    draft = await drafts.store(ana, file_of(picture(60, 80)), media.MESSAGE)
    photo = await messages.send(ana, chat, "photo", photo=draft.id)
    for message in (first, photo):
        await messages.unsend(ana, chat, message)
    published.clear()
    assert await messages.send(ana, chat, "key", text="Oops") == ""
    assert await messages.send(ana, chat, "photo", photo=draft.id) == ""
    tries = [messages.send(ana, chat, key, text="Oops") for key in ("key", "new", "key")]
    assert [bool(one) for one in await asyncio.gather(*tries)] == [False, True, False]
    assert [type(event) for event in published] == [MessageSent]
    assert await read(ben, chat) == ["Oops"]
    with pytest.raises(Invalid):
        await messages.send(ana, other, "key", text="Oops")
    # Somebody else may use the same key.
    assert await messages.send(ben, chat, "key", text="Mine")


async def test_an_unsent_message_leaves_only_an_expiring_key(ana: Viewer, ben: Viewer) -> None:
    chat = await chat_of(ana, ben)
    await messages.unsend(ana, chat, await messages.send(ana, chat, "key", text="Oops"))
    [kept] = await db.messages.find({}).to_list()
    assert set(kept) == {"_id", "conversation", "seq", "author", "key", "was_in", "unsent"}
    assert await messages.page(ana, chat) == ([], 0)
    indexes = await (await db.messages.list_indexes()).to_list()
    expiring = {str(dict(one["key"])): one.get("expireAfterSeconds") for one in indexes}
    assert expiring["{'unsent': 1}"] == 30 * 24 * 3600


async def test_each_person_has_at_most_one_reaction(ana: Viewer, ben: Viewer, published) -> None:
    await friends(ana, ben)
    chat = await chat_of(ana, ben)
    message = await say(ana, chat)
    published.clear()
    await messages.react(ben, chat, message, "🔥")
    await messages.react(ben, chat, message, "🔥")
    await messages.react(ana, chat, message, "❤️")
    await messages.react(ben, chat, message, "😂")
    [shown] = (await messages.page(ana, chat))[0]
    assert shown.reactions == {ben.id: "😂", ana.id: "❤️"}
    assert [event.message["rev"] for event in published] == [1, 2, 3]
    await messages.react(ben, chat, message, "")
    assert (await messages.page(ana, chat))[0][0].reactions == {ana.id: "❤️"}
    with pytest.raises(Invalid):
        await messages.react(ben, chat, message, "💩")


async def test_only_members_can_see_a_photo(ana: Viewer, ben: Viewer, cleo: Viewer) -> None:
    await friends(ana, ben)
    chat = await chat_of(ana, ben)
    draft = await drafts.store(ana, file_of(picture(60, 80)), media.MESSAGE)
    with pytest.raises(NotFound):
        await messages.send(ben, chat, "theft", photo=draft.id)
    message = await messages.send(ana, chat, "photo", photo=draft.id)
    [shown] = (await messages.page(ben, chat))[0]
    assert (shown.kind, shown.photo["id"], shown.photo["width"]) == ("photo", draft.id, 60)
    assert (await media.access_file(ben, draft.id, 640)).private
    for stranger in (cleo, None):
        with pytest.raises(NotFound):
            await media.access_file(stranger, draft.id, 640)
    assert await drafts.sweep() == 0
    await messages.unsend(ana, chat, message)
    with pytest.raises(NotFound):
        await media.access_file(ana, draft.id, 640)


async def test_a_shared_post_is_shown_while_the_reader_may_see_it(ana: Viewer, ben: Viewer) -> None:
    await friends(ana, ben)
    chat = await chat_of(ana, ben)
    post = await share(ana, "A wall")
    await messages.send(ana, chat, "post", post=post)
    [shown] = (await messages.page(ben, chat))[0]
    assert shown.post == await messages.shared_post_id(ben, chat, shown.id) == post
    [card] = await message_cards.shared(ben, [shown.post])
    assert (shown.kind, card.username, card.caption) == ("post", "ana", "A wall")
    assert (await inbox.page(ben))[0][0].line == "Shared a post"
    await messages.send(ana, chat, "with a note", post=post, text="Look,\nthe light")
    assert (await inbox.page(ben))[0][0].line == "Look, the light"
    await posts.delete(ana, post)
    assert [card.username for card in await message_cards.shared(ben, [post])] == [""]
    with pytest.raises(NotFound):
        await messages.send(ana, chat, "gone", post=post)
