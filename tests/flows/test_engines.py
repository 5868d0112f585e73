"""Behaviour specific to Firefox and WebKit that the product must cope with."""

from __future__ import annotations

from playwright.sync_api import expect
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from instagram_clone.web.html import first_paint
from tests.conftest import share
from tests.flows.conftest import Stage
from tests.flows.messaging.talk import friends
from tests.flows.others import Other


def test_escape_clears_a_search_and_then_closes_its_dialog(other: Other, stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    stage.do(share, ben)
    page = other.open("/", ana)
    page.part("button", "Share").click()
    dialog = page.part("dialog", "Share post")
    search = dialog.part("searchbox", "Search people")
    search.fill("nobody")
    dialog.shows("Nobody by that name.")
    other.press(Keys.ESCAPE)
    dialog.lacks("Nobody by that name.")
    other.press(Keys.ESCAPE)
    dialog.is_gone()
    other.has_focus("Share")


def test_keys_show_a_focus_ring_after_a_click_too(other: Other, stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    stage.do(share, ben)
    page = other.open("/", ana)
    page.part("button", "More options for this post").click()
    page.part("menu", "Post options").part("menuitem", "Copy link").is_there()
    other.has_focus("Copy link", "none")
    other.press(Keys.ARROW_DOWN)
    other.has_focus("Go to post", "solid")
    other.press(Keys.ESCAPE)
    page.part("article", "Post by ben").part("button", "Like").click()
    other.press("j")
    other.has_focus("Post by ben", "solid")


def test_a_field_grows_with_its_text(other: Other, stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    stage.do(share, ben)
    page = other.open("/", ana)
    field = page.part("article", "Post by ben").part("textbox", "Add a comment")
    line = field.height()
    for lines in (2, 3, 4, 4):
        field.fill("One more" + Keys.SHIFT + Keys.ENTER + Keys.NULL)
        field.has_height(lines * line)


def test_on_a_phone_the_focused_element_is_not_under_the_bars(other: Other, stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    for _ in range(4):
        stage.do(share, ben)
    other.driver.set_window_rect(0, 0, 500, 844)
    page = other.open("/", ana)
    header = page.part("banner", "").is_there()
    footer = page.part("navigation", "Primary").is_there()
    page.part("article", "Post by ben").is_there()
    # The server-rendered posts have been replaced by those of the feed.
    other.is_without(f"#{first_paint.ELEMENT_ID}")
    walked = []
    for _ in range(30):
        other.press(Keys.TAB)
        element = other.driver.switch_to.active_element
        if element.find_elements(By.XPATH, "ancestor::article"):
            top, bottom = other.sides(element)
            assert other.sides(header)[1] <= top and bottom <= other.sides(footer)[0], (
                element.accessible_name
            )
            walked.append(element.accessible_name)
    assert walked.count("Share") > 2


def test_a_page_restored_from_history_is_live(other: Other, stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    post_id = stage.do(share, ben)
    page = other.open("/", ana)
    theirs = page.part("article", "Post by ben")
    theirs.shows("Be the first to like this")
    # The browser may keep the old page in its back/forward cache, without its socket.
    other.driver.get("data:text/html,Elsewhere")
    page.shows("Elsewhere")
    his = stage.open_tab(ben, f"/p/{post_id}")
    his.get_by_role("button", name="Like", exact=True).click()
    expect(his.get_by_role("button", name="1 like", exact=True)).to_be_visible()
    other.driver.back()
    theirs.part("button", "1 like").is_there()
    his.get_by_role("button", name="Unlike").click()
    theirs.shows("Be the first to like this")


def test_a_posts_link_is_copied(other: Other, stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    post_id = stage.do(share, ben)
    page = other.open("/", ana)
    page.part("button", "More options for this post").click()
    page.part("menuitem", "Copy link").click()
    page.part("status", "Announcements").shows("Link copied")
    field = page.part("textbox", "Add a comment")
    field.fill(Keys.CONTROL + "v" + Keys.NULL)
    field.has_value(f"{stage.server.url}/p/{post_id}")
