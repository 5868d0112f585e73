"""The bookmark under a post."""

from __future__ import annotations

import reflex as rx

from instagram_clone.domain.posts.post_cards import PostCard
from instagram_clone.web.browser.core import dom, when
from instagram_clone.web.browser.posts.saves import apply_optimistic, bookmark
from instagram_clone.web.components.elements.basics import icon
from instagram_clone.web.states.posts.timeline import TimelineState


@rx.memo
def save_button(*, post: rx.Var[PostCard]) -> rx.Component:
    """The bookmark: saves a post at once, and reverts if the server refuses."""
    now = bookmark(post)
    toggle = when(now.saved, TimelineState.unsave(post.id), TimelineState.save(post.id))
    return rx.el.button(
        icon("bookmark"),
        type="button",
        class_name="ic-iconbtn is-save is-end",
        aria_label=rx.cond(now.saved, "Remove from saved", "Save"),
        aria_pressed=now.saved,
        **dom(data_save=True, on_click=lambda: [apply_optimistic(post, now), toggle]),
    )
