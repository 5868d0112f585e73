"""The list of people the viewer has blocked. Blocking and unblocking are in the account slice."""

from __future__ import annotations

from functools import partial

import reflex as rx

from instagram_clone import live, routes
from instagram_clone.domain.people.accounts import Person
from instagram_clone.domain.people.events import Blocked
from instagram_clone.domain.people.relations import blocks
from instagram_clone.live import topics
from instagram_clone.runtime.state_adapter import url_of
from instagram_clone.web.states.paging import read_at_least
from instagram_clone.web.states.session import viewer_of
from instagram_clone.web.states.status import LOADING, READY
from instagram_clone.web.states.unwrap_proxy import unwrap_proxy

MAX_BLOCKED = 400
"""People kept on screen; scrolling further drops the latest, which can be loaded again."""


class BlockedState(rx.State):
    """The people the viewer has blocked, latest first, live while their page is open.

    `status` is loading or ready.
    """

    people: list[Person] = []
    status: str = LOADING
    done: bool = True
    past_start: bool = False

    _cursor: str = ""

    @rx.event
    async def load_blocked(self):
        """Show the list, as far down as it was loaded before."""
        await self._read_again()

    @rx.event
    async def more(self):
        """Show the next page of the list."""
        if self._cursor:
            await self._read(self._cursor)

    @rx.event
    async def load_first(self):
        """Start the list over after its first people have been dropped."""
        if self.past_start:
            await self._read("")

    def _is_open(self) -> bool:
        return url_of(self).path.rstrip("/") == routes.SETTINGS_BLOCKED

    async def _read_again(self) -> None:
        await self._read("", len(self.people))

    async def _read(self, before: str, least: int = 0) -> None:
        """Read a page of the list, and further ones until there are `least` people."""
        read = partial(blocks.page, await viewer_of(self))
        found, self._cursor = await read_at_least(least, MAX_BLOCKED, read, before)
        shown = [*unwrap_proxy(self.people), *found] if before else found
        self.past_start = bool(before) and (self.past_start or len(shown) > MAX_BLOCKED)
        self.people, self.done, self.status = shown[-MAX_BLOCKED:], not self._cursor, READY

    def _drop(self, user_id: str) -> None:
        self.people = [person for person in unwrap_proxy(self.people) if person.id != user_id]


@live.on(Blocked, BlockedState, lambda event: [topics.user(event.by)])
async def blocks_changed(tab: BlockedState, event: Blocked) -> None:
    """Update the list where it is open, at its present length."""
    if not tab._is_open():
        return
    tab._drop(event.whom)
    # Scrolled past its limit, it only loses people: reading it again would take the reader to its start,
    # where those who have just been blocked are.
    if not (tab.past_start and tab.people):
        await tab._read_again()
