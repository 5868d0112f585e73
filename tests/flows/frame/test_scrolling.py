"""Lists that load more as the reader scrolls."""

from __future__ import annotations

from typing import Any

import pytest
from bson import ObjectId
from playwright.sync_api import Locator, Page, expect

from instagram_clone.domain.core import db
from instagram_clone.domain.people.relations import follows
from instagram_clone.domain.posts import feed, saves
from tests.conftest import share
from tests.flows.conftest import PHONE, Stage


def test_a_feed_loads_more_before_its_end_is_reached_until_there_is_no_more(stage: Stage) -> None:
    ana = stage.join("ana")
    for _ in range(2 * feed.PAGE + 1):
        stage.do(share, ana)
    page = stage.open_tab(ana)
    posts = page.get_by_role("article")
    expect(posts).to_have_count(feed.PAGE)
    expect(page.get_by_text("You are all caught up")).to_have_count(0)
    for shown in (2 * feed.PAGE, 2 * feed.PAGE + 1):
        posts.last.scroll_into_view_if_needed()
        expect(posts).to_have_count(shown)
    expect(page.get_by_text("You are all caught up")).to_be_visible()


def test_a_list_loads_until_it_fills_the_window(stage: Stage) -> None:
    ana = stage.join("ana")
    for _ in range(2 * feed.GRID_PAGE + 1):
        stage.do(share, ana)
    page = stage.open_tab(ana, "/ana", viewport={"width": 1000, "height": 6000})
    photos = page.get_by_role("main").get_by_role("link", name="Photo, ")
    expect(photos).to_have_count(2 * feed.GRID_PAGE + 1)


def test_a_list_goes_on_after_the_event_that_loads_more_was_lost(stage: Stage) -> None:
    ana = stage.join("ana")
    for _ in range(2 * feed.GRID_PAGE):
        stage.do(share, ana)
    page, wire = stage.open_wired_tab(ana, "/ana", viewport={"width": 1000, "height": 400})
    photos = page.get_by_role("main").get_by_role("link", name="Photo, ")
    expect(photos).to_have_count(feed.GRID_PAGE)
    wire.drop_requests()
    photos.last.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    expect(photos).to_have_count(feed.GRID_PAGE)
    wire.close()
    expect(photos).to_have_count(2 * feed.GRID_PAGE)


def test_a_page_that_cannot_be_read_is_requested_again_only_on_a_press(stage: Stage) -> None:
    ana = stage.join("ana")
    ids = [stage.do(share, ana) for _ in range(feed.GRID_PAGE + 1)]
    oldest = {"_id": ObjectId(ids[0])}
    row = stage.do(_break, oldest)
    page = stage.open_tab(ana, "/ana")
    photos = page.get_by_role("main").get_by_role("link", name="Photo, ")
    retry = page.get_by_role("main").get_by_role("button", name="Try again")
    photos.last.scroll_into_view_if_needed()
    press_in_vain(page, retry)
    expect(retry).to_be_visible()
    expect(photos).to_have_count(feed.GRID_PAGE)
    stage.do(_mend, oldest, row)
    retry.press("Enter")
    expect(photos).to_have_count(feed.GRID_PAGE + 1)
    expect(retry).to_have_count(0)
    expect(photos.last).to_be_focused()


@pytest.mark.parametrize("path", ["/ana", "/ana/saved"])
def test_photos_that_did_not_load_can_be_loaded_again(stage: Stage, path: str) -> None:
    ana = stage.join("ana")
    post_id = stage.do(share, ana)
    stage.do(saves.save, ana, post_id)
    page = stage.open_tab(ana if path.endswith("saved") else None, "/p/" + post_id)
    author = page.get_by_role("main").get_by_role("link", name="ana").last
    expect(author).to_be_visible()
    broken = {"_id": ObjectId(post_id)}
    row = stage.do(_break, broken)
    author.click()
    if path.endswith("saved"):
        page.get_by_role("tab", name="Saved").click()
        # Until then, the failure on screen may be that of the posts.
        expect(page.get_by_text("Only you can see what you have saved")).to_be_visible()
    failure = page.get_by_role("alert").filter(has_text="We could not load the photos.")
    expect(failure).to_be_visible()
    expect(page.get_by_role("heading", name="No photos yet")).to_have_count(0)
    stage.do(_mend, broken, row)
    failure.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("main").get_by_role("link", name="Photo, ")).to_have_count(1)
    expect(failure).to_have_count(0)


def press_in_vain(page: Page, button: Locator) -> None:
    """Press a button for something that has failed, and wait until it has failed again."""
    announced = page.get_by_role("status", name="Announcements")
    expect(announced).to_contain_text("Something broke on our side")
    before = announced.inner_text()
    button.click()
    expect(announced).not_to_have_text(before)
    expect(announced).to_contain_text("Something broke on our side")


async def _break(post: dict[str, Any]) -> dict[str, Any]:
    """Make a post unreadable; return it as it was."""
    row = await db.posts.find_one_and_update(post, {"$unset": {"media": 1}})
    assert row is not None
    return row


async def _mend(post: dict[str, Any], row: dict[str, Any]) -> None:
    await db.posts.replace_one(post, row)


def test_returning_from_a_profile_restores_the_scroll_position(stage: Stage) -> None:
    ana, ben, cleo = stage.join("ana"), stage.join("ben"), stage.join("cleo")
    for author in (ben, cleo):
        stage.do(follows.follow, ana, author.id)
    for number in range(4 * feed.PAGE):
        author = cleo if number == feed.PAGE + 7 else ben
        stage.do(share, author, f"Number {number}. " * (1 + number % 4 * 9), width=256 + number % 3 * 100)
    page = stage.open_tab(ana, viewport=PHONE)
    posts = page.get_by_role("article")
    for shown in (2 * feed.PAGE, 3 * feed.PAGE):
        posts.last.scroll_into_view_if_needed()
        expect(posts).to_have_count(shown)
    post = page.get_by_role("article", name="Post by cleo")
    post.scroll_into_view_if_needed()
    place = page.evaluate("scrollY")
    post.locator("header").get_by_role("link", name="cleo").last.click()
    expect(page.get_by_role("heading", name="cleo").first).to_be_visible()
    expect(posts).to_have_count(0)
    page.go_back()
    expect(posts).to_have_count(3 * feed.PAGE)
    expect(post).to_be_in_viewport()
    page.wait_for_function("place => Math.abs(scrollY - place) < 2", arg=place)
    # Arriving by a link starts at the top.
    page.get_by_role("navigation").get_by_role("link", name="Explore").click()
    page.get_by_role("navigation").get_by_role("link", name="Home").click()
    expect(posts.first).to_be_in_viewport()
    page.wait_for_function("() => scrollY === 0")
