"""Lists that load more as the reader scrolls."""

from __future__ import annotations

from playwright.sync_api import expect

from instagram_clone.domain.people.relations import follows
from instagram_clone.domain.posts import feed
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
