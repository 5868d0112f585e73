"""Withdrawal of a person's content from open screens, immediately when it may no longer be seen there.

Delivery stops first, for every tab of this process at once; then each slice corrects its part of the screen
with the function it has registered. When visibility is regained, only the second step is needed.
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
class VisibilityChange:
    """What changed for one tab: whose content it is about, whether it is `now_hidden` from the viewer, and
    whether that is due to a block, which hides two people from each other everywhere.
    """

    author_id: str
    now_hidden: bool
    by_block: bool


Withdrawal = Callable[[Any, VisibilityChange], Any]
Function = TypeVar("Function", bound=Withdrawal)

_changes = 0
slices: dict[type[rx.State], Withdrawal] = {}
"""The function of each slice that shows people, posts, comments or messages."""


def withdraws(state: type[rx.State]) -> Callable[[Function], Function]:
    """Register the function that corrects a slice in a tab whose viewer may no longer see somebody's
    content, or may see it again. It gets the tab's state and the change.
    """

    def register(apply: Function) -> Function:
        slices[state] = apply
        return apply

    return register


@contextlib.contextmanager
def reading(state: rx.State) -> Iterator[live.Moment]:
    """Read and watch posts by anybody within this context; any that become invisible in it are withdrawn.

    Given the moment it yields, `live.watch` tells whether anything else has changed since.
    """
    token = live.token_of(state)
    live.watch(token, "reading", [topics.reading()])
    try:
        yield live.moment()
    finally:
        live.unwatch(token, "reading")


async def blocked_readers(people: list[ObjectId], readers: set[ObjectId]) -> dict[ObjectId, set[ObjectId]]:
    """Return, for some people, the readers separated from them by a block, as of every event received when
    this returns: a block that arrives during the query makes it run again.
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
    # Tabs in the middle of a read may be about to show the author's posts.
    readers = live.watchers(topics.reading()) if event.viewers is None else {}
    watched = {*live.watched(topics.post), *live.watched(topics.card)}
    shown = await post_cards.by_author(author_id, list(watched)) if watched else []
    tabs = {**readers, **_tabs(event, shown)}
    lost: set[str] = set()
    if tabs and isinstance(event, SightLost):
        users = set(tabs.values())
        lost = users - await visibility.viewers_among(audiences.Item(ObjectId(author_id)), users)
    withdrawn = [topics.profile(author_id)]
    withdrawn += [topic(post) for post in shown for topic in (topics.post, topics.comments)]
    for token, user in tabs.items():
        if user in lost:
            live.withdraw(token, *withdrawn)
    for token, user in tabs.items():
        for state, withdraw in slices.items():
            live.edit(token, state, withdraw, VisibilityChange(author_id, user in lost, event.by_block))


def _tabs(event: SightLost | SightRegained, shown: list[str]) -> dict[str, str]:
    """Return the affected tabs, with the ids of their users: all tabs of the event's viewers or, if it is
    about everybody, those that show the author's content or would show it.
    """
    if event.viewers is not None:
        watched = [topics.user(one) for one in event.viewers]
    else:
        watched = [topic(event.author_id) for topic in (topics.profile, topics.activity, topics.hidden)]
        watched += [topic(post) for post in shown for topic in (topics.post, topics.card)]
    return {token: user for topic in watched for token, user in live.watchers(topic).items()}


live.subscribe(SightLost, _sight_changed)
live.subscribe(SightRegained, _sight_changed)
