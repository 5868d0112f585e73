"""What is on screens of somebody whose things may no longer be seen: from that instant, nothing.

Delivery ends first, for every tab of this process at once; then each slice puts its part of the screen
right, as it has registered. Of what may be seen again the same is done, without the first.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import reflex as rx
from bson import ObjectId

from instagram_clone import live
from instagram_clone.domain.people import accounts, audiences, visibility
from instagram_clone.domain.people.events import SightLost, SightRegained
from instagram_clone.domain.posts import post_cards
from instagram_clone.live import topics


@dataclass(frozen=True)
class Change:
    """What changed for one tab: of whose things, whether its viewer has `lost` sight of them, and whether
    that is by a block, which hides two people from each other everywhere.
    """

    author_id: str
    lost: bool
    by_block: bool


Withdrawal = Callable[[Any, Change], Any]
Function = TypeVar("Function", bound=Withdrawal)

_changes = 0
slices: dict[type[rx.State], Withdrawal] = {}
"""How each slice that shows people, posts, comments or messages does it."""


def withdraws(state: type[rx.State]) -> Callable[[Function], Function]:
    """Register the function that puts a slice right in a tab whose viewer has lost sight of somebody, or
    regained it. It gets the tab's state and the change.
    """

    def register(function: Function) -> Function:
        slices[state] = function
        return function

    return register


@contextlib.contextmanager
def reading(state: rx.State) -> Iterator[live.Moment]:
    """Read posts of whomever, and watch them, within this; what is lost from sight meanwhile is withdrawn.

    With the moment, `live.watch` tells what else has happened.
    """
    token = live.token_of(state)
    live.watch(token, "reading", [topics.reading()])
    try:
        yield live.moment()
    finally:
        live.unwatch(token, "reading")


async def parted(people: list[ObjectId], readers: set[ObjectId]) -> dict[ObjectId, set[ObjectId]]:
    """Return for some people which readers a block parts from them, by all that has been heard when this
    ends: also of a block that came while it was asked.
    """
    while True:
        before = _changes
        found = await visibility.all_blocked_either_way(people, readers)
        if _changes == before:
            return found


async def _sight_changed(event: SightLost | SightRegained) -> None:
    global _changes
    _changes += 1
    author_id = event.author_id
    accounts.forget(author_id)
    if event.by_block:
        visibility.forget(author_id, *(event.viewers or ()))
    # Those that read now may show it a moment later.
    readers = live.watchers(topics.reading()) if event.viewers is None else {}
    watched = {*live.watched(topics.post), *live.watched(topics.card)}
    shown = await post_cards.by_author(author_id, list(watched)) if watched else []
    tabs = {**readers, **_tabs(event, shown)}
    lost: set[str] = set()
    if tabs and isinstance(event, SightLost):
        asked = set(tabs.values())
        lost = asked - await visibility.viewers_among(audiences.Item(ObjectId(author_id)), asked)
    theirs = [topics.profile(author_id)]
    theirs += [kind(one) for one in shown for kind in (topics.post, topics.comments)]
    for token, user in tabs.items():
        if user in lost:
            live.withdraw(token, *theirs)
    for token, user in tabs.items():
        for state, withdraw in slices.items():
            live.edit(token, state, withdraw, Change(author_id, user in lost, event.by_block))


def _tabs(event: SightLost | SightRegained, shown: list[str]) -> dict[str, str]:
    """The tabs of those it is about, with whose they are; of all, those that show the author's things, or
    would.
    """
    if event.viewers is not None:
        watched = [topics.user(one) for one in event.viewers]
    else:
        watched = [kind(event.author_id) for kind in (topics.profile, topics.activity, topics.hidden)]
        watched += [kind(one) for one in shown for kind in (topics.post, topics.card)]
    return {token: user for topic in watched for token, user in live.watchers(topic).items()}


live.hear(SightLost, _sight_changed)
live.hear(SightRegained, _sight_changed)
