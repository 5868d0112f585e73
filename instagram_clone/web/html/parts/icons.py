"""Icons and inactive buttons for server-generated HTML, with the shapes of lucide, whose package the
components use.
"""

from __future__ import annotations

from instagram_clone.web.html.parts.markup import Html, el

_SHAPES = {
    "heart": "M2 9.5a5.5 5.5 0 0 1 9.591-3.676.56.56 0 0 0 .818 0A5.49 5.49 0 0 1 22 9.5c0 2.29-1.5 4-3 5.5"
    "l-5.492 5.313a2 2 0 0 1-3 .019L5 15c-1.5-1.5-3-3.2-3-5.5",
    "message-circle": "M2.992 16.342a2 2 0 0 1 .094 1.167l-1.065 3.29a1 1 0 0 0 1.236 1.168l3.413-.998"
    "a2 2 0 0 1 1.099.092 10 10 0 1 0-4.777-4.719",
    "send": "M14.536 21.686a.5.5 0 0 0 .937-.024l6.5-19a.496.496 0 0 0-.635-.635l-19 6.5a.5.5 0 0 0"
    "-.024.937l7.93 3.18a2 2 0 0 1 1.112 1.11zM21.854 2.147l-10.94 10.939",
    "bookmark": "M17 3a2 2 0 0 1 2 2v15a1 1 0 0 1-1.496.868l-4.512-2.578a2 2 0 0 0-1.984 0l-4.512 2.578"
    "A1 1 0 0 1 5 20V5a2 2 0 0 1 2-2z",
    "smile": "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20M8 14s1.5 2 4 2 4-2 4-2M9 9h.01M15 9h.01",
    "ellipsis": "M12 11a1 1 0 1 0 0 2 1 1 0 0 0 0-2M19 11a1 1 0 1 0 0 2 1 1 0 0 0 0-2"
    "M5 11a1 1 0 1 0 0 2 1 1 0 0 0 0-2",
    "chevron-left": "m15 18-6-6 6-6",
    "grid-3x3": "M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2z"
    "M3 9h18M3 15h18M9 3v18M15 3v18",
    "link": "M10 13a5 5 0 0 0 7.54.54l3-3a5 5 0 0 0-7.07-7.07l-1.72 1.71"
    "M14 11a5 5 0 0 0-7.54-.54l-3 3a5 5 0 0 0 7.07 7.07l1.71-1.71",
}


def icon(shape: str, size: int = 24) -> Html:
    """Return an icon that is hidden from screen readers."""
    return el(
        "svg",
        el("path", d=_SHAPES[shape]),
        width=size,
        height=size,
        viewBox="0 0 24 24",
        fill="none",
        stroke="currentColor",
        stroke_width=2,
        stroke_linecap="round",
        stroke_linejoin="round",
        class_="ic-icon",
        aria_hidden="true",
    )


def button(name: str, shape: str, classes: str, *, size: int = 24, pressed: bool | None = None) -> Html:
    """Return an icon button that is disabled until scripts replace it."""
    return el(
        "button",
        icon(shape, size),
        type="button",
        disabled=True,
        class_=classes,
        aria_label=name,
        aria_pressed=None if pressed is None else str(pressed).lower(),
    )
