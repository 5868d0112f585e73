"""The frame of every page: times that keep up, messages in the corner, the connection."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from instagram_clone.domain.people import preferences
from instagram_clone.domain.people.relations import blocks, follows
from tests.conftest import share
from tests.flows.conftest import PHONE, Stage

RECORD_STATUS = """() => {
    const status = document.querySelector("[aria-label=Connection]");
    window.statuses = [];
    const note = () => window.statuses.push([Date.now(), status.textContent]);
    new MutationObserver(note).observe(status, { childList: true, subtree: true, characterData: true });
}"""
"""Records the connection messages, each with its time by the page's clock."""

RESTORE = """() => {
    window.isOld = true;
    window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
}"""
"""What Back does with a page in the browser's cache; browsers that are being driven don't cache pages."""


def test_relative_times_are_updated_while_on_screen(stage: Stage) -> None:
    ana = stage.join("ana")
    post_id = stage.do(share, ana, "A wall")
    page = stage.context(reduced_motion="reduce").new_page()
    page.clock.install()
    stage.sign_in(page.context, ana)
    page.goto(f"/p/{post_id}")
    time = page.get_by_role("list", name="Comments").get_by_role("time")
    expect(time).to_have_text("now")
    expect(time).to_have_attribute("title", re.compile(r"^\d+ \w+ \d{4} at \d\d:\d\d$"))
    page.clock.fast_forward("05:00")
    # Five minutes ago, give or take the time the test itself takes.
    expect(time).to_have_text(re.compile(r"^([4-9]|\d\d)m$"))


def stop_the_clock(page: Page) -> None:
    """Stop the page's clock, so that time passes only when the test advances it."""
    page.clock.pause_at(page.evaluate("() => Date.now()") + 60_000)


def test_toasts_are_shown_one_after_the_other_and_wait_for_the_pointer(stage: Stage) -> None:
    page = stage.context().new_page()
    page.clock.install()
    stage.sign_in(page.context, stage.join("ana"))
    page.goto("/settings/privacy")
    shown = page.get_by_role("status", name="Announcements")
    expect(page.get_by_role("switch", name="Private account")).to_be_enabled()
    stop_the_clock(page)
    page.get_by_role("switch", name="Private account").click()
    page.get_by_role("switch", name="Read receipts").click()
    expect(page.get_by_role("switch", name="Read receipts")).not_to_be_checked()
    expect(shown).to_have_text("Your account is private")
    shown.hover()
    page.clock.run_for(60_000)
    expect(shown).to_have_text("Your account is private")
    page.mouse.move(700, 10)
    page.clock.run_for(4_000)
    expect(shown).to_have_text("Your account is private")
    page.clock.run_for(1_500)
    expect(shown).to_have_text("Saved")
    page.clock.run_for(5_500)
    expect(shown).to_be_empty()
    # A new page shows the remaining messages, and none twice.
    page.get_by_role("link", name="Appearance").click()
    expect(page.get_by_role("radiogroup", name="Theme")).to_be_visible()
    expect(shown).to_be_empty()


def test_a_switch_is_disabled_until_its_state_is_loaded(stage: Stage) -> None:
    ana = stage.join("ana")
    stage.do(preferences.set_private, ana, True)
    context = stage.context()
    stage.sign_in(context, ana)
    page, deaf = context.new_page(), context.new_page()
    # This tab never gets an answer, so it can't know what the opposite of the stored value is.
    deaf.route_web_socket("**/_event/**", lambda socket: None)
    for tab in (page, deaf):
        tab.goto("/settings/privacy")
    for name in ("Private account", "Read receipts"):
        expect(page.get_by_role("switch", name=name)).to_be_enabled()
        expect(page.get_by_role("switch", name=name)).to_be_checked()
        expect(deaf.get_by_role("switch", name=name)).to_be_disabled()


