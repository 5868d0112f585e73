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


def believe(relationship: Any, read_at: Any, follow: Any, asked: Any, tapped: Any) -> tuple[Js, Js]:
    """Return followed and requested, never both true: what was tapped until the server answers, and
    otherwise what was loaded, unless a later fact arrived.
    """
    relationship, tapped = js(relationship), js(tapped)
    waits = (tapped.at > read_at) & (tapped.follow == _time(follow)) & (tapped.asked == _time(asked))
    heard = when(js(follow).at > read_at, js(follow).on, relationship.followed)
    heard_asked = when(js(asked).at > read_at, js(asked).on, relationship.requested)
    followed = when(waits, tapped.followed, heard)
    return followed, ~followed & when(waits, tapped.requested, heard_asked)


def following(person_id: Any, relationship: Any, read_at: Any) -> Following:
    """The state this tab shows for a person, as it changes. For use in an `rx.memo`."""
    kinds = (fact_keys.follow_key, fact_keys.requested_key, fact_keys.optimistic_key)
    followed, requested = believe(relationship, read_at, *(fact(key(person_id)) for key in kinds))
    return Following(let(followed), let(requested))


def newer(now: Any, read_at: Any) -> Js:
    """Return a time in ms that is later than the loaded state, whatever this device's clock says."""
    return name("Math.max")(now, js(read_at) + 1)


def optimistic(person_id: Any, read_at: Any, followed: Any, requested: Any) -> Js:
    """Show what was tapped until the server answers. It is kept separately from the facts received, which
    apply again if the server refuses.
    """
    tapped = {
        "followed": followed,
        "requested": requested,
        "at": newer(name("Date.now")(), read_at),
        "follow": _time(peek(fact_keys.follow_key(person_id))),
        "asked": _time(peek(fact_keys.requested_key(person_id))),
    }
    return learn({fact_keys.optimistic_key(person_id): tapped})


def _time(heard: Any) -> Js:
    return default(js(heard).at, 0)
