"""Pending messages: shown at once, kept across a reload, and resent under the same key until they arrive.

Each is a fact of this tab, so it outlives the conversation's page. Photos are not kept across a reload.
"""

from __future__ import annotations

from typing import Any, TypedDict

from instagram_clone.domain.media.media import MESSAGE
from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import Js, default, js, merged, name, when, where, window
from instagram_clone.web.browser.forms import uploads
from instagram_clone.web.browser.forms.pending import written_by
from instagram_clone.web.browser.page.facts import fact, facts, learn, peek
from instagram_clone.web.browser.page.keys import new_key

PATIENCE_MS = 10_000
"""How long a message may be pending before its author is told that it was not sent."""

PHOTO_PATIENCE_MS = 60_000
"""Longer for photos: they are processed one after another, and ten may have been chosen at once."""


class Pending(TypedDict):
    """A pending message, stored as the fact `pending_message_<chat>_<key>`.

    `by` is its author, `quote` what it replies to, if anything, and `tries` how often its author has sent
    it. A photo has its `file`, the `url` to display it, and the draft `media` once it is uploaded.
    """

    key: str
    chat: str
    by: str
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


def pending_by(me: Any) -> Js:
    """The viewer's pending messages in all conversations, oldest first. For use in an `rx.memo`."""
    return written_by(me, facts(fact_keys.pending_message_keys()))


def previous(pending: Any, at: Any) -> Js:
    """Return the key of the pending message that the one at an index must wait for, or "".

    That is the one written before it in the same conversation. Nothing waits for a photo's upload.
    """
    pending, at = js(pending), js(at)
    earlier = pending.slice(0, at).filter(
        lambda message: (message.chat == pending[at].chat) & ~message.file
    )
    return default(earlier.at(-1).key, "")


def has_arrived(message: Any) -> Js:
    """Return whether the server has sent a pending message to this tab. For use in an `rx.memo`."""
    message = js(message)
    received = name("Object.values")(facts(fact_keys.message_keys(message.chat)))
    return received.some(lambda one: (one.by == message.by) & (one.key == message.key))


def not_arrived(pending: Any, messages: Any, received: Any, me: Any) -> Js:
    """Return the viewer's messages recorded as pending that have not arrived, oldest first.

    A message sent again may have been `received` although it is older than the `messages` on screen.
    """
    everything = js(messages).concat(name("Object.values")(received))
    keys = everything.filter(lambda message: message.by == me).map(lambda message: message.key)
    return where(
        keys,
        lambda arrived: written_by(me, pending).filter(lambda message: ~arrived.includes(message.key)),
    )


def send(me: Any, chat: Any, quote: Any, **message: Any) -> Js:
    """Show a text or a heart at the end of a conversation. Once shown, it is sent."""
    return where(new_key(), lambda key: _record(_new_message(key, me, chat, quote, **message)))


def send_photo(me: Any, chat: Any, quote: Any, file: Any) -> Js:
    """Show a photo and upload it, even if its conversation is closed in the meantime. Then it is sent."""
    url = name("URL.createObjectURL")(file)
    return where(
        new_key(),
        lambda key: where(
            _new_message(key, me, chat, quote, file=file, url=url),
            lambda message: [_record(message), upload(message)],
        ),
    )


def upload(message: Any) -> Js:
    """Upload the file of a photo, and record the draft's id."""
    message = js(message)
    return uploads.send(
        message.file,
        use=MESSAGE,
        progress=lambda part: learn({fact_keys.progress_key(message.key): part}),
        # Skipped if it was discarded in the meantime.
        done=lambda draft: when(peek(_key(message)), _record(merged(message, {"media": draft.id}))),
        failed=lambda why: learn({fact_keys.sent_key(message.key): {"ok": False, "why": why}}),
    )


def progress(key: Any) -> Js:
    """How much of a photo has been uploaded, from 0 to 1. For use in an `rx.memo`."""
    return default(fact(fact_keys.progress_key(key)), 0)


def retry(message: Any) -> Js:
    """Send a message again, under the same key so that it arrives only once."""
    message = js(message)
    again = merged(message, {"tries": message.tries + 1})
    return learn({fact_keys.sent_key(message.key): None, _key(message): again})


def discard(message: Any) -> Js:
    """Stop showing a pending message, and free its photo, which the browser holds while it has a URL."""
    message = js(message)
    return where(
        peek(_key(message)).url,
        lambda url: [when(url, name("URL.revokeObjectURL")(url)), learn({_key(message): None})],
    )


def settle(me: Any, chat: Any, recorded: Any, pending: Any) -> list[Any]:
    """Discard messages that have arrived, and store those still pending in case the page is reloaded."""
    arrived = written_by(me, recorded).filter(lambda message: ~js(pending).includes(message))
    texts = js(pending).filter(lambda message: ~message.file)
    store = window.sessionStorage.setItem(_storage_key(me, chat), name("JSON.stringify")(texts))
    return [
        arrived.forEach(lambda message: discard(message)),
        when(texts.length > 0, store, window.sessionStorage.removeItem(_storage_key(me, chat))),
    ]


def restore(me: Any, chat: Any) -> Js:
    """Record messages stored before a reload as pending again."""
    stored = name("JSON.parse")(window.sessionStorage.getItem(_storage_key(me, chat)))
    # Messages stored by an earlier version of the app have no author.
    return default(stored, []).forEach(
        lambda message: _record(merged(message, {"chat": js(chat), "by": js(me)}))
    )


def _new_message(key: Any, me: Any, chat: Any, quote: Any, **message: Any) -> Js:
    empty = {"text": "", "like": False, "quote": quote, "tries": 1}
    return js({"key": key, "chat": chat, "by": me, **empty, **message})


def _record(message: Any) -> Js:
    return learn({_key(message): message})


def _key(message: Any) -> fact_keys.FactKey:
    return fact_keys.pending_message_key(js(message).chat, js(message).key)


def _storage_key(me: Any, chat: Any) -> str:
    # Someone else may log in in the same tab, and must not send these messages in their own name.
    return f"ic:pending:{me}:{chat}"
