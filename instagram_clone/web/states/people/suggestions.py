"""Suggestions of people to follow, beside the feed: part of the people slice."""

from __future__ import annotations

import reflex as rx

from instagram_clone import live
from instagram_clone.domain.discovery import suggestions
from instagram_clone.domain.discovery.suggestions import Suggestion
from instagram_clone.live import fact_keys, topics
from instagram_clone.web.access import deferred
from instagram_clone.web.states.moments import now_ms
from instagram_clone.web.states.session import viewer_of


class SuggestionsMixin(rx.State, mixin=True):
    """Handlers of `PeopleState` that load and dismiss suggestions."""

    suggestions: list[Suggestion] = []
    suggested_at: float = 0.0

    @rx.event
    @deferred
    async def load_suggestions(self):
        """Find people the viewer does not follow yet."""
        await self._reload_suggestions()

    @rx.event
    async def dismiss(self, user_id: str):
        """Stop suggesting somebody, and suggest somebody else instead."""
        try:
            await suggestions.dismiss(await viewer_of(self), user_id)
        except Exception:
            live.send_facts(live.token_of(self), {fact_keys.dismissed_key(user_id): None})
            raise
        await self._reload_suggestions()

    async def _reload_suggestions(self) -> None:
        self.suggested_at = now_ms()
        self.suggestions = await suggestions.people(await viewer_of(self), 6)
        live.watch(live.token_of(self), "suggested", [topics.suggested(one.id) for one in self.suggestions])
