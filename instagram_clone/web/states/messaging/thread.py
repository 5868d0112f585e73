"""The thread slice: the open conversation. It reads pages; messages that arrive later come as facts."""

from __future__ import annotations

import contextlib
from typing import Any

import reflex as rx

from instagram_clone import live
from instagram_clone.domain.core.errors import NotFound
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.messaging import inbox, messages, receipts
from instagram_clone.domain.messaging.events import ConversationChanged, MessageChanged, MessageUnsent
from instagram_clone.domain.messaging.inbox import Conversation
from instagram_clone.domain.posts.events import PostDeleted
from instagram_clone.live import fact_keys, topics
from instagram_clone.web import notices
from instagram_clone.web.access import Caller, CallerSelf, rolled_back_by, without_state
from instagram_clone.web.states.messaging.membership import MembershipMixin
from instagram_clone.web.states.messaging.pages import MAX_MESSAGES, PagesMixin
from instagram_clone.web.states.moments import now_ms
from instagram_clone.web.states.posts.taps import clear_tap
from instagram_clone.web.states.session import maybe_viewer, viewer_of
from instagram_clone.web.states.status import LOADING, MISSING, READY
from instagram_clone.web.states.unwrap_proxy import unwrap_proxy
from instagram_clone.web.states.withdrawals import VisibilityChange, withdraws

UNSENT_REV = 2**53 - 1
"""The revision of unsent messages, JavaScript's largest safe integer: no later reaction overrides it."""


class ThreadState(PagesMixin, MembershipMixin, rx.State):
    """One conversation and its messages. `posts` are the shared ones.

    `read_at` is when `chat` was read, in ms: later facts about its members are newer.
    """

    chat: Conversation | None = None
    status: str = LOADING
    read_at: float = 0.0

    @rx.event
    async def load(self):
        """Show the conversation in the address, as far back as it was loaded before."""
        viewer = await viewer_of(self)
        chat_id = self.router.url.path.rstrip("/").rpartition("/")[2]
        token = live.token_of(self)
        if chat_id != self._id:
            self.reset()
            live.unwatch(token, "cards")
        self._id = chat_id
        oldest = self._reopen()
        await live.watch(token, "thread", [topics.thread(chat_id, viewer.id)])
        try:
            await self._read(viewer, oldest)
        except NotFound:
            self._close()

    @rx.event
    @without_state
    async def send(caller: CallerSelf, chat_id: str, key: str, text: str, answering: str = ""):
        """Send a text, optionally as a reply; a failure is reported to the browser under the key."""
        await _send(caller, chat_id, key, text=text, answering=answering)

    @rx.event
    @without_state
    async def send_photo(caller: CallerSelf, chat_id: str, key: str, media_id: str, answering: str = ""):
        """Send a draft photo."""
        await _send(caller, chat_id, key, photo=media_id, answering=answering)

    @rx.event
    @without_state
    async def send_like(caller: CallerSelf, chat_id: str, key: str, answering: str = ""):
        """Send a heart."""
        await _send(caller, chat_id, key, like=True, answering=answering)

    @rx.event
    @without_state
    async def unsend(caller: CallerSelf, chat_id: str, message_id: str):
        """Delete one of the viewer's own messages for everybody."""
        await messages.unsend(caller.viewer, chat_id, message_id)

    @rx.event
    @without_state
    @rolled_back_by(lambda chat_id, message_id, emoji: clear_tap(message_id))
    async def react(caller: CallerSelf, chat_id: str, message_id: str, emoji: str):
        """React to a message; "" removes the reaction."""
        await messages.react(caller.viewer, chat_id, message_id, emoji)

    @rx.event
    @without_state
    async def typing(caller: CallerSelf, chat_id: str):
        """Let the others know that the viewer is typing."""
        await messages.typing(caller.viewer, chat_id)

    @rx.event
    @without_state
    async def read(caller: CallerSelf, chat_id: str, seq: int):
        """Record up to which message the viewer has read."""
        await receipts.mark_read(caller.viewer, chat_id, seq)

    @rx.event
    async def show_post(self, chat_id: str, message_id: str):
        """Show the card of the post in a message that has just arrived."""
        if chat_id == self._id and len(self.posts) < MAX_MESSAGES:
            viewer = await viewer_of(self)
            with contextlib.suppress(NotFound):
                await self._look_up(viewer, [await messages.shared_post_id(viewer, chat_id, message_id)])

    def _close(self) -> None:
        for scope in ("thread", "cards"):
            live.unwatch(live.token_of(self), scope)
        self.reset()
        self.status = MISSING

    async def _read(self, viewer: Viewer, oldest: int) -> None:
        await self._reload(viewer, oldest)
        await self._show(viewer)
        self.status = READY

    async def _show(self, viewer: Viewer) -> None:
        started_at = now_ms()
        self.chat, self.read_at = await inbox.show(viewer, self._id), started_at


