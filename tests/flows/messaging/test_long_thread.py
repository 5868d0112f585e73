"""A conversation of hundreds of messages, and where in it one is."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.messaging import messages, receipts
from tests.conftest import picture
from tests.flows.conftest import DESKTOP, PHONE, Stage, eventually
from tests.flows.messaging.talk import chat_of, friends, log, say, shown, write

MANY = 600
TWO_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""What is put right after rows have come is put right before the second of them is painted."""

BOX = "row => row.getBoundingClientRect().toJSON()"
AT_200 = f"row => {{ row.closest('[role=log]').scrollTo({{ top: 200 }}); return ({BOX})(row); }}"
"""Scrolls, and measures in the same moment: older messages are asked for at once."""


def fill(stage: Stage, chat: str, people: list[Viewer], count: int) -> None:
    async def send() -> None:
        for number in range(count):
            by = people[number // 3 % len(people)]
            await messages.send(by, chat, f"filled-{number}", text=f"Number {number}")

    stage.do(send)


def test_six_hundred_messages_open_at_the_end_and_load_upwards_in_place(stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    fill(stage, chat, [ana, ben], MANY)
    stage.do(receipts.mark_read, ana, chat, MANY)
    page = stage.open_tab(ana, f"/messages/{chat}")
    expect(log(page).get_by_text(f"Number {MANY - 1}", exact=True)).to_be_in_viewport()
    # What is read stays where it is while older messages come above it.
    first = page.locator("[data-message]").first
    expect(first).to_contain_text(f"Number {MANY - 30}")
    anchor = log(page).locator("[data-message]", has_text=f"Number {MANY - 25}")
    before = anchor.evaluate(AT_200)
    expect(page.locator("[data-message]")).to_have_count(60)
    page.evaluate(TWO_FRAMES)
    assert before == anchor.evaluate(BOX)

    def all_are_there() -> bool:
        log(page).evaluate("box => box.scrollTo({ top: Math.max(0, box.scrollTop - 3000) })")
        return page.locator("[data-message]").count() == MANY

    assert eventually(page, all_are_there)
    assert shown(page) == [f"Number {number}" for number in range(MANY)]
    field = page.get_by_role("textbox", name="Message")
    field.press_sequentially("Still quick")
    expect(field).to_have_value("Still quick")
    other = stage.open_tab(ben, f"/messages/{chat}")
    write(other, "Down here")
    pill = page.get_by_role("button", name="1 new message")
    expect(pill).to_be_visible()
    field.press("Enter")
    expect(log(page).get_by_text("Still quick", exact=True)).to_be_in_viewport()
    expect(pill).to_have_count(0)
    expect(log(other).get_by_text("Still quick", exact=True)).to_be_visible()


def below(page: Page) -> float:
    """How many pixels of a conversation are below what is seen."""
    return log(page).evaluate("box => box.scrollHeight - box.scrollTop - box.clientHeight")


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
def test_a_photo_that_is_sent_is_in_sight_as_a_whole(stage: Stage, tmp_path: Path, viewport: dict) -> None:
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    fill(stage, chat, [ana, ben], 30)
    page = stage.open_tab(ana, f"/messages/{chat}", viewport=viewport)
    expect(log(page).get_by_text("Number 29", exact=True)).to_be_in_viewport()
    file = tmp_path / "photo.jpg"
    file.write_bytes(picture(600, 800))
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Add photo").click()
    chooser.value.set_files(file)
    photo = log(page).get_by_role("link", name="Photo from ana")
    expect(photo.locator("img")).to_have_js_property("complete", True)
    expect(photo).to_be_in_viewport(ratio=1)
    assert eventually(page, lambda: below(page) < 1)


def test_the_line_over_what_is_new_goes_once_one_replies(stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    say(stage, ben, chat, "Are you there?")
    page = stage.open_tab(ana, f"/messages/{chat}")
    expect(log(page).get_by_text("New messages")).to_be_visible()
    write(page, "I am")
    expect(log(page).get_by_text("Sent", exact=True)).to_be_visible()
    expect(log(page).get_by_text("New messages")).to_have_count(0)


def test_a_conversation_just_opened_is_written_to_by_typing(stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    say(stage, ben, chat, "Hello")
    page = stage.open_tab(ana, "/messages")
    page.get_by_role("link", name="Conversation with ben, unread").click()
    field = page.get_by_role("textbox", name="Message")
    expect(field).to_be_focused()
    page.keyboard.type("Hi ben")
    expect(field).to_have_value("Hi ben")
    # A heart is offered in place of Send, and the second click on Send is not for it.
    expect(page.get_by_role("button", name="Send a heart")).to_have_count(0)
    page.get_by_role("button", name="Send", exact=True).dblclick()
    expect(page.get_by_role("button", name="Send a heart")).to_be_visible()
    expect(log(page).get_by_text("Sent", exact=True)).to_be_visible()
    assert [one.kind for one in stage.do(messages.page, ana, chat)[0]] == ["text", "text"]


def held_on(page: Page, bubble: Locator) -> Locator:
    """Hold a finger on a message until its menu opens, and lift it."""
    expect(bubble).to_be_visible()
    box = bubble.bounding_box()
    assert box
    touch = page.context.new_cdp_session(page)
    finger = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [finger]})
    menu = page.get_by_role("menu", name="Message options")
    expect(menu).to_be_visible()
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.evaluate(TWO_FRAMES)
    return menu


def test_a_finger_held_on_a_message_opens_what_can_be_done_with_it(stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    say(stage, ben, chat, "Hold me")
    page = stage.open_tab(ana, f"/messages/{chat}", viewport=PHONE, has_touch=True, is_mobile=True)
    bubble = log(page).get_by_text("Hold me", exact=True)
    expect(bubble).to_be_visible()
    options = page.get_by_role("button", name="Message options for message by ben")
    expect(options).to_have_css("opacity", "0")
    menu = held_on(page, bubble)
    # Lifted, the finger has chosen nothing and closed nothing.
    menu.get_by_role("menuitem", name="Reply").tap()
    expect(page.get_by_role("status").filter(has_text="Replying to ben")).to_contain_text("Hold me")
    expect(log(page).locator(".ic-reaction")).to_have_count(0)


def test_after_a_finger_was_held_on_a_message_keys_choose_in_its_menu(stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    say(stage, ben, chat, "Hold me")
    page = stage.open_tab(ana, f"/messages/{chat}", viewport=PHONE, has_touch=True, is_mobile=True)
    menu = held_on(page, log(page).get_by_text("Hold me", exact=True))
    menu.get_by_role("menuitem", name="Reply").press("Enter")
    expect(page.get_by_role("status").filter(has_text="Replying to ben")).to_contain_text("Hold me")
