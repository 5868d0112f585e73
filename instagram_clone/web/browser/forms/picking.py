"""Choosing people: the suggestions for what was typed, and the selection."""

from __future__ import annotations

from typing import Any

from instagram_clone.web.browser.core import Js, js, when

MAX_CHOSEN = 9


def _among(people: Any, one: Js) -> Js:
    return js(people).some(lambda other: other.id == one.id)


def offered(people: Any, found: Any, chosen: Any, query: Any) -> Js:
    """Return the people to offer: those chosen and suggested, or with a query, all who match it."""
    people, found, chosen, query = js(people), js(found), js(chosen), js(query)

    def fits(person: Js) -> Js:
        return (person.username + " " + person.name).toLowerCase().includes(query)

    likely = people.filter(fits)
    others = when(
        query,
        found.filter(lambda person: ~_among(likely, person)),
        chosen.filter(lambda person: ~_among(people, person)),
    )
    return when(query, likely.concat(others), others.concat(likely))


def toggled(chosen: Any, person: Any) -> Js:
    """Return the selection with a person added or removed. Nobody is added beyond MAX_CHOSEN."""
    chosen, person = js(chosen), js(person)
    without = chosen.filter(lambda one: one.id != person.id)
    return when(_among(chosen, person), without, chosen.concat((person,)).slice(0, MAX_CHOSEN))


def ids_of(chosen: Any) -> Js:
    """Return the ids of people as events take them, separated by commas."""
    return js(chosen).map(lambda person: person.id).join(",")
