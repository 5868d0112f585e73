"""Notifications as they arrive: badge, panel and title, in all of the viewer's tabs and in no others."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from instagram_clone.domain.people.relations import follows, graph
from instagram_clone.domain.posts import comments, likes
from tests.conftest import share
from tests.flows.conftest import PHONE, Stage, eventually


def test_a_badge_and_an_open_panel_change_at_once_in_every_tab(stage: Stage) -> None:
    ana, ben, cleo = (stage.join(name) for name in ("ana", "ben", "cleo"))
    post_id = stage.do(share, ana, "A wall")
    one, two = stage.open_tab(ana), stage.open_tab(ana, "/settings/account")
    acting, bystander = stage.open_tab(ben, f"/p/{post_id}"), stage.open_tab(cleo)
    expect(one.get_by_role("button", name="Notifications", exact=True)).to_be_visible()
    acting.get_by_role("button", name="Like", exact=True).click()
    for tab in (one, two):
        expect(tab.get_by_role("button", name="Notifications, 1 unread")).to_be_visible()
        expect(tab).to_have_title(re.compile(r"^\(1\) "))
    one.get_by_role("button", name="Notifications, 1 unread").click()
    panel = one.get_by_role("dialog", name="Notifications")
    expect(panel).to_contain_text("ben liked your photo.")
    expect(panel.get_by_role("heading", name="New")).to_be_visible()
    for tab in (one, two):
        expect(tab.get_by_role("button", name="Notifications", exact=True)).to_be_visible()
    acting.get_by_role("textbox", name="Add a comment").fill("Nice wall")
    acting.keyboard.press("Enter")
    expect(panel).to_contain_text("ben commented: Nice wall")
    acting.get_by_role("button", name="Unlike").click()
    expect(panel).not_to_contain_text("liked your photo")
    expect(bystander.get_by_role("button", name="Notifications", exact=True)).to_be_visible()
    panel.get_by_role("button", name="Mark all read").click()
    expect(panel.get_by_role("heading", name="Today")).to_be_visible()
    one.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(one.get_by_role("button", name="Notifications", exact=True)).to_be_focused()


def test_a_follower_is_followed_back_from_the_panel(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(follows.follow, ben, ana.id)
    page = stage.open_tab(ana)
    page.get_by_role("button", name="Notifications, 1 unread").click()
    panel = page.get_by_role("dialog", name="Notifications")
    expect(panel).to_contain_text("ben started following you.")
    panel.get_by_role("button", name="Follow back ben").click()
    expect(panel.get_by_role("button", name="Following ben")).to_be_visible()
    assert eventually(page, lambda: stage.do(graph.is_following, ana, ben.id))


def test_likes_of_a_post_are_grouped_into_one_alert(stage: Stage) -> None:
    ana = stage.join("ana")
    post_id = stage.do(share, ana, "A wall")
    for name in ("ben", "cleo", "dora", "emil"):
        stage.do(likes.like, stage.join(name), post_id)
    page = stage.open_tab(ana)
    page.get_by_role("button", name="Notifications, 1 unread").click()
    panel = page.get_by_role("dialog", name="Notifications")
    expect(panel).to_contain_text("emil, dora and 2 others liked your photo.")
    panel.get_by_role("button", name="Close").click()
    expect(panel).to_have_count(0)
    expect(page.get_by_role("button", name="Notifications", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    panel.get_by_role("link", name="View post").click()
    expect(page.get_by_role("dialog", name="Post by ana")).to_be_visible()
    expect(panel).to_have_count(0)


def test_an_alert_quotes_the_text_in_one_piece(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(share, ben, "@ana\n\n\nlook")
    page = stage.open_tab(ana, "/notifications")
    alert = page.get_by_text("mentioned you")
    expect(alert).to_be_visible()
    assert "@ana look" in alert.inner_text()


def test_on_a_phone_notifications_are_a_page(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    post_id = stage.do(share, ana, "A wall")
    stage.do(comments.add, ben, post_id, "@ana hello")
    page = stage.open_tab(ana, viewport=PHONE, has_touch=True)
    page.get_by_role("link", name="Notifications, 1 unread").tap()
    expect(page).to_have_url("/notifications")
    expect(page.get_by_role("main")).to_contain_text("ben commented: @ana hello")
    expect(page.get_by_role("link", name="Notifications", exact=True)).to_be_visible()
    page.goto("/")
    page.goto("/notifications")
    expect(page.get_by_role("heading", name="Today")).to_be_visible()


def test_days_change_at_midnight_in_the_readers_time_zone(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(follows.follow, ben, ana.id)
    now = datetime.now(UTC)
    # A time zone in which it is past ten in the evening, so that four hours later it is the next day.
    east = (22 - now.hour + 12) % 24 - 12
    page = stage.open_tab(ana, timezone_id=f"Etc/GMT{-east:+d}", viewport=PHONE)
    page.goto("/notifications")
    expect(page.get_by_role("heading", name="New")).to_be_visible()
    expect(page.get_by_role("link", name="Notifications", exact=True)).to_be_visible()
    page.goto("/")
    page.goto("/notifications")
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    page.clock.set_fixed_time(now + timedelta(hours=4))
    page.reload()
    expect(page.get_by_role("heading", name="This week")).to_be_visible()
    expect(page.get_by_role("heading", name="Today")).to_have_count(0)


def test_disabled_alerts_are_not_sent(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    post_id = stage.do(share, ana, "A wall")
    page = stage.open_tab(ana, "/settings/notifications")
    page.get_by_role("combobox", name="Likes").select_option("off")
    expect(page.get_by_role("status", name="Announcements")).to_contain_text("Saved")
    page.reload()
    expect(page.get_by_role("combobox", name="Likes")).to_have_value("off")
    acting = stage.open_tab(ben, f"/p/{post_id}")
    acting.get_by_role("button", name="Like", exact=True).click()
    acting.get_by_role("textbox", name="Add a comment").fill("Hi")
    acting.keyboard.press("Enter")
    page.get_by_role("button", name="Notifications, 1 unread").click()
    panel = page.get_by_role("dialog", name="Notifications")
    expect(panel).to_contain_text("ben commented: Hi")
    expect(panel).not_to_contain_text("liked")
