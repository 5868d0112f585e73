"""Server-generated HTML, in which user content is always text or an attribute value, never markup."""

from __future__ import annotations

from html import escape

_VOID = {"img", "link", "meta"}


class Html(str):
    """Text that is already markup: only this module creates it."""

    __slots__ = ()


def el(tag: str, *children: str, **attributes: str | int | bool | None) -> Html:
    """Return an element. `class_` is `class`, `aria_label` is `aria-label`; None and False omit it."""
    start = "".join(
        f" {name.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{escape(str(value))}"')
        for name, value in attributes.items()
        if value is not None and value is not False
    )
    content = concat(*children)
    return Html(f"<{tag}{start}>" if tag in _VOID else f"<{tag}{start}>{content}</{tag}>")


def concat(*parts: str) -> Html:
    """Concatenate several pieces; those that are not markup are escaped."""
    return Html("".join(part if isinstance(part, Html) else escape(part) for part in parts))
