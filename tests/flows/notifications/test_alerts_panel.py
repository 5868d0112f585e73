"""What counts as seen: whatever is on screen, and nothing that arrives after it has closed."""

from __future__ import annotations

from playwright.sync_api import expect

from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import preferences
from instagram_clone.domain.people.relations import follows
from tests.flows.conftest import PHONE, Stage

BEN_FOLLOWS = "ben started following you."

# Playwright's tabs are always visible: these have one say that it is in the background, and back.
GO_TO_BACKGROUND = """() => {
  Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
COME_BACK = """() => {
  delete document.visibilityState;
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def follow(stage: Stage, follower: Viewer, followed: Viewer) -> None:
    """Make one person follow another from a tab of their own, so that open tabs are notified."""
    page = stage.open_tab(follower, f"/{followed.username}")
    page.get_by_role("button", name=f"Follow {followed.username}").click()
    expect(page.get_by_role("button", name=f"Following {followed.username}")).to_be_visible()


def test_alerts_after_leaving_the_page_count_as_unread(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    page = stage.open_tab(ana, "/notifications", viewport=PHONE, has_touch=True)
    expect(page.get_by_role("main")).to_contain_text("Nothing yet")
    page.get_by_role("link", name="Explore").tap()
    expect(page).to_have_url(f"{stage.server.url}/explore")
    expect(page.get_by_role("heading", name="Nothing to explore yet")).to_be_visible()
    follow(stage, ben, ana)
    page.get_by_role("link", name="Notifications, 1 unread").tap()
    expect(page.get_by_role("main")).to_contain_text(BEN_FOLLOWS)
    expect(page.get_by_role("link", name="Notifications", exact=True)).to_be_visible()


def test_a_reload_closes_the_panel_and_counts_later_alerts_as_unread(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    page = stage.open_tab(ana)
    panel = page.get_by_role("dialog", name="Notifications")
    page.get_by_role("button", name="Notifications").click()
    expect(panel).to_contain_text("Nothing yet")
    page.reload()
    expect(panel).to_have_count(0)
    follow(stage, ben, ana)
    expect(page.get_by_role("button", name="Notifications, 1 unread")).to_be_visible()


def test_a_tab_in_the_background_leaves_alerts_unread(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    page, wire = stage.open_wired_tab(ana)
    panel = page.get_by_role("dialog", name="Notifications")
    page.get_by_role("button", name="Notifications").click()
    expect(panel).to_contain_text("Nothing yet")
    page.evaluate(GO_TO_BACKGROUND)
    elsewhere = stage.open_tab(ana)
    follow(stage, ben, ana)
    for tab in (page, elsewhere):
        expect(tab.get_by_role("button", name="Notifications, 1 unread")).to_be_visible()
    wire.sockets[-1].browser.close()
    expect(panel).to_contain_text(BEN_FOLLOWS)
    follow(stage, stage.join("cleo"), ana)
    expect(panel).to_contain_text("cleo started following you.")
    for tab in (page, elsewhere):
        expect(tab.get_by_role("button", name="Notifications, 2 unread")).to_be_visible()
    page.evaluate(COME_BACK)
    for tab in (page, elsewhere):
        expect(tab.get_by_role("button", name="Notifications", exact=True)).to_be_visible()
    expect(panel.get_by_role("heading", name="New")).to_be_visible()


def test_an_open_panel_is_reloaded_after_a_reconnect(stage: Stage) -> None:
    ana, ben, cleo = (stage.join(name) for name in ("ana", "ben", "cleo"))
    page, wire = stage.open_wired_tab(ana)
    panel = page.get_by_role("dialog", name="Notifications")
    page.get_by_role("button", name="Notifications").click()
    expect(panel).to_contain_text("Nothing yet")
    stage.do(follows.follow, ben, ana.id)
    wire.sockets[-1].browser.close()
    expect(panel).to_contain_text(BEN_FOLLOWS)
    follow(stage, cleo, ana)
    expect(panel).to_contain_text("cleo started following you.")
    expect(page.get_by_role("button", name="Notifications", exact=True)).to_be_visible()


def test_a_click_with_a_modifier_key_on_follow_requests_is_left_to_the_browser(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(preferences.set_private, ana, True)
    stage.do(follows.follow, ben, ana.id)
    page = stage.open_tab(ana)
    page.get_by_role("button", name="Notifications").click()
    link = page.get_by_role("link", name="Follow requests, 1")
    with page.expect_download():
        link.click(modifiers=["Alt"])
    with page.context.expect_page():
        link.click(modifiers=["Control"])
    expect(page.get_by_role("dialog", name="Notifications")).to_be_visible()
    link.click()
    expect(page.get_by_role("dialog", name="Follow requests")).to_be_visible()
