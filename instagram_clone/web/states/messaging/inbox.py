"""The inbox slice: the list of conversations, its badge on every page, and starting new ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import reflex as rx

from instagram_clone import live, routes
from instagram_clone.domain.core.errors import DomainError, Invalid
from instagram_clone.domain.discovery import search
from instagram_clone.domain.messaging import conversations, inbox, messages
from instagram_clone.domain.messaging.events import (
    ConversationChanged,
    MessageUnsent,
)
from instagram_clone.domain.messaging.inbox import Conversation
from instagram_clone.domain.people.accounts import Person
from instagram_clone.live import fact_keys, topics
from instagram_clone.web import notices
from instagram_clone.web.states.discovery.search import PEOPLE
from instagram_clone.web.states.discovery.superseding import one_at_a_time
from instagram_clone.web.states.moments import now_ms
from instagram_clone.web.states.paging import read_at_least
from instagram_clone.web.states.session import badge, maybe_viewer, viewer_of
from instagram_clone.web.states.status import LOADING, READY
from instagram_clone.web.states.unwrap_proxy import unwrap_proxy
from instagram_clone.web.states.withdrawals import VisibilityChange, withdraws

MAX_ROWS = 200
"""Conversations kept on one screen; scrolling further drops the newest, which can be loaded again."""


@dataclass(frozen=True)
class FoundPeople:
    """The people a search for a recipient has found."""

    text: str = ""
    part: str = PEOPLE
    people: list[Person] = field(default_factory=list)


@badge
class InboxState(rx.State):
    """Conversations on screen. `unread` maps those with something new to the number of their last message,
    as of `unread_at`, in ms; facts sent later are newer.
    """

    rows: list[Conversation] = []
    requests: int = 0
    folder: str = conversations.INBOX
    status: str = LOADING
    done: bool = True
    past_start: bool = False
    unread: dict[str, int] = {}
    unread_at: float = 0.0
    people: list[Person] = []
    people_read: bool = False
    found: FoundPeople = FoundPeople()

    _cursor: str = ""

    async def _load_badge(self) -> None:
        """Load the unread conversations."""
        viewer = await maybe_viewer(self)
        if not self.router.url.path.startswith(routes.MESSAGES):
            for scope in ("inbox", "thread", "cards"):
                live.unwatch(live.token_of(self), scope)
        self.unread_at = now_ms()
        self.unread = await inbox.unread(viewer) if viewer else {}

    @rx.event
    async def load(self):
        """Show the folder in the address. `?to=` starts a conversation with somebody, if it's allowed."""
        viewer = await viewer_of(self)
        to = self.router.url.query_parameters.get("to", "")
        if to:
            try:
                return rx.redirect(routes.chat_url(await conversations.start(viewer, [to])), replace=True)
            except DomainError as error:
                notices.show(live.token_of(self), str(error), error=True)
        is_requests = self.router.url.path.rstrip("/") == routes.MESSAGE_REQUESTS
        folder = conversations.REQUEST if is_requests else conversations.INBOX
        if folder != self.folder:
            self.rows, self.past_start, self.status = [], False, LOADING
        self.folder = folder
        await live.watch(live.token_of(self), "inbox", [topics.inbox(viewer.id)])
        await self._read()
        return None

    @rx.event
    async def more(self):
        """Show the next page."""
        if self._cursor:
            viewer = await viewer_of(self)
            page, self._cursor = await inbox.page(viewer, self.folder, self._cursor)
            listed = {row.id for row in unwrap_proxy(self.rows)}
            rows = [*unwrap_proxy(self.rows), *(row for row in page if row.id not in listed)]
            if len(rows) > MAX_ROWS:
                # Facts about dropped rows must not look new, or the browser would read the list again.
                self.past_start, self.unread_at = True, now_ms()
                self.unread = await inbox.unread(viewer)
            self.rows, self.done = rows[-MAX_ROWS:], not self._cursor

    @rx.event
    async def load_first(self):
        """Show the newest conversations again after they have been dropped."""
        if self.past_start:
            self.rows = []
            await self._read()

    @rx.event
    async def refresh(self):
        """Read the list again, after a fact about a conversation that is not in it."""
        await self._read()

    @rx.event
    async def load_people(self):
        """Find the people the viewer is likely to write to."""
        viewer = await viewer_of(self)
        search.prepare(viewer)
        self.found = FoundPeople()
        self.people = await inbox.people(viewer)
        self.people_read = True

    @rx.event(supersedes=True)
    async def search(self, text: str):
        """Find people to write to, just like the main search."""
        viewer = await viewer_of(self)
        page = await one_at_a_time(live.token_of(self), lambda: search.people(viewer, text))
        others = [person for person in page.people if not person.me]
        self.found = FoundPeople(
            text, people=[Person(other.id, other.username, other.name, other.avatar) for other in others]
        )

    @rx.event
    async def start(self, user_ids: str, name: str, key: str):
        """Open the conversation with some people, given as comma-separated ids."""
        viewer, token = await viewer_of(self), live.token_of(self)
        with notices.report_refusals(token, key):
            chat = await conversations.start(viewer, user_ids.split(","), name)
            live.send_facts(token, {fact_keys.sent_key(key): {"ok": True}})
            return rx.redirect(routes.chat_url(chat))
        return None

    @rx.event
    async def share_post(self, post_id: str, user_ids: str, text: str, key: str):
        """Send a post, with or without a text, to several people. Idempotent for the same key."""
        viewer, token = await viewer_of(self), live.token_of(self)
        with notices.report_refusals(token, key):
            people = [user for user in user_ids.split(",") if user][: conversations.MAX_MEMBERS]
            if not people:
                raise Invalid("Choose someone to send it to.")
            for user in people:
                chat = await conversations.start(viewer, [user])
                await messages.send(viewer, chat, f"{key[:32]}-{user}", post=post_id, text=text)
            live.send_facts(token, {fact_keys.sent_key(key): {"ok": True}})
            notices.show(token, "Sent", link=routes.MESSAGES, label="View")

    async def _read(self) -> None:
        """Read the list again, as far down as it was loaded before."""
        viewer = await viewer_of(self)
        self.unread_at = now_ms()
        self.unread = await inbox.unread(viewer)
        read = partial(inbox.page, viewer, self.folder)
        rows, cursor = await read_at_least(len(self.rows), MAX_ROWS, read)
        self.rows, self._cursor, self.done, self.past_start = rows, cursor, not cursor, False
        self.requests = await inbox.requests(viewer)
        self.status = READY


@withdraws(InboxState)
def sight_changed(tab: InboxState, change: VisibilityChange) -> None:
    """After a block, stop showing that the other person is typing."""
    for row in unwrap_proxy(tab.rows):
        is_member = change.author_id in [member.id for member in row.members]
        if change.now_hidden and change.by_block and is_member:
            live.send_facts(live.token_of(tab), {fact_keys.typing_key(row.id): None})


@live.on(MessageUnsent, InboxState, lambda event: [topics.user(one) for one in event.to], pause=0.3)
@live.on(ConversationChanged, InboxState, lambda event: [topics.user(one) for one in event.to], pause=0.3)
async def inbox_changed(tab: InboxState, _: MessageUnsent | ConversationChanged) -> None:
    """Re-read the badge in every tab, and the list where it is on screen."""
    viewer = await maybe_viewer(tab)
    if viewer is None:
        return
    if tab.status == READY and live.watches(live.token_of(tab), topics.inbox(viewer.id)):
        await tab._read()
    else:
        tab.unread_at = now_ms()
        tab.unread = await inbox.unread(viewer)
