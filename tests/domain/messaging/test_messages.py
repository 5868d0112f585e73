"""Conversations and messages: one for each set of people, in one order, for their members alone."""

from __future__ import annotations

import asyncio
import itertools

import pytest
from pymongo.errors import AutoReconnect

from instagram_clone.domain.core import db, events
from instagram_clone.domain.core.errors import DomainError, Invalid, NotFound, Refused
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
from instagram_clone.domain.messaging.events import ConversationRead, MessageSent, MessageUnsent
from instagram_clone.domain.messaging.message_cards import Message
from instagram_clone.domain.notifications import activity
from instagram_clone.domain.people import accounts, preferences, visibility
from instagram_clone.domain.people.relations import blocks, follows, graph
from instagram_clone.domain.posts import comments, posts
from tests.conftest import file_of, join, picture, share
from tests.domain.conftest import Commands

_keys = itertools.count()


async def say(viewer: Viewer, chat: str, text: str = "Hello", key: str = "") -> str:
    return await messages.send(viewer, chat, key or f"key-{next(_keys)}", text=text)


async def friends(*people: Viewer) -> None:
    for one, other in itertools.permutations(people, 2):
        await follows.follow(one, other.id)


async def chat_of(viewer: Viewer, *others: Viewer) -> str:
    return await conversations.start(viewer, [other.id for other in others])


def words(page: list[Message]) -> list[str]:
    return ["".join(piece.text for piece in one.text) for one in page]


async def read(viewer: Viewer, chat: str) -> list[str]:
    return words((await messages.page(viewer, chat))[0])


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


