"""Rows that the user removes."""

from __future__ import annotations

from instagram_clone.web.browser.core import Js, document, where


def focus_next_row(button: Js) -> Js:
    """Focus the same button in the row after the one being removed, or else before it. For the only row,
    focus the field above the rows, or the main part of the page. A step.
    """
    row = button.closest("li")
    neighbour = row.nextElementSibling | row.previousElementSibling
    return _focus(neighbour.querySelector("button:last-child") | _above(button))


def focus_field(button: Js) -> Js:
    """Focus the field above the rows, or the main part of the page, as all rows are removed. A step."""
    return _focus(_above(button))


def _above(button: Js) -> Js:
    field = button.closest("[data-search-box]").querySelector("input")
    return field | document.getElementById("main")


def _focus(element: Js) -> Js:
    return where(element, lambda element: element.focus({"preventScroll": True}))
