"""Private accounts and blocks, as people on both sides see them, without a reload."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from instagram_clone.domain.core import db
from instagram_clone.domain.people import preferences, profiles
from instagram_clone.domain.people.relations import blocks, follows, graph
from tests.conftest import share
from tests.flows.conftest import PHONE, Stage, eventually


def private_switch(page: Page):
    return page.get_by_role("switch", name="Private account")


def test_an_accepted_follower_sees_the_photos_at_once(stage: Stage) -> None:
    ana, cleo = stage.join("ana"), stage.join("cleo")
    stage.do(share, cleo, "A wall")
    hers = stage.open_tab(cleo, "/settings/privacy")
    his, other = stage.open_tab(ana, "/cleo"), stage.open_tab(ana, "/cleo", viewport=PHONE)
    photos = his.get_by_role("main").get_by_role("link", name="Photo, ")
    expect(photos).to_have_count(1)
    private_switch(hers).click()
    expect(hers.get_by_role("status", name="Announcements")).to_contain_text("Your account is private")
    expect(private_switch(hers)).to_have_attribute("aria-checked", "true")
    for tab in (his, other):
        expect(tab.get_by_role("heading", name="This account is private")).to_be_visible()
        expect(tab.get_by_role("main").get_by_text("1 post", exact=True)).to_be_visible()
        expect(tab.get_by_role("link", name="0 followers")).to_have_count(0)
    expect(photos).to_have_count(0)
    his.get_by_role("button", name="Follow cleo").click()
    for tab in (his, other):
        expect(tab.get_by_role("button", name="Requested cleo")).to_be_visible()
    hers.get_by_role("button", name="Notifications, 1 unread").click()
    panel = hers.get_by_role("dialog", name="Notifications")
    expect(panel).not_to_contain_text("Nothing yet")
    panel.get_by_role("link", name="Follow requests, 1").click()
    dialog = hers.get_by_role("dialog", name="Follow requests")
    dialog.get_by_role("button", name="Confirm request from ana").click()
    expect(dialog).to_contain_text("There are no requests.")
    for tab in (his, other):
        expect(tab.get_by_role("button", name="Following cleo")).to_be_visible()
        expect(tab.get_by_role("main").get_by_role("link", name="Photo, ")).to_have_count(1)
    his.get_by_role("button", name="Notifications, 1 unread").click()
    notifications = his.get_by_role("dialog", name="Notifications")
    expect(notifications).to_contain_text("cleo accepted your follow request.")
    notifications.get_by_role("link", name="Message cleo").click()
    expect(his.get_by_role("region", name="Conversation with cleo")).to_be_visible()
    hers.keyboard.press("Escape")
    expect(hers).to_have_url("/settings/privacy")
    hers.goto("/notifications/requests")
    expect(dialog).to_contain_text("Nothing yet")
    dialog.get_by_role("link", name="Back").click()
    expect(dialog).to_have_count(0)
    expect(hers).to_have_url("/notifications")
    expect(hers.get_by_role("main")).to_contain_text("ana started following you.")


def test_follow_requests_can_be_withdrawn_and_deleted(stage: Stage) -> None:
    ana, ben, cleo = (stage.join(name) for name in ("ana", "ben", "cleo"))
    stage.do(preferences.set_private, cleo, True)
    stage.do(follows.follow, ben, cleo.id)
    hers = stage.open_tab(cleo, "/notifications/requests", viewport=PHONE)
    dialog = hers.get_by_role("dialog", name="Follow requests")
    expect(dialog.get_by_role("button", name="Confirm request from ben")).to_be_visible()
    his = stage.open_tab(ana, "/cleo")
    his.get_by_role("button", name="Follow cleo").click()
    expect(dialog.get_by_role("button", name="Confirm request from ana")).to_be_visible()
    his.get_by_role("button", name="Requested cleo").click()
    expect(his.get_by_role("button", name="Follow cleo")).to_be_visible()
    expect(dialog.get_by_role("button", name="Confirm request from ana")).to_have_count(0)
    dialog.get_by_role("button", name="Delete request from ben").click()
    expect(dialog).to_contain_text("There are no requests.")
    hers.reload()
    expect(dialog).to_contain_text("There are no requests.")
    assert not stage.do(graph.is_following, ben, cleo.id)


def test_a_request_that_could_not_be_withdrawn_stays_requested(stage: Stage) -> None:
    ana, cleo = stage.join("ana"), stage.join("cleo")
    stage.do(preferences.set_private, cleo, True)
    page = stage.open_tab(ana, "/cleo")
    requested = page.get_by_role("button", name="Requested cleo")
    toast = page.get_by_role("status", name="Announcements")
    page.get_by_role("button", name="Follow cleo").click()
    expect(toast).to_contain_text("Request sent")
    expect(requested).to_be_visible()
    stage.do(_break, "outbox")
    try:
        requested.click()
        expect(toast).to_contain_text("cannot do this right now")
        expect(requested).to_be_visible()
    finally:
        stage.do(_mend, "outbox")
    requested.click()
    expect(page.get_by_role("button", name="Follow cleo")).to_be_visible()


def test_unfollowing_a_private_account_asks_first(stage: Stage) -> None:
    ana, cleo = stage.join("ana"), stage.join("cleo")
    stage.do(share, cleo, "A wall")
    stage.do(follows.follow, ana, cleo.id)
    stage.do(preferences.set_private, cleo, True)
    page = stage.open_tab(ana, "/cleo")
    following = page.get_by_role("button", name="Following cleo")
    following.click()
    page.get_by_role("dialog", name="Unfollow cleo?").get_by_role("button", name="Cancel").click()
    expect(following).to_be_focused()
    following.click()
    page.get_by_role("button", name="Unfollow", exact=True).click()
    expect(page.get_by_role("heading", name="This account is private")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="Follow cleo").click()
    expect(page.get_by_role("status", name="Announcements")).to_contain_text("Request sent")
    expect(page.get_by_role("button", name="Requested cleo")).to_be_visible()
    assert not stage.do(graph.is_following, ana, cleo.id)


def test_unfollowing_a_public_account_can_be_undone(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(share, ben, "A wall")
    stage.do(follows.follow, ana, ben.id)
    page = stage.open_tab(ana, "/ben")
    toast = page.get_by_role("status", name="Announcements")
    page.get_by_role("button", name="Following ben").click()
    expect(page.get_by_role("button", name="Follow ben")).to_be_visible()
    expect(toast).to_contain_text("Unfollowed ben")
    toast.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Following ben")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Following ben")).to_be_visible()


def test_unfollowing_from_a_post_can_be_undone_or_asks_first(stage: Stage) -> None:
    ana, ben, cleo = (stage.join(name) for name in ("ana", "ben", "cleo"))
    for friend in (ben, cleo):
        stage.do(follows.follow, ana, friend.id)
        stage.do(share, friend, "A wall")
    stage.do(preferences.set_private, cleo, True)
    page = stage.open_tab(ana)
    theirs, hers = (page.get_by_role("article", name=f"Post by {name}") for name in ("ben", "cleo"))
    hers.get_by_role("button", name="More options for this post").click()
    page.get_by_role("menuitem", name="Unfollow cleo").click()
    page.get_by_role("dialog", name="Unfollow cleo?").get_by_role("button", name="Cancel").click()
    theirs.get_by_role("button", name="More options for this post").click()
    page.get_by_role("menuitem", name="Unfollow ben").click()
    expect(theirs).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="1 new post").click()
    expect(theirs).to_be_visible()
    expect(hers).to_be_visible()


def test_a_private_post_does_not_exist_for_strangers(stage: Stage) -> None:
    ana, ben, cleo = (stage.join(name) for name in ("ana", "ben", "cleo"))
    stage.do(follows.follow, ben, cleo.id)
    stage.do(preferences.set_private, cleo, True)
    post_id = stage.do(share, cleo, "A wall")
    for viewer in (ana, None):
        page = stage.open_tab(viewer)
        answer = page.goto(f"/p/{post_id}")
        assert answer is not None and answer.status == 404
        expect(page.get_by_role("link", name="Go home")).to_be_visible()
    page = stage.open_tab(ben)
    answer = page.goto(f"/p/{post_id}")
    assert answer is not None and answer.status == 200
    expect(page.get_by_role("article", name="Post by cleo")).to_be_visible()
    photo = page.get_by_role("article", name="Post by cleo").locator("img[src^='/media/'][srcset]").first
    source = photo.get_attribute("src") or ""
    assert page.request.get(source).headers["cache-control"].startswith("private")
    assert stage.open_tab(ana).request.get(source).status == 404


def test_a_follower_is_removed(stage: Stage) -> None:
    ana, cleo = stage.join("ana"), stage.join("cleo")
    stage.do(follows.follow, ana, cleo.id)
    his = stage.open_tab(ana, "/cleo")
    hers = stage.open_tab(cleo, "/cleo/followers")
    hers.get_by_role("button", name="Remove ana").click()
    expect(hers.get_by_role("dialog", name="Followers")).to_contain_text("Nobody yet.")
    expect(his.get_by_role("button", name="Follow cleo")).to_be_visible()
    expect(his.get_by_role("link", name="0 followers")).to_be_visible()


def test_a_block_hides_two_people_from_each_other_until_undone(stage: Stage) -> None:
    ana, cleo = stage.join("ana"), stage.join("cleo")
    stage.do(share, cleo, "A wall")
    theirs, hers = stage.open_tab(ana, "/cleo"), stage.open_tab(cleo, "/ana")
    expect(theirs.get_by_role("main").get_by_role("link", name="Photo, ")).to_have_count(1)
    hers.get_by_role("button", name="More options").click()
    hers.get_by_role("menuitem", name="Block ana").click()
    hers.get_by_role("button", name="Block", exact=True).click()
    expect(hers.get_by_role("heading", name="You blocked ana")).to_be_visible()
    expect(theirs.get_by_role("link", name="Go home")).to_be_visible()
    theirs.reload()
    expect(theirs.get_by_role("link", name="Go home")).to_be_visible()
    hers.get_by_role("button", name="Unblock ana").click()
    expect(hers.get_by_role("button", name="Follow ana")).to_be_visible()
    theirs.reload()
    expect(theirs.get_by_role("main").get_by_role("link", name="Photo, ")).to_have_count(1)


def test_a_switch_that_could_not_be_saved_reverts(stage: Stage) -> None:
    cleo = stage.join("cleo")
    page = stage.open_tab(cleo, "/settings/privacy")
    receipts = page.get_by_role("switch", name="Read receipts")
    expect(receipts).to_have_attribute("aria-checked", "true")
    stage.do(_break, "users")
    try:
        receipts.click()
        expect(page.get_by_role("status", name="Announcements")).to_contain_text("cannot do this right now")
        expect(receipts).to_have_attribute("aria-checked", "true")
    finally:
        stage.do(_mend, "users")
    receipts.click()
    expect(receipts).to_have_attribute("aria-checked", "false")


def test_a_list_of_blocked_accounts_is_not_called_empty_while_it_loads(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(blocks.block, ana, ben.id)
    page, wire = stage.open_wired_tab(ana, "/settings/privacy")
    wire.hold(lambda message: "blocked_state" in message)
    page.get_by_role("link", name="Blocked accounts").click()
    assert eventually(page, lambda: bool(wire.held))
    expect(page.get_by_role("heading", name="Blocked accounts", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="No blocked accounts")).to_have_count(0)
    wire.release()
    expect(page.get_by_role("button", name="Unblock ben")).to_be_visible()


def test_a_switch_whose_tap_was_lost_with_the_connection_reverts(stage: Stage) -> None:
    # As behind a proxy, where another process answers at once, and the connection never seems broken.
    cleo = stage.join("cleo")
    page, wire = stage.open_wired_tab(cleo, "/settings/privacy")
    private = private_switch(page)
    expect(private).to_be_enabled()
    wire.drop_requests()
    private.click()
    expect(private).to_have_attribute("aria-checked", "true")
    wire.close()
    expect(private).to_have_attribute("aria-checked", "false")
    assert not stage.do(profiles.own_profile, cleo).private
    private.click()
    expect(page.get_by_role("status", name="Announcements")).to_contain_text("Your account is private")
    expect(private).to_have_attribute("aria-checked", "true")


async def _break(collection: str) -> None:
    await db.users.database.command("collMod", collection, validator={"_id": None})


async def _mend(collection: str) -> None:
    await db.users.database.command("collMod", collection, validator={})
