"""What is around every page: times that move on, messages in the corner, the connection."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from instagram_clone.domain import blocks
from tests.conftest import share
from tests.flows.conftest import Stage


def test_how_long_ago_something_was_moves_on_while_one_looks(stage: Stage) -> None:
    ana = stage.join("ana")
    post_id = stage.do(share, ana, "A wall")
    page = stage.context(reduced_motion="reduce").new_page()
    page.clock.install()
    stage.sign_in(page.context, ana)
    page.goto(f"/p/{post_id}")
    told = page.get_by_role("list", name="Comments").get_by_role("time")
    expect(told).to_have_text("now")
    expect(told).to_have_attribute("title", re.compile(r"^\d+ \w+ \d{4} at \d\d:\d\d$"))
    page.clock.fast_forward("05:00")
    expect(told).to_have_text(re.compile("^[45]m$"))


def test_two_messages_are_shown_one_after_the_other_and_wait_for_the_pointer(stage: Stage) -> None:
    page = stage.context().new_page()
    page.clock.install()
    stage.sign_in(page.context, stage.join("ana"))
    page.goto("/settings/privacy")
    shown = page.get_by_role("status", name="Announcements")
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
    # A page shows what is still to be shown, and nothing twice.
    page.get_by_role("link", name="Appearance").click()
    expect(page.get_by_role("radiogroup", name="Theme")).to_be_visible()
    expect(shown).to_be_empty()


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
    # A trial click fails when anything lies over the middle of a thing, or keeps it from being used.
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
    assert stage.do(blocks.mine, ana)
    shown.get_by_role("button", name="Undo").click()
    expect(shown).to_have_text("Unblocked")
    assert stage.do(blocks.mine, ana) == []


def test_who_was_offline_is_told_for_a_moment_that_all_is_well_again(stage: Stage) -> None:
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
    page.context.set_offline(False)
    expect(status).to_have_text("Back online.")
    page.clock.run_for(2_900)
    expect(status).to_have_text("Back online.")
    page.clock.run_for(200)
    expect(status).to_be_empty()


def test_who_only_believes_to_be_offline_can_try(stage: Stage) -> None:
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
