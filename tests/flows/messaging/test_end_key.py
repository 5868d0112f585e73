"""Pressing End while older messages are being loaded leads to the end, and stays there."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.flows.conftest import Stage, eventually
from tests.flows.messaging.talk import (
    SCROLL_TO_TOP,
    WINDOW,
    chat_of,
    friends,
    log,
    multiply_messages,
    pixels_below,
    say,
    write,
)

MANY = WINDOW + 60


def test_pressing_end_while_older_messages_load_stays_at_the_end(stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    say(stage, ana, chat, "Number 0")
    stage.do(multiply_messages, chat, [ana, ben], MANY)
    page, wire = stage.open_wired_tab(ana, f"/messages/{chat}")
    latest = log(page).get_by_text(f"Number {MANY - 1}", exact=True)
    expect(latest).to_be_in_viewport()
    rows = page.locator("[data-message]")
    while rows.count() < WINDOW:
        expect(rows.first).not_to_have_attribute("data-message", log(page).evaluate(SCROLL_TO_TOP))
    other = stage.open_tab(ben, f"/messages/{chat}")
    wire.hold()
    log(page).evaluate(SCROLL_TO_TOP)
    older = f"Number {MANY - WINDOW - 1}"
    assert eventually(page, lambda: any(older in str(message) for _, message in wire.held))
    log(page).press("End")
    assert eventually(page, lambda: pixels_below(page) < 1)
    # Messages are delivered in order: once this one is shown, the older ones have been received too.
    write(other, "After")
    assert eventually(page, lambda: any("After" in str(message) for _, message in wire.held))
    wire.release()
    expect(log(page).get_by_text("After", exact=True)).to_be_in_viewport()
    expect(log(page).get_by_text(older, exact=True)).to_have_count(0)
    expect(page.get_by_role("button", name="Jump to the latest")).to_have_count(0)
    expect(latest).to_be_in_viewport()
