"""Rows that the user removes."""

from __future__ import annotations

from instagram_clone.web.browser.core import Js, document, where


def focus_next_row(button: Js) -> Js:
    """Focus the same button in the row after the one being removed, or else before it. For the only row,
    focus the field above the rows, or the main part of the page. A step.
    """
    row = button.closest("li")
    neighbour = row.nextElementSibling | row.previousElementSibling
    field = button.closest("[data-search-box]").querySelector("input")
    next_ = neighbour.querySelector("button:last-child") | field | document.getElementById("main")
    return where(next_, lambda next_: next_.focus({"preventScroll": True}))
