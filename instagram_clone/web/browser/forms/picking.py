"""Choosing people: the suggestions for what was typed, and the selection."""

from __future__ import annotations

from typing import Any

from instagram_clone.web.browser.core import Js, js, when

MAX_CHOSEN = 9


def _includes(people: Any, person: Js) -> Js:
    return js(people).some(lambda other: other.id == person.id)


def suggestions(people: Any, found: Any, chosen: Any, query: Any) -> Js:
    """Return the people to offer: those chosen and suggested, or with a query, all who match it."""
    people, found, chosen, query = js(people), js(found), js(chosen), js(query)

    def matches(person: Js) -> Js:
        return (person.username + " " + person.name).toLowerCase().includes(query)

    likely = people.filter(matches)
    others = when(
        query,
        found.filter(lambda person: ~_includes(likely, person)),
        chosen.filter(lambda person: ~_includes(people, person)),
    )
    return when(query, likely.concat(others), others.concat(likely))


def toggled(chosen: Any, person: Any) -> Js:
    """Return the selection with a person added or removed. Nobody is added beyond MAX_CHOSEN."""
    chosen, person = js(chosen), js(person)
    without = chosen.filter(lambda other: other.id != person.id)
    return when(_includes(chosen, person), without, chosen.concat((person,)).slice(0, MAX_CHOSEN))


def ids_of(chosen: Any) -> Js:
    """Return the ids of people as events take them, separated by commas."""
    return js(chosen).map(lambda person: person.id).join(",")