def test_a_message_can_be_read_and_used_over_a_dialog(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(share, ben, "A wall")
    page = stage.open_tab(ana, "/ben")
    page.get_by_role("link", name="Photo, 0 likes").click()
    dialog = page.get_by_role("dialog", name="Post by ben")
    dialog.get_by_role("button", name="More options for this post").click()
    page.get_by_role("menuitem", name="Copy link").click()
    shown = page.get_by_role("status", name="Announcements")
    expect(shown).to_contain_text(re.compile("Link copied|Copy this link"))
    # It stays while the pointer is on it. A trial click fails if its middle is covered or inert.
    shown.hover()
    shown.click(trial=True)
    assert shown.evaluate("(box) => !!box.closest('dialog')")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(shown).to_contain_text(re.compile("Link copied|Copy this link"))


def test_a_block_can_be_undone_from_its_message(stage: Stage) -> None:
    ana, _ = stage.join("ana"), stage.join("ben")
    page = stage.open_tab(ana, "/ben")
    page.get_by_role("button", name="More options").click()
    page.get_by_role("menuitem", name="Block").click()
    page.get_by_role("dialog").get_by_role("button", name="Block").click()
    shown = page.get_by_role("status", name="Announcements")
    expect(shown).to_contain_text("Blocked")
    assert stage.do(blocks.page, ana)[0]
    shown.get_by_role("button", name="Undo").click()
    expect(shown).to_have_text("Unblocked")
    assert stage.do(blocks.page, ana) == ([], "")


def test_a_reconnect_is_announced_for_a_moment(stage: Stage) -> None:
    page = stage.context().new_page()
    page.clock.install()
    stage.sign_in(page.context, stage.join("ana"))
    page.goto("/settings/account")
    expect(page.get_by_role("button", name="Log out", exact=True)).to_be_visible()
    status = page.get_by_role("status", name="Connection")
    page.context.set_offline(True)
    expect(status).to_contain_text("You are offline.")
    status.get_by_role("button", name="Retry").click()
    page.clock.run_for(10_000)
    expect(status).to_contain_text("You are offline.")
    page.evaluate(RECORD_STATUS)
    page.context.set_offline(False)
    expect(status).to_have_text("Back online.")
    page.clock.run_for(3_100)
    expect(status).to_be_empty()
    statuses = page.evaluate("() => window.statuses")
    shown_at = next(at for at, text in statuses if text == "Back online.")
    cleared_at = next(at for at, text in statuses if at >= shown_at and not text)
    assert cleared_at - shown_at >= 2_900


def test_a_browser_that_wrongly_claims_to_be_offline_can_retry(stage: Stage) -> None:
    page = stage.open_tab(stage.join("ana"), "/settings/account")
    expect(page.get_by_role("button", name="Log out", exact=True)).to_be_visible()
    status = page.get_by_role("status", name="Connection")
    page.evaluate(
        "() => { Object.defineProperty(navigator, 'onLine', { value: false });"
        " window.dispatchEvent(new Event('offline')); }"
    )
    expect(status).to_contain_text("You are offline.")
    status.get_by_role("button", name="Retry").click()
    expect(status).to_have_text("Back online.")


def test_follow_requests_are_listed_in_the_panel_over_the_same_page(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(preferences.set_private, ana, True)
    stage.do(follows.follow, ben, ana.id)
    page = stage.open_tab(ana, "/explore")
    page.get_by_role("button", name="Notifications, 1 unread").click()
    page.get_by_role("link", name="Follow requests, 1").click()
    asking = page.get_by_role("dialog", name="Follow requests")
    expect(asking.get_by_role("button", name="Confirm request from ben")).to_be_visible()
    expect(page).to_have_url(f"{stage.server.url}/explore")
    expect(asking).to_be_focused()
    asking.get_by_role("button", name="Back").click()
    panel = page.get_by_role("dialog", name="Notifications")
    expect(panel).to_be_focused()
    panel.get_by_role("link", name="Follow requests, 1").click()
    asking.get_by_role("button", name="Confirm request from ben").click()
    expect(asking).to_contain_text("There are no requests.")
    page.keyboard.press("Escape")
    expect(asking).to_have_count(0)
    # The notification about ben may arrive just before or just after the panel closes: read, or unread.
    button = page.get_by_role("button", name="Notifications")
    expect(button).to_be_focused()
    button.click()
    expect(panel).to_contain_text("ben started following you.")


def test_a_panel_is_closed_by_a_click_elsewhere_and_by_another_page(stage: Stage) -> None:
    page = stage.open_tab(stage.join("ana"))
    button = page.get_by_role("button", name="Notifications", exact=True)
    panel = page.get_by_role("dialog", name="Notifications")
    for leave in (
        lambda: page.mouse.click(1200, 600),
        lambda: button.click(),
        lambda: page.get_by_role("link", name="Explore").first.click(),
    ):
        expect(button).to_have_attribute("aria-expanded", "false")
        button.click()
        expect(panel).to_contain_text("Nothing yet")
        expect(button).to_have_attribute("aria-expanded", "true")
        leave()
        expect(panel).to_have_count(0)
    expect(page).to_have_url(f"{stage.server.url}/explore")


def test_an_open_panel_is_reloaded_after_a_server_restart(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    page = stage.open_tab(ana)
    page.get_by_role("button", name="Notifications", exact=True).click()
    panel = page.get_by_role("dialog", name="Notifications")
    expect(panel).to_contain_text("Nothing yet")
    stage.server.kill()
    stage.do(follows.follow, ben, ana.id)
    stage.server.start()
    expect(panel).to_contain_text("ben started following you.")
    expect(page.get_by_role("status", name="Connection")).not_to_contain_text("Reconnecting…")


def test_navigation_moves_the_focus_to_the_main_content(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(follows.follow, ana, ben.id)
    page = stage.open_tab(ana)
    expect(page.get_by_role("main")).not_to_be_focused()
    for name, title in (("Explore", "Explore"), ("Messages", "Messages"), ("Profile", "ana")):
        page.get_by_role("navigation", name="Primary").get_by_role("link", name=name).click()
        expect(page).to_have_title(f"{title} · Instaclone")
        expect(page.get_by_role("main")).to_be_focused()
    page.go_back()
    expect(page).to_have_title("Messages · Instaclone")
    expect(page.get_by_role("main")).to_be_focused()


def test_closing_a_list_of_people_returns_the_focus(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(follows.follow, ana, ben.id)
    page = stage.open_tab(ana, "/ben")
    page.get_by_role("link", name="1 follower").click()
    expect(page.get_by_role("dialog", name="Followers")).to_contain_text("ana")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("link", name="1 follower")).to_be_focused()


def test_the_theme_is_chosen_with_arrow_keys_and_kept(stage: Stage) -> None:
    page = stage.open_tab(stage.join("ana"), "/settings/appearance", color_scheme="light")
    group = page.get_by_role("radiogroup", name="Theme")
    expect(group.get_by_role("radio", name="System")).to_be_checked()
    group.get_by_role("radio", name="System").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(group.get_by_role("radio", name="Dark")).to_be_checked()
    expect(page.locator("html")).to_have_class(re.compile("dark"))
    page.reload()
    expect(group.get_by_role("radio", name="Dark")).to_be_checked()
    page.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Switch appearance").click()
    expect(group.get_by_role("radio", name="Light")).to_be_checked()
    expect(page.locator("html")).to_have_class(re.compile("light"))


def test_keys_like_and_comment_on_the_post_that_has_the_focus(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(follows.follow, ana, ben.id)
    for words in ("A wall", "A sky"):
        stage.do(share, ben, words)
    page = stage.open_tab(ana)
    sky, wall = (page.get_by_role("article").filter(has_text=words) for words in ("A sky", "A wall"))
    expect(wall).to_be_visible()
    page.keyboard.press("j")
    expect(sky).to_be_focused()
    page.keyboard.press("j")
    expect(wall).to_be_focused()
    page.keyboard.press("l")
    expect(wall.get_by_role("button", name="Unlike")).to_be_visible()
    page.keyboard.press("c")
    field = wall.get_by_role("textbox", name="Add a comment")
    expect(field).to_be_focused()
    page.keyboard.type("jl?n")
    expect(field).to_have_value("jl?n")
    wall.focus()
    page.keyboard.press("k")
    expect(sky).to_be_focused()
    page.keyboard.press("Control+l")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_contain_text("Next post")
    page.keyboard.press("l")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(sky).to_be_focused()
    expect(sky.get_by_role("button", name="Like", exact=True)).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Post by ben")).to_be_visible()


def test_on_a_phone_the_comment_key_opens_the_post_at_its_field(stage: Stage) -> None:
    ana = stage.join("ana")
    post_id = stage.do(share, ana, "A wall")
    page = stage.open_tab(ana, viewport=PHONE)
    expect(page.get_by_role("article")).to_be_visible()
    page.keyboard.press("c")
    expect(page).to_have_url(re.compile(post_id))
    expect(page.get_by_role("textbox", name="Add a comment")).to_be_focused()


def test_back_shows_nothing_of_somebody_who_has_logged_out(stage: Stage) -> None:
    page = stage.open_tab(stage.join("ana"), "/settings/security")
    expect(page.get_by_text("This device")).to_be_visible()
    page.context.clear_cookies()
    page.evaluate(RESTORE)
    expect(page).to_have_url(re.compile("/login"))


def test_back_keeps_the_page_of_somebody_who_is_still_signed_in(stage: Stage) -> None:
    page = stage.open_tab(stage.join("ana"), "/settings/profile")
    bio = page.get_by_role("textbox", name="Bio")
    bio.fill("Walls")
    with page.expect_request("**/api/me"):
        page.evaluate(RESTORE)
    expect(page.locator("html")).to_have_css("opacity", "1")
    expect(bio).to_have_value("Walls")
    assert page.evaluate("() => window.isOld")


def test_back_after_a_log_in_shows_no_form_that_is_waiting(stage: Stage) -> None:
    page = stage.open_tab(None, "/login")
    page.evaluate(RESTORE)
    page.wait_for_function("() => !window.isOld")
    stage.sign_in(page.context, stage.join("ana"))
    page.evaluate(RESTORE)
    expect(page.get_by_role("heading", name="Welcome, Ana")).to_be_visible()
