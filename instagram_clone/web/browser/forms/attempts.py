"""Sending from a dialog that stays open until it succeeds, so that a refusal loses none of the input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import Js, effect, let, state, when
from instagram_clone.web.browser.page.connection import connection_id
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
    """
    key, set_key = state("key", lambda: new_key())
    is_sent, set_sent = state("is_sent", False)
    answer, connection = let(fact(fact_keys.sent_key(key))), connection_id()
    on_answer = [set_sent(False), when(answer.ok, done())]
    return Attempt(
        is_sent,
        let(when(answer & ~answer.ok, answer.why, "")),
        [learn({fact_keys.sent_key(key): None}), set_sent(True), send(key)],
        when(answer, set_key(new_key())),
        [
            effect(lambda: when(is_sent & answer, on_answer), answer),
            # Send again what was sent over a connection that was lost.
            effect(lambda: when(is_sent & ~answer, send(key)), connection),
        ],
    )
