"""The core of the product in Firefox and in WebKit, with a friend who uses Chromium."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from selenium.webdriver.common.keys import Keys

from instagram_clone.domain.posts import comments
from tests.conftest import PASSWORD, share
from tests.flows.conftest import Stage
from tests.flows.messaging.talk import chat_of, friends, log, shown, stored, write
from tests.flows.others import Other
from tests.flows.test_walking import photograph


def test_a_new_user_posts_follows_and_gets_notifications(other: Other, stage: Stage) -> None:
    ben = stage.join("ben")
    page = other.open("/signup")
    form = page.part("form", "Create an account")
    form.part("textbox", "Email").fill("ana@example.com")
    form.part("textbox", "Full name").fill("Ana")
    form.part("textbox", "Username").fill("ana")
    form.shows("ana is available")
    form.part("textbox", "Password").fill(PASSWORD)
    form.part("button", "Create account").click()
    page.shows("Welcome, Ana")

    page.part("navigation", "Primary").part("button", "Create").click()
    dialog = page.part("dialog", "Create new post")
    dialog.part("button", "Select photos").is_there()
    dialog.choose(photograph())
    dialog.part("button", "Next").click()
    dialog.part("textbox", "Caption").fill("Roofs and sky")
    dialog.part("button", "Share").click()
    page.part("status", "Announcements").shows("Post shared")
    dialog.is_gone()
    mine = page.part("article", "Post by ana")
    mine.shows("Roofs and sky")
    mine.shows("Be the first to like this")

    his = stage.open_tab(ben, "/ana")
    his.get_by_role("link", name="Photo, 0 likes, 0 comments").click()
    theirs = his.get_by_role("dialog", name="Post by ana")
    theirs.get_by_role("button", name="Like", exact=True).click()
    mine.part("button", "1 like").is_there()
    theirs.get_by_role("textbox", name="Add a comment").fill("Where is this?")
    theirs.get_by_role("textbox", name="Add a comment").press("Enter")
    mine.part("link", "View 1 comment").is_there()

    page = other.open("/ben")
    page.part("button", "Follow ben").click()
    page.part("button", "Following ben").is_there()
    page.part("link", "1 follower").is_there()
    his.goto("/ben")
    expect(his.get_by_role("link", name="1 follower")).to_be_visible()


def test_a_server_rendered_profile_is_replaced_by_the_live_one(other: Other, stage: Stage) -> None:
    stage.do(share, stage.join("ben"))
    page = other.open("/ben")
    # Only the real page has a log-in link for visitors.
    page.part("link", "Log in").is_there()
    page.part("link", "Photo, 0 likes, 0 comments").click()
    page.part("dialog", "Post by ben").part("button", "Like").is_there()


@pytest.mark.parametrize(
    ("path", "opener"),
    [("/", "View 1 comment"), ("/ben", "Photo, 0 likes, 1 comment")],
    ids=["home", "profile"],
)
def test_a_post_opens_over_its_page_and_back_closes_it(
    other: Other, stage: Stage, path: str, opener: str
) -> None:
    ana, ben = friends(stage, "ana", "ben")
    post_id = stage.do(share, ben, "The oldest")
    stage.do(comments.add, ben, post_id, "Where is this?", "key")
    for _ in range(4):
        stage.do(share, ben)
    his = stage.open_tab(ben, f"/p/{post_id}")
    page = other.open(path, ana)
    link = page.part("link", opener)
    element = link.is_there()
    other.scroll_to(element)
    scrolled = other.scrolled()
    assert scrolled > 0
    link.click()
    dialog = page.part("dialog", "Post by ben")
    dialog.part("list", "Comments").shows("Where is this?")
    other.is_at(f"{path}?p={post_id}")
    dialog.part("textbox", "Add a comment").fill("By the sea" + Keys.ENTER)
    expect(his.get_by_role("list", name="Comments")).to_contain_text("By the sea")
    other.driver.back()
    dialog.is_gone()
    other.is_at(path)
    # It is the very page that was left, at the same position, not a reloaded one.
    assert element.is_displayed()
    other.is_scrolled_to(scrolled)


def test_a_message_written_without_a_connection_is_sent_once_it_is_back(other: Other, stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    his = stage.open_tab(ben, f"/messages/{chat}")
    page = other.open(f"/messages/{chat}", ana)
    field, mine = page.part("textbox", "Message"), page.part("log", "Messages with ben")
    field.fill("Before" + Keys.ENTER)
    expect(log(his)).to_contain_text("Before")
    mine.lacks("Sending")

    other.connection.cut()
    field.fill("Meanwhile" + Keys.ENTER)
    mine.shows("Meanwhile")
    mine.shows("Sending")
    page.part("status", "Connection").shows("Reconnecting…")
    write(his, "Are you there?")
    expect(log(his).get_by_text("Sent", exact=True)).to_be_visible()
    # Only one of them got through.
    assert stored(stage, ana, chat) == ["Before", "Are you there?"]

    other.connection.restore()
    mine.lacks("Sending")
    mine.shows("Are you there?")
    expect(log(his)).to_contain_text("Meanwhile")
    page.part("status", "Connection").lacks("Reconnecting…")
    # One more message: a duplicate of the first would have arrived before it.
    field.fill("After" + Keys.ENTER)
    expect(log(his)).to_contain_text("After")
    assert shown(his) == stored(stage, ana, chat) == ["Before", "Are you there?", "Meanwhile", "After"]
