"""Fields of text: what sends them, and putting text into them."""

from __future__ import annotations

from typing import Any

from instagram_clone.web.browser.core import Js, name, new, when

_KEY_OF_AN_INPUT_METHOD = 229


def is_composing(event: Js) -> Js:
    """Whether a key belongs to an input method: of Japanese, say. Safari tells of the last one only so."""
    return event.nativeEvent.isComposing | (event.keyCode == _KEY_OF_AN_INPUT_METHOD)


def sends(event: Js) -> Js:
    """Whether a key sends what is written: Enter does; with Shift it breaks the line."""
    return (event.key == "Enter") & ~event.shiftKey & ~is_composing(event)


def insert(field: Js, text: Any) -> list[Any]:
    """Put text where the caret is, as if it were typed: in place of what is selected. The field gets
    the focus.
    """
    return [
        field.focus(),
        when(
            (field.maxLength < 0) | (field.value.length + text.length <= field.maxLength),
            [
                field.setRangeText(text, field.selectionStart, field.selectionEnd, "end"),
                field.dispatchEvent(new(name("Event"), "input", {"bubbles": True})),
            ],
        ),
    ]
