"""The number of unread conversations: as loaded, and updated by facts since."""

from __future__ import annotations

from typing import Any

from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import Js, default, js, let, merged, name, when
from instagram_clone.web.browser.page.facts import facts

MAX_SHOWN = 9
_entries, _object = name("Object.entries"), name("Object.fromEntries")


def unread(loaded: Any, loaded_at: Any, me: Any, received: Any, read: Any) -> Js:
    """Return how many conversations have unread messages.

    `loaded` has the last message's number by conversation, as of `loaded_at`. `received` has the facts
    `chat_<id>` received since, and `read` has the facts `read_<id>`, how far the viewer has read.
    """
    loaded_at, me = js(loaded_at), js(me)
    chats = _entries(received).map(lambda entry: (entry[0].slice(len(fact_keys.chat_key(""))), entry[1]))
    # Clocks differ between servers, so facts from up to a second before the list was loaded count too.
    recent = chats.filter(
        lambda chat: ~chat[1].quiet & (chat[1].by != me) & (chat[1].told > loaded_at - 1000)
    )
    own = _object(chats.filter(lambda chat: chat[1].by == me).map(lambda chat: (chat[0], chat[1].seq)))
    last = merged(loaded, _object(recent.map(lambda chat: (chat[0], chat[1].seq))))

    def seen(chat: Js) -> Js:
        return name("Math.max")(default(own[chat], 0), default(read[fact_keys.read_key(chat)].seq, 0))

    return _entries(last).filter(lambda entry: entry[1] > seen(entry[0])).length


def unread_conversations(loaded: Any, loaded_at: Any, me: Any) -> Js:
    """The number of unread conversations, as it changes. For use in an `rx.memo`."""
    return let(unread(loaded, loaded_at, me, facts(fact_keys.chat_keys()), facts(fact_keys.read_keys())))


def badge_text(count: Any) -> Js:
    """Return a number as shown on a badge: "9+" above 9."""
    return when(js(count) > MAX_SHOWN, f"{MAX_SHOWN}+", js(count))
