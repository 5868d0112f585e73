"""Talking under a photo: replies, likes of comments, and collapsed replies, in two browsers."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from instagram_clone.domain.posts import comment_cards, comments
from tests.conftest import share
from tests.flows.conftest import DESKTOP, PHONE, Stage, eventually


def listed(page: Page) -> Locator:
    return page.get_by_role("list", name="Comments")


def test_a_reply_appears_under_its_comment_in_every_browser_and_notifies(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    post_id = stage.do(share, ana)
    stage.do(comments.add, ben, post_id, "What lens was this?")
    stage.do(comments.add, ben, post_id, "Nice wall")
    hers, his = stage.open_tab(ana, f"/p/{post_id}"), stage.open_tab(ben, f"/p/{post_id}")
    listed(hers).get_by_role("button", name="Reply to ben").first.click()
    expect(hers.get_by_text("Replying to ben")).to_be_visible()
    field = hers.get_by_role("textbox", name="Add a comment")
    expect(field).to_be_focused()
    expect(field).to_have_value("@ben ")
    hers.keyboard.type("a very old one")
    hers.keyboard.press("Enter")
    expect(hers.get_by_text("Replying to ben")).to_have_count(0)
    for page in (hers, his):
        reply = listed(page).locator(".ic-replies").first
        expect(reply).to_contain_text("@ben a very old one")
        expect(reply.get_by_role("link", name="@ben")).to_be_visible()
    expect(hers.get_by_text("Sending…")).to_have_count(0)
    his.get_by_role("button", name="Notifications").click()
    expect(his.get_by_role("dialog", name="Notifications")).to_contain_text("ana replied: @ben a very")
    hers.reload()
    expect(listed(hers).locator(".ic-replies").first).to_contain_text("@ben a very old one")


def test_a_reply_can_be_cancelled(stage: Stage) -> None:
    ana = stage.join("ana")
    post_id = stage.do(share, ana)
    stage.do(comments.add, ana, post_id, "Hello")
    page = stage.open_tab(ana, f"/p/{post_id}")
    field = page.get_by_role("textbox", name="Add a comment")
    page.get_by_role("button", name="Reply to ana").click()
    page.get_by_role("button", name="Cancel reply").click()
    expect(field).to_have_value("")
    page.get_by_role("button", name="Reply to ana").click()
    page.keyboard.type("words")
    page.keyboard.press("Escape")
    expect(page.get_by_text("Replying to ana")).to_have_count(0)
    expect(field).to_have_value("@ana words")
    page.keyboard.press("Enter")
    expect(listed(page)).to_contain_text("@ana words")
    expect(page.get_by_text("Sending…")).to_have_count(0)
    # In any order: two processes wrote them, perhaps within the same second.
    both, _ = stage.do(comment_cards.page, ana, post_id)
    assert {one.comment.text[-1].text for one in both} == {"Hello", " words"}


def test_a_comment_like_updates_every_screen(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    post_id = stage.do(share, ana)
    stage.do(comments.add, ana, post_id, "Mine")
    hers, his = stage.open_tab(ana, f"/p/{post_id}"), stage.open_tab(ben, f"/p/{post_id}", viewport=PHONE)
    his.get_by_role("button", name="Like comment by ana").click()
    expect(his.get_by_role("button", name="Unlike comment by ana")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(listed(hers).get_by_role("button", name="1 like", exact=True)).to_be_visible()
    expect(hers.get_by_role("button", name="Like comment by ana")).to_be_visible()
    listed(hers).get_by_role("button", name="1 like", exact=True).click()
    expect(hers.get_by_role("dialog", name="Likes")).to_contain_text("ben")
    hers.keyboard.press("Escape")
    hers.get_by_role("button", name="Notifications").click()
    expect(hers.get_by_role("dialog", name="Notifications")).to_contain_text("ben liked your comment: Mine")
    his.reload()
    his.get_by_role("button", name="Unlike comment by ana").click()
    expect(listed(hers).get_by_role("button", name="1 like", exact=True)).to_have_count(0)
    expect(hers.get_by_role("dialog", name="Notifications")).not_to_contain_text("liked your comment")


def test_replies_are_collapsed_expanded_and_counted_live(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    post_id = stage.do(share, ana)
    first = stage.do(comments.add, ana, post_id, "Count")
    for number in range(24):
        stage.do(comments.add, ben, post_id, f"Reply {number:02}", answering=first)
    page = stage.open_tab(ana, f"/p/{post_id}", viewport=DESKTOP)
    expect(listed(page)).to_contain_text("Reply 00")
    more = page.get_by_role("button", name="View 23 more replies")
    expect(more).to_have_attribute("aria-expanded", "false")
    late = stage.open_tab(ben, f"/p/{post_id}")
    late.get_by_role("button", name="Reply to ana").click()
    late.keyboard.type("Reply 24")
    stage.pass_second()
    late.keyboard.press("Enter")
    expect(listed(late)).to_contain_text("Reply 24")
    page.get_by_role("button", name="View 24 more replies").click()
    expect(listed(page)).to_contain_text("Reply 19")
    page.get_by_role("button", name="View 5 more replies").click()
    expect(listed(page)).to_contain_text("Reply 24")
    shown = listed(page).locator(".ic-replies .ic-comment")
    expect(shown).to_have_count(25)
    expect(shown.nth(23)).to_contain_text("Reply 23")
    expect(page.get_by_role("button", name="Hide replies")).to_have_attribute("aria-expanded", "true")
    shown.nth(1).get_by_role("button", name="More options for comment by ben").click()
    page.get_by_role("menuitem", name="Delete comment").click()
    expect(shown).to_have_count(24)
    page.get_by_role("button", name="Hide replies").click()
    expect(shown).to_have_count(1)
    expect(page.get_by_role("button", name="View 23 more replies")).to_be_visible()
    expect(late.get_by_role("button", name="View 22 more replies")).to_be_visible()
    shown.nth(0).get_by_role("button", name="More options for comment by ben").click()
    page.get_by_role("menuitem", name="Delete comment").click()
    expect(shown).to_contain_text(["Reply 02"])
    expect(page.get_by_role("button", name="View 22 more replies")).to_be_visible()


def test_a_reply_written_offline_is_sent_once_online_again(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    post_id = stage.do(share, ana)
    first = stage.do(comments.add, ben, post_id, "What lens was this?")
    page = stage.open_tab(ana, f"/p/{post_id}")
    page.get_by_role("button", name="Reply to ben").click()
    page.context.set_offline(True)
    page.keyboard.type("wait")
    page.keyboard.press("Enter")
    expect(listed(page).locator(".ic-replies")).to_contain_text("Sending…")
    page.context.set_offline(False)

    def stored() -> list[str]:
        return [card.text[-1].text for card in stage.do(comment_cards.replies, ana, first)[0]]

    # While a page reloads its data, "Sending…" may be hidden, so wait for the reply itself.
    assert eventually(page, lambda: stored() == [" wait"])
    expect(listed(page).locator(".ic-replies")).to_contain_text("wait")
    expect(listed(page).locator(".ic-replies")).not_to_contain_text("Sending…")
    assert stored() == [" wait"]