async def test_there_is_one_conversation_for_each_set_of_people(
    ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    both = await asyncio.gather(*(chat_of(*pair) for pair in [(ana, ben), (ben, ana)] * 5))
    assert len(set(both)) == 1
    assert await chat_of(ana, ben, ben) == both[0]
    group = await chat_of(ana, ben, cleo)
    assert await chat_of(cleo, ana, ben) == group != both[0]
    assert await db.conversations.count_documents({}) == 2


async def test_a_retry_never_doubles(ana: Viewer, ben: Viewer, published: list[events.Event]) -> None:
    await friends(ana, ben)
    chat = await chat_of(ana, ben)
    published.clear()
    sent = await asyncio.gather(*(say(ana, chat, "Once", "the-key") for _ in range(10)))
    assert len(set(sent)) == 1 and await read(ana, chat) == ["Once"]
    told = [(event.to, event.counted) for event in published if isinstance(event, MessageSent)]
    assert told == [((ana.id, ben.id), (ben.id,)), *[((ana.id,), ())] * 9]
    other = await chat_of(ana, await join("dora"))
    with pytest.raises(Invalid):
        await say(ana, other, "Once", "the-key")


@pytest.mark.parametrize("since", ["nothing", "read", "deleted", "deleted by who sent it", "answered"])
async def test_sending_again_what_has_arrived_changes_nothing_and_is_news_to_nobody_else(
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
    assert await inbox.unread(ben) == ({chat: 1} if since in ("nothing", "deleted by who sent it") else {})


async def test_what_fails_for_one_sender_is_stored_and_told_for_those_who_send_at_the_same_time(
    ana: Viewer,
    ben: Viewer,
    cleo: Viewer,
    published: list[events.Event],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await friends(ana, ben, cleo)
    chats = {one.id: await chat_of(one, two) for one, two in ((ana, ben), (ben, cleo), (cleo, ana))}
    send_together = sending._send_together

    async def unlucky(items: list, **more: bool) -> list:
        if len(items) > 1:
            raise Refused("One of them may not.")
        if items[0].viewer == ben:
            raise AutoReconnect("the database has just gone")
        return await send_together(items, **more)

    monkeypatch.setattr(sending, "_send_together", unlucky)
    monkeypatch.setattr(sending, "LANES", 1)
    published.clear()
    done = await asyncio.gather(
        # The first is sent alone, the others together.
        *(say(one, chats[one.id]) for one in (ana, ana, ben, cleo)),
        return_exceptions=True,
    )
    assert [type(one) for one in done] == [str, str, AutoReconnect, str]
    told = [event.by for event in published if isinstance(event, MessageSent)]
    assert sorted(told) == sorted([ana.id, ana.id, cleo.id])


async def test_everybody_reads_the_same_order_without_a_gap(
    ana: Viewer, ben: Viewer, cleo: Viewer, published
) -> None:
    await friends(ana, ben, cleo)
    chat = await chat_of(ana, ben, cleo)
    people = [ana, ben, cleo] * 8
    await asyncio.gather(*(say(one, chat, f"{number}") for number, one in enumerate(people)))
    stored = (await messages.page(ben, chat))[0]
    assert [one.seq for one in stored] == list(range(1, 25))
    heard = [event for event in published if isinstance(event, MessageSent)]
    assert [event.message["id"] for event in heard] == [one.id for one in stored]
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
async def test_what_cannot_be_sent_says_why(ana: Viewer, ben: Viewer, text: str) -> None:
    chat = await chat_of(ana, ben)
    with pytest.raises(Invalid):
        await say(ana, chat, text)
    with pytest.raises(Invalid):
        await messages.send(ana, chat, "", text="No key")


async def test_a_stranger_may_write_once_until_accepted(ana: Viewer, ben: Viewer, published) -> None:
    chat = await chat_of(ana, ben)
    await say(ana, chat, "May I?")
    assert (await inbox.show(ana, chat)).waiting
    with pytest.raises(Refused, match="when they accept"):
        await say(ana, chat, "Well?")
    assert await inbox.requests(ben) == 1 and await inbox.unread(ben) == {}
    assert (await inbox.page(ben))[0] == []
    [request], _ = await inbox.page(ben, conversations.REQUEST)
    assert request.id == chat
    published.clear()
    await receipts.mark_read(ben, chat, 1)
    await messages.typing(ben, chat)
    await messages.typing(ana, chat)
    assert published == [], "a request shows neither seen nor typing"
    with pytest.raises(Refused):
        await messages.react(ben, chat, (await messages.page(ben, chat))[0][0].id, "🔥")
    await membership.accept(ben, chat)
    assert not (await inbox.show(ana, chat)).waiting
    await say(ana, chat, "Thank you")
    assert await inbox.requests(ben) == 0 and await read(ben, chat) == ["May I?", "Thank you"]


async def test_writing_back_accepts(ana: Viewer, ben: Viewer) -> None:
    chat = await chat_of(ana, ben)
    await say(ana, chat)
    await say(ben, chat, "Hi")
    assert (await inbox.show(ben, chat)).folder == conversations.INBOX
    await say(ana, chat, "Great")


async def test_a_declined_request_stays_away(ana: Viewer, ben: Viewer, published) -> None:
    chat = await chat_of(ana, ben)
    await say(ana, chat)
    published.clear()
    await membership.decline(ben, chat)
    assert [event.to for event in published] == [(ben.id,)], "its sender is not told"
    assert await inbox.requests(ben) == 0
    with pytest.raises(Refused, match="when they accept"):
        await say(ana, chat, "Again")


async def test_blocked_people_are_refused_in_neutral_words(ana: Viewer, ben: Viewer) -> None:
    await friends(ana, ben)
    chat = await chat_of(ana, ben)
    await say(ana, chat)
    await blocks.block(ben, ana.id)
    assert not await graph.is_following(ana, ben.id)
    for person in (ana, ben):
        with pytest.raises(Refused, match="cannot message this person"):
            await say(person, chat)
    with pytest.raises(Refused, match="cannot message this person"):
        await chat_of(ben, ana, await join("dora"))
    assert [one.username for one in await blocks.mine(ben)] == ["ana"]
    await blocks.unblock(ben, ana.id)
    await say(ana, chat)


async def test_only_members_can_do_anything(ana: Viewer, ben: Viewer, cleo: Viewer) -> None:
    await friends(ana, ben, cleo)
    chat, other = await chat_of(ana, ben), await chat_of(ana, cleo)
    message = await say(ana, chat)
    await say(ana, other)
    verbs = [
        lambda who, where, what: messages.send(who, where, "k", text="Hi"),
        lambda who, where, what: messages.send(who, where, "k2", like=True),
        lambda who, where, what: messages.unsend(who, where, what),
        lambda who, where, what: messages.react(who, where, what, "🔥"),
        lambda who, where, what: messages.post_in(who, where, what),
        lambda who, where, what: messages.typing(who, where),
        lambda who, where, what: messages.page(who, where),
        lambda who, where, what: inbox.show(who, where),
        lambda who, where, what: receipts.mark_read(who, where, 1),
        lambda who, where, what: membership.accept(who, where),
        lambda who, where, what: membership.decline(who, where),
        lambda who, where, what: membership.mute(who, where, True),
        lambda who, where, what: membership.clear(who, where),
        lambda who, where, what: membership.leave(who, where),
        lambda who, where, what: membership.rename(who, where, "Mine"),
        lambda who, where, what: membership.remove(who, where, ana.id),
    ]
    before = await db.messages.find({}).to_list(), await db.conversations.find({}).to_list()
    for verb in verbs:
        with pytest.raises(NotFound):
            await verb(cleo, chat, message)
        with pytest.raises(NotFound):
            await verb(cleo, "nonsense", message)
    for verb in verbs[2:5]:
        with pytest.raises(NotFound):
            # A member of the one reaches for a message of the other by naming the wrong conversation.
            await verb(cleo, other, message)
    with pytest.raises(Refused):
        await messages.unsend(ben, chat, message)
    assert before == (await db.messages.find({}).to_list(), await db.conversations.find({}).to_list())


async def test_who_left_or_was_removed_reads_no_more(
    ana: Viewer, ben: Viewer, cleo: Viewer, published
) -> None:
    await friends(ana, ben, cleo)
    chat = await conversations.start(ana, [ben.id, cleo.id], "Trip")
    await say(ben, chat, "I am off")
    with pytest.raises(Refused):
        await membership.remove(ben, chat, cleo.id)
    await membership.leave(ben, chat)
    await membership.remove(ana, chat, cleo.id)
    published.clear()
    await say(ana, chat, "Alone")
    read_first, sent = published
    assert (read_first.shown_to, sent.to) == ((), (ana.id,))
    for gone in (ben, cleo):
        with pytest.raises(NotFound):
            await messages.page(gone, chat)
        assert (await inbox.page(gone))[0] == [] and await inbox.unread(gone) == {}
    assert await chat_of(ana, ben, cleo) != chat, "the set of people is free again"


async def test_groups_have_up_to_ten_people_and_a_name(ana: Viewer, ben: Viewer, cleo: Viewer) -> None:
    crowd = [await join(f"guest{number}") for number in range(9)]
    await chat_of(ana, *crowd)
    with pytest.raises(Invalid):
        await chat_of(ana, *crowd, ben)
    group = await chat_of(ana, ben, cleo)
    assert (await inbox.show(ana, group)).title == "ben, cleo"
    await membership.rename(ana, group, "  Old   friends ")
    assert (await inbox.show(ana, group)).title == "Old friends"
    with pytest.raises(Invalid):
        await membership.rename(ana, group, "x" * 51)
    with pytest.raises(Invalid):
        await chat_of(ana)
    with pytest.raises(NotFound):
        await conversations.start(ana, ["0" * 24])


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


async def test_what_was_unsent_is_not_sent_again_by_a_retry(ana: Viewer, ben: Viewer, published) -> None:
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
    # The key of somebody else's is their own.
    assert await messages.send(ben, chat, "key", text="Mine")


async def test_what_is_kept_of_unsent_messages_is_a_key_for_a_while(ana: Viewer, ben: Viewer) -> None:
    chat = await chat_of(ana, ben)
    await messages.unsend(ana, chat, await messages.send(ana, chat, "key", text="Oops"))
    [kept] = await db.messages.find({}).to_list()
    assert set(kept) == {"_id", "conversation", "seq", "author", "key", "was_in", "unsent"}
    assert await messages.page(ana, chat) == ([], 0)
    indexes = await (await db.messages.list_indexes()).to_list()
    expiring = {str(dict(one["key"])): one.get("expireAfterSeconds") for one in indexes}
    assert expiring["{'unsent': 1}"] == 30 * 24 * 3600


async def test_reactions_are_one_for_each_person(ana: Viewer, ben: Viewer, published) -> None:
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


async def test_a_photo_is_for_the_members_alone(ana: Viewer, ben: Viewer, cleo: Viewer) -> None:
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


async def test_a_shared_post_is_shown_while_it_may_be_seen(ana: Viewer, ben: Viewer) -> None:
    await friends(ana, ben)
    chat = await chat_of(ana, ben)
    post = await share(ana, "A wall")
    await messages.send(ana, chat, "post", post=post)
    [shown] = (await messages.page(ben, chat))[0]
    assert shown.post == await messages.post_in(ben, chat, shown.id) == post
    [card] = await message_cards.shared(ben, [shown.post])
    assert (shown.kind, card.username, card.caption) == ("post", "ana", "A wall")
    assert (await inbox.page(ben))[0][0].line == "Shared a post"
    await messages.send(ana, chat, "with a note", post=post, text="Look,\nthe light")
    assert (await inbox.page(ben))[0][0].line == "Look, the light"
    await posts.delete(ana, post)
    assert [card.username for card in await message_cards.shared(ben, [post])] == [""]
    with pytest.raises(NotFound):
        await messages.send(ana, chat, "gone", post=post)


async def test_muted_and_deleted_conversations(ana: Viewer, ben: Viewer) -> None:
    await friends(ana, ben)
    chat = await chat_of(ana, ben)
    await membership.mute(ben, chat, True)
    await say(ana, chat, "One")
    assert await inbox.unread(ben) == {} and (await inbox.page(ben))[0][0].muted
    await membership.mute(ben, chat, False)
    assert await inbox.unread(ben) == {chat: 1}
    await membership.clear(ben, chat)
    assert (await inbox.page(ben))[0] == [] and await read(ben, chat) == []
    assert await read(ana, chat) == ["One"]
    await say(ana, chat, "Two")
    [row], _ = await inbox.page(ben)
    assert (row.line, await read(ben, chat)) == ("Two", ["Two"])


async def test_receipts_are_shown_while_both_let_them(ana: Viewer, ben: Viewer, published) -> None:
    await friends(ana, ben)
    chat = await chat_of(ana, ben)
    await say(ana, chat)
    published.clear()
    await receipts.mark_read(ben, chat, 99)
    await receipts.mark_read(ben, chat, 1)
    [event] = published
    assert isinstance(event, ConversationRead) and (event.seq, event.shown_to) == (1, (ana.id,))
    assert (await inbox.show(ana, chat)).members[0].seen == 1
    for person in (ana, ben):
        await preferences.set_preference(person, "read_receipts", False)
        await say(ana, chat)
        published.clear()
        await receipts.mark_read(ben, chat, 99)
        assert [event.shown_to for event in published] == [()]
        assert (await inbox.show(ana, chat)).members[0].seen == 0
        await preferences.set_preference(person, "read_receipts", True)


async def test_pages_cost_the_same_whatever_their_number(
    ana: Viewer, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    # People are asked for each time; whom a block parts is known for a minute.
    monkeypatch.setattr(accounts._known, "seconds", 0)
    await visibility.blocked_either_way(ana, [])
    asked: list[list[str]] = []

    async def page(before: str = "") -> tuple[list[inbox.Conversation], str]:
        commands.sent.clear()
        found = await inbox.page(ana, before=before)
        asked.append([f"{name} {command[name]}" for name, command in commands.sent])
        return found

    for number in range(23):
        other = await join(f"guest{number}")
        await friends(ana, other)
        await say(other, await chat_of(other, ana), f"From {number}")
        if number == 0:
            await page()
    first, cursor = await page()
    second, end = await page(cursor)
    assert [len(first), len(second)] == [20, 3]
    assert asked[0] == asked[1] == asked[2] and 0 < len(asked[0]) <= 8, asked
    assert [row.line for row in first + second] == [f"From {number}" for number in reversed(range(23))]
    assert end == "" and len(await inbox.unread(ana)) == 10


async def test_a_blocked_person_is_not_told_of_and_does_not_tell(
    ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    post, elsewhere = await share(ana, "Hello"), await share(cleo)
    await comments.add(ben, post, "First")
    assert await activity.unread(ana) == 1
    await blocks.block(ana, ben.id)
    assert await activity.unread(ana) == 0
    with pytest.raises(NotFound):
        await comments.add(ben, post, "Second")
    await comments.add(ben, elsewhere, "Third, @ana")
    assert await activity.unread(ana) == 0
    with pytest.raises(DomainError):
        await blocks.block(ana, ana.id)
