"""Results: announced, filtered, paged, shown as tiles and rows, opened from anywhere."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from instagram_clone.domain.people import profiles
from instagram_clone.domain.people.relations import follows
from tests.conftest import share
from tests.flows.conftest import PHONE, Stage
from tests.flows.discovery.parts import Found, announced, field, open_panel, results

LONG = "Donaudampfschifffahrtsgesellschaftskapitän" * 7


def test_an_empty_result_names_the_search(stage: Stage) -> None:
    page = stage.open_tab(stage.join("ana"))
    panel = open_panel(page)
    page.keyboard.type("zzqq")
    expect(panel.get_by_text("Nothing for zzqq. Check the spelling or try a tag.")).to_be_visible()
    expect(announced(panel)).to_have_text("0 results")
    panel.get_by_role("button", name="Clear search").click()
    expect(field(panel)).to_be_focused()
    expect(field(panel)).to_have_value("")
    expect(panel.get_by_role("heading", name="Recent")).to_be_visible()


def test_tabs_narrow_what_is_found(found: Found) -> None:
    page, panel = found.page, found.panel
    panel.get_by_role("tab", name="Top").focus()
    page.keyboard.press("ArrowRight")
    expect(panel.get_by_role("tab", name="People")).to_be_focused()
    expect(results(panel)).to_have_count(1)
    page.keyboard.press("End")
    expect(panel.get_by_role("tab", name="Posts")).to_have_attribute("aria-selected", "true")
    expect(results(panel)).to_have_count(1)
    expect(panel.get_by_role("option", name="Photo by ben: ben was here")).to_be_visible()


def test_found_posts_are_tiles_navigated_by_arrow_keys(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    for number in range(5):
        stage.do(share, ben, f"tulip {number}", alt=f"In vase {number}")
    stage.do(share, ben, alt="One tulip")
    page = stage.open_tab(ana, "/search")
    field(page).fill("tulip")
    expect(results(page)).to_have_count(6)
    with stage.server.suspended():
        page.get_by_role("tab", name="Posts").click()
        expect(page.get_by_role("tabpanel").get_by_text("Loading posts")).to_be_attached()
    expect(announced(page)).to_have_text("6 results")
    first = page.get_by_role("option", name="Photo by ben: One tulip")
    expect(page.get_by_role("option", name="Photo by ben: tulip 4, In vase 4")).to_be_visible()
    tiles = [box for one in results(page).all() if (box := one.bounding_box())]
    assert len({box["y"] for box in tiles[:3]}) == 1 and len({box["x"] for box in tiles[::3]}) == 1
    assert all(abs(box["width"] - box["height"]) < 1 for box in tiles)
    field(page).focus()
    chosen = page.locator("[role=option][aria-selected=true]")
    for key, name in (
        ("ArrowDown", "One tulip"),
        ("ArrowRight", "tulip 4"),
        ("ArrowDown", "tulip 1"),
        ("ArrowLeft", "tulip 2"),
        ("ArrowUp", "One tulip"),
    ):
        page.keyboard.press(key)
        expect(chosen).to_have_accessible_name(re.compile(f"^Photo by ben: {name}"))
    page.keyboard.press("ArrowLeft")
    expect(chosen).to_have_count(0)
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    page.keyboard.type("s")
    expect(field(page)).to_have_value("tulisp")
    # The next answer resets the active result, so it must be there before the next key.
    expect(page.get_by_text("Nothing for tulisp")).to_be_visible()
    field(page).fill("tulip")
    expect(results(page)).to_have_count(6)
    page.keyboard.press("ArrowDown")
    expect(first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.get_by_role("article", name="Post by ben")).to_contain_text("Be the first to like this")
    page.go_back()
    expect(page.get_by_role("tab", name="Posts")).to_have_attribute("aria-selected", "true")
    expect(first).to_be_visible()
    field(page).fill("zzqq")
    expect(page.get_by_text("Nothing for zzqq")).to_be_visible()


def test_show_more_loads_more_results(stage: Stage) -> None:
    for number in range(25):
        stage.join(f"ben{number}")
    page = stage.open_tab(stage.join("ana"), "/search")
    page.keyboard.type("ben")
    page.get_by_role("tab", name="People").click()
    expect(results(page)).to_have_count(20)
    page.get_by_role("button", name="Show more").click()
    expect(results(page)).to_have_count(25)
    expect(page.get_by_role("button", name="Show more")).to_have_count(0)
    expect(announced(page)).to_have_text("25 results")


def test_names_of_any_length_and_direction_fit_their_rows(stage: Stage) -> None:
    ana, ben, omar = stage.join("ana"), stage.join("ben"), stage.join("ben.omar")
    stage.do(profiles.edit_profile, ben, "🌿" * 20, "ben", "", "")
    stage.do(profiles.edit_profile, omar, "عمر بن الخطاب", "ben.omar", "", "")
    stage.do(share, ben, f"ben {LONG}")
    page = stage.open_tab(ana, viewport=PHONE)
    page.goto("/search")
    page.keyboard.type("ben")
    expect(results(page)).to_have_count(3)
    page.keyboard.type(LONG[:150])
    expect(page.get_by_text("Nothing for")).to_be_visible()
    for _ in range(2):
        wide = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(wide) == 0
        field(page).fill("ben")
        expect(results(page)).to_have_count(3)
    for row in results(page).all():
        box = row.bounding_box()
        assert box is not None
        assert (box["width"], box["height"]) == (390, 60)


def test_a_post_found_anywhere_opens(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(share, ben, "lighthouse")
    page = stage.open_tab(ana, "/messages")
    panel = open_panel(page)
    page.keyboard.type("lighthouse")
    results(panel).first.click()
    expect(page.get_by_role("article", name="Post by ben")).to_be_visible()


def test_the_dialogs_find_people_as_the_search_does(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben", "Benedikt Ólafsson")
    post = stage.do(share, ben, "A wall")
    stage.do(follows.follow, ana, ben.id)
    stage.join("dora", "Ólafur Stranger")
    page = stage.open_tab(ana, f"/p/{post}")
    page.get_by_role("button", name="Share", exact=True).click()
    dialog = page.get_by_role("dialog", name="Share post")
    dialog.get_by_role("searchbox", name="Search people").fill("stranger")
    expect(dialog.get_by_role("checkbox", name="dora")).to_be_visible()
    expect(dialog.get_by_role("checkbox", name="ben")).to_have_count(0)
    dialog.get_by_role("searchbox", name="Search people").fill("zzqq")
    expect(dialog.get_by_text("Nobody by that name.")).to_be_visible()
    page.goto("/messages")
    page.get_by_role("button", name="New message").first.click()
    dialog = page.get_by_role("dialog", name="New message")
    dialog.get_by_role("searchbox", name="Search people").fill("ólafur")
    expect(dialog.get_by_role("checkbox", name="dora")).to_be_visible()
