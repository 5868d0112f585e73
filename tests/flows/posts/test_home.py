"""Home: it fills as people are followed, empties as they are unfollowed, and refreshes when pressed."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from instagram_clone.domain.people.relations import follows
from tests.conftest import share
from tests.flows.conftest import PHONE, Stage


def test_the_first_follow_fills_an_empty_home_in_every_tab_and_the_last_unfollow_empties_it(
    stage: Stage,
) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(share, ben, "A bowl")
    first = stage.open_tab(ana)
    second = first.context.new_page()
    second.goto("/")
    for page in (first, second):
        expect(page.get_by_role("heading", name="Welcome, Ana")).to_be_visible()
    first.set_viewport_size({"width": 390, "height": 500})
    follow = first.get_by_role("main").get_by_role("button", name="Follow ben")
    follow.scroll_into_view_if_needed()
    assert first.evaluate("() => window.scrollY") > 0
    follow.click()
    for page in (first, second):
        expect(page.get_by_role("article", name="Post by ben")).to_be_visible()
    first.wait_for_function("() => window.scrollY === 0")
    first.get_by_role("button", name="Following ben").first.click()
    for page in (first, second):
        expect(page.get_by_role("heading", name="Welcome, Ana")).to_be_visible()


def test_the_photos_on_a_suggestion_disappear_when_the_account_goes_private(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(share, ben, "A bowl")
    page, his = stage.open_tab(ana), stage.open_tab(ben, "/settings/privacy")
    card = page.get_by_role("main").get_by_role("listitem").filter(has=page.get_by_role("link", name="ben"))
    expect(card.locator("img")).to_have_count(1)
    his.get_by_role("switch", name="Private account").click()
    expect(card.locator("img")).to_have_count(0)
    expect(card.get_by_role("button", name="Follow ben")).to_be_visible()


def test_posts_of_a_later_follow_wait_in_the_pill(stage: Stage) -> None:
    ana, ben, cleo = (stage.join(name) for name in ("ana", "ben", "cleo"))
    for caption in ("A bowl", "A cup"):
        stage.do(share, ben, caption)
    stage.do(share, ana, "Mine")
    stage.do(share, cleo, "A lamp")
    page = stage.open_tab(ana)
    expect(page.get_by_role("article")).to_have_count(1)
    suggested = page.get_by_role("complementary", name="Suggestions")
    suggested.get_by_role("button", name="Follow ben").click()
    expect(page.get_by_role("button", name="2 new posts")).to_be_visible()
    suggested.get_by_role("button", name="Follow cleo").click()
    pill = page.get_by_role("button", name="3 new posts")
    expect(pill).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(1)
    suggested.get_by_role("button", name="Following cleo").click()
    page.get_by_role("button", name="2 new posts").click()
    expect(page.get_by_role("article")).to_have_count(3)
    suggested.get_by_role("button", name="Following ben").click()
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.get_by_role("article", name="Post by ana")).to_be_visible()


@pytest.mark.parametrize("way", ["the item", "the logo", "the tab bar"])
def test_pressing_home_on_home_reloads_it_from_the_top(stage: Stage, way: str) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(follows.follow, ana, ben.id)
    for caption in ("A bowl", "A cup"):
        stage.do(share, ben, caption)
    page = stage.open_tab(ana, viewport=PHONE) if way == "the tab bar" else stage.open_tab(ana)
    expect(page.get_by_role("article")).to_have_count(2)
    # Behind the scenes, so that no tab is notified.
    stage.do(share, ben, "A lamp")
    page.get_by_role("article").last.scroll_into_view_if_needed()
    page.mouse.wheel(0, 400)
    page.wait_for_function("() => window.scrollY > 200")
    if way == "the logo":
        page.get_by_role("link", name="Instaclone").click()
    else:
        page.get_by_role("navigation", name="Primary").get_by_role("link", name="Home").click()
    expect(page.get_by_role("article")).to_have_count(3)
    page.wait_for_function("() => window.scrollY === 0")
    expect(page).to_have_url(stage.server.url + "/")
