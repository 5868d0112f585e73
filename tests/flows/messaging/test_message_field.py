"""The message field, with a reply begun in it."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.flows.conftest import Stage
from tests.flows.messaging.talk import chat_of, friends, log, say

DROP_PHOTO = """async field => {
    const canvas = new OffscreenCanvas(400, 400);
    canvas.getContext("2d").fillRect(0, 0, 200, 400);
    const dataTransfer = new DataTransfer();
    const blob = await canvas.convertToBlob({ type: "image/png" });
    dataTransfer.items.add(new File([blob], "wall.png", { type: "image/png" }));
    const options = { dataTransfer, bubbles: true, cancelable: true };
    return ["dragover", "drop"].map(type => !field.dispatchEvent(new DragEvent(type, options)));
}"""
"""Drops a photo on an element; returns which of the two events were handled by the page."""


def begin_reply(stage: Stage) -> tuple[Page, Locator, Locator]:
    """Return the page of somebody who has begun to reply, the field, and what shows it."""
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    say(stage, ana, chat, "Shall we go?")
    page = stage.open_tab(ben, f"/messages/{chat}")
    row = log(page).locator("[data-message]", has_text="Shall we go?")
    row.hover()
    row.get_by_role("button", name="Message options").click()
    row.get_by_role("menuitem", name="Reply", exact=True).click()
    reply = page.get_by_role("status").filter(has_text="Replying to ana")
    expect(reply).to_be_visible()
    return page, page.get_by_role("textbox", name="Message"), reply


def test_dropped_text_is_inserted_and_keeps_the_reply(stage: Stage) -> None:
    page, field, reply = begin_reply(stage)
    source = log(page).locator("p.ic-bubble")
    source.select_text()
    source.drag_to(field)
    expect(field).to_have_value("Shall we go?")
    expect(reply).to_be_visible()


def test_a_dropped_photo_is_sent_as_the_reply(stage: Stage) -> None:
    page, field, reply = begin_reply(stage)
    assert field.evaluate(DROP_PHOTO) == [True, True]
    expect(reply).to_have_count(0)
    expect(log(page).get_by_text("You replied to ana")).to_be_visible()
    expect(log(page).get_by_text("Sent", exact=True)).to_be_visible()


def test_escape_of_an_input_method_keeps_the_reply(stage: Stage) -> None:
    page, field, reply = begin_reply(stage)
    expect(field).to_be_focused()
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "にほ", "selectionStart": 2, "selectionEnd": 2})
    expect(field).to_have_value("にほ")
    page.keyboard.press("Escape")
    session.send("Input.imeSetComposition", {"text": "", "selectionStart": 0, "selectionEnd": 0})
    expect(field).to_have_value("")
    expect(reply).to_be_visible()
    page.keyboard.press("Escape")
    expect(reply).to_have_count(0)
