"""What is new in conversations: as it was loaded, and as was heard since."""

from __future__ import annotations

from typing import Any

from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import Js, default, js, let, merged, name, when
from instagram_clone.web.browser.page.facts import facts

MAX_SHOWN = 9
_entries, _object = name("Object.entries"), name("Object.fromEntries")


def unread(loaded: Any, loaded_at: Any, me: Any, heard: Any, read: Any) -> Js:
    """How many conversations have something new.

    `loaded` has the last message's number by conversation, as of `loaded_at`; `heard` has `chat_<id>`, what
    came since, and `read` has `read_<id>`, up to where this tab has read.
    """
    loaded_at, me = js(loaded_at), js(me)
    chats = _entries(heard).map(lambda entry: (entry[0].slice(len(fact_keys.chat_key(""))), entry[1]))
    # Told a moment before the list was read may be told by another clock: it counts too.
    news = chats.filter(
        lambda chat: ~chat[1].quiet & (chat[1].by != me) & (chat[1].told > loaded_at - 1000)
    )
    own = chats.filter(lambda chat: chat[1].by == me).map(lambda chat: chat[0])
    last = merged(loaded, _object(news.map(lambda chat: (chat[0], chat[1].seq))))
    return (
        _entries(last)
        .filter(
            lambda entry: (
                ~own.includes(entry[0]) & (entry[1] > default(read[fact_keys.read_key(entry[0])], 0))
            )
        )
        .length
    )


def unread_conversations(loaded: Any, loaded_at: Any, me: Any) -> Js:
    """How many conversations have something new, as it changes. For bodies of `rx.memo`."""
    return let(unread(loaded, loaded_at, me, facts(fact_keys.chat_keys()), facts(fact_keys.read_keys())))


def in_short(count: Any) -> Js:
    """A number as a badge has it."""
    return when(js(count) > MAX_SHOWN, f"{MAX_SHOWN}+", js(count))
