"""Comments and likes: failed ones, long ones, old ones, and who may delete them."""

from __future__ import annotations

from bson import ObjectId
from playwright.sync_api import expect

from instagram_clone.domain.core import db
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people.relations import follows
from instagram_clone.domain.posts import comments, likes, posts
from instagram_clone.domain.posts.comment_cards import PAGE
from instagram_clone.web.html import first_paint
from instagram_clone.web.states.posts.detail import MAX_COMMENTS
from tests.conftest import share
from tests.flows.conftest import DESKTOP, PHONE, Stage, wait_for_animations

_COMMENTS = MAX_COMMENTS + PAGE


def test_a_comment_that_cannot_be_sent_can_be_retried(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    post_id = stage.do(share, ana)
    page = stage.open_tab(ben, f"/p/{post_id}")
    field = page.get_by_role("textbox", name="Add a comment")
    expect(page.get_by_role("button", name="Post comment")).to_be_disabled()
    field.fill("Line one")
    field.press("Shift+Enter")
    field.press_sequentially("line two")
    expect(field).to_have_value("Line one\nline two")
    stage.do(posts.delete, ana, post_id)
    field.press("Enter")
    expect(page.get_by_text("Not sent.")).to_be_visible()
    expect(page.get_by_role("button", name="Retry")).to_be_visible()
    expect(page.get_by_text("line two")).to_be_visible()


def test_comments_of_long_words_html_and_emoji_fit_the_layout(stage: Stage) -> None:
    ana = stage.join("ana")
    post_id = stage.do(share, ana, "x" * 300)
    text = f"{'w' * 300} <img src=x onerror=alert(1)> 👩‍👩‍👧‍👦 https://example.com/{'p' * 100}"
    stage.do(comments.add, ana, post_id, text)
    page = stage.open_tab(ana, f"/p/{post_id}")
    for size in (DESKTOP, PHONE, {"width": 320, "height": 640}):
        page.set_viewport_size(size)
        expect(page.get_by_text("onerror=alert(1)")).to_be_visible()
        wait_for_animations(page)
        sideways = page.evaluate(
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert sideways <= 0, size


def test_older_comments_are_loaded_on_demand(stage: Stage) -> None:
    ana = stage.join("ana")
    post_id = stage.do(share, ana, "A wall")
    for number in range(25):
        stage.do(comments.add, ana, post_id, f"Comment {number:02}")
    page = stage.open_tab(ana, f"/p/{post_id}")
    listed = page.get_by_role("list", name="Comments")
    expect(listed).to_contain_text("Comment 24")
    expect(listed).not_to_contain_text("Comment 04")
    # The caption is always first.
    expect(listed.get_by_role("listitem").first).to_contain_text("A wall")
    page.get_by_role("button", name="View earlier comments").click()
    expect(listed).to_contain_text("Comment 00")


def test_comments_are_deleted_by_their_writer_on_every_screen(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    post_id = stage.do(share, ana)
    stage.do(comments.add, ben, post_id, "Oops")
    mine, theirs = stage.open_tab(ben, f"/p/{post_id}"), stage.open_tab(ana, f"/p/{post_id}")
    expect(theirs.get_by_text("Oops")).to_be_visible()
    mine.get_by_role("button", name="More options for comment by ben").click()
    mine.get_by_role("menuitem", name="Delete comment").click()
    for page in (mine, theirs):
        expect(page.get_by_text("Oops")).to_have_count(0)


def test_liking_a_deleted_post_shows_a_message_and_removes_it(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(follows.follow, ben, ana.id)
    stage.do(share, ana, "Going")
    page = stage.open_tab(ben)
    heart = page.get_by_role("button", name="Like", exact=True)
    expect(heart).to_be_visible()
    stage.do(_vanish)
    heart.click()
    expect(page.get_by_role("status", name="Announcements")).to_contain_text("no longer available")
    expect(page.get_by_role("article")).to_have_count(0)


async def _vanish() -> None:
    await db.posts.delete_many({})


def test_a_reconnect_restores_the_truth(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(follows.follow, ben, ana.id)
    post_id = stage.do(share, ana, "A wall")
    page, wire = stage.open_wired_tab(ben)
    expect(page.get_by_text("Be the first to like this")).to_be_visible()
    # The server-rendered posts have been replaced by those of the feed.
    expect(page.locator(f"#{first_paint.ELEMENT_ID}")).to_have_count(0)
    # Nothing arranged behind the scenes is published to open tabs: only reading again can show it.
    stage.do(likes.like, ana, post_id)
    stage.do(share, ana, "Another")
    wire.sockets[-1].server.close()
    expect(page.get_by_role("button", name="1 like", exact=True)).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(2)


def test_likers_of_a_post_and_people_somebody_follows_are_listed(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    post_id = stage.do(share, ana, "A wall")
    stage.do(likes.like, ben, post_id)
    page = stage.open_tab(ana)
    page.get_by_role("button", name="1 like", exact=True).click()
    dialog = page.get_by_role("dialog", name="Likes")
    dialog.get_by_role("button", name="Follow ben").click()
    expect(dialog.get_by_role("button", name="Following ben")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.goto("/ana")
    page.get_by_role("link", name="1 following").click()
    dialog = page.get_by_role("dialog", name="Following")
    expect(dialog.get_by_role("button", name="Following ben")).to_be_visible()
    expect(page).to_have_url(f"{stage.server.url}/ana/following")
    dialog.get_by_role("button", name="Close").click()
    expect(page).to_have_url(f"{stage.server.url}/ana")


def test_all_earlier_comments_can_be_loaded_and_the_newest_again(stage: Stage) -> None:
    ana = stage.join("ana")
    post_id = stage.do(share, ana, "A wall")
    stage.do(_add_comments, ana, post_id)
    page = stage.open_tab(ana, f"/p/{post_id}")
    box = page.get_by_role("list", name="Comments")
    earlier = box.get_by_role("button", name="View earlier comments")
    newest = box.get_by_role("button", name="Return to the newest")
    last = box.get_by_text(f"number {_COMMENTS - 1}", exact=True)
    for first in range(MAX_COMMENTS, 0, -PAGE):
        expect(box.get_by_text(f"number {first}", exact=True)).to_be_attached()
        expect(last).to_be_attached()
        earlier.click()
    expect(box.get_by_text("number 0", exact=True)).to_be_attached()
    expect(earlier).to_have_count(0)
    expect(last).to_have_count(0)
    newest.click()
    expect(last).to_be_in_viewport()
    expect(newest).to_have_count(0)
    expect(page.get_by_text("ana commented")).to_have_count(0)


async def _add_comments(viewer: Viewer, post_id: str) -> None:
    await comments.add(viewer, post_id, "number 0")
    row = await db.comments.find_one({})
    assert row is not None
    more = [{**row, "_id": ObjectId(), "text": f"number {n}", "key": str(n)} for n in range(1, _COMMENTS)]
    await db.comments.insert_many(more)
