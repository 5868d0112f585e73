"""Pressing End while older messages are being loaded leads to the end, and stays there."""

from __future__ import annotations

from playwright.sync_api import WebSocketRoute, expect

from tests.flows.conftest import NEXT_FRAME, Stage, eventually
from tests.flows.messaging.talk import TOP, WINDOW, below, chat_of, friends, log, multiply, say

MANY = WINDOW + 60


def test_who_goes_to_the_end_while_older_messages_come_stays_there(stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    say(stage, ana, chat, "Number 0")
    stage.do(multiply, chat, [ana, ben], MANY)
    holding, held, lines = [False], [], []

    def carry(near: WebSocketRoute) -> None:
        server = near.connect_to_server()
        lines.append(near)
        server.on_message(lambda packet: held.append(packet) if holding[0] else near.send(packet))

    context = stage.context()
    stage.sign_in(context, ana)
    context.route_web_socket("**/_event/**", carry)
    page = context.new_page()
    page.goto(f"/messages/{chat}")
    latest = log(page).get_by_text(f"Number {MANY - 1}", exact=True)
    expect(latest).to_be_in_viewport()
    rows = page.locator("[data-message]")
    while rows.count() < WINDOW:
        expect(rows.first).not_to_have_attribute("data-message", log(page).evaluate(TOP))
    holding[0] = True
    log(page).evaluate(TOP)
    assert eventually(page, lambda: any(f"Number {MANY - WINDOW - 1}" in str(packet) for packet in held))
    log(page).press("End")
    assert eventually(page, lambda: below(page) < 1)
    page.evaluate(NEXT_FRAME)
    holding[0] = False
    for packet in held:
        lines[-1].send(packet)
    expect(log(page).get_by_text(f"Number {MANY - WINDOW - 1}", exact=True)).to_have_count(0)
    expect(page.get_by_role("button", name="Jump to the latest")).to_have_count(0)
    expect(latest).to_be_in_viewport()
