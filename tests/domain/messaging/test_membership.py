"""Membership: what requests allow, what only members may do, and muting, clearing and leaving."""

from __future__ import annotations

import pytest

from instagram_clone.domain.core import db
from instagram_clone.domain.core.errors import NotFound, Refused
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.messaging import conversations, inbox, membership, messages, receipts
from instagram_clone.domain.messaging.events import ConversationChanged
from instagram_clone.domain.people.relations import blocks, graph
from tests.conftest import join
from tests.domain.messaging.talk import chat_of, friends, read, say


async def test_a_stranger_may_write_once_until_accepted(ana: Viewer, ben: Viewer, published) -> None:
    chat = await chat_of(ana, ben)
    await say(ana, chat, "May I?")
    assert (await inbox.show(ana, chat)).waiting
    with pytest.raises(Refused, match="once they accept"):
        await say(ana, chat, "Well?")
    assert await inbox.requests(ben) == 1 and await inbox.unread(ben) == {}
    assert (await inbox.page(ben))[0] == []
    [request], _ = await inbox.page(ben, conversations.REQUEST)
    assert request.id == chat
    published.clear()
    await receipts.mark_read(ben, chat, 1)
    await messages.typing(ben, chat)
    await messages.typing(ana, chat)
    assert published == [], "a request shows neither read receipts nor typing"
    with pytest.raises(Refused):
        await messages.react(ben, chat, (await messages.page(ben, chat))[0][0].id, "🔥")
    await membership.accept(ben, chat)
    assert not (await inbox.show(ana, chat)).waiting
    await say(ana, chat, "Thank you")
    assert await inbox.requests(ben) == 0 and await read(ben, chat) == ["May I?", "Thank you"]


async def test_replying_accepts_a_request_and_updates_every_screen(
    ana: Viewer, ben: Viewer, published
) -> None:
    chat = await chat_of(ana, ben)
    await say(ana, chat)
    published.clear()
    await say(ben, chat, "Hi")
    assert [event.to for event in published if isinstance(event, ConversationChanged)] == [(ana.id, ben.id)]
    published.clear()
    await say(ben, chat, "How are you?")
    assert not any(isinstance(event, ConversationChanged) for event in published)
    assert (await inbox.show(ben, chat)).folder == conversations.INBOX
    await say(ana, chat, "Great")


async def test_a_declined_request_stays_hidden_from_its_recipient(
    ana: Viewer, ben: Viewer, published
) -> None:
    chat = await chat_of(ana, ben)
    await say(ana, chat)
    published.clear()
    await membership.decline(ben, chat)
    assert [event.to for event in published] == [(ben.id,)], "its sender is not notified"
    assert await inbox.requests(ben) == 0
    with pytest.raises(Refused, match="once they accept"):
        await say(ana, chat, "Again")


@pytest.mark.parametrize("declined", [False, True])
async def test_a_conversation_that_both_have_opened_is_a_request_for_neither(
    ana: Viewer, ben: Viewer, published, declined: bool
) -> None:
    chat = await chat_of(ana, ben)
    if declined:
        await membership.decline(ben, chat)
    assert (await inbox.show(ana, chat)).waiting
    published.clear()
    assert await chat_of(ben, ana) == chat
    assert [event.to for event in published if isinstance(event, ConversationChanged)] == [(ana.id, ben.id)]
    assert (await inbox.show(ben, chat)).folder == conversations.INBOX
    assert not (await inbox.show(ana, chat)).waiting
    for text in ("Hello", "Are you there?"):
        await say(ana, chat, text)
    await say(ben, chat, "Yes")
    assert await inbox.requests(ben) == 0 and await read(ben, chat) == ["Hello", "Are you there?", "Yes"]


async def test_opening_a_request_does_not_accept_it(ana: Viewer, ben: Viewer, published) -> None:
    chat = await chat_of(ana, ben)
    await say(ana, chat)
    for declines in (False, True):
        if declines:
            await membership.decline(ben, chat)
        published.clear()
        assert await chat_of(ben, ana) == chat and published == []
        assert (await inbox.show(ben, chat)).folder == conversations.REQUEST
    with pytest.raises(Refused, match="once they accept"):
        await say(ana, chat, "Again")


async def test_only_a_request_can_be_declined(ana: Viewer, ben: Viewer, published) -> None:
    await friends(ana, ben)
    chat = await chat_of(ana, ben)
    await say(ana, chat)
    published.clear()
    await membership.decline(ben, chat)
    assert published == [] and (await inbox.show(ben, chat)).folder == conversations.INBOX
    assert [one.id for one in (await inbox.page(ben))[0]] == [chat] and await inbox.unread(ben) == {chat: 1}
    await say(ana, chat, "Again")


async def test_a_group_is_named_only_by_those_who_have_accepted_it(ana: Viewer, ben: Viewer) -> None:
    group = await conversations.start(ana, [ben.id, (await join("dora")).id])
    await say(ana, group)
    with pytest.raises(Refused, match="Accept the request first"):
        await membership.rename(ben, group, "Ours")
    await membership.accept(ben, group)
    await membership.rename(ben, group, "Ours")
    assert (await inbox.show(ana, group)).title == "Ours"


async def test_blocked_people_get_a_neutral_refusal(ana: Viewer, ben: Viewer) -> None:
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
    assert [one.username for one in (await blocks.page(ben))[0]] == ["ana"]
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
        lambda who, where, what: messages.shared_post_id(who, where, what),
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
            # A member of one conversation tries to reach a message of the other by naming their own.
            await verb(cleo, other, message)
    with pytest.raises(Refused):
        await messages.unsend(ben, chat, message)
    assert before == (await db.messages.find({}).to_list(), await db.conversations.find({}).to_list())


async def test_former_members_cannot_read_the_group(
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
