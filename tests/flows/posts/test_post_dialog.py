"""A post over the feed, on a page of its own, and back to where the reader was."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from instagram_clone.domain.core import db
from instagram_clone.domain.posts import comments
from tests.conftest import share
from tests.flows.conftest import NEXT_FRAME, PHONE, Stage


def test_the_feed_scrolls_to_its_end_without_jumping(stage: Stage) -> None:
    ana = stage.join("ana")
    stage.do(_add_posts, ana, 30)
    page = stage.open_tab(ana)
    expect(page.get_by_role("article")).to_have_count(12)
    for count in (24, 30):
        before = page.evaluate("() => { window.scrollTo(0, document.body.scrollHeight); return scrollY; }")
        expect(page.get_by_role("article")).to_have_count(count)
        assert abs(page.evaluate("() => window.scrollY") - before) < 2
    expect(page.get_by_text("You are all caught up")).to_be_visible()


async def _add_posts(viewer, number: int) -> None:
    from bson import ObjectId

    await share(viewer, "First")
    row = await db.posts.find_one({})
    assert row is not None
    await db.posts.insert_many([{**row, "_id": ObjectId()} for _ in range(number - 1)])


def test_a_post_opens_over_the_feed_and_back_returns_to_the_same_place(stage: Stage) -> None:
    ana = stage.join("ana")
    stage.do(_add_posts, ana, 12)
    page = stage.open_tab(ana)
    expect(page.get_by_role("article")).to_have_count(12)
    for _ in range(7):
        page.keyboard.press("j")
    expect(page.get_by_role("article").nth(6)).to_be_focused()
    before = page.evaluate("() => window.scrollY")
    assert before > 500
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Post by ana")
    expect(dialog).to_be_visible()
    first = page.url
    page.keyboard.press("ArrowRight")
    page.wait_for_url(lambda url: url != first)
    expect(dialog.get_by_role("button", name="Previous post")).to_be_visible()
    page.go_back()
    expect(dialog).to_have_count(0)
    expect(page).to_have_url(f"{stage.server.url}/")
    expect(page.get_by_role("article")).to_have_count(12)
    page.wait_for_function("before => Math.abs(window.scrollY - before) < 5", arg=before)


def test_only_plain_arrow_keys_outside_menus_turn_to_another_post(stage: Stage) -> None:
    ana = stage.join("ana")
    older, middle, newer = [stage.do(share, ana, caption) for caption in ("Older", "Middle", "Newer")]
    page = stage.open_tab(ana)
    expect(page.get_by_role("article")).to_have_count(3)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Post by ana")

    def press(key: str) -> str:
        page.keyboard.press(key)
        page.evaluate(NEXT_FRAME)
        return page.evaluate("() => new URLSearchParams(location.search).get('p')")

    for key, neighbour, back in (("ArrowRight", older, "ArrowLeft"), ("ArrowLeft", newer, "ArrowRight")):
        # Where the keys lead is known once the post has been loaded.
        expect(dialog).to_contain_text("Middle")
        for button, menu in (("Add emoji", "Emoji"), ("More options for this post", "Post options")):
            dialog.get_by_role("button", name=button).click()
            expect(page.get_by_role("menu", name=menu)).to_be_visible()
            assert press(key) == middle
            page.keyboard.press("Escape")
            expect(page.get_by_role("menu")).to_have_count(0)
        for modifier in ("Alt", "Control", "Meta", "Shift"):
            assert press(f"{modifier}+{key}") == middle
        assert press(key) == neighbour
        expect(dialog).not_to_contain_text("Middle")
        assert press(back) == middle


def test_the_post_dialog_has_an_address_and_closes_with_back(stage: Stage) -> None:
    ana = stage.join("ana")
    post_id = stage.do(share, ana, "A wall")
    stage.do(comments.add, ana, post_id, "First")
    page = stage.open_tab(ana)
    page.get_by_role("link", name="View 1 comment").click()
    dialog = page.get_by_role("dialog", name="Post by ana")
    expect(dialog).to_be_visible()
    expect(page).to_have_url(f"{stage.server.url}/?p={post_id}")
    page.go_back()
    expect(dialog).to_have_count(0)
    page.goto(f"/?p={post_id}")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page).to_have_url(f"{stage.server.url}/")


@pytest.mark.parametrize("by_key", [False, True])
def test_commenting_leads_visitors_to_log_in_and_back(stage: Stage, by_key: bool) -> None:
    post_id = stage.do(share, stage.join("ana"), "A wall")
    page = stage.open_tab(None, f"/p/{post_id}")
    button = page.get_by_role("article").get_by_role("button", name="Comment", exact=True)
    expect(button).to_be_visible()
    if by_key:
        page.keyboard.press("c")
    else:
        button.click()
    expect(page).to_have_url(f"{stage.server.url}/login?next=%2Fp%2F{post_id}")


def test_on_a_phone_a_post_has_its_own_page(stage: Stage) -> None:
    ana = stage.join("ana")
    post_id = stage.do(share, ana, "A wall")
    page = stage.open_tab(ana, viewport=PHONE, has_touch=True)
    page.get_by_role("article").get_by_role("button", name="Comment", exact=True).tap()
    expect(page).to_have_url(f"{stage.server.url}/p/{post_id}?focus=comment")
    expect(page.get_by_role("textbox", name="Add a comment")).to_be_focused()
    page.get_by_role("button", name="Back").click()
    expect(page).to_have_url(f"{stage.server.url}/")
