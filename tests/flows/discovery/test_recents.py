"""Recent searches: private, in all of the viewer's tabs, and removed at once."""

from __future__ import annotations

from playwright.sync_api import expect

from instagram_clone.domain.discovery import recents
from tests.flows.conftest import PHONE, Stage, eventually
from tests.flows.discovery.parts import field, open_panel, remove_buttons, results


def test_recent_searches_are_private_and_removed_at_once(stage: Stage) -> None:
    ana, ben, _ = (stage.join(name) for name in ("ana", "ben", "cleo"))
    page = stage.open_tab(ana)
    for name in ("ben", "cleo"):
        panel = open_panel(page)
        page.keyboard.type(name)
        results(panel).filter(has_text=name).click()
        expect(page).to_have_url(f"{stage.server.url}/{name}")
    panel = open_panel(page)
    page.keyboard.type("river light")
    page.keyboard.press("Enter")
    # Stored before the other tab opens, so that its panel shows all three from the start.
    assert eventually(page, lambda: len(stage.do(recents.recent, ana)) == 3)
    page.keyboard.press("Escape")
    other = page.context.new_page()
    other.goto("/")
    panel = open_panel(other)
    removes = remove_buttons(panel)
    expect(removes).to_have_count(3)
    panel.get_by_role("button", name="river light", exact=True).click()
    expect(field(panel)).to_have_value("river light")
    expect(panel.get_by_text("Nothing for river light")).to_be_visible()
    panel.get_by_role("button", name="Clear search").click()
    with stage.server.suspended():
        panel.get_by_role("button", name="Remove cleo from recent searches").click()
        expect(removes).to_have_count(2)
        expect(panel.get_by_role("button", name="Remove ben from recent searches")).to_be_focused()
    assert eventually(page, lambda: len(stage.do(recents.recent, ana)) == 2)
    other.reload()
    panel = open_panel(other)
    expect(removes).to_have_count(2)
    panel.get_by_role("button", name="Clear all").click()
    expect(removes).to_have_count(0)
    expect(panel.get_by_role("button", name="Clear all")).to_have_count(0)
    his = stage.open_tab(ben)
    expect(open_panel(his).get_by_text("Only you can see them")).to_be_visible()


def test_a_recent_search_appears_in_the_other_open_tabs(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    page = stage.open_tab(ana)
    others = open_panel(page), stage.open_tab(ana, "/search", viewport=PHONE)
    his = stage.open_tab(ben, "/search")
    expect(his.get_by_text("Only you can see them")).to_be_visible()
    acting = page.context.new_page()
    acting.goto("/search")
    for other in others:
        expect(other.get_by_text("Only you can see them")).to_be_visible()
    for text in ("tulips", "river light"):
        field(acting).fill(text)
        field(acting).press("Enter")
        for other in others:
            expect(other.get_by_role("button", name=text, exact=True)).to_be_visible()
    field(acting).fill("ben")
    results(acting).click()
    for other in others:
        expect(other.get_by_role("listitem").first).to_contain_text("ben")
        expect(remove_buttons(other)).to_have_count(3)
    acting.goto("/search")
    acting.get_by_role("button", name="Remove tulips from recent searches").click()
    for other in (*others, acting):
        expect(remove_buttons(other)).to_have_count(2)
        expect(other.get_by_role("button", name="tulips", exact=True)).to_have_count(0)
    others[0].get_by_role("button", name="Clear all").click()
    for other in (*others, acting):
        expect(other.get_by_text("Only you can see them")).to_be_visible()
    expect(his.get_by_text("Only you can see them")).to_be_visible()
