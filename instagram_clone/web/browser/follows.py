"""Whether the viewer follows somebody or has asked to: as it was read, heard since, or just tapped."""

from __future__ import annotations

from typing import Any, NamedTuple

from instagram_clone.web.browser.core import Js, default, js, let, name, when
from instagram_clone.web.browser.facts import fact, learn


class Following(NamedTuple):
    """What this tab believes, with the facts it heard."""

    followed: Js
    requested: Js
    follow: Js
    asked: Js


def believe(standing: Any, read_at: Any, follow: Any, asked: Any) -> tuple[Js, Js]:
    """Followed and requested: what was read, unless something was heard later. Never both."""
    standing = js(standing)
    followed = when(js(follow).at > read_at, js(follow).on, standing.followed)
    requested = when(js(asked).at > read_at, js(asked).on, standing.requested)
    return followed, ~followed & requested


def following(person_id: Any, standing: Any, read_at: Any) -> Following:
    """What this tab believes of somebody, as it changes. For bodies of `rx.memo`."""
    follow, asked = fact(f"follow_{person_id}"), fact(f"asked_{person_id}")
    followed, requested = believe(standing, read_at, follow, asked)
    return Following(let(followed), let(requested), follow, asked)


def newer(now: Any, read_at: Any, heard: Any) -> Js:
    """A time in ms later than all that is known, whatever the clock of this machine says."""
    return name("Math.max")(now, js(read_at) + 1, default(js(heard).at, 0) + 1)


def optimistic(kind: str, person_id: Any, on: bool, read_at: Any, heard: Js) -> Js:
    """Show a follow, or a request to (`asked`), as it was tapped until the server says what is true."""
    return learn({f"{kind}_{person_id}": {"on": on, "at": newer(name("Date.now")(), read_at, heard)}})
