"""Replying to a message: the quote, its wording, and jumping back to the original."""

from __future__ import annotations

from typing import Any

from instagram_clone.domain.messaging.message_cards import LIKE, LINE_LENGTH, PHOTO, POST
from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import Js, default, document, js, name, new, when, where
from instagram_clone.web.browser.messaging.thread import HEART, words_of
from instagram_clone.web.browser.page.device import is_motion_off
from instagram_clone.web.browser.page.facts import fact, learn

_LABELS = {PHOTO: "Photo", POST: "Shared post", LIKE: HEART}


def quote_of(message: Any) -> Js:
    """Return the quote of a message: its author, and the beginning of its text."""
    message = js(message)
    line = words_of(message).split(new(name("RegExp"), r"\s+")).join(" ").slice(0, LINE_LENGTH)
    label = js(_LABELS)[message.kind]
    return js(
        {
            "id": message.id,
            "by": message.by,
            "username": message.username,
            "line": default(label, line),
        }
    )


def words(quote: Any, by: Any, username: Any, me: Any) -> Js:
    """Return who replied to whom: "You replied to ana", "ben replied to their own message"."""
    quote, by = js(quote), js(by)
    who = when(by == me, "You", username)
    own = when(by == me, "yourself", "their own message")
    addressee = when(quote.by == by, own, when(quote.by == me, "you", quote.username))
    return who + " replied to " + when(quote.username, addressee, "a message that was unsent")


def replying_to(chat: Any) -> Js:
    """The quote being replied to in a conversation, or nothing. For use in an `rx.memo`."""
    return fact(fact_keys.quoting_key(chat))


def reply(chat: Any, message: Any) -> Js:
    """Start a reply to a message."""
    return learn({fact_keys.quoting_key(chat): quote_of(message)})


def cancel_reply(chat: Any) -> Js:
    """Cancel the reply."""
    return learn({fact_keys.quoting_key(chat): None})


def show(message_id: Any) -> Js:
    """Scroll a message into view and highlight it."""
    still = is_motion_off()

    def highlight(row: Js) -> list[Any]:
        return [
            row.scrollIntoView({"block": "center", "behavior": when(still, "auto", "smooth")}),
            row.classList.remove("is-quoted"),
            # Removing and re-adding the class in one frame would not restart the animation.
            name("requestAnimationFrame")(lambda: row.classList.add("is-quoted")),
        ]

    return where(document.querySelector(f"[data-message='{message_id}']"), highlight)
