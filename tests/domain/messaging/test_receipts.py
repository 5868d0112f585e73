"""Read receipts: who is shown how far somebody has read."""

from __future__ import annotations

from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.messaging import inbox, receipts
from instagram_clone.domain.messaging.events import ConversationRead
from instagram_clone.domain.people import preferences
from tests.domain.messaging.talk import chat_of, friends, say


async def test_receipts_are_shown_while_both_people_allow_them(ana: Viewer, ben: Viewer, published) -> None:
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
