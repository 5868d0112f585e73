"""Saving posts: at once, in all of the viewer's tabs and nowhere else, and listed on their profile."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from instagram_clone.domain.core import db
from instagram_clone.domain.people.relations import follows
from instagram_clone.domain.posts import saves
from instagram_clone.domain.posts.feed import GRID_PAGE
from tests.conftest import share
from tests.flows.conftest import PHONE, Stage, article, eventually


def test_a_saved_post_appears_in_every_own_tab(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(follows.follow, ana, ben.id)
    first, second = (stage.do(share, ben, alt=alt) for alt in ("A bowl", "A cup"))
    listed = stage.open_tab(ana, "/ana")
    listed.get_by_role("tab", name="Saved").click()
    expect(listed.get_by_role("heading", name="Nothing saved yet")).to_be_visible()
    expect(listed.get_by_text("Only you can see what you have saved")).to_be_visible()
    home, his = stage.open_tab(ana), stage.open_tab(ben, f"/p/{second}")
    card = article(home, "ben")
    card.get_by_role("button", name="Save", exact=True).click()
    expect(card.get_by_role("button", name="Remove from saved")).to_have_attribute("aria-pressed", "true")
    tiles = listed.get_by_role("main").get_by_role("link", name="Photo, ")
    expect(tiles).to_have_count(1)
    third = home.context.new_page()
    third.goto(f"/p/{first}")
    third.get_by_role("button", name="Save", exact=True).click()
    expect(tiles).to_have_count(2)
    expect(tiles.first).to_have_attribute("href", f"/p/{first}")
    home.reload()
    expect(article(home, "ben").get_by_role("button", name="Remove from saved")).to_be_visible()
    listed.reload()
    expect(tiles).to_have_count(2)
    article(home, "ben").get_by_role("button", name="Remove from saved").click()
    expect(tiles).to_have_count(1)
    expect(his.get_by_role("button", name="Save", exact=True)).to_be_visible()


def test_the_key_s_saves_the_post_that_has_the_focus(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(follows.follow, ana, ben.id)
    stage.do(share, ben)
    page = stage.open_tab(ana)
    expect(article(page, "ben").get_by_role("button", name="Save", exact=True)).to_be_enabled()
    page.keyboard.press("j")
    page.keyboard.press("s")
    expect(article(page, "ben").get_by_role("button", name="Remove from saved")).to_be_visible()
    page.keyboard.press("s")
    expect(article(page, "ben").get_by_role("button", name="Save", exact=True)).to_be_visible()


def test_a_post_is_saved_before_the_server_has_answered(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(follows.follow, ana, ben.id)
    stage.do(share, ben)
    page = stage.open_tab(ana)
    card = article(page, "ben")
    expect(card.get_by_role("button", name="Save", exact=True)).to_be_enabled()
    with stage.server.suspended():
        card.get_by_role("button", name="Save", exact=True).click()
        expect(card.get_by_role("button", name="Remove from saved")).to_be_visible()
        page.keyboard.press("j")
        page.keyboard.press("s")
        expect(card.get_by_role("button", name="Save", exact=True)).to_be_visible()
        page.keyboard.press("s")
        expect(card.get_by_role("button", name="Remove from saved")).to_be_visible()
    assert eventually(page, lambda: bool(stage.do(saves.page, ana).posts))
    expect(card.get_by_role("button", name="Remove from saved")).to_be_visible()


def test_saved_posts_are_listed_latest_first_to_the_end(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    posts = [stage.do(share, ben) for _ in range(GRID_PAGE + 2)]
    for post_id in posts:
        stage.do(saves.save, ana, post_id)
    page = stage.open_tab(ana, "/ana/saved", viewport=PHONE)
    tiles = page.get_by_role("main").get_by_role("link", name="Photo, ")
    expect(tiles.nth(GRID_PAGE - 1)).to_be_attached()
    tiles.last.scroll_into_view_if_needed()
    expect(tiles).to_have_count(GRID_PAGE + 2)
    shown = tiles.evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert shown == [f"/p/{post_id}" for post_id in reversed(posts)]


def test_an_open_saved_list_follows_what_the_viewer_may_see(stage: Stage) -> None:
    ana, ben, cleo = (stage.join(name) for name in ("ana", "ben", "cleo"))
    visible, hidden, deleted = stage.do(share, cleo), stage.do(share, ben), stage.do(share, cleo)
    for post_id in (visible, hidden, deleted):
        stage.do(saves.save, ana, post_id)
    page = stage.open_tab(ana, "/ana/saved")
    tiles = page.get_by_role("main").get_by_role("link", name="Photo, ")
    expect(tiles).to_have_count(3)
    his = stage.open_tab(ben, "/ana")
    his.get_by_role("button", name="More options").click()
    his.get_by_role("menuitem", name=re.compile("^Block")).click()
    his.get_by_role("dialog").get_by_role("button", name="Block").click()
    expect(tiles).to_have_count(2)
    hers = stage.open_tab(cleo, f"/p/{deleted}")
    hers.get_by_role("button", name="More options for this post").click()
    hers.get_by_role("menuitem", name="Delete").click()
    hers.get_by_role("dialog", name="Delete post?").get_by_role("button", name="Delete").click()
    expect(tiles).to_have_count(1)
    his.goto("/settings/blocked")
    his.get_by_role("button", name="Unblock ana").click()
    expect(tiles).to_have_count(2)
    expect(tiles.first).to_have_attribute("href", f"/p/{hidden}")


@pytest.mark.parametrize("hidden_before", [True, False], ids=["hidden before", "hidden while it is open"])
def test_a_saved_post_returns_when_it_becomes_visible_again(stage: Stage, hidden_before: bool) -> None:
    ana, ben, cleo = (stage.join(name) for name in ("ana", "ben", "cleo"))
    hidden, visible = stage.do(share, ben), stage.do(share, cleo)
    for post_id in (hidden, visible):
        stage.do(saves.save, ana, post_id)
    his = stage.open_tab(ben, "/settings/privacy")
    if hidden_before:
        switch_private(his, "true")
    page = stage.open_tab(ana, "/ana/saved")
    tiles = page.get_by_role("main").get_by_role("link", name="Photo, ")
    if not hidden_before:
        expect(tiles).to_have_count(2)
        switch_private(his, "true")
    expect(tiles).to_have_count(1)
    switch_private(his, "false")
    expect(tiles).to_have_count(2)
    switch_private(his, "true")
    expect(tiles).to_have_count(1)
    other = page.context.new_page()
    other.goto("/ben")
    other.get_by_role("button", name="Follow ben").click()
    expect(other.get_by_role("button", name="Requested ben")).to_be_visible()
    his.goto("/notifications/requests")
    his.get_by_role("button", name="Confirm request from ana").click()
    expect(tiles).to_have_count(2)
    expect(tiles.last).to_have_attribute("href", f"/p/{hidden}")


def switch_private(page: Page, on: str) -> None:
    switch = page.get_by_role("switch", name="Private account")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", on)


def test_nobody_sees_what_others_have_saved(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(saves.save, ana, stage.do(share, ben))
    his = stage.open_tab(ben, "/ana")
    expect(his.get_by_role("heading", name="ana", exact=True)).to_be_visible()
    expect(his.get_by_role("tab", name="Saved")).to_have_count(0)
    his.goto("/ana/saved")
    expect(his.get_by_role("link", name="Go home")).to_be_visible()
    expect(his.get_by_role("link", name="Photo, ")).to_have_count(0)


def test_a_rejected_bookmark_is_reverted(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(follows.follow, ana, ben.id)
    post_id = stage.do(share, ben)
    page = stage.open_tab(ana)
    save = article(page, "ben").get_by_role("button", name="Save", exact=True)
    expect(save).to_be_enabled()
    stage.do(_delete_silently, post_id)
    save.click()
    expect(page.get_by_role("status", name="Announcements")).to_contain_text("no longer available")
    expect(article(page, "ben").get_by_role("button", name="Remove from saved")).to_have_count(0)


async def _delete_silently(post_id: str) -> None:
    await db.posts.delete_one({"_id": db.oid(post_id)})
