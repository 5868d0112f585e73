"""Bookmarks: the server's latest word, with an optimistic update for a tap still unanswered."""

from __future__ import annotations

from typing import Any, NamedTuple

from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import Js, js, let, when
from instagram_clone.web.browser.page.facts import fact, learn


class Bookmark(NamedTuple):
    """The state this tab shows for a post."""

    saved: Js
    rev: Js


def reconcile(page: Any, received: Any, tapped: Any) -> Bookmark:
    """Return the page's value unless a newer fact arrived, or what was tapped until that is answered."""
    page, received, tapped = js(page), js(received), js(tapped)
    own = when(received.rev >= page.rev, received, page)
    return Bookmark(when(tapped.rev >= own.rev, tapped.saved, own.saved), own.rev)


def bookmark(post: Any) -> Bookmark:
    """The state this tab shows for a post, as it changes. For use in an `rx.memo`."""
    received, tapped = fact(fact_keys.saved_key(post.id)), fact(fact_keys.saving_key(post.id))
    return Bookmark(*map(let, reconcile(post.saved, received, tapped)))


def apply_optimistic(post: Any, now: Bookmark) -> Js:
    """Show a bookmark as it was tapped until the server answers."""
    return learn({fact_keys.saving_key(post.id): {"saved": ~now.saved, "rev": now.rev}})
