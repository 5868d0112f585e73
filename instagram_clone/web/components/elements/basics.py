"""The smallest parts: icons, avatars, the mark, rich text, skeletons, empty and failed states."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.domain.core.text.richtext import Piece
from instagram_clone.web.browser.core import default, dom
from instagram_clone.web.browser.core import name as of_browser

MARK = (
    '<svg class="ic-logo-mark" viewBox="0 0 32 32" aria-hidden="true">'
    '<rect x="10" y="3" width="19" height="19" rx="6" fill="#F0775E"/>'
    '<rect x="3" y="10" width="19" height="19" rx="6" style="fill:var(--ic-mark-pine)"/>'
    '<circle cx="16" cy="16" r="6" fill="#F7D9A8"/></svg>'
)
WORD = (
    '<svg class="ic-logo-word" viewBox="0 0 143 28" aria-hidden="true"><path d="M2 10V24M9 24V10M9 '
    "16.2A6 6 0 0 1 21 16.2V24M34.8 12.3C33.9 10.7 32.4 10 30.6 10C28.1 10 26.4 11.4 26.4 13.4C26.4 "
    "15.8 28.4 16.5 30.7 17C33.1 17.5 35.1 18.3 35.1 20.5C35.1 22.7 33.2 24 30.7 24C28.5 24 26.9 23.2 "
    "25.9 21.6M41.8 4.5V19.8A4.2 4.2 0 0 0 46 24H46.7M38.3 10H46.5M64.3 17A7 7 0 1 1 50.3 17A7 7 0 1 1 "
    "64.3 17M64.3 10V24M80.9 11.8A7 7 0 1 0 80.9 22.2M86.1 3V24M105 17A7 7 0 1 1 91 17A7 7 0 1 1 105 "
    "17M110.2 24V10M110.2 16.2A6 6 0 0 1 122.2 16.2V24M127.1 17H141.1A7 7 0 1 0 139 22"
    '"/><circle cx="2" cy="4.4" r="1.9" fill="#F0775E" stroke="none"/></svg>'
)


def icon(name: str, size: int = 24, class_name: str = "") -> rx.Component:
    """A lucide icon with our stroke, hidden from the accessibility tree."""
    return rx.icon(
        tag=name,
        size=size,
        class_name=f"ic-icon {class_name}".strip(),
        custom_attrs={"aria-hidden": "true"},
    )


def avatar(photo: Any, username: Any, size: int) -> rx.Component:
    """A profile photo, or the first letter of the name if there is none."""
    box = dom(style={"--sz": f"{size}px"})
    image = rx.el.img(src=photo, alt="", **dom(width=size, height=size))
    # By code point, so that a leading emoji stays whole, as in the name of a group everyone else has left.
    letter = default(of_browser("Array.from")(username)[0], "").toUpperCase()
    return rx.cond(
        photo,
        rx.el.span(image, class_name="ic-avatar", **box),
        rx.el.span(letter, class_name="ic-avatar is-initials", aria_hidden="true", **box),
    )


def logo(**more: Any) -> rx.Component:
    """The mark and the wordmark, as a link home."""
    return rx.el.a(
        rx.el.span(custom_attrs={"dangerouslySetInnerHTML": {"__html": MARK + WORD}}, class_name="ic-logo"),
        href="/",
        aria_label="Instaclone",
        class_name="ic-logolink",
        **more,
    )


def rich_text(pieces: Any) -> rx.Component:
    """Text with its links. React renders all of it as text, so markup is displayed, never interpreted.

    Place it in an element with `dir="auto"`. Links are isolated and don't affect the direction of the text.
    """
    return rx.foreach(pieces, _piece)


def _piece(piece: rx.Var[Piece]) -> rx.Component:
    return rx.cond(
        piece.href == "",
        rx.el.span(piece.text),
        rx.cond(
            piece.is_external,
            rx.el.elements.a(
                rx.el.bdi(piece.text),
                href=piece.href,
                class_name="ic-link",
                rel="nofollow ugc noopener",
                target="_blank",
            ),
            rx.el.a(rx.el.bdi(piece.text), href=piece.href, class_name="ic-link"),
        ),
    )


def skeleton(width: str, height: str, *, round_: bool = False) -> rx.Component:
    """One grey block of a skeleton."""
    return rx.el.span(
        class_name="ic-sk is-round" if round_ else "ic-sk", style={"width": width, "height": height}
    )


def row_skeleton(size: int, name: str, note: str, *, row: str = "ic-panel-row") -> rx.Component:
    """The skeleton of a list row: an avatar of `size` pixels, and a name and a note of the given widths."""
    return rx.el.li(
        skeleton(f"{size}px", f"{size}px", round_=True),
        rx.el.div(skeleton(name, "11px"), skeleton(note, "9px"), class_name="ic-boneset"),
        class_name=row,
        aria_hidden="true",
    )


def failed(sentence: str, retry: Any) -> rx.Component:
    """Placeholder for content that failed to load."""
    return rx.el.div(
        icon("cloud-off", 40),
        rx.el.h2("This did not load"),
        rx.el.p(sentence),
        rx.el.button("Try again", type="button", class_name="ic-btn", on_click=retry),
        class_name="ic-empty",
        role="alert",
    )