async def _send(caller: Caller, chat_id: str, key: str, **content: Any) -> None:
    with notices.report_refusals(caller.token, key):
        if not await messages.send(caller.viewer, chat_id, key, **content):
            # Another of the viewer's tabs has unsent it, so it is no longer pending here.
            live.send_facts(caller.token, {fact_keys.pending_message_key(chat_id, key): None})
        elif not live.watches(caller.token, topics.thread(chat_id, caller.viewer.id)):
            # The tab shows another page, so the message itself does not arrive there.
            live.send_facts(caller.token, {fact_keys.sent_key(key): {"ok": True}})


def _changed(event: MessageChanged) -> live.FactsByTopic:
    facts = {fact_keys.message_key(event.conversation_id, event.message["id"]): event.message}
    return [(topics.thread(event.conversation_id, reader), facts) for reader in event.to]


def _unsent(event: MessageUnsent) -> live.FactsByTopic:
    tombstone = {"id": event.message_id, "gone": True, "rev": UNSENT_REV}
    facts = {fact_keys.message_key(event.conversation_id, event.message_id): tombstone}
    return [(topics.thread(event.conversation_id, reader), facts) for reader in event.to]


def _threads(event: ConversationChanged) -> list[topics.Topic]:
    return [topics.thread(event.conversation_id, reader) for reader in event.to]


live.fact(MessageChanged, _changed)
live.fact(MessageUnsent, _unsent)


@live.on(ConversationChanged, ThreadState, _threads, pause=0.3)
async def thread_changed(tab: ThreadState, event: ConversationChanged) -> None:
    """Read the conversation again; close it if the viewer is no longer in it."""
    if tab._id != event.conversation_id:
        return
    try:
        await tab._show(await viewer_of(tab))
    except NotFound:
        tab._close()


@live.on(PostDeleted, ThreadState, lambda event: [topics.card(event.post_id)])
async def post_deleted(tab: ThreadState, event: PostDeleted) -> None:
    """Show that a shared post is gone."""
    await reload_cards(tab, [event.post_id])


async def reload_cards(tab: ThreadState, post_ids: list[str]) -> None:
    """Reload the cards of some shared posts, as far as the viewer may see them now."""
    viewer = await maybe_viewer(tab)
    if viewer is not None:
        await tab._look_up(viewer, [one for one in post_ids if one in unwrap_proxy(tab.posts)])


@withdraws(ThreadState)
async def sight_changed(tab: ThreadState, change: VisibilityChange) -> None:
    """Reload the cards of shared posts and, after a block, stop showing the other person's typing and read
    receipts.
    """
    await reload_cards(tab, list(unwrap_proxy(tab.posts)))
    chat, other = tab.chat, change.author_id
    if change.by_block and chat is not None and other in [member.id for member in chat.members]:
        await tab._show(await viewer_of(tab))
        hidden = fact_keys.seen_key(chat.id, other), fact_keys.typing_key(chat.id)
        live.send_facts(live.token_of(tab), dict.fromkeys(hidden))
