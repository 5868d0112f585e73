"""Messages on their way: shown at once, kept over a reload, sent again under the same key till they arrive.

Each is a fact of this tab, so it outlives the conversation's page. Photos are not kept over a reload.
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
"""So long a message may be on its way before its author is told that it was not sent."""

PHOTO_PATIENCE_MS = 60_000
"""Photos are cut one after another, and ten may have been chosen at once."""


class Pending(TypedDict):
    """A message on its way, as fact `pending_message_<chat>_<key>`.

    `quote` is what it answers, if anything; `tries` counts how often its author had it sent. A photo has
    its `file`, the `url` to show it by, and the draft `media` once it has gone up.
    """

    key: str
    text: str
    like: bool
    quote: dict[str, str]
    tries: int
    file: Any
    url: str
    media: str


def noted_in(chat: Any) -> Js:
    """All that was noted as on its way in a conversation. For bodies of `rx.memo`."""
    return facts(fact_keys.pending_message_keys(chat))


def waiting(noted: Any, messages: Any, me: Any) -> Js:
    """Of what was noted as on its way, that which has not arrived, oldest first."""
    keys = js(messages).filter(lambda message: message.by == me).map(lambda message: message.key)
    return where(
        keys,
        lambda arrived: name("Object.values")(noted).filter(lambda one: one & ~arrived.includes(one.key)),
    )


def send(chat: Any, quote: Any, **message: Any) -> Js:
    """Let a text or a heart appear at the end of a conversation. What appears is sent."""
    return where(
        new_key(),
        lambda key: learn({fact_keys.pending_message_key(chat, key): _begun(key, quote, **message)}),
    )


def send_photo(chat: Any, quote: Any, file: Any, deliver: Deliver) -> Js:
    """Let a photo appear, and go up, whether its conversation is left meanwhile or not."""

    def appear(one: Js) -> list[Any]:
        return [learn({fact_keys.pending_message_key(chat, one.key): one}), upload(chat, one, deliver)]

    url = name("URL.createObjectURL")(file)
    return where(new_key(), lambda key: where(_begun(key, quote, file=file, url=url), appear))


def upload(chat: Any, one: Any, deliver: Deliver) -> Js:
    """Send the file of a photo, and then the message: `deliver` gets it with the draft in it."""
    noted = fact_keys.pending_message_key(chat, one.key)
    return uploads.send(
        one.file,
        use=MESSAGE,
        progress=lambda part: learn({fact_keys.progress_key(one.key): part}),
        done=lambda draft: where(
            merged(js(one), {"media": draft.id}),
            # Nobody sends what was discarded meanwhile.
            lambda sent: when(peek(noted), [learn({noted: sent}), deliver(sent)]),
        ),
        failed=lambda why: learn({fact_keys.sent_key(one.key): {"ok": False, "why": why}}),
    )


def progress(key: Any) -> Js:
    """How much of a photo has gone up, from 0 to 1. For bodies of `rx.memo`."""
    return default(fact(fact_keys.progress_key(key)), 0)


def retry(chat: Any, one: Any) -> Js:
    """Send a message again that was not sent. Under the same key: it arrives once."""
    again = merged(js(one), {"tries": one.tries + 1})
    return learn({fact_keys.sent_key(one.key): None, fact_keys.pending_message_key(chat, one.key): again})


def discard(chat: Any, key: Any) -> Js:
    """Show a message on its way no longer. The browser keeps a photo for as long as it has an address."""
    noted = fact_keys.pending_message_key(chat, key)
    return where(
        peek(noted).url,
        lambda url: [when(url, name("URL.revokeObjectURL")(url)), learn({noted: None})],
    )


def settle(me: Any, chat: Any, noted: Any, pending: Any) -> list[Any]:
    """Be done with what has arrived, and write down what still waits, for a reload of one's own page."""
    arrived = name("Object.values")(noted).filter(lambda one: one & ~js(pending).includes(one))
    texts = js(pending).filter(lambda one: ~one.file)
    written = window.sessionStorage.setItem(_kept(me, chat), name("JSON.stringify")(texts))
    return [
        arrived.forEach(lambda one: discard(chat, one.key)),
        when(texts.length > 0, written, window.sessionStorage.removeItem(_kept(me, chat))),
    ]


def recall(me: Any, chat: Any) -> Js:
    """Note what a reload has left behind as on its way again."""
    left = name("JSON.parse")(window.sessionStorage.getItem(_kept(me, chat)))
    return default(left, []).forEach(lambda one: learn({fact_keys.pending_message_key(chat, one.key): one}))


def _begun(key: Any, quote: Any, **message: Any) -> dict[str, Any]:
    return {"key": key, "text": "", "like": False, "quote": quote, "tries": 1, **message}


def _kept(me: Any, chat: Any) -> str:
    # Another member may log in in the same tab: what the one wrote is not sent in the other's name.
    return f"ic:pending:{me}:{chat}"
