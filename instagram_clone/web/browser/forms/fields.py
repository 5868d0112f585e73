"""Text fields: which key sends them, and inserting text into them."""

from __future__ import annotations

from typing import Any

from instagram_clone.web.browser.core import Js, name, new, when

_KEY_OF_AN_INPUT_METHOD = 229


def is_composing(event: Js) -> Js:
    """Return whether a key press belongs to an input method, such as a Japanese one."""
    # Safari marks the last key of a composition only by its key code.
    return event.nativeEvent.isComposing | (event.keyCode == _KEY_OF_AN_INPUT_METHOD)


def sends(event: Js) -> Js:
    """Return whether a key press sends the text: Enter does, but with Shift it breaks the line."""
    return (event.key == "Enter") & ~event.shiftKey & ~is_composing(event)


def insert(field: Js, text: Any) -> list[Any]:
    """Insert text at the caret as if it were typed, replacing any selection, and focus the field."""
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
