"""The way to a post: over the page where there is room, else to a page of its own."""

from __future__ import annotations

from typing import Any

from instagram_clone import routes
from instagram_clone.web.browser.core import Js, document, js, use, when, window

_WIDE = "(min-width: 768px)"
_WITHOUT_ROOM = ("p", "search", "messages", "notifications", "settings")
"""First segments of the addresses of pages over which no post opens."""


def show_post(post_id: Any, and_write: bool = False) -> Js:
    """Go to a post, and there to the field for a comment; a step. For bodies of `rx.memo`."""
    navigate = use("useNavigate", library="react-router")
    here, post_id = window.location.pathname, js(post_id)
    over, focus = ("&focus=comment", "?focus=comment") if and_write else ("", "")
    return when(
        window.matchMedia(_WIDE).matches & ~js(_WITHOUT_ROOM).includes(here.split("/")[1]),
        navigate(f"{here}?p={post_id}{over}", {"preventScrollReset": True}),
        navigate(f"{routes.post_url(post_id)}{focus}"),
    )


def follow_link(event: Js, post_id: Any) -> Js:
    """What a click on a link to a post does; to another tab or window it is the browser's affair."""
    elsewhere = event.metaKey | event.ctrlKey | event.shiftKey | event.altKey
    return when(~elsewhere, [event.preventDefault(), show_post(post_id)])


def write_comment(event: Js, post_id: Any) -> Js:
    """What the speech bubble does: goes to the field beside it, or to that of the post."""
    field = event.currentTarget.closest("article, dialog").querySelector("textarea")
    # A field that is not laid out has no parent to be placed in.
    return when(field.offsetParent, field.focus(), show_post(post_id, and_write=True))


def go_to_first() -> list[Any]:
    """Go to the top of a feed, and put the focus on its first post."""
    return [
        window.scrollTo({"top": 0}),
        document.querySelector("article[data-post]").focus({"preventScroll": True}),
    ]
