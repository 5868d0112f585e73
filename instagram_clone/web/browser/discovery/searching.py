"""Searching as one types: what is asked, which answer is shown, and which result the keys are at."""

from __future__ import annotations

from typing import Any, NamedTuple

from instagram_clone.web.browser.core import Js, after, effect, js, let, name, state, when
from instagram_clone.web.browser.page.words import plural

ASK_AFTER_MS = 250
"""So long nothing more is typed before it is searched for."""

SAY_AFTER_MS = 400
"""So long an answer stands before it is said how many results there are."""

MAX_LENGTH = 200


def shown(answer: Any, before: Any, asked: Any, part: Any) -> Js:
    """The answer to show: the one to what is asked, and until it comes the one shown `before`.

    One to anything else, which a slow network may bring still, never is. Both are of the same part of the
    results, and nothing is shown while nothing is asked.
    """
    answer, before, asked, part = js(answer), js(before), js(asked), js(part)
    fits = (answer.text == asked) & (answer.part == part)
    kept = when(before.part == part, before, None)
    return when(asked == "", None, when(fits, answer, kept))


def moved(key: Any, at: Any, count: Any, columns: Any = 1) -> Js:
    """The place of the result that an arrow leads to from the one `at`, round the ends; -1 is the field.

    Below the last tile of a column that is shorter than others comes the last of all.
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
    """How many results there are."""
    return plural(count, "result")


def after_name(note: Any) -> Js:
    """Why somebody is found, as it goes on after their name: "followed by ana"."""
    note = js(note)
    return note.charAt(0).toLowerCase() + note.slice(1)


class Typed(NamedTuple):
    """What is in a field and what of it is asked, a function that writes there, one that asks at once, the
    properties of the field, and the effects for the children.
    """

    text: Js
    asked: Js
    write: Js
    ask: Any
    props: dict[str, Any]
    effects: list[Js]


def typed(first: Any = "") -> Typed:
    """A field that asks a moment after the last key, and never for what an input method still composes.

    For bodies of `rx.memo`.
    """
    text, write = state("text", first)
    settled, settle = state("settled", first)
    composing, set_composing = state("composing", False)
    written = let(text.trim())
    return Typed(
        text,
        # A field that was emptied asks nothing, at once.
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
        [after(ASK_AFTER_MS, lambda: when(~composing, settle(written)), written, composing)],
    )


def latest(answer: Any, asked: Any, part: Any) -> tuple[Js, Js]:
    """The answer to show, and the effect that keeps it until the next. For bodies of `rx.memo`."""
    before, keep = state("before", None)
    now = let(shown(answer, before, asked, part))
    return now, effect(lambda: keep(now), now)


def said(count: Any, answer: Any) -> tuple[Js, Js]:
    """How many results there are, once an answer stands, and the effect. For bodies of `rx.memo`."""
    words, say = state("said", "")
    return words, after(SAY_AFTER_MS, lambda: say(when(answer, results_words(count), "")), answer, count)


def option_id(box: Any, at: Any) -> Js:
    """The id of a result in a list, of which the field says that the keys are at it."""
    return js(box) + "-" + name("String")(at)
