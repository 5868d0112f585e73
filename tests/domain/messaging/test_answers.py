"""Messages that answer another message of their conversation, and quote it."""

from __future__ import annotations

import asyncio

from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.media import drafts
from instagram_clone.domain.messaging import messages
from instagram_clone.domain.messaging.events import ConversationRead, MessageSent
from tests.conftest import file_of, picture, share
from tests.domain.messaging.talk import chat_of, friends, say


async def quotes(viewer: Viewer, chat: str) -> list[dict[str, str]]:
    return [one.quote for one in (await messages.page(viewer, chat))[0]]


async def test_an_answer_quotes_the_message_until_that_is_unsent(
    ana: Viewer, ben: Viewer, published
) -> None:
    await friends(ana, ben)
    chat = await chat_of(ana, ben)
    asked = await say(ana, chat, "Shall we?\n" + "Sunday? " * 20)
    published.clear()
    answer = await messages.send(ben, chat, "k", text="Yes", answering=asked)
    line = ("Shall we? " + "Sunday? " * 20)[: messages.LINE_LENGTH]
    quote = {"id": asked, "by": ana.id, "username": "ana", "line": line}
    assert await quotes(ana, chat) == [{}, quote]
    read, event = published
    assert isinstance(read, ConversationRead) and (read.seq, read.shown_to) == (1, (ana.id,))
    assert isinstance(event, MessageSent) and event.message["quote"] == quote
    assert await messages.send(ben, chat, "k", text="Yes", answering=asked) == answer
    await messages.react(ana, chat, answer, "🔥")
    assert published[-1].message["quote"] == quote
    await messages.unsend(ana, chat, asked)
    assert await quotes(ana, chat) == [{"id": asked, "by": "", "username": "", "line": ""}]


async def test_any_kind_of_message_can_answer_any_other(ana: Viewer, ben: Viewer) -> None:
    await friends(ana, ben)
    chat, post = await chat_of(ana, ben), await share(ana)
    photo = await messages.send(ana, chat, "1", photo=(await drafts.store(ana, file_of(picture()))).id)
    shared = await messages.send(ben, chat, "2", post=post, text="This", answering=photo)
    heart = await messages.send(ana, chat, "3", like=True, answering=shared)
    await messages.send(
        ben, chat, "4", photo=(await drafts.store(ben, file_of(picture()))).id, answering=heart
    )
    assert [one.get("line") for one in await quotes(ana, chat)] == [None, "Photo", "Shared post", "❤️"]


async def test_nothing_is_quoted_from_another_conversation(ana: Viewer, ben: Viewer, cleo: Viewer) -> None:
    await friends(ana, ben, cleo)
    chat, secret = await chat_of(ana, ben), await chat_of(ben, cleo)
    secret_message = await say(cleo, secret, "Only for you")
    for at, target in enumerate((secret_message, "0" * 24, "nonsense")):
        await messages.send(ana, chat, f"k{at}", text="What?", answering=target)
    assert await quotes(ana, chat) == [{}, {}, {}]


async def test_an_answer_survives_the_message_being_unsent_at_the_same_time(
    ana: Viewer, ben: Viewer
) -> None:
    await friends(ana, ben)
    chat = await chat_of(ana, ben)
    asked = await say(ana, chat, "Shall we?")
    await asyncio.gather(
        messages.unsend(ana, chat, asked),
        messages.send(ben, chat, "k", text="Yes", answering=asked),
    )
    [answer] = (await messages.page(ana, chat))[0]
    assert answer.text[0].text == "Yes" and not answer.quote.get("username")
