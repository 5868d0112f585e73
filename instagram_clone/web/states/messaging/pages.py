"""Paging through the open conversation, up and down: part of the thread slice."""

from __future__ import annotations

from collections.abc import Iterable

import reflex as rx

from instagram_clone import live
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.messaging import inbox, message_cards, messages
from instagram_clone.domain.messaging.message_cards import Message, SharedPost
from instagram_clone.live import topics
from instagram_clone.runtime.state_adapter import connection_of
from instagram_clone.web.states.session import viewer_of
from instagram_clone.web.states.unwrap_proxy import unwrap_proxy

MAX_MESSAGES = 300
"""Messages kept on one screen. Loading more at one end drops those at the other, until scrolled back to."""


class PagesMixin(rx.State, mixin=True):
    """Vars and handlers of `ThreadState`: a window on the messages of its conversation.

    `older` and `newer` tell whether there are more above and below it. Live messages follow the newest one,
    so they are shown only when nothing is missing in between.
    """

    messages: list[Message] = []
    posts: dict[str, SharedPost] = {}
    older: bool = False
    newer: bool = False

    _id: str = ""
    _cursor: int = 0
    _up_to: int = 0
    """The number up to which nothing is missing, if the window ends before the newest message."""
    _socket: str = ""

    @rx.event
    async def more(self, chat_id: str):
        """Show older messages."""
        if chat_id != self._id or not self._cursor:
            return
        viewer = await viewer_of(self)
        page, self._cursor = await messages.page(viewer, chat_id, self._cursor)
        rows = [*page, *unwrap_proxy(self.messages)]
        if len(rows) > MAX_MESSAGES:
            self.newer, self._up_to = True, rows[MAX_MESSAGES - 1].seq
        self.messages, self.older = rows[:MAX_MESSAGES], bool(self._cursor)
        await self._look_up_page(viewer, page)

    @rx.event
    async def load_newer(self, chat_id: str):
        """Show newer messages again after they have been dropped."""
        if chat_id != self._id or not self.newer:
            return
        viewer = await viewer_of(self)
        # Read before the page: messages that arrive from now on come as facts.
        last = (await inbox.show(viewer, chat_id)).last
        page: list[Message] = []
        while not page and self._up_to < last:
            # Numbers have gaps only for unsent messages: these are all that is left of the next page.
            found, _ = await messages.page(viewer, chat_id, self._up_to + messages.PAGE + 1)
            page = [message for message in found if message.seq > self._up_to]
            self._up_to += messages.PAGE
        rows = [*unwrap_proxy(self.messages), *page]
        if len(rows) > MAX_MESSAGES:
            self.older, self._cursor = True, rows[-MAX_MESSAGES].seq
        self.messages, self.newer = rows[-MAX_MESSAGES:], self._up_to < last
        await self._look_up_page(viewer, page)

    @rx.event
    async def load_latest(self, chat_id: str):
        """Show the newest messages, wherever the window was."""
        if chat_id == self._id and self.newer:
            await self._read_page(await viewer_of(self), 0, 0)

    def _reopen(self) -> int:
        """Start at the newest message when the conversation is reopened, except after a lost connection:
        return the number of the oldest message on screen then, else 0.
        """
        socket = connection_of(self).session_id
        is_reconnect, self._socket = socket != self._socket, socket
        if self.newer and not is_reconnect:
            self.messages, self.newer = [], False
        return self.messages[0].seq if is_reconnect and self.messages else 0

    async def _reload(self, viewer: Viewer, oldest: int) -> None:
        """Read what is on screen again, down to the number `oldest`: `messages` has none that came live."""
        shown = min(len(self.messages), MAX_MESSAGES)
        if self.newer:
            await self._read_page(viewer, self._up_to + 1, shown, oldest)
        if not self.newer or not self.messages:
            await self._read_page(viewer, 0, shown, oldest)

    async def _read_page(self, viewer: Viewer, before: int, least: int, oldest: int = 0) -> None:
        """Read the newest messages, or those before a number, and older ones until there are `least` and
        `oldest` is reached.
        """
        page, cursor = await messages.page(viewer, self._id, before)
        while cursor and len(page) < MAX_MESSAGES and (len(page) < least or cursor > oldest > 0):
            older, cursor = await messages.page(viewer, self._id, cursor)
            page = older + page
        self.messages, self._cursor, self.older = page, cursor, bool(cursor)
        self.newer = before > 0
        await self._look_up_page(viewer, page)

    async def _look_up_page(self, viewer: Viewer, page: list[Message]) -> None:
        """Show the cards of the posts in a page of messages, and drop those of dropped messages."""
        if self.newer:
            kept = {message.post for message in unwrap_proxy(self.messages)}
            self.posts = {key: card for key, card in unwrap_proxy(self.posts).items() if key in kept}
        await self._look_up(viewer, [message.post for message in page])

    async def _look_up(self, viewer: Viewer, post_ids: Iterable[str]) -> None:
        """Load the cards of some posts, as far as the viewer may see them; "" stands for no post."""
        wanted = [one for one in post_ids if one]
        if wanted:
            shown = {*unwrap_proxy(self.posts), *wanted}
            await live.watch(live.token_of(self), "cards", [topics.card(one) for one in shown])
            found = await message_cards.shared(viewer, wanted)
            self.posts = {**unwrap_proxy(self.posts), **{card.id: card for card in found}}
