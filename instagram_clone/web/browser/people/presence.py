"""Who is online, and who is typing."""

from __future__ import annotations

from typing import Any

from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import Js, default, effect, js, let, name, ref, state, when
from instagram_clone.web.browser.page import clock
from instagram_clone.web.browser.page.facts import fact

TYPING_MS = 5_000


def reconcile(member: Any, fact: Any, read_at: Any) -> Js:
    """Return whether a person is `online` and when last (`at`): by a fact since loading, else as loaded."""
    member, fact = js(member), js(fact)
    received = {"online": fact.on, "at": fact.at}
    # A fact that seems to be up to a second older may be newer: the servers' clocks differ.
    return when(fact.told > js(read_at) - 1000, received, {"online": member.online, "at": member.active_at})


def of(member: Any, read_at: Any) -> Js:
    """Whether a person is online, as it changes. For use in an `rx.memo`."""
    return reconcile(member, fact(fact_keys.online_key(js(member).id)), read_at)


def active_words(at: Any) -> Js:
    """Return when a person was last online: "Active 5 min ago", "Active 4 Mar"."""
    return js("Active ") + clock.ago_in_words(clock.parse(at), name("Date.now")())


def is_typing(typing: Any, line: Any) -> Js:
    """Return whether a typing fact is newer than the conversation's last message, which may overtake it."""
    return js(typing).at > default(js(line).told, 0)


def typing_in(chat: Any) -> tuple[Js, list[Js]]:
    """Who is typing in a conversation, and the effects for the children. For use in an `rx.memo`."""
    typing, line = let(fact(fact_keys.typing_key(chat))), let(fact(fact_keys.chat_key(chat)))
    who, set_who = state("typing", "")
    before, is_current = ref("before", typing), is_typing(typing, line)

    def begin() -> Any:
        timer = name("setTimeout")(lambda: set_who(""), TYPING_MS)
        return [set_who(typing.who), name("clearTimeout.bind")(None, timer)]

    return who, [
        effect(lambda: when(is_current, when(typing != before.current, begin()), set_who("")), typing),
        effect(lambda: set_who(""), line),
    ]
