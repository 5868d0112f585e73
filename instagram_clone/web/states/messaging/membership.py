"""What members do with the open conversation other than writing in it: part of the thread slice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import reflex as rx

from instagram_clone import live, routes
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.messaging import conversations, inbox, membership
from instagram_clone.domain.people.relations import blocks
from instagram_clone.web import notices
from instagram_clone.web.access import CallerSelf, without_state
from instagram_clone.web.states.people.account import SettingsState
from instagram_clone.web.states.session import viewer_of


class MembershipMixin(rx.State, mixin=True):
    """Handlers of `ThreadState` that act on the conversation it shows."""

    @rx.event
    @without_state
    async def accept(caller: CallerSelf, chat_id: str):
        """Accept a message request, which moves it to the inbox."""
        await membership.accept(caller.viewer, chat_id)

    @rx.event
    async def decline(self, chat_id: str):
        """Delete a message request; its sender is not notified."""
        await membership.decline(await viewer_of(self), chat_id)
        return rx.redirect(routes.MESSAGE_REQUESTS)

    @rx.event
    async def block(self, chat_id: str, user_id: str):
        """Block somebody in a conversation, and delete it if it is a request."""
        viewer = await viewer_of(self)
        chat = await inbox.show(viewer, chat_id)
        await blocks.block(viewer, user_id)
        undo = SettingsState.unblock(user_id)
        notices.show(live.token_of(self), "Blocked", label="Undo", event=undo)
        if chat.folder == conversations.REQUEST:
            await membership.decline(viewer, chat_id)
        return rx.redirect(routes.MESSAGES)

    @rx.event
    @without_state
    async def mute(caller: CallerSelf, chat_id: str, muted: bool):
        """Mute a conversation, so that it no longer counts as unread, or unmute it."""
        await membership.mute(caller.viewer, chat_id, muted)

    @rx.event
    @without_state
    async def rename(caller: CallerSelf, chat_id: str, name: str):
        """Name a group."""
        await membership.rename(caller.viewer, chat_id, name)

    @rx.event
    @without_state
    async def remove(caller: CallerSelf, chat_id: str, user_id: str):
        """Remove somebody from a group that the viewer started."""
        await membership.remove(caller.viewer, chat_id, user_id)

    @rx.event
    async def leave(self, chat_id: str):
        """Leave a group."""
        return await self._act_and_leave(membership.leave, chat_id)

    @rx.event
    async def clear(self, chat_id: str):
        """Delete a conversation only for the viewer."""
        return await self._act_and_leave(membership.clear, chat_id)

    async def _act_and_leave(self, action: Callable[[Viewer, str], Awaitable[None]], chat_id: str) -> Any:
        await action(await viewer_of(self), chat_id)
        self.reset()
        return rx.redirect(routes.MESSAGES)
