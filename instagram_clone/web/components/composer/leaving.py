"""The question before an unfinished post is discarded."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.web.browser.core import fn, js, let, when
from instagram_clone.web.browser.forms.forms import confirm_leaving
from instagram_clone.web.components.forms.unsaved import discard_question


@rx.memo
def post_guard(
    *,
    asking: rx.Var[bool],
    closing: rx.Var[Any],
    keep: rx.Var[Any],
    discard: rx.Var[Any],
    leave: rx.Var[Any],
) -> rx.Component:
    """Ask before an unfinished post is closed (`asking`), or its page left by Back or by closing the tab.

    Calls `keep`, `discard`, or `leave` if the page is being left. `closing` is a ref whose content is true
    once the composer itself navigates. Mount it only while there is something to discard: React Router
    asks one guard at a time, and the page behind may have its own.
    """
    unload, blocker = confirm_leaving(~js(closing).current)
    is_blocked = let(blocker.state == "blocked")
    return rx.fragment(
        unload,
        rx.cond(
            js(asking) | is_blocked,
            discard_question(
                label="Discard post?",
                asked="Discard this post?",
                text="Your photo and what you wrote have not been shared.",
                discard=fn(lambda: when(is_blocked, [blocker.proceed(), js(leave)()], js(discard)())),
                keep=fn(lambda: [when(is_blocked, blocker.reset()), js(keep)()]),
            ),
            rx.fragment(),
        ),
    )
