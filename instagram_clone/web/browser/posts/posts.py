"""Opening a post: in a dialog over the page where there is room, and otherwise on its own page."""

from __future__ import annotations

from typing import Any

from instagram_clone import routes
from instagram_clone.web.browser.core import Js, document, js, use, when, window
from instagram_clone.web.browser.page.links import opens_new_tab

_WIDE = "(min-width: 768px)"
_PAGES_WITHOUT_DIALOG = ("p", "search", "messages", "notifications", "settings")
"""The first path segments of pages on which posts never open in a dialog."""


def show_post(post_id: Any, focus_comment: bool = False) -> Js:
    """Open a post, and optionally focus its comment field. A step, for use in an `rx.memo`."""
    navigate = use("useNavigate", library="react-router")
    here, post_id = window.location.pathname, js(post_id)
    dialog_query, page_query = ("&focus=comment", "?focus=comment") if focus_comment else ("", "")
    return when(
        window.matchMedia(_WIDE).matches & ~js(_PAGES_WITHOUT_DIALOG).includes(here.split("/")[1]),
        navigate(f"{here}?p={post_id}{dialog_query}", {"preventScrollReset": True}),
        navigate(f"{routes.post_url(post_id)}{page_query}"),
    )


def follow_link(event: Js, post_id: Any) -> Js:
    """Handle a click on a link to a post, unless a modifier key makes the browser handle it."""
    return when(~opens_new_tab(event), [event.preventDefault(), show_post(post_id)])


def write_comment(event: Js, post_id: Any) -> Js:
    """Handle the speech bubble button: focus the comment field next to it, or open the post to write."""
    field = event.currentTarget.closest("article, dialog").querySelector("textarea")
    # A field that is not laid out has no offset parent.
    return when(field.offsetParent, field.focus(), show_post(post_id, focus_comment=True))


def go_to_first() -> list[Any]:
    """Scroll to the top of a feed, and focus its first post."""
    return [
        window.scrollTo({"top": 0}),
        document.querySelector("article[data-post]").focus({"preventScroll": True}),
    ]
