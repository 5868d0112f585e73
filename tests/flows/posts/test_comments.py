"""Writing comments: what appears at once, what stays, what is never lost, how a list follows its end."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people.relations import follows
from instagram_clone.domain.posts import comment_cards, comments
from tests.conftest import share
from tests.flows.conftest import PHONE, Stage, article, eventually, wait_for_animations

ARABIC = "صورة جميلة جدا."


def listed(page: Page) -> Locator:
    return page.get_by_role("list", name="Comments")


def field_of(place: Page | Locator) -> Locator:
    return place.get_by_role("textbox", name="Add a comment")


def two_friends(stage: Stage) -> tuple[Viewer, Viewer, str]:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(follows.follow, ben, ana.id)
    return ana, ben, stage.do(share, ana, "A wall")


def write(page: Page, text: str) -> None:
    field_of(page).fill(text)
    page.keyboard.press("Enter")


def stored(stage: Stage, viewer: Viewer, post_id: str) -> list[str]:
    """Return the comments on a post, the newest first."""
    found, _ = stage.do(comment_cards.page, viewer, post_id)
    return [f"{one.comment.username}: {one.comment.text[0].text}" for one in found]


def delete(page: Page, text: str) -> None:
    comment = listed(page).get_by_role("listitem").filter(has_text=text).last
    comment.get_by_role("button", name="More options for comment").click()
    page.get_by_role("menuitem", name="Delete comment").click()
    expect(listed(page)).not_to_contain_text(text)


def bottom_gap(page: Page) -> float:
    return listed(page).evaluate("box => box.scrollHeight - box.scrollTop - box.clientHeight")


def test_a_comment_from_the_feed_stays_under_the_caption_until_it_is_deleted(stage: Stage) -> None:
    ana, ben, post_id = two_friends(stage)
    page = stage.open_tab(ben)
    mine = article(page, "ana").get_by_role("list", name="Your comments")
    expect(article(page, "ana")).to_be_visible()
    expect(mine).to_have_count(0)
    field_of(article(page, "ana")).fill("Where is this, @ana?")
    page.keyboard.press("Enter")
    expect(mine.get_by_role("listitem")).to_have_text("ben Where is this, @ana?")
    expect(mine.get_by_role("link", name="@ana")).to_be_visible()
    expect(article(page, "ana").get_by_role("link", name="View 1 comment")).to_be_visible()
    expect(page.get_by_text("Sending…")).to_have_count(0)
    [thread], _ = stage.do(comment_cards.page, ana, post_id)
    theirs = stage.open_tab(ana, f"/p/{post_id}")
    theirs.get_by_role("button", name="More options for comment by ben").click()
    theirs.get_by_role("menuitem", name="Delete comment").click()
    expect(mine).to_have_count(0)
    assert thread.comment.text[0].text == "Where is this, "


def test_a_comment_written_offline_is_added_once(stage: Stage) -> None:
    ana, ben, post_id = two_friends(stage)
    page = stage.open_tab(ben, f"/p/{post_id}")
    expect(listed(page)).to_contain_text("A wall")
    stage.server.kill()
    expect(page.get_by_role("status", name="Connection")).to_contain_text("Reconnecting…")
    write(page, "First")
    write(page, "Second")
    expect(listed(page).get_by_text("Sending…")).to_have_count(2)
    stage.server.start()
    expect(page.get_by_text("Sending…")).to_have_count(0)
    expect(page.get_by_text("Not sent.")).to_have_count(0)
    expect(listed(page).get_by_role("listitem")).to_contain_text(["A wall", "First", "Second"])
    # While a page reloads its data, "Sending…" may be hidden, so wait for the comments themselves.
    assert eventually(page, lambda: len(stored(stage, ana, post_id)) == 2)
    expect(page.get_by_text("Sending…")).to_have_count(0)
    assert stored(stage, ana, post_id) == ["ben: Second", "ben: First"]


def test_comments_written_offline_arrive_in_order(stage: Stage) -> None:
    ana, ben, post_id = two_friends(stage)
    page = stage.open_tab(ben, f"/p/{post_id}")
    expect(listed(page)).to_contain_text("A wall")
    stage.server.kill()
    expect(page.get_by_role("status", name="Connection")).to_contain_text("Reconnecting…")
    written = [f"Number {number}" for number in range(12)]
    for text in written:
        write(page, text)
    expect(listed(page).get_by_text("Sending…")).to_have_count(len(written))
    stage.server.start()
    assert eventually(page, lambda: len(stored(stage, ana, post_id)) == len(written))
    assert stored(stage, ana, post_id) == [f"ben: {text}" for text in reversed(written)]


@pytest.mark.parametrize("is_noticed", [True, False], ids=["noticed", "unnoticed"])
@pytest.mark.parametrize("place", ["feed", "page"])
def test_comments_are_not_sent_by_somebody_else_who_signs_in_in_another_tab(
    stage: Stage, place: str, is_noticed: bool
) -> None:
    ana, ben, post_id = two_friends(stage)
    page, wire = stage.open_wired_tab(ben, "/" if place == "feed" else f"/p/{post_id}")
    expect(page.get_by_text("Be the first to like this")).to_be_visible()
    if is_noticed:
        stage.server.kill()
        expect(page.get_by_role("status", name="Connection")).to_contain_text("Reconnecting…")
    else:
        wire.drop_requests()
    write(page, "From ben")
    expect(page.get_by_text("Sending…")).to_be_visible()
    field_of(page).fill("Half a thought")
    stage.sign_in(page.context, ana)
    if is_noticed:
        stage.server.start()
    else:
        wire.close()
    expect(page.get_by_role("link", name="Profile").first).to_have_attribute("href", "/ana")
    expect(page.get_by_text("From ben")).to_have_count(0)
    expect(field_of(page)).to_have_value("")
    write(page, "From ana")
    assert eventually(page, lambda: "ana: From ana" in stored(stage, ana, post_id))
    expect(page.get_by_text("Sending…")).to_have_count(0)
    assert stored(stage, ana, post_id) == ["ana: From ana"]
    stage.sign_in(page.context, ben)
    wire.close()
    assert eventually(page, lambda: stored(stage, ana, post_id) == ["ben: From ben", "ana: From ana"])
    expect(field_of(page)).to_have_value("Half a thought")


def test_a_reply_to_a_deleted_comment_can_be_retried_or_discarded(stage: Stage) -> None:
    ana, ben, post_id = two_friends(stage)
    stage.do(comments.add, ana, post_id, "Hello")
    page, hers = stage.open_tab(ben, f"/p/{post_id}"), stage.open_tab(ana, f"/p/{post_id}")
    page.get_by_role("button", name="Reply to ana").click()
    page.keyboard.type("and to you")
    delete(hers, "Hello")
    expect(listed(page)).not_to_contain_text("Hello")
    page.keyboard.press("Enter")
    words = listed(page).get_by_role("listitem").filter(has_text="@ana and to you")
    expect(words).to_contain_text("Not sent. This comment is no longer available.")
    words.get_by_role("button", name="Retry").click()
    expect(words).to_contain_text("Not sent. This comment is no longer available.")
    words.get_by_role("button", name="Discard").click()
    expect(words).to_have_count(0)


def test_a_draft_stays_with_its_post(stage: Stage) -> None:
    ana, ben, _ = two_friends(stage)
    stage.do(share, ana, "A bowl")
    page = stage.open_tab(ben)
    wall = page.get_by_role("article").filter(has_text="A wall")
    field_of(wall).fill("Half a thought")
    wall.locator("a[href^='/p/']").first.click()
    dialog = page.get_by_role("dialog", name="Post by ana")
    expect(dialog).to_contain_text("A wall")
    expect(field_of(dialog)).to_have_value("Half a thought")
    dialog.get_by_role("button", name="Previous post").click()
    expect(dialog).to_contain_text("A bowl")
    expect(field_of(dialog)).to_have_value("")
    dialog.get_by_role("button", name="Next post").click()
    expect(field_of(dialog)).to_have_value("Half a thought")


def test_enter_that_ends_a_composition_sends_nothing(stage: Stage) -> None:
    ana, _, post_id = two_friends(stage)
    page = stage.open_tab(ana, f"/p/{post_id}")
    field_of(page).fill("日本")
    field_of(page).dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    field_of(page).dispatch_event("keydown", {"key": "Enter", "keyCode": 229})
    expect(field_of(page)).to_have_value("日本")
    field_of(page).dispatch_event("keydown", {"key": "Enter"})
    expect(field_of(page)).to_have_value("")
    expect(listed(page)).to_contain_text("日本")


def test_a_comment_list_scrolls_with_new_comments_only_near_its_end(stage: Stage) -> None:
    ana, ben, post_id = two_friends(stage)
    for number in range(18):
        stage.do(comments.add, ana, post_id, f"Comment {number:02}\nof two lines")
    page, his = stage.open_tab(ana, f"/p/{post_id}"), stage.open_tab(ben, f"/p/{post_id}")
    expect(listed(page)).to_contain_text("Comment 17")
    stage.pass_second()
    write(his, "One more")
    expect(page.get_by_role("button", name="1 new comment")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="commented")).to_have_text("ben commented")
    assert listed(page).evaluate("box => box.scrollTop") == 0
    write(his, "And another")
    page.get_by_role("button", name="2 new comments").click()
    assert eventually(page, lambda: bottom_gap(page) < 2)
    expect(page.get_by_role("button", name="new comment")).to_have_count(0)
    write(his, "The last")
    expect(listed(page)).to_contain_text("The last")
    assert eventually(page, lambda: bottom_gap(page) < 2)
    expect(page.get_by_role("button", name="new comment")).to_have_count(0)
    listed(page).evaluate("box => box.scrollTo(0, 0)")
    delete(his, "The last")
    expect(listed(page)).not_to_contain_text("The last")
    expect(page.get_by_role("button", name="new comment")).to_have_count(0)
    write(page, "My own")
    expect(listed(page).get_by_text("My own")).to_be_in_viewport()
    expect(page.get_by_text("Sending…")).to_have_count(0)
    expect(page.get_by_role("button", name="new comment")).to_have_count(0)


def test_comments_keep_their_writing_direction(stage: Stage) -> None:
    ana, ben, post_id = two_friends(stage)
    stage.do(comments.add, ben, post_id, ARABIC)
    page = stage.open_tab(ana, f"/p/{post_id}")
    words = listed(page).get_by_role("paragraph").filter(has_text=ARABIC)
    expect(words).to_have_css("direction", "rtl")
    expect(words.get_by_role("link", name="ben").locator("bdi")).to_have_text("ben")
    write(page, ARABIC)
    assert field_of(page).evaluate("field => field.dir") == "auto"
    expect(words).to_have_count(2)
    expect(words.last).to_have_css("direction", "rtl")
    expect(page.get_by_text("Sending…")).to_have_count(0)
    expect(words.last).to_have_css("direction", "rtl")


def test_no_item_among_comments_is_empty(stage: Stage) -> None:
    ana, ben, post_id = two_friends(stage)
    first = stage.do(comments.add, ben, post_id, "What lens?")
    stage.do(comments.add, ben, post_id, "Nice")
    stage.do(comments.add, ana, post_id, "An old one", answering=first)
    page = stage.open_tab(ana, f"/p/{post_id}")
    expect(listed(page)).to_contain_text("Nice")
    items = listed(page).get_by_role("listitem")
    # The caption, two comments, and the item holding the list of replies, with one reply in it.
    expect(items).to_have_count(5)
    assert all(items.nth(at).inner_text().strip() for at in range(5))


def test_an_emoji_goes_where_the_caret_is(stage: Stage) -> None:
    ana, _, post_id = two_friends(stage)
    page = stage.open_tab(ana, f"/p/{post_id}")
    field_of(page).fill("Warm light")
    for _ in "light":
        page.keyboard.press("ArrowLeft")
    page.get_by_role("button", name="Add emoji").click()
    grid = page.get_by_role("menu", name="Emoji")
    expect(grid.get_by_role("menuitem")).to_have_count(48)
    expect(grid.get_by_role("menuitem").first).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(grid.get_by_role("menuitem").nth(1)).to_be_focused()
    grid.get_by_role("menuitem", name="🔥").click()
    expect(grid).to_have_count(0)
    expect(field_of(page)).to_be_focused()
    page.keyboard.type("y ")
    expect(field_of(page)).to_have_value("Warm 🔥y light")
    page.keyboard.press("Enter")
    expect(listed(page)).to_contain_text("Warm 🔥y light")


def test_on_a_phone_the_emoji_are_a_sheet_across_the_screen(stage: Stage) -> None:
    ana, _, post_id = two_friends(stage)
    page = stage.open_tab(ana, f"/p/{post_id}", viewport=PHONE, has_touch=True)
    page.get_by_role("button", name="Add emoji").tap()
    sheet = page.get_by_role("menu", name="Emoji")
    expect(sheet).to_be_visible()
    wait_for_animations(page)
    box = sheet.bounding_box()
    assert box and box["x"] == 0 and box["width"] == PHONE["width"]
    assert box["y"] + box["height"] == PHONE["height"]
    page.get_by_role("menuitem", name="🌿").tap()
    expect(field_of(page)).to_have_value("🌿")
