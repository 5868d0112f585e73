"""Bookmarks: what the server said last, and before it has, what was tapped."""

from __future__ import annotations

from typing import Any, NamedTuple

from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import Js, js, let, when
from instagram_clone.web.browser.page.facts import fact, learn


class Bookmark(NamedTuple):
    """What this tab believes of a post."""

    saved: Js
    rev: Js


def believe(page: Any, heard: Any, tapped: Any) -> Bookmark:
    """The page's word, unless something newer was heard; and what was tapped, until that is answered."""
    page, heard, tapped = js(page), js(heard), js(tapped)
    own = when(heard.rev >= page.rev, heard, page)
    return Bookmark(when(tapped.rev >= own.rev, tapped.saved, own.saved), own.rev)


def bookmark(post: Any) -> Bookmark:
    """What this tab believes of a post, as it changes. For bodies of `rx.memo`."""
    heard, tapped = fact(fact_keys.saved_key(post.id)), fact(fact_keys.saving_key(post.id))
    return Bookmark(*(let(one) for one in believe(post.saved, heard, tapped)))


def expect(post: Any, now: Bookmark) -> Js:
    """Show a bookmark as it was tapped until the server has answered."""
    return learn({fact_keys.saving_key(post.id): {"saved": ~now.saved, "rev": now.rev}})
