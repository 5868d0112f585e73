"""Pending messages: shown at once, kept across a reload, and resent under the same key until they arrive.

Each is a fact of this tab, so it outlives the conversation's page. Photos are not kept across a reload.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypedDict

from instagram_clone.domain.media.media import MESSAGE
from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import Js, default, js, merged, name, when, where, window
from instagram_clone.web.browser.forms import uploads
from instagram_clone.web.browser.page.facts import fact, facts, learn, peek
from instagram_clone.web.browser.page.keys import new_key

Deliver = Callable[[Js], Any]

PATIENCE_MS = 10_000
"""How long a message may be pending before its author is told that it was not sent."""

PHOTO_PATIENCE_MS = 60_000
"""Longer for photos: they are processed one after another, and ten may have been chosen at once."""


class Pending(TypedDict):
    """A pending message, stored as the fact `pending_message_<chat>_<key>`.

    `quote` is what it replies to, if anything, and `tries` how often its author has sent it. A photo has
    its `file`, the `url` to display it, and the draft `media` once it is uploaded.
    """

    key: str
    text: str
    like: bool
    quote: dict[str, str]
    tries: int
    file: Any
    url: str
    media: str


def pending_in(chat: Any) -> Js:
    """All messages recorded as pending in a conversation. For use in an `rx.memo`."""
    return facts(fact_keys.pending_message_keys(chat))


def not_arrived(pending: Any, messages: Any, received: Any, me: Any) -> Js:
    """Return the messages recorded as pending that have not arrived, oldest first.

    A message sent again may have been `received` although it is older than the `messages` on screen.
    """
    everything = js(messages).concat(name("Object.values")(received))
    keys = everything.filter(lambda message: message.by == me).map(lambda message: message.key)
    return where(
        keys,
        lambda arrived: name("Object.values")(pending).filter(
            lambda message: message & ~arrived.includes(message.key)
        ),
    )


def send(chat: Any, quote: Any, **message: Any) -> Js:
    """Show a text or a heart at the end of a conversation. Once shown, it is sent."""
    return where(
        new_key(),
        lambda key: learn({fact_keys.pending_message_key(chat, key): _new_message(key, quote, **message)}),
    )


def send_photo(chat: Any, quote: Any, file: Any, deliver: Deliver) -> Js:
    """Show a photo and upload it, even if its conversation is closed in the meantime."""

    def show(message: Js) -> list[Any]:
        return [
            learn({fact_keys.pending_message_key(chat, message.key): message}),
            upload(chat, message, deliver),
        ]

    url = name("URL.createObjectURL")(file)
    return where(new_key(), lambda key: where(_new_message(key, quote, file=file, url=url), show))


def upload(chat: Any, message: Any, deliver: Deliver) -> Js:
    """Upload the file of a photo, then pass its message, with the draft's id, to `deliver`."""
    pending_key = fact_keys.pending_message_key(chat, message.key)
    return uploads.send(
        message.file,
        use=MESSAGE,
        progress=lambda part: learn({fact_keys.progress_key(message.key): part}),
        done=lambda draft: where(
            merged(js(message), {"media": draft.id}),
            # Skipped if it was discarded in the meantime.
            lambda sent: when(peek(pending_key), [learn({pending_key: sent}), deliver(sent)]),
        ),
        failed=lambda why: learn({fact_keys.sent_key(message.key): {"ok": False, "why": why}}),
    )


def progress(key: Any) -> Js:
    """How much of a photo has been uploaded, from 0 to 1. For use in an `rx.memo`."""
    return default(fact(fact_keys.progress_key(key)), 0)


def retry(chat: Any, message: Any) -> Js:
    """Send a failed message again, under the same key so that it arrives only once."""
    again = merged(js(message), {"tries": message.tries + 1})
    return learn(
        {
            fact_keys.sent_key(message.key): None,
            fact_keys.pending_message_key(chat, message.key): again,
        }
    )


def discard(chat: Any, key: Any) -> Js:
    """Stop showing a pending message, and free its photo, which the browser holds while it has a URL."""
    pending_key = fact_keys.pending_message_key(chat, key)
    return where(
        peek(pending_key).url,
        lambda url: [when(url, name("URL.revokeObjectURL")(url)), learn({pending_key: None})],
    )


def settle(me: Any, chat: Any, recorded: Any, pending: Any) -> list[Any]:
    """Discard messages that have arrived, and store those still pending in case the page is reloaded."""
    arrived = name("Object.values")(recorded).filter(
        lambda message: message & ~js(pending).includes(message)
    )
    texts = js(pending).filter(lambda message: ~message.file)
    store = window.sessionStorage.setItem(_storage_key(me, chat), name("JSON.stringify")(texts))
    return [
        arrived.forEach(lambda message: discard(chat, message.key)),
        when(texts.length > 0, store, window.sessionStorage.removeItem(_storage_key(me, chat))),
    ]


def restore(me: Any, chat: Any) -> Js:
    """Record messages stored before a reload as pending again."""
    stored = name("JSON.parse")(window.sessionStorage.getItem(_storage_key(me, chat)))
    return default(stored, []).forEach(
        lambda message: learn({fact_keys.pending_message_key(chat, message.key): message})
    )


def _new_message(key: Any, quote: Any, **message: Any) -> dict[str, Any]:
    return {"key": key, "text": "", "like": False, "quote": quote, "tries": 1, **message}


def _storage_key(me: Any, chat: Any) -> str:
    # Someone else may log in in the same tab, and must not send these messages in their own name.
    return f"ic:pending:{me}:{chat}"
