"""Lists that go on while one scrolls."""

from __future__ import annotations

from playwright.sync_api import expect

from instagram_clone.domain import feed
from tests.conftest import share
from tests.flows.conftest import Stage


def test_a_feed_goes_on_before_its_end_is_reached_and_has_one(stage: Stage) -> None:
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


def test_what_does_not_fill_the_window_is_gone_on_with_until_it_does(stage: Stage) -> None:
    ana = stage.join("ana")
    for _ in range(2 * feed.GRID_PAGE + 1):
        stage.do(share, ana)
    page = stage.open_tab(ana, "/ana", viewport={"width": 1000, "height": 6000})
    photos = page.get_by_role("main").get_by_role("link", name="Photo, ")
    expect(photos).to_have_count(2 * feed.GRID_PAGE + 1)
