"""Talking: at once in every tab of everybody who is in it, and nothing lost or doubled."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.messaging import conversations, inbox, messages, receipts
from instagram_clone.domain.people import preferences
from instagram_clone.domain.people.relations import blocks, follows
from instagram_clone.domain.posts import posts
from tests.conftest import DATA, picture, share
from tests.flows.conftest import PHONE, Stage, eventually
from tests.server import running


def friends(stage: Stage, *names: str) -> list[Viewer]:
    people = [stage.join(name) for name in names]
    for one, other in itertools.permutations(people, 2):
        stage.do(follows.follow, one, other.id)
    return people


def chat_of(stage: Stage, viewer: Viewer, *others: Viewer, name: str = "") -> str:
    return stage.do(conversations.start, viewer, [other.id for other in others], name)


def say(stage: Stage, viewer: Viewer, chat: str, text: str) -> str:
    return stage.do(messages.send, viewer, chat, f"behind-{viewer.id}-{text}", text=text)


def log(page: Page) -> Locator:
    return page.get_by_role("log")


def write(page: Page, text: str) -> None:
    field = page.get_by_role("textbox", name="Message")
    field.fill(text)
    field.press("Enter")


def stored(stage: Stage, viewer: Viewer, chat: str) -> list[str]:
    page, _ = stage.do(messages.page, viewer, chat)
    return ["".join(piece.text for piece in one.text) for one in page]


def shown(page: Page) -> list[str]:
    return page.locator("[data-message] p.ic-bubble").all_inner_texts()


def test_a_conversation_begins_on_a_profile_and_arrives_in_every_tab(stage: Stage) -> None:
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
    # One for the message, one for being followed.
    expect(elsewhere).to_have_title("(2) Explore · Instaclone")
    row.click()
    expect(his.get_by_role("log", name="Messages with ana")).to_contain_text("Shall we?")
    expect(log(his).get_by_text("New messages")).to_be_visible()
    for tab in (his, elsewhere):
        expect(tab.get_by_role("link", name="Messages", exact=True)).to_be_visible()
    expect(log(mine).get_by_text("Seen ")).to_be_visible()
    his.get_by_role("textbox", name="Message").press_sequentially("W")
    expect(mine.get_by_role("status", name="ben is typing")).to_be_visible()
    # It is shown for a while only: who goes on typing is shown anew.
    his.keyboard.type("e")
    expect(also_mine.get_by_text("typing…")).to_be_visible()
    his.keyboard.press("Shift+Enter")
    his.keyboard.type("must")
    his.keyboard.press("Enter")
    expect(log(mine)).to_contain_text("We\nmust")
    expect(mine.get_by_role("status", name="ben is typing")).to_have_count(0)
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


def test_a_photo_a_heart_a_post_a_reaction_and_taking_back(stage: Stage, tmp_path: Path) -> None:
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


def test_a_strangers_message_is_a_request(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    mine, his = stage.open_tab(ana, f"/messages?to={ben.id}"), stage.open_tab(ben, "/messages")
    expect(mine.get_by_role("region", name="Conversation with ben")).to_be_visible()
    write(mine, "May I?")
    expect(mine.get_by_text("You can write again when ben accepts your message.")).to_be_visible()
    request = his.get_by_role("link", name="Message requests, 1")
    expect(request).to_be_visible()
    expect(his.get_by_role("link", name="Messages", exact=True)).to_be_visible()
    request.click()
    his.get_by_role("link", name="Conversation with ana").click()
    asked = his.get_by_role("region", name="Message request")
    expect(asked).to_contain_text("ana wants to send you a message")
    expect(log(his)).to_contain_text("May I?")
    expect(log(mine).get_by_text("Seen")).to_have_count(0)
    asked.get_by_role("button", name="Accept").click()
    expect(mine.get_by_role("textbox", name="Message")).to_be_visible()
    write(mine, "Thank you")
    expect(log(his)).to_contain_text("Thank you")
    write(his, "Welcome")
    expect(log(mine)).to_contain_text("Welcome")


def test_blocking_from_a_request_and_letting_in_again(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    chat = chat_of(stage, ana, ben)
    say(stage, ana, chat, "Buy now")
    his = stage.open_tab(ben, f"/messages/{chat}")
    his.get_by_role("region", name="Message request").get_by_role("button", name="Block").click()
    expect(his).to_have_url("/messages")
    expect(his.get_by_role("link", name="Message requests")).to_have_count(0)
    mine = stage.open_tab(ana, "/ben")
    expect(mine.get_by_role("link", name="Go home")).to_be_visible()
    mine.goto(f"/messages?to={ben.id}")
    expect(mine.get_by_role("status", name="Announcements")).to_contain_text(
        "This person is not here any more."
    )
    his.goto("/settings/blocked")
    his.get_by_role("button", name="Unblock ana").click()
    expect(his.get_by_text("No blocked accounts")).to_be_visible()
    assert stage.do(blocks.mine, ben) == []


def test_a_group_is_named_left_and_closed_to_who_was_removed(stage: Stage) -> None:
    ana, ben, cleo = friends(stage, "ana", "ben", "cleo")
    mine = stage.open_tab(ana, "/messages")
    mine.get_by_role("button", name="New message").first.click()
    dialog = mine.get_by_role("dialog", name="New message")
    dialog.get_by_role("checkbox", name="ben").click()
    dialog.get_by_role("searchbox", name="Search people").fill("cle")
    dialog.get_by_role("checkbox", name="cleo").click()
    dialog.get_by_role("textbox", name="Group name").fill("Walks")
    dialog.get_by_role("button", name="Chat with 2").click()
    expect(mine.get_by_role("region", name="Conversation with Walks")).to_be_visible()
    chat = mine.url.rpartition("/")[2]
    write(mine, "Saturday?")
    his, hers = stage.open_tab(ben, f"/messages/{chat}"), stage.open_tab(cleo, f"/messages/{chat}")
    for tab in (his, hers):
        expect(log(tab)).to_contain_text("Saturday?")
    expect(
        log(mine).get_by_text("Seen by ben, cleo").or_(log(mine).get_by_text("Seen by cleo, ben"))
    ).to_be_visible()
    his.get_by_role("button", name="Conversation details").click()
    his.get_by_role("textbox", name="Group name").fill("Long walks")
    his.get_by_role("button", name="Save").click()
    expect(hers.get_by_role("region", name="Conversation with Long walks")).to_be_visible()
    mine.get_by_role("button", name="Conversation details").click()
    mine.get_by_role("button", name="Remove cleo").click()
    mine.get_by_role("button", name="Remove", exact=True).click()
    expect(hers.get_by_text("This print never developed")).to_be_visible()
    write(mine, "Just us")
    expect(log(his)).to_contain_text("Just us")
    his.get_by_role("button", name="Conversation details").click()
    his.get_by_role("button", name="Leave group").click()
    his.get_by_role("button", name="Leave", exact=True).click()
    expect(his.get_by_role("heading", name="Your messages")).to_be_visible()
    expect(his.get_by_role("link", name="Conversation with Long walks")).to_have_count(0)


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
    say(stage, ana, chat, "From another machine")  # behind the scenes: this app is not told of it
    other = stage.open_tab(ben, f"/messages/{chat}")
    expect(log(other)).to_contain_text("Number 74")
    write(other, "Down here")
    pill = page.get_by_role("button", name="1 new message")
    expect(pill).to_be_visible()
    pill.click()
    expect(log(page).get_by_text("Down here", exact=True)).to_be_in_viewport()
    expect(pill).to_have_count(0)


def test_what_was_refused_stays_and_is_sent_once_in_the_end(stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    page = stage.open_tab(ana, f"/messages/{chat}")
    expect(page.get_by_role("textbox", name="Message")).to_be_visible()
    stage.do(blocks.block, ben, ana.id)
    write(page, "Hello?")
    failed = log(page).get_by_role("alert")
    expect(failed).to_contain_text("Not sent. You cannot message this person.")
    stage.do(blocks.unblock, ben, ana.id)
    failed.get_by_role("button", name="Retry").click()
    expect(failed).to_have_count(0)
    expect(log(page).get_by_text("Sent", exact=True)).to_be_visible()
    assert stored(stage, ben, chat) == ["Hello?"]


def test_a_server_that_restarts_in_the_middle_loses_and_doubles_nothing(stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    mine, his = stage.open_tab(ana, f"/messages/{chat}"), stage.open_tab(ben, f"/messages/{chat}")
    for tab in (mine, his):
        expect(tab.get_by_role("textbox", name="Message")).to_be_visible()
    write(mine, "Before")
    expect(log(his)).to_contain_text("Before")
    stage.server.kill()
    write(mine, "During")
    expect(log(mine).get_by_text("Sending").first).to_be_visible()
    his.get_by_role("textbox", name="Message").fill("A draft")
    stage.server.start()
    for tab in (mine, his):
        expect(tab.get_by_role("status", name="Connection")).not_to_contain_text("Reconnecting…")
    expect(log(his)).to_contain_text("During")
    expect(log(mine).get_by_text("Sending")).to_have_count(0)
    expect(his.get_by_role("textbox", name="Message")).to_have_value("A draft")
    his.get_by_role("textbox", name="Message").press("Enter")
    expect(log(mine)).to_contain_text("A draft")
    assert shown(mine) == shown(his) == stored(stage, ana, chat) == ["Before", "During", "A draft"]


@pytest.fixture
def attentive(stage: Stage) -> Iterator[Stage]:
    """The app, which misses the pongs of a lost tab within five seconds and not within minutes."""
    more = {**stage.server.given, "REFLEX_SOCKET_INTERVAL": "2s", "REFLEX_SOCKET_TIMEOUT": "3s"}
    with running(DATA, "flows", **more) as stage.server:
        yield stage
        for context in stage.contexts:
            context.close()
        stage.contexts.clear()


# Ten minutes: `LONG_SLEEP=600 pytest tests/flows/messaging/test_messages.py -k slept`.
@pytest.mark.parametrize("seconds", [1, int(os.environ.get("LONG_SLEEP", "12"))])
def test_a_laptop_that_slept_catches_up(attentive: Stage, seconds: int) -> None:
    stage = attentive
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    mine, his = stage.open_tab(ana, f"/messages/{chat}"), stage.open_tab(ben, f"/messages/{chat}")
    for tab in (mine, his):
        expect(tab.get_by_role("textbox", name="Message")).to_be_visible()
    write(mine, "One")
    expect(log(his)).to_contain_text("One")
    his.context.set_offline(True)
    write(mine, "Two")
    expect(log(mine).get_by_text("Two", exact=True)).to_be_visible()
    write(his, "Written offline")
    # The server learns of a lost tab by its missing pongs only; the clock of the page is not touched.
    his.wait_for_timeout(seconds * 1000)
    his.context.set_offline(False)
    expect(log(his).get_by_text("Two", exact=True)).to_be_visible(timeout=60_000)
    expect(log(mine).get_by_text("Written offline")).to_be_visible(timeout=60_000)
    expect(log(his).get_by_text("Sending")).to_have_count(0)
    # A message that is sent twice comes before what is written after it, on the same way.
    write(mine, "Awake?")
    expect(log(his).get_by_text("Awake?", exact=True)).to_be_visible()
    write(his, "Yes")
    for tab in (mine, his):
        expect(log(tab).get_by_text("Yes", exact=True)).to_be_visible()
        expect(log(tab).get_by_text("Sending")).to_have_count(0)
    assert shown(mine) == shown(his) == stored(stage, ana, chat)
    assert sorted(shown(his)) == ["Awake?", "One", "Two", "Written offline", "Yes"]


def test_a_reload_keeps_the_draft_and_what_is_on_its_way(stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    page = stage.open_tab(ana, f"/messages/{chat}")
    expect(page.get_by_role("textbox", name="Message")).to_be_visible()
    stage.server.kill()
    write(page, "Into the void")
    page.get_by_role("textbox", name="Message").fill("Half a thought")
    stage.server.start()
    page.reload()
    expect(page.get_by_role("textbox", name="Message")).to_have_value("Half a thought")
    expect(log(page).get_by_text("Sent", exact=True)).to_be_visible()
    # Were it sent once more, that would come before the draft.
    page.get_by_role("textbox", name="Message").press("Enter")
    assert eventually(page, lambda: "Half a thought" in stored(stage, ben, chat))
    expect(log(page).get_by_text("Sending")).to_have_count(0)
    assert shown(page) == stored(stage, ben, chat) == ["Into the void", "Half a thought"]


def test_who_hides_their_presence_and_receipts_sees_no_ones(stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    say(stage, ana, chat, "Hello")
    mine, his = stage.open_tab(ana, f"/messages/{chat}"), stage.open_tab(ben, "/settings/privacy")
    expect(mine.get_by_text("Active now")).to_be_visible()
    for name in ("Read receipts", "Show when I am active"):
        expect(mine.get_by_text("Active now")).to_be_visible()
        switch = his.get_by_role("switch", name=name)
        expect(switch).to_be_checked()
        switch.click()
        expect(switch).not_to_be_checked()
        expect(his.get_by_role("status", name="Announcements")).to_contain_text("Saved")
        mine.wait_for_timeout(300)
    expect(mine.get_by_text("Active now")).to_have_count(0)
    his.goto(f"/messages/{chat}")
    expect(log(his)).to_contain_text("Hello")
    expect(his.get_by_text("Active now")).to_have_count(0)
    expect(his.get_by_role("link", name="Messages", exact=True)).to_be_visible()
    # What he writes comes after the news that he has read, if there is any.
    write(his, "Hi")
    expect(log(mine)).to_contain_text("Hi")
    expect(log(mine).get_by_text("Seen")).to_have_count(0)
    # Not by writing back either.
    write(mine, "Again")
    write(his, "Yes")
    for _ in range(2):
        expect(log(mine)).to_contain_text("Yes")
        expect(log(mine).get_by_text("Sent", exact=True)).to_be_visible()
        expect(log(mine).get_by_text("Seen")).to_have_count(0)
        mine.reload()
    assert stage.do(preferences.of, [ben.oid])[ben.oid] == {
        "show_active": False,
        "read_receipts": False,
    }


def test_a_friend_who_leaves_was_here_a_moment_ago(stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    say(stage, ben, chat, "Hi")
    his = stage.open_tab(ben)
    mine = stage.open_tab(ana, f"/messages/{chat}")
    expect(mine.get_by_text("Active now")).to_be_visible()
    his.context.close()
    stage.contexts.remove(his.context)
    expect(mine.get_by_text("Active a moment ago")).to_be_visible()
    back = stage.open_tab(ben)
    expect(mine.get_by_text("Active now")).to_be_visible()
    stage.do(follows.unfollow, ana, ben.id)
    back.goto("/ana")
    back.get_by_role("button", name="Following ana").click()
    expect(mine.get_by_text("Active now")).to_have_count(0)


def test_a_friend_who_came_is_here_however_often_the_inbox_is_read_again(stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    say(stage, ben, chat, "Hi")
    mine = stage.open_tab(ana, f"/messages/{chat}")
    expect(log(mine)).to_contain_text("Hi")
    his = stage.open_tab(ben, f"/messages/{chat}")
    expect(mine.get_by_text("Active now")).to_be_visible()
    mine.wait_for_timeout(1_500)  # longer than the clocks of two processes may differ
    write(his, "Oops")
    listed = mine.get_by_role("link", name="Conversation with ben")
    expect(listed).to_contain_text("Oops")
    row = log(his).locator("[data-message]").last
    row.hover()
    row.get_by_role("button", name="Message options").click()
    row.get_by_role("menuitem", name="Unsend").click()
    his.get_by_role("dialog").get_by_role("button", name="Unsend").click()
    expect(listed).to_contain_text("Hi")
    expect(mine.get_by_text("Active now")).to_be_visible()


def test_on_a_phone_the_inbox_and_a_conversation_take_turns(stage: Stage) -> None:
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


def test_muted_and_deleted_for_me(stage: Stage) -> None:
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
    # What she is shown while the next page comes she has seen.
    expect(log(page)).to_have_count(0)
    write(his, "Psst")
    expect(log(his).get_by_text("Sent", exact=True)).to_be_visible()
    # Told after his, hers is the only one that counts.
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
