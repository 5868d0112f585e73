"""The search panel and page: opened and left by keys, clicks and taps, at any width."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.conftest import share
from tests.flows.conftest import PHONE, Stage
from tests.flows.discovery.parts import announced, field, open_panel, results


def test_somebody_is_found_and_opened_by_keys_alone(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben", "Ben Okoye")
    stage.join("benita")
    stage.do(share, ben, "A bend in the river")
    page = stage.open_tab(ana)
    address = page.url
    panel = open_panel(page)
    button = page.get_by_role("button", name="Search", exact=True)
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(panel.get_by_role("heading", name="Recent")).to_be_visible()
    page.keyboard.type("ben")
    expect(results(panel)).to_have_count(3)
    expect(announced(panel)).to_have_text("3 results")
    expect(panel.get_by_role("tab", name="Top")).to_have_attribute("aria-selected", "true")
    assert page.url == address
    at = panel.locator("[role=option][aria-selected=true]")
    expect(at).to_have_count(0)
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    expect(at).to_contain_text("A bend in the river")
    expect(field(panel)).to_have_attribute("aria-activedescendant", str(at.get_attribute("id")))
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(at).to_have_count(0)
    page.keyboard.press("ArrowUp")
    expect(at).to_contain_text("A bend in the river")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Post by ben")).to_be_visible()
    expect(panel).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    panel = open_panel(page)
    page.keyboard.type("ben")
    expect(results(panel)).to_have_count(3)
    page.keyboard.press("ArrowDown")
    expect(at).to_contain_text("Ben Okoye")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{stage.server.url}/ben")
    expect(page.get_by_role("main")).to_be_focused()
    panel = open_panel(page)
    expect(panel.get_by_role("link", name="ben")).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(page.get_by_role("main")).to_be_focused()


def test_the_panel_closes_with_escape_despite_text_and_with_a_click_outside(stage: Stage) -> None:
    page = stage.open_tab(stage.join("ana"))
    panel = open_panel(page)
    page.keyboard.type("x")
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    button = page.get_by_role("button", name="Search", exact=True)
    expect(button).to_be_focused()
    button.click()
    expect(field(panel)).to_be_focused()
    expect(field(panel)).to_have_value("")
    button.click()
    expect(panel).to_have_count(0)
    button.click()
    expect(panel).to_be_visible()
    page.get_by_role("main").click(position={"x": 700, "y": 600})
    expect(panel).to_have_count(0)


def test_the_search_key_types_in_fields_and_does_nothing_where_keys_are_off(stage: Stage) -> None:
    page = stage.open_tab(stage.join("ana"), "/messages")
    search = page.get_by_role("searchbox", name="Search messages")
    search.fill("a")
    search.press("/")
    expect(search).to_have_value("a/")
    page.goto("/settings/appearance")
    switch = page.get_by_role("switch", name=re.compile("keys|shortcuts", re.IGNORECASE))
    switch.click()
    page.wait_for_function("() => localStorage.getItem('letter_keys') === 'off'")
    page.get_by_role("main").focus()
    page.keyboard.press("/")
    expect(page.get_by_role("dialog", name="Search")).to_have_count(0)


def test_on_phones_search_is_a_page_that_is_restored_on_return(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(share, ben, "ben was here")
    page = stage.open_tab(ana, "/explore", viewport=PHONE, has_touch=True)
    page.get_by_role("link", name="Search", exact=True).tap()
    expect(page).to_have_url(f"{stage.server.url}/search")
    expect(page.get_by_role("heading", name="Search")).to_be_visible()
    expect(field(page)).to_be_focused()
    page.keyboard.type("ben")
    expect(results(page)).to_have_count(2)
    page.get_by_role("tab", name="People").tap()
    results(page).tap()
    expect(page).to_have_url(f"{stage.server.url}/ben")
    page.go_back()
    expect(field(page)).to_have_value("ben")
    expect(results(page)).to_have_count(1)
    page.get_by_role("tab", name="Posts").tap()
    results(page).tap()
    expect(page.get_by_role("article", name="Post by ben")).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Close").tap()
    expect(page).to_have_url(f"{stage.server.url}/explore")
    page.get_by_role("link", name="Search", exact=True).tap()
    expect(field(page)).to_have_value("")


def test_the_search_page_focuses_its_field_at_any_width(stage: Stage) -> None:
    stage.join("ben")
    page = stage.open_tab(stage.join("ana"), "/search")
    expect(field(page)).to_have_count(1)
    expect(field(page)).to_be_focused()
    page.keyboard.type("ben")
    expect(results(page)).to_have_count(1)
    page.get_by_role("main").focus()
    page.keyboard.press("/")
    expect(field(page)).to_be_focused()
    page.get_by_role("main").focus()
    page.get_by_role("button", name="Search", exact=True).click()
    expect(field(page)).to_be_focused()
    visitor = stage.open_tab(None, "/search")
    expect(visitor).to_have_url(re.compile("/login"))
