"""Likes and their counts: the server's latest word, with optimistic updates for taps still unanswered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import Js, js, let, name, when
from instagram_clone.web.browser.page.facts import fact, learn, peek

LIKERS_SHOWN = 3

Kind = Callable[[Any], fact_keys.FactKey]


class Truth(NamedTuple):
    """The state this tab shows for a post or comment."""

    liked: Js
    likes: Js
    comments: Js
    replies: Js
    rev: Js


def reconcile(page: Any, received: Any, mine: Any, optimistic: Any) -> Truth:
    """Return the page's values unless newer facts arrived, plus what was tapped until that is answered.

    `received` has the counts, `mine` whether the viewer likes it, and `optimistic` what was tapped.
    """
    counts = when(received.rev >= page.rev, received, page)
    own = when(mine.rev >= page.rev, mine, page)
    liked = when(optimistic.rev >= own.rev, optimistic.liked, own.liked)
    likes = counts.likes + when(liked, 1, 0) - when(own.liked, 1, 0)
    return Truth(
        liked=liked,
        likes=name("Math.max")(0, likes),
        comments=counts.comments,
        replies=counts.replies,
        rev=name("Math.max")(counts.rev, own.rev),
    )


def truth(item: Any, kind: Kind = fact_keys.post_key) -> Truth:
    """The state this tab shows for a post or comment, as it changes. For use in an `rx.memo`."""
    return Truth(*map(let, _reconciled(item, kind, fact)))


def truth_now(item: Any, kind: Kind = fact_keys.post_key) -> Truth:
    """The same state at the moment a step runs, without re-rendering when it changes."""
    return _reconciled(item, kind, peek)


def _reconciled(item: Any, kind: Kind, read: Callable[[Any], Js]) -> Truth:
    keys = (kind, fact_keys.liked_key, fact_keys.optimistic_key)
    return reconcile(js(item), *(read(key(item.id)) for key in keys))


def apply_optimistic(item: Any, now: Truth, liked: Any) -> Js:
    """Show a heart as it was tapped until the server answers or a newer revision arrives."""
    return learn({fact_keys.optimistic_key(item.id): {"liked": liked, "rev": now.rev}})


def likers(post: Any, received: Any) -> Js:
    """Return the likers named next to a post's likes: those of the page, unless a newer fact arrived."""
    return when(js(received).rev >= post.rev, js(received).likers, js(post).likers)


def others_named(likers: Any, likes: Any, liked: Any) -> Js:
    """Return the likers to show: never more than the number of likes by people other than the viewer."""
    others = js(likes) - when(liked, 1, 0)
    return js(likers).slice(0, name("Math.max")(0, name("Math.min")(LIKERS_SHOWN, others)))
