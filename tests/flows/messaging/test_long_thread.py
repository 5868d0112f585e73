"""A conversation of hundreds of messages, and the reader's position in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.messaging import messages
from tests.conftest import picture
from tests.flows.conftest import DESKTOP, NEXT_FRAME, PHONE, Stage, eventually
from tests.flows.messaging.talk import (
    SCROLL_TO_TOP,
    WINDOW,
    chat_of,
    friends,
    log,
    multiply_messages,
    pixels_below,
    say,
    shown,
    write,
)

MANY = 600
VERY_MANY = 10_000
BOX = "row => row.getBoundingClientRect().toJSON()"
SCROLL_TO_200 = f"row => {{ row.closest('[role=log]').scrollTo({{ top: 200 }}); return ({BOX})(row); }}"
"""Scrolls and measures in one step, because older messages are requested at once."""

SCROLL_FROM_END = """(box, at) => {
    box.scrollTo({ top: at < 0 ? box.scrollHeight - box.clientHeight + at : at });
    const rows = [...box.querySelectorAll("[data-message]")];
    const row = rows.find(row => row.getBoundingClientRect().top > box.getBoundingClientRect().top + 60);
    const last = at < 0 ? rows.at(-1) : rows[0];
    return [row.dataset.message, row.getBoundingClientRect().top, last.dataset.message];
}"""
"""Scrolls to a distance from an end; returns a message, its position, and the last message at that end."""


def fill(stage: Stage, chat: str, people: list[Viewer], count: int) -> None:
    async def send() -> None:
        for number in range(count):
            by = people[number // 3 % len(people)]
            await messages.send(by, chat, f"filled-{number}", text=f"Number {number}")

    stage.do(send)


def test_six_hundred_messages_open_at_the_end_and_load_upwards_in_place(stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    say(stage, ana, chat, "Number 0")
    stage.do(multiply_messages, chat, [ana, ben], MANY)
    page = stage.open_tab(ana, f"/messages/{chat}")
    expect(log(page).get_by_text(f"Number {MANY - 1}", exact=True)).to_be_in_viewport()
    # The message being read stays in place while older ones are inserted above it.
    first = page.locator("[data-message]").first
    expect(first).to_contain_text(f"Number {MANY - 30}")
    anchor = log(page).locator("[data-message]", has_text=f"Number {MANY - 25}")
    before = anchor.evaluate(SCROLL_TO_200)
    expect(page.locator("[data-message]")).to_have_count(60)
    page.evaluate(NEXT_FRAME)
    assert before == anchor.evaluate(BOX)

    def all_are_there() -> bool:
        log(page).evaluate("box => box.scrollTo({ top: Math.max(0, box.scrollTop - 3000) })")
        return shown(page)[0] == "Number 0"

    assert eventually(page, all_are_there)
    assert in_order(page) == (0, WINDOW - 1)
    page.get_by_role("button", name="Jump to the latest").click()
    expect(log(page).get_by_text(f"Number {MANY - 1}", exact=True)).to_be_in_viewport()
    field = page.get_by_role("textbox", name="Message")
    field.press_sequentially("Still quick")
    expect(field).to_have_value("Still quick")
    log(page).evaluate("box => box.scrollTo({ top: box.scrollHeight - box.clientHeight - 600 })")
    other = stage.open_tab(ben, f"/messages/{chat}")
    write(other, "Down here")
    pill = page.get_by_role("button", name="1 new message")
    expect(pill).to_be_visible()
    field.press("Enter")
    expect(log(page).get_by_text("Still quick", exact=True)).to_be_in_viewport()
    expect(pill).to_have_count(0)
    expect(log(other).get_by_text("Still quick", exact=True)).to_be_visible()


def start_very_long_chat(stage: Stage) -> tuple[Viewer, Viewer, str]:
    """Two people, and their conversation of very many messages."""
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    say(stage, ana, chat, "Number 0")
    stage.do(multiply_messages, chat, [ana, ben], VERY_MANY)
    return ana, ben, chat


def open_far_up(stage: Stage, viewer: Viewer, chat: str) -> Page:
    """Open a very long conversation, and scroll up until its latest messages have been dropped."""
    page = stage.open_tab(viewer, f"/messages/{chat}")
    expect(log(page).get_by_text(f"Number {VERY_MANY - 1}", exact=True)).to_be_in_viewport()
    scroll_up(page, VERY_MANY - WINDOW - 60)
    return page


def in_order(page: Page) -> tuple[int, int]:
    """Return the first and the last message on screen, asserting that all between them are there."""
    numbers = [int(text.removeprefix("Number ")) for text in shown(page)]
    assert numbers == list(range(numbers[0], numbers[-1] + 1))
    assert len(numbers) <= WINDOW
    return numbers[0], numbers[-1]


def assert_stable_while_loading(page: Page, end: str, at: int) -> None:
    """Scroll near an end of what is shown, and check that a message stays put while more load there."""
    rows = page.locator("[data-message]")
    # Once the messages requested at the top have arrived, the position is too far down to request more.
    expect(rows.first).not_to_have_attribute("data-message", log(page).evaluate(SCROLL_TO_TOP))
    page.evaluate(NEXT_FRAME)
    row, top, last = log(page).evaluate(SCROLL_FROM_END, at)
    expect(getattr(rows, end)).not_to_have_attribute("data-message", last)
    page.evaluate(NEXT_FRAME)
    now_top = page.locator(f"[data-message='{row}']").evaluate("row => row.getBoundingClientRect().top")
    assert abs(now_top - top) < 1


def scroll_up(page: Page, to: int) -> None:
    def is_there() -> bool:
        # Nobody scrolls further than one loaded page at a time.
        log(page).evaluate("box => box.scrollTo({ top: Math.max(0, box.scrollTop - 4000) })")
        return in_order(page)[0] <= to

    assert eventually(page, is_there)


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
def test_ten_thousand_messages_can_be_scrolled_up_and_back_to_the_latest(
    stage: Stage, viewport: dict
) -> None:
    ana, ben, chat = start_very_long_chat(stage)
    page = stage.open_tab(ana, f"/messages/{chat}", viewport=viewport)
    expect(log(page).get_by_text(f"Number {VERY_MANY - 1}", exact=True)).to_be_in_viewport()
    scroll_up(page, VERY_MANY - WINDOW + 30)
    # The message being read stays in place while the newest are dropped at the other end.
    assert_stable_while_loading(page, "first", 200)
    assert_stable_while_loading(page, "first", 200)
    expect(log(page).get_by_text(f"Number {VERY_MANY - 1}", exact=True)).to_have_count(0)
    scroll_up(page, VERY_MANY - 2 * WINDOW)
    # A new message must not appear right below those shown, as thousands are missing in between.
    other = stage.open_tab(ben, f"/messages/{chat}")
    write(other, "Down here")
    expect(log(other).get_by_text("Sent", exact=True)).to_be_visible()
    expect(log(page).get_by_text("Down here", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Jump to the latest").click()
    expect(log(page).get_by_text("Down here", exact=True)).to_be_in_viewport()
    expect(page.get_by_role("button", name="Jump to the latest")).to_have_count(0)
    write(other, "And again")
    expect(log(page).get_by_text("And again", exact=True)).to_be_in_viewport()


def test_scrolling_back_down_reloads_the_dropped_messages_in_place(stage: Stage) -> None:
    ana, _, chat = start_very_long_chat(stage)
    page = open_far_up(stage, ana, chat)
    assert_stable_while_loading(page, "last", -200)

    def is_there() -> bool:
        log(page).evaluate("box => box.scrollBy({ top: 4000 })")
        return in_order(page)[1] == VERY_MANY - 1

    assert eventually(page, is_there)
    expect(page.get_by_role("button", name="Jump to the latest")).to_have_count(0)
    expect(page.get_by_role("status").filter(has_text="Loading newer")).to_have_count(0)
    # And scrolling up again works.
    scroll_up(page, VERY_MANY - WINDOW - 30)


def test_sending_from_far_up_scrolls_to_the_latest(stage: Stage) -> None:
    ana, _, chat = start_very_long_chat(stage)
    page = open_far_up(stage, ana, chat)
    write(page, "From far up")
    expect(log(page).get_by_text("From far up", exact=True)).to_be_in_viewport()
    expect(log(page).get_by_text("Sent", exact=True)).to_be_visible()
    expect(log(page).get_by_text(f"Number {VERY_MANY - 1}", exact=True)).to_be_in_viewport()


def test_a_reconnect_keeps_the_place_far_up_and_returning_opens_at_the_latest(stage: Stage) -> None:
    ana, ben, chat = start_very_long_chat(stage)
    page, wire = stage.open_wired_tab(ana, f"/messages/{chat}")
    latest = log(page).get_by_text(f"Number {VERY_MANY - 1}", exact=True)
    expect(latest).to_be_in_viewport()
    scroll_up(page, VERY_MANY - WINDOW - 60)
    expect(latest).to_have_count(0)
    page.evaluate(NEXT_FRAME)
    row, _, _ = log(page).evaluate(SCROLL_FROM_END, 3000)
    unsent = log(page).locator("[data-message]").nth(-40)
    unsent_id = unsent.get_attribute("data-message")
    assert unsent_id and unsent_id != row
    author = [ana, ben][int(unsent.locator("p.ic-bubble").inner_text().removeprefix("Number ")) // 3 % 2]
    stage.do(messages.unsend, author, chat, unsent_id)
    # Closed at the server's end first: if the browser reconnected sooner, its socket would count as another
    # tab's, which has no scroll position to keep.
    wire.sockets[-1].server.close()
    # The messages on screen were reloaded, and are in the same place.
    expect(page.locator(f"[data-message='{unsent_id}']")).to_have_count(0)
    expect(page.locator(f"[data-message='{row}']")).to_be_in_viewport()
    expect(page.get_by_role("button", name="Jump to the latest")).to_be_visible()
    page.get_by_role("link", name="Home", exact=True).first.click()
    expect(page).to_have_url(stage.server.url + "/")
    page.go_back()
    expect(latest).to_be_in_viewport()


def test_a_reconnect_keeps_the_place_among_messages_that_came_live(stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    fill(stage, chat, [ana, ben], 60)
    page, wire = stage.open_wired_tab(ana, f"/messages/{chat}")
    expect(log(page).get_by_text("Number 59", exact=True)).to_be_in_viewport()
    other = stage.open_tab(ben, f"/messages/{chat}")
    for number in range(60, 100):
        write(other, f"Number {number}")
    expect(log(page).get_by_text("Number 99", exact=True)).to_be_in_viewport()
    # Older than the newest thirty, which are as many as were loaded.
    row = log(page).get_by_text("Number 65", exact=True)
    row.scroll_into_view_if_needed()
    unsent = log(page).locator("[data-message]", has_text="Number 95")
    unsent_id = unsent.get_attribute("data-message")
    assert unsent_id
    stage.do(messages.unsend, ben, chat, unsent_id)
    wire.sockets[-1].server.close()
    expect(unsent).to_have_count(0)
    expect(row).to_be_in_viewport()


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
def test_a_sent_photo_is_entirely_in_view(stage: Stage, tmp_path: Path, viewport: dict) -> None:
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
    assert eventually(page, lambda: pixels_below(page) < 1)


def test_the_unread_line_disappears_after_a_reply(stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    say(stage, ben, chat, "Are you there?")
    page = stage.open_tab(ana, f"/messages/{chat}")
    expect(log(page).get_by_text("New messages")).to_be_visible()
    write(page, "I am")
    expect(log(page).get_by_text("Sent", exact=True)).to_be_visible()
    expect(log(page).get_by_text("New messages")).to_have_count(0)


def test_typing_goes_into_a_conversation_just_opened(stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    say(stage, ben, chat, "Hello")
    page = stage.open_tab(ana, "/messages")
    page.get_by_role("link", name="Conversation with ben, unread").click()
    field = page.get_by_role("textbox", name="Message")
    expect(field).to_be_focused()
    page.keyboard.type("Hi ben")
    expect(field).to_have_value("Hi ben")
    # A heart button replaces Send, and the second click on Send must not press it.
    expect(page.get_by_role("button", name="Send a heart")).to_have_count(0)
    page.get_by_role("button", name="Send", exact=True).dblclick()
    expect(page.get_by_role("button", name="Send a heart")).to_be_visible()
    expect(log(page).get_by_text("Sent", exact=True)).to_be_visible()
    assert [one.kind for one in stage.do(messages.page, ana, chat)[0]] == ["text", "text"]


def long_press(page: Page, bubble: Locator) -> Locator:
    """Hold a finger on a message until its menu opens, then lift it."""
    expect(bubble).to_be_visible()
    box = bubble.bounding_box()
    assert box
    touch = page.context.new_cdp_session(page)
    finger = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [finger]})
    menu = page.get_by_role("menu", name="Message options")
    expect(menu).to_be_visible()
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.evaluate(NEXT_FRAME)
    return menu


def test_a_long_press_on_a_message_opens_its_menu(stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    say(stage, ben, chat, "Hold me")
    page = stage.open_tab(ana, f"/messages/{chat}", viewport=PHONE, has_touch=True, is_mobile=True)
    bubble = log(page).get_by_text("Hold me", exact=True)
    expect(bubble).to_be_visible()
    options = page.get_by_role("button", name="Message options for message by ben")
    expect(options).to_have_css("opacity", "0")
    menu = long_press(page, bubble)
    # Lifting the finger has neither chosen an item nor closed the menu.
    menu.get_by_role("menuitem", name="Reply").tap()
    expect(page.get_by_role("status").filter(has_text="Replying to ben")).to_contain_text("Hold me")
    expect(log(page).locator(".ic-reaction")).to_have_count(0)


def test_keys_work_in_a_menu_opened_by_a_long_press(stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    say(stage, ben, chat, "Hold me")
    page = stage.open_tab(ana, f"/messages/{chat}", viewport=PHONE, has_touch=True, is_mobile=True)
    menu = long_press(page, log(page).get_by_text("Hold me", exact=True))
    menu.get_by_role("menuitem", name="Reply").press("Enter")
    expect(page.get_by_role("status").filter(has_text="Replying to ben")).to_contain_text("Hold me")
