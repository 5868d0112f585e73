"""Whether the viewer follows a person or has asked to: as loaded, updated since, or just tapped."""

from __future__ import annotations

from typing import Any, NamedTuple

from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import Js, default, js, let, name, when
from instagram_clone.web.browser.page.facts import fact, learn, peek


class Following(NamedTuple):
    """The state this tab shows."""

    followed: Js
    requested: Js


def reconcile(relationship: Any, read_at: Any, follow: Any, requested: Any, tapped: Any) -> tuple[Js, Js]:
    """Return followed and requested, never both true: what was tapped until the server answers, and
    otherwise what was loaded, unless a later fact arrived.
    """
    relationship, tapped = js(relationship), js(tapped)
    unanswered = (
        (tapped.at > read_at) & (tapped.follow == _time(follow)) & (tapped.request == _time(requested))
    )
    known_followed = when(js(follow).at > read_at, js(follow).on, relationship.followed)
    known_requested = when(js(requested).at > read_at, js(requested).on, relationship.requested)
    followed = when(unanswered, tapped.followed, known_followed)
    return followed, ~followed & when(unanswered, tapped.requested, known_requested)


def following(person_id: Any, relationship: Any, read_at: Any) -> Following:
    """The state this tab shows for a person, as it changes. For use in an `rx.memo`."""
    kinds = (fact_keys.follow_key, fact_keys.requested_key, fact_keys.optimistic_key)
    followed, requested = reconcile(relationship, read_at, *(fact(key(person_id)) for key in kinds))
    return Following(let(followed), let(requested))


def later_than_loaded(now: Any, read_at: Any) -> Js:
    """Return a time in ms that is later than the loaded state, whatever this device's clock says."""
    return name("Math.max")(now, js(read_at) + 1)


def apply_optimistic(person_id: Any, read_at: Any, followed: Any, requested: Any) -> Js:
    """Show what was tapped until the server answers. It is kept separately from the facts received, which
    apply again if the server refuses.
    """
    tapped = {
        "followed": followed,
        "requested": requested,
        "at": later_than_loaded(name("Date.now")(), read_at),
        "follow": _time(peek(fact_keys.follow_key(person_id))),
        "request": _time(peek(fact_keys.requested_key(person_id))),
    }
    return learn({fact_keys.optimistic_key(person_id): tapped})


def _time(fact: Any) -> Js:
    return default(js(fact).at, 0)
