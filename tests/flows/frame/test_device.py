"""Device preferences, in all tabs of the device; and overlays opened by the address."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from instagram_clone.domain.people.relations import follows
from tests.conftest import share
from tests.flows.conftest import Stage, wait_until_interactive

APPEARANCE = "/settings/appearance"

RECORD_STORAGE = """() => {
    window.stored = [];
    const set = Storage.prototype.setItem;
    Storage.prototype.setItem = function (key, value) {
        if (this === localStorage) window.stored.push([key, value]);
        return set.call(this, key, value);
    };
}"""
"""Records everything that is stored on this device."""


ALL_STORAGE = "() => [{ ...localStorage }, Object.keys(sessionStorage), history.length]"


def switch(page: Page, name: str) -> Locator:
    return page.get_by_role("switch", name=name)


def other_tab(page: Page, address: str) -> Page:
    """Open another tab in the same browser."""
    tab = page.context.new_page()
    tab.goto(address)
    wait_until_interactive(tab)
    return tab


def test_a_theme_reaches_the_other_tabs_of_the_device(stage: Stage) -> None:
    page = stage.open_tab(stage.join("ana"), APPEARANCE, color_scheme="light")
    other = other_tab(page, APPEARANCE)
    expect(other.get_by_role("radio", name="System")).to_be_checked()
    with stage.server.suspended():
        page.get_by_role("radio", name="Dark").click()
        expect(other.locator("html")).to_have_class("dark")
        expect(other.get_by_role("radio", name="Dark")).to_be_checked()
    other.get_by_role("radio", name="Light").click()
    expect(page.locator("html")).to_have_class("light")
    for tab in (page, other):
        tab.reload()
        expect(tab.get_by_role("radio", name="Light")).to_be_checked()


def test_a_late_answer_does_not_override_a_newer_choice(stage: Stage) -> None:
    page = stage.open_tab(stage.join("ana"), APPEARANCE, color_scheme="light")
    motion, descriptions = switch(page, "Reduce motion"), switch(page, "Always show alt text")
    letters = switch(page, "Single-letter keys")
    expect(page.get_by_role("radio", name="System")).to_be_checked()
    expect(letters).to_be_checked()
    page.evaluate(RECORD_STORAGE)
    with stage.server.suspended():
        for theme in ("Light", "Dark"):
            page.get_by_role("radio", name=theme).click()
            expect(page.get_by_role("radio", name=theme)).to_be_checked()
        for preference, choices in (
            (motion, (True, False, True)),
            (descriptions, (True, False, True)),
            (letters, (False, True, False)),
        ):
            for on in choices:
                preference.click()
                expect(preference).to_be_checked(checked=on)
        chosen = page.evaluate("() => window.stored")
    assert chosen == [
        *(["theme", theme] for theme in ("light", "dark")),
        *(["reduced_motion", choice] for choice in ("on", "off", "on")),
        *(["image_descriptions", choice] for choice in ("on", "off", "on")),
        *(["letter_keys", choice] for choice in ("off", "on", "off")),
    ]
    # Answers come in order: once these are here, any answers to earlier requests are here too.
    page.get_by_role("main").get_by_role("link", name="Privacy", exact=True).click()
    expect(switch(page, "Private account")).to_be_enabled()
    assert page.evaluate("() => window.stored") == chosen
    page.goto(APPEARANCE)
    expect(page.get_by_role("radio", name="Dark")).to_be_checked()
    expect(motion).to_be_checked()
    expect(descriptions).to_be_checked()
    expect(letters).not_to_be_checked()


def test_motion_is_reduced_in_every_tab_of_the_device_at_once(stage: Stage) -> None:
    page = stage.open_tab(stage.join("ana"), APPEARANCE, reduced_motion="no-preference")
    other = other_tab(page, "/explore")
    expect(page.locator("html")).not_to_have_attribute("data-still", "")
    with stage.server.suspended():
        switch(page, "Reduce motion").click()
        for tab in (page, other):
            expect(tab.locator("html")).to_have_attribute("data-still", "")
        expect(switch(page, "Reduce motion")).to_be_checked()
    duration = other.get_by_role("link", name="Home").first.evaluate(
        "link => parseFloat(getComputedStyle(link).transitionDuration)"
    )
    assert duration <= 0.001
    other.route_web_socket("**/_event/**", lambda socket: None)
    other.reload()
    expect(other.locator("html")).to_have_attribute("data-still", "")
    other.close()
    switch(page, "Reduce motion").click()
    expect(page.locator("html")).not_to_have_attribute("data-still", "")


def test_single_letter_keys_are_turned_off_and_others_stay(stage: Stage) -> None:
    ana = stage.join("ana")
    stage.do(share, ana, "A wall")
    page = stage.open_tab(ana, APPEARANCE)
    home = other_tab(page, "/ana")
    create = home.get_by_role("dialog", name="Create new post")
    expect(home.get_by_role("heading", name="ana")).to_be_visible()
    home.keyboard.press("n")
    expect(create).to_be_visible()
    home.keyboard.press("Escape")
    expect(create).to_have_count(0)
    letters = switch(page, "Single-letter keys")
    expect(letters).to_be_checked()
    letters.click()
    expect(letters).not_to_be_checked()
    home.reload()
    wait_until_interactive(home)
    expect(home.get_by_role("heading", name="ana")).to_be_visible()
    for key in ("n", "?"):
        home.keyboard.press(key)
    home.get_by_role("link", name=re.compile("wall|Photo", re.I)).last.focus()
    home.keyboard.press("Enter")
    expect(home.get_by_role("dialog")).to_have_count(1)
    expect(home).to_have_url(re.compile("p="))


def test_descriptions_are_always_shown_if_preferred(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(follows.follow, ana, ben.id)
    stage.do(share, ben, "A wall", alt="Ivy on a red wall")
    page = stage.open_tab(ana, APPEARANCE)
    home = other_tab(page, "/")
    photos = home.get_by_role("article").get_by_role("group", name="Photos")
    text = photos.get_by_text("Ivy on a red wall")
    expect(photos).to_be_visible()
    expect(text).to_have_count(0)
    with stage.server.suspended():
        switch(page, "Always show alt text").click()
        expect(text).to_be_visible()
    home.get_by_role("button", name="Hide image description").click()
    expect(text).to_have_count(0)
    home.reload()
    expect(text).to_be_visible()


def test_device_preferences_outlast_a_session(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    page = stage.open_tab(ana, APPEARANCE, color_scheme="light")
    page.get_by_role("radio", name="Dark").click()
    switch(page, "Always show alt text").click()
    expect(switch(page, "Always show alt text")).to_be_checked()
    stage.sign_in(page.context, ben)
    # The tab's next event has another cookie, so everything of ana's is forgotten.
    page.get_by_role("navigation", name="Primary").get_by_role("link", name="Explore").click()
    expect(page.get_by_role("heading", name="Explore", exact=True)).to_be_visible()
    page.goto(APPEARANCE)
    expect(
        page.get_by_role("navigation", name="Primary").get_by_role("link", name="Profile")
    ).to_have_attribute("href", "/ben")
    expect(switch(page, "Always show alt text")).to_be_checked()
    expect(page.locator("html")).to_have_class("dark")


def test_an_address_opens_the_composer_and_the_list_of_keys(stage: Stage) -> None:
    page = stage.open_tab(stage.join("ana"), "/explore?create")
    create = page.get_by_role("dialog", name="Create new post")
    expect(create).to_be_visible()
    page.reload()
    expect(create).to_be_visible()
    page.keyboard.press("Escape")
    expect(create).to_have_count(0)
    expect(page).to_have_url(f"{stage.server.url}/explore")
    page.keyboard.press("n")
    expect(create).to_be_visible()
    create.get_by_role("button", name="Close").click()
    expect(create).to_have_count(0)
    page.goto("/explore?shortcuts")
    keys = page.get_by_role("dialog", name="Keyboard shortcuts")
    keys.get_by_role("button", name="Close").click()
    expect(keys).to_have_count(0)
    page.goto("/explore?create")
    expect(create).to_be_visible()


def test_a_reused_browser_profile_keeps_nothing_of_its_last_user(stage: Stage) -> None:
    page = stage.open_tab(stage.join("ana"), APPEARANCE)
    page.get_by_role("radio", name="Dark").click()
    other_tab(page, "/ana")
    context = page.context
    context.set_offline(True)
    stage.close()
    page, fresh = stage.open_tab(None, "/login"), stage.context().new_page()
    assert page.context is context
    fresh.goto("/login")
    wait_until_interactive(fresh)
    for tab in (page, fresh):
        expect(tab.locator("html")).to_have_class("light")
    assert page.evaluate(ALL_STORAGE) == fresh.evaluate(ALL_STORAGE)
    assert page.context.cookies() == fresh.context.cookies()
