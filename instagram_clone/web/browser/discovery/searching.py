"""Search as you type: when to query, which answer to show, and which result the arrow keys select."""

from __future__ import annotations

from typing import Any, NamedTuple

from instagram_clone.web.browser.core import Js, after, effect, js, let, name, state, when
from instagram_clone.web.browser.page.words import plural

QUERY_AFTER_MS = 250
"""The debounce: how long typing must pause before the text is searched for."""

ANNOUNCE_AFTER_MS = 400
"""How long an answer must be shown before screen readers announce its number of results."""

MAX_LENGTH = 200


def answer_to_show(answer: Any, before: Any, query: Any, part: Any) -> Js:
    """Return the answer to show: the one to the current query, or until it arrives, the one shown `before`.

    A late answer to an earlier query is never shown. Both must be for the same part of the results, and
    while there is no query, nothing is shown.
    """
    answer, before, query, part = js(answer), js(before), js(query), js(part)
    fits = (answer.text == query) & (answer.part == part)
    kept = when(before.part == part, before, None)
    return when(query == "", None, when(fits, answer, kept))


def next_result(key: Any, at: Any, count: Any, columns: Any = 1) -> Js:
    """Return the index of the result that an arrow moves to from index `at`, wrapping; -1 is the field.

    Moving down from the end of a column that is shorter than others leads to the last tile of all.
    """
    key, at, count, columns = js(key), js(at), js(count), js(columns)
    row, last_row = (name("Math.floor")(place / columns) for place in (at, count - 1))
    below = when(at + columns < count, at + columns, when(row < last_row, count - 1, -1))
    down = when(at < 0, when(count > 0, 0, -1), below)
    up = when(at < 0, count - 1, when(at >= columns, at - columns, -1))
    right = when(at + 1 < count, at + 1, -1)
    return when(
        key == "ArrowDown", down, when(key == "ArrowUp", up, when(key == "ArrowLeft", at - 1, right))
    )


def results_words(count: Any) -> Js:
    """Return the number of results: "1 result", "2 results"."""
    return plural(count, "result")


def after_name(note: Any) -> Js:
    """Return the reason a person was found, worded to follow their name: "followed by ana"."""
    note = js(note)
    return note.charAt(0).toLowerCase() + note.slice(1)


class SearchInput(NamedTuple):
    """The text in a search field, the query made of it, a function that sets the text, one that queries at
    once, the properties of the field, and the effects for the children.
    """

    text: Js
    query: Js
    write: Js
    query_now: Any
    props: dict[str, Any]
    effects: list[Js]


def search_input(first: Any = "") -> SearchInput:
    """A search field that queries QUERY_AFTER_MS after the last key, and never while an input method is
    composing. For use in an `rx.memo`.
    """
    text, write = state("text", first)
    settled, settle = state("settled", first)
    composing, set_composing = state("composing", False)
    written = let(text.trim())
    return SearchInput(
        text,
        # Emptying the field clears the query at once.
        let(when(written == "", "", settled)),
        write,
        lambda: settle(written),
        {
            "value": text,
            "max_length": MAX_LENGTH,
            "auto_complete": "off",
            "auto_capitalize": "none",
            "spell_check": False,
            "enter_key_hint": "search",
            "on_change": lambda event: write(event.target.value),
            "on_composition_start": lambda: set_composing(True),
            "on_composition_end": lambda: set_composing(False),
        },
        [after(QUERY_AFTER_MS, lambda: when(~composing, settle(written)), written, composing)],
    )


def latest(answer: Any, query: Any, part: Any) -> tuple[Js, Js]:
    """The answer to show, and the effect that keeps it until the next one. For use in an `rx.memo`."""
    before, keep = state("before", None)
    now = let(answer_to_show(answer, before, query, part))
    return now, effect(lambda: keep(now), now)


def announcement(count: Any, answer: Any) -> tuple[Js, Js]:
    """The number of results, announced ANNOUNCE_AFTER_MS later, and its effect. For use in an `rx.memo`."""
    words, announce = state("announced", "")
    return words, after(
        ANNOUNCE_AFTER_MS, lambda: announce(when(answer, results_words(count), "")), answer, count
    )


def option_id(box: Any, at: Any) -> Js:
    """Return the element id of a result, by which the field reports the selected one."""
    return js(box) + "-" + name("String")(at)
