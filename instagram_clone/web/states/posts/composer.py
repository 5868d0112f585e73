"""Sharing a photo: the handler that the composer in the browser calls when it is done."""

from __future__ import annotations

import reflex as rx

from instagram_clone import live, routes
from instagram_clone.domain.media import imaging
from instagram_clone.domain.posts import posts
from instagram_clone.live import fact_keys
from instagram_clone.web import notices
from instagram_clone.web.states.posts.lists import HOME, PERSON
from instagram_clone.web.states.posts.timeline import TimelineState
from instagram_clone.web.states.session import viewer_of


class ComposerState(rx.State):
    """Stores nothing: a draft lives in the browser until it is shared."""

    @rx.event
    async def share(
        self,
        media_id: str,
        caption: str,
        alt: str,
        x: float,
        y: float,
        width: float,
        height: float,
        key: str,
    ):
        """Publish a draft photo, cropped to an area given in fractions of its size."""
        viewer = await viewer_of(self)
        token = live.token_of(self)
        with notices.report_refusals(token, key):
            crop = imaging.check_crop(x, y, width, height)
            post_id = await posts.publish(viewer, media_id, caption, alt, crop, key)
            live.send_facts(token, {fact_keys.sent_key(key): {"ok": True}})
            notices.show(token, "Post shared", link=routes.post_url(post_id), label="View")
            timeline = await self.get_state(TimelineState)
            shown = (timeline._kind, timeline._subject) in ((HOME, ""), (PERSON, viewer.id))
            if shown and not timeline.part:
                return TimelineState.refresh
        return None
