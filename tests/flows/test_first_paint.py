"""What is on screen before any script has run, and what becomes of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.flows.conftest import PHONE, Stage


@pytest.mark.parametrize("path", ["/", "/explore", "/messages", "/settings/privacy"])
def test_the_navigation_is_there_before_any_script(stage: Stage, path: str) -> None:
    ana = stage.join("ana")
    page = stage.open_tab(ana, path, java_script_enabled=False, viewport=PHONE)
    tabs = page.get_by_role("navigation", name="Primary")
    expect(tabs.get_by_role("link", name="Explore")).to_be_visible()
    tabs.get_by_role("link", name="Profile").click()
    expect(page).to_have_url(f"{stage.server.url}/ana")


def test_a_visitor_is_shown_no_members_navigation(stage: Stage) -> None:
    stage.join("ana")
    page = stage.open_tab(None, "/ana", viewport=PHONE)
    expect(page.get_by_role("heading", name="ana").first).to_be_visible()
    expect(page.get_by_role("navigation", name="Primary")).to_have_count(0)
    page.goto("/api/me")
    expect(page).to_have_url(f"{stage.server.url}/login")
