"""The parts of the search as people see them: the field, the results, the recent searches."""

from __future__ import annotations

import re
from typing import NamedTuple

from playwright.sync_api import Locator, Page, expect

from instagram_clone.domain.core.viewer import Viewer


class Found(NamedTuple):
    """Ana's panel, in which she has found Ben and a post of his by "ben"."""

    ana: Viewer
    ben: Viewer
    page: Page
    panel: Locator


def open_panel(page: Page) -> Locator:
    """Open the panel with its shortcut, once the page responds to keys."""
    expect(page.get_by_role("button", name="Search", exact=True)).to_be_enabled()
    expect(page.locator(".ic-app:not(.is-early)")).to_be_visible()
    page.keyboard.press("/")
    panel = page.get_by_role("dialog", name="Search")
    expect(field(panel)).to_be_focused()
    return panel


def field(where: Page | Locator) -> Locator:
    return where.get_by_role("searchbox", name="Search", exact=True)


def announced(where: Page | Locator) -> Locator:
    """Return the number of results, as announced to screen readers."""
    return where.get_by_role("status").filter(has_text=re.compile("result"))


def results(where: Page | Locator) -> Locator:
    return where.get_by_role("listbox", name="Results").get_by_role("option")


def remove_buttons(where: Page | Locator) -> Locator:
    """Return the buttons that remove recent searches."""
    return where.get_by_role("button", name=re.compile("^Remove .* from recent searches$"))
