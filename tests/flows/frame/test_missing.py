"""What is shown for anything that does not exist."""

from __future__ import annotations

from playwright.sync_api import expect

from instagram_clone.domain.people.relations import follows
from instagram_clone.domain.posts import posts
from tests.conftest import share
from tests.flows.conftest import PHONE, Stage


def test_the_page_of_an_unknown_user_is_not_found(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    post_id = stage.do(share, ana, "With @nobody at all")
    stage.do(follows.follow, ben, ana.id)
    page = stage.open_tab(ana, "/ana", viewport=PHONE)
    expect(page.get_by_role("link", name="Edit profile")).to_be_visible()
    page.get_by_role("link", name="Photo, ").click()
    page.get_by_role("link", name="@nobody").click()
    expect(page.get_by_role("heading")).to_have_text(["This print never developed"])
    expect(page).to_have_title("(1) Page not found · Instaclone")
    expect(page.get_by_role("button", name="Back")).to_be_visible()
    tabs = page.get_by_role("navigation", name="Primary")
    expect(tabs.get_by_role("link", name="Profile")).to_be_visible()
    expect(tabs.locator("[aria-current=page]")).to_have_count(0)
    stage.do(posts.delete, ana, post_id)
    page.goto(f"/p/{post_id}")
    expect(page).to_have_title("(1) Page not found · Instaclone")
