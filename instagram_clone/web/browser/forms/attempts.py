"""Sending from a dialog that stays open until it succeeds, so that a refusal loses none of the input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import Js, effect, let, state, when
from instagram_clone.web.browser.page.connection import connection_id, is_broken, viewer_id
from instagram_clone.web.browser.page.facts import fact, learn
from instagram_clone.web.browser.page.keys import new_key


class Attempt(NamedTuple):
    """Whether something `is_sent` and still unanswered, why it was `refused` or "", the steps that `begin`
    it, the step for when its content is edited (`change`), and the effects for the children.
    """

    is_sent: Js
    refused: Js
    begin: list[Any]
    change: Any
    effects: list[Js]


def attempt(send: Callable[[Js], Any], done: Callable[[], Any]) -> Attempt:
    """Send something under a key until it succeeds, then call `done`. For use in an `rx.memo`.

    `send` gets the key, which stays the same across retries, as some of several parts may already be done.
    If somebody else is signed in on a new connection, it is left to them whether to send it.
    """
    key, set_key = state("key", lambda: new_key())
    sender, set_sender = state("sender", "")
    viewer, is_sent = viewer_id(), let(sender != "")
    answer, connection = let(fact(fact_keys.sent_key(key))), connection_id()
    on_answer = [set_sender(""), when(answer.ok, done())]
    send_again = when(sender == viewer, send(key), set_sender(""))
    return Attempt(
        is_sent,
        let(when(answer & ~answer.ok, answer.why, "")),
        # While the connection is down, Reflex would keep it for whoever is signed in on the next one.
        [learn({fact_keys.sent_key(key): None}), set_sender(viewer), when(~is_broken(), send(key))],
        when(answer, set_key(new_key())),
        [
            effect(lambda: when(is_sent & answer, on_answer), answer),
            # Send again what was sent over a connection that was lost.
            effect(lambda: when(is_sent & ~answer, send_again), connection),
        ],
    )
