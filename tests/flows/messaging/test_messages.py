"""Messages arrive at once, in every tab of every member."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from instagram_clone.domain.messaging import inbox, messages, receipts
from instagram_clone.domain.posts import posts
from tests.conftest import picture, share
from tests.flows.conftest import PHONE, Stage, eventually
from tests.flows.messaging.talk import (
    bubbles,
    chat_of,
    friends,
    log,
    multiply_conversations,
    say,
    shown,
    stored,
    write,
)


def test_a_conversation_started_from_a_profile_appears_in_every_tab(stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    mine, also_mine = stage.open_tab(ana, "/ben"), stage.open_tab(ana, "/messages")
    his, elsewhere = stage.open_tab(ben, "/messages"), stage.open_tab(ben, "/explore")
    mine.get_by_role("link", name="Message", exact=True).click()
    expect(mine.get_by_role("region", name="Conversation with ben")).to_be_visible()
    expect(
        mine.get_by_role("banner").get_by_text("Active now").or_(mine.get_by_text("Active now"))
    ).to_be_visible()
    write(mine, "Shall we?\nhttps://example.com")
    expect(log(mine)).to_contain_text("Shall we?")
    expect(log(mine).get_by_text("Sent", exact=True)).to_be_visible()
    expect(also_mine.get_by_role("link", name="Conversation with ben")).to_contain_text("You: Shall we?")
    row = his.get_by_role("link", name="Conversation with ana, unread")
    expect(row).to_contain_text("Shall we?")
    for tab in (his, elsewhere):
        expect(tab.get_by_role("link", name="Messages, 1 unread")).to_be_visible()
    # One for the message, one for the new follower.
    expect(elsewhere).to_have_title("(2) Explore · Instaclone")
    row.click()
    expect(his.get_by_role("log", name="Messages with ana")).to_contain_text("Shall we?")
    expect(log(his).get_by_text("New messages")).to_be_visible()
    for tab in (his, elsewhere):
        expect(tab.get_by_role("link", name="Messages", exact=True)).to_be_visible()
    expect(log(mine).get_by_text("Seen ")).to_be_visible()
    his.get_by_role("textbox", name="Message").press_sequentially("W")
    expect(mine.get_by_role("status", name="ben is typing")).to_be_visible()
    # It disappears after some seconds, and reappears while the typing continues.
    his.keyboard.type("e")
    expect(also_mine.get_by_text("typing…")).to_be_visible()
    his.keyboard.press("Shift+Enter")
    his.keyboard.type("must")
    his.keyboard.press("Enter")
    expect(log(mine)).to_contain_text("We\nmust")
    expect(mine.get_by_role("status", name="ben is typing")).to_have_count(0)
    expect(bubbles(his)).to_have_count(2)
    chat = mine.url.rpartition("/")[2]
    assert shown(mine) == shown(his) == stored(stage, ana, chat)


def test_ten_photos_at_once_all_arrive(stage: Stage, tmp_path: Path) -> None:
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    files = [tmp_path / f"{number}.jpg" for number in range(10)]
    for file in files:
        file.write_bytes(picture(1600, 1200))
    page = stage.open_tab(ana, f"/messages/{chat}")
    failed: list[int] = []
    page.on("response", lambda answer: failed.extend([answer.status] if answer.status >= 400 else []))
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Add photo").click()
    chooser.value.set_files(files)
    assert eventually(page, lambda: len(stage.do(messages.page, ben, chat)[0]) == 10)
    expect(page.get_by_text("Sending")).to_have_count(0)
    expect(page.get_by_text("Not sent")).to_have_count(0)
    assert failed == []


def test_photos_hearts_posts_and_reactions_can_be_sent_and_unsent(stage: Stage, tmp_path: Path) -> None:
    ana, ben = friends(stage, "ana", "ben")
    post = stage.do(share, ana, "A wall worth a walk")
    chat = chat_of(stage, ana, ben)
    mine, his = stage.open_tab(ana, f"/messages/{chat}"), stage.open_tab(ben, f"/messages/{chat}")
    file = tmp_path / "photo.jpg"
    file.write_bytes(picture(40, 30))
    with mine.expect_file_chooser() as chooser:
        mine.get_by_role("button", name="Add photo").click()
    chooser.value.set_files(file)
    expect(log(his).get_by_role("link", name="Photo from ana")).to_be_visible()
    expect(log(his).locator(".ic-bubble.is-media img")).to_have_js_property("complete", True)
    assert log(his).locator(".ic-bubble.is-media img").evaluate("img => img.naturalWidth") > 0
    mine.get_by_role("button", name="Send a heart").click()
    expect(log(his).get_by_label("Heart")).to_be_visible()
    feed = stage.open_tab(ben)
    feed.get_by_role("article").get_by_role("button", name="Share").click()
    dialog = feed.get_by_role("dialog", name="Share post")
    dialog.get_by_role("checkbox", name="ana").click()
    dialog.get_by_role("textbox", name="Add a message").fill("Look")
    dialog.get_by_role("button", name="Send to 1").click()
    expect(dialog).to_have_count(0)
    for tab in (mine, his):
        expect(log(tab).get_by_role("link", name="Shared post by ana")).to_contain_text(
            "A wall worth a walk"
        )
        expect(log(tab)).to_contain_text("Look")
    write(mine, "Nice")
    bubble = log(his).get_by_text("Nice", exact=True)
    bubble.dblclick()
    expect(log(his).get_by_role("img", name="Liked by you")).to_be_visible()
    expect(log(mine).get_by_role("img", name="Liked by ben")).to_be_visible()
    row = mine.locator("[data-message]", has=mine.get_by_text("Nice", exact=True))
    row.hover()
    row.get_by_role("button", name="Message options").click()
    row.get_by_role("menuitem", name="React with 🔥").click()
    expect(log(his).get_by_role("img", name="Liked by you; 🔥 by ana")).to_be_visible()
    row.hover()
    row.get_by_role("button", name="Message options").click()
    row.get_by_role("menuitem", name="Unsend").click()
    mine.get_by_role("dialog").get_by_role("button", name="Unsend").click()
    for tab in (mine, his):
        expect(log(tab).get_by_text("Nice", exact=True)).to_have_count(0)
    expect(his.get_by_role("link", name="Conversation with ana")).to_contain_text("Look")
    stage.do(posts.delete, ana, post)
    his.reload()
    expect(log(his).get_by_text("This post is unavailable.")).to_be_visible()


def test_older_messages_load_without_a_jump_and_new_ones_wait_below(stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    for number in range(75):
        say(stage, ben, chat, f"Number {number}")
    stage.do(receipts.mark_read, ana, chat, 75)
    page = stage.open_tab(ana, f"/messages/{chat}")
    expect(log(page).get_by_text("Number 74", exact=True)).to_be_in_viewport()
    assert len(shown(page)) < 75

    def first_is_reached() -> bool:
        log(page).evaluate("box => box.scrollTo({ top: Math.max(0, box.scrollTop - 1500) })")
        return log(page).get_by_text("Number 0", exact=True).is_visible()

    assert eventually(page, first_is_reached)
    assert shown(page) == [f"Number {number}" for number in range(75)]
    say(stage, ana, chat, "From another machine")  # behind the scenes: this app is not notified of it
    other = stage.open_tab(ben, f"/messages/{chat}")
    expect(log(other)).to_contain_text("Number 74")
    write(other, "Down here")
    pill = page.get_by_role("button", name="1 new message")
    expect(pill).to_be_visible()
    pill.click()
    expect(log(page).get_by_text("Down here", exact=True)).to_be_in_viewport()
    expect(pill).to_have_count(0)


def test_a_search_finds_conversations_that_are_not_loaded_yet(stage: Stage) -> None:
    ana, ben, cleo = friends(stage, "ana", "ben", "cleo")
    stage.do(multiply_conversations, chat_of(stage, ana, ben, cleo, name="Trip"), 60)
    page = stage.open_tab(ana, "/messages")
    chats = page.get_by_role("navigation", name="Conversations").get_by_role("link")
    field = page.get_by_role("searchbox", name="Search messages")
    nobody = page.get_by_text("Nobody by that name.")
    expect(chats).to_have_count(20)
    field.fill("walk 4")
    expect(chats).to_have_count(11)
    field.fill("trip")
    expect(page.get_by_role("link", name="Conversation with Trip")).to_be_visible()
    expect(nobody).to_have_count(0)
    field.fill("trips")
    expect(nobody).to_be_visible()


def test_a_phone_shows_either_the_inbox_or_a_conversation(stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    say(stage, ben, chat, "Hello")
    page = stage.open_tab(ana, viewport=PHONE, has_touch=True)
    page.get_by_role("link", name="Messages, 1 unread").tap()
    expect(page.get_by_role("navigation", name="Primary")).to_be_visible()
    page.get_by_role("link", name="Conversation with ben, unread").tap()
    expect(log(page)).to_contain_text("Hello")
    expect(page.get_by_role("navigation", name="Primary")).to_have_count(0)
    expect(page.get_by_role("searchbox", name="Search messages")).to_be_hidden()
    page.get_by_role("link", name="Back").tap()
    expect(page.get_by_role("link", name="Conversation with ben", exact=True)).to_be_visible()


def test_a_conversation_can_be_muted_and_deleted_for_oneself(stage: Stage) -> None:
    ana, ben, cleo = friends(stage, "ana", "ben", "cleo")
    chat = chat_of(stage, ana, ben)
    hers = stage.open_tab(cleo, f"/messages/{chat_of(stage, ana, cleo)}")
    say(stage, ben, chat, "Old")
    page, his = stage.open_tab(ana, f"/messages/{chat}"), stage.open_tab(ben, f"/messages/{chat}")
    page.get_by_role("button", name="Conversation details").click()
    page.get_by_role("switch", name="Mute messages").click()
    expect(page.get_by_role("switch", name="Mute messages")).to_be_checked()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Explore", exact=True).click()
    # Messages that arrive while the next page is still loading count as seen.
    expect(log(page)).to_have_count(0)
    write(his, "Psst")
    expect(log(his).get_by_text("Sent", exact=True)).to_be_visible()
    # Hers is sent after his, and is the only one that counts.
    write(hers, "Hello")
    expect(page.get_by_role("link", name="Messages, 1 unread")).to_be_visible()
    page.goto(f"/messages/{chat}")
    page.get_by_role("button", name="Conversation details").click()
    page.get_by_role("button", name="Delete conversation").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("heading", name="Your messages")).to_be_visible()
    expect(page.get_by_role("link", name="Conversation with ben")).to_have_count(0)
    write(his, "Still there?")
    expect(page.get_by_role("link", name="Conversation with ben, unread")).to_contain_text("Still there?")
    page.get_by_role("link", name="Conversation with ben, unread").click()
    expect(log(page).get_by_text("Still there?", exact=True)).to_be_visible()
    expect(log(page).get_by_text("Old", exact=True)).to_have_count(0)
    assert stage.do(inbox.unread, ben) == {}


def test_a_deleted_conversation_leaves_every_tab_and_does_not_return(stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    page, also = stage.open_tab(ana, f"/messages/{chat}"), stage.open_tab(ana, f"/messages/{chat}")
    write(stage.open_tab(ben, f"/messages/{chat}"), "Forget this")
    for tab in (page, also):
        expect(log(tab).get_by_text("Forget this", exact=True)).to_be_visible()
    page.get_by_role("button", name="Conversation details").click()
    page.get_by_role("button", name="Delete conversation").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("heading", name="Your messages")).to_be_visible()
    expect(log(also).get_by_text("Forget this", exact=True)).to_have_count(0)
    page.get_by_role("main").get_by_role("button", name="New message").last.click()
    dialog = page.get_by_role("dialog", name="New message")
    dialog.get_by_role("checkbox", name="ben").click()
    dialog.get_by_role("button", name="Chat", exact=True).click()
    expect(page.get_by_role("textbox", name="Message")).to_be_visible()
    assert shown(page) == []
    write(page, "Hello again")
    for tab in (page, also):
        expect(tab.locator("[data-message] p.ic-bubble")).to_have_text(["Hello again"])
