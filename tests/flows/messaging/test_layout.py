"""Conversations and people pickers keep their layout: loading, offline, by keyboard, with long names."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Error, Locator, Page, expect

from instagram_clone.domain.messaging import membership, messages
from tests.flows.conftest import DESKTOP, PHONE, Stage, eventually, wait_for_animations
from tests.flows.messaging.talk import chat_of, friends, log, say

SIDEWAYS = "box => box.scrollWidth - box.clientWidth"
RING = """one => {
    const box = one.getBoundingClientRect(), style = getComputedStyle(one);
    const out = parseFloat(style.outlineOffset) + parseFloat(style.outlineWidth);
    return { style: style.outlineStyle, left: box.left - out, right: box.right + out };
}"""


def box_of(part: Locator) -> dict[str, Any]:
    box = part.bounding_box()
    assert box is not None
    return dict(box)


def has_native_clear_button(page: Page) -> bool:
    """Return whether the browser draws its own clear button in the focused field."""
    session = page.context.new_cdp_session(page)
    found = session.send("Runtime.evaluate", {"expression": "document.activeElement"})
    inside = {"objectId": found["result"]["objectId"], "depth": -1, "pierce": True}
    waiting = [session.send("DOM.describeNode", inside)["node"]]
    buttons = []
    while waiting:
        node = waiting.pop()
        waiting += [*node.get("shadowRoots", []), *node.get("children", [])]
        if "-webkit-search-cancel-button" in node.get("attributes", []):
            buttons.append(node["backendNodeId"])
    [button] = buttons
    try:
        session.send("DOM.getBoxModel", {"backendNodeId": button})
    except Error:
        return False
    return True


def test_every_search_field_has_the_same_clear_button(stage: Stage) -> None:
    ana, _ = friends(stage, "ana", "ben")
    page = stage.open_tab(ana, "/messages")
    field = page.get_by_role("searchbox", name="Search messages")
    for where in (page.get_by_role("main"), page.get_by_role("dialog", name="New message")):
        clear = where.get_by_role("button", name="Clear search")
        expect(field).to_be_visible()
        expect(clear).to_have_count(0)
        field.fill("zzqq")
        assert not has_native_clear_button(page)
        clear.click()
        expect(field).to_have_value("")
        expect(field).to_be_focused()
        expect(clear).to_have_count(0)
        if where.get_by_role("button", name="New message").count():
            where.get_by_role("button", name="New message").first.click()
            field = page.get_by_role("searchbox", name="Search people")


def test_the_empty_state_of_a_picker_waits_until_it_has_loaded(stage: Stage) -> None:
    page = stage.open_tab(stage.join("ana"), "/messages")
    dialog = page.get_by_role("dialog", name="New message")
    expect(page.get_by_role("searchbox", name="Search messages")).to_be_visible()
    expect(page.locator(".ic-app:not(.is-early)")).to_be_visible()
    with stage.server.suspended():
        page.get_by_role("button", name="New message").first.click()
        expect(dialog.locator("[aria-busy=true]")).to_be_attached()
        expect(dialog.get_by_text("Follow people to find them here, or search.")).to_have_count(0)
    expect(dialog.get_by_text("Follow people to find them here, or search.")).to_be_visible()
    expect(dialog.locator("[aria-busy=true]")).to_have_count(0)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_connection_banner_neither_covers_nor_pushes_out_content(stage: Stage, size: dict) -> None:
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    say(stage, ben, chat, "Hello")
    page = stage.open_tab(ana, f"/messages/{chat}", viewport=size)
    expect(log(page)).to_contain_text("Hello")
    page.context.set_offline(True)
    strip = page.get_by_role("status", name="Connection")
    expect(strip).to_contain_text("You are offline")
    wait_for_animations(page)
    banner, thread = box_of(strip), box_of(page.get_by_role("region", name="Conversation with ben"))
    field = box_of(page.get_by_role("textbox", name="Message"))
    assert banner["y"] == 0 and banner["height"] >= 44
    assert thread["y"] >= banner["height"]
    assert field["y"] + field["height"] < thread["y"] + thread["height"] <= size["height"]
    page.context.set_offline(False)
    region = page.get_by_role("region", name="Conversation with ben")
    # The banner closes, opens once more to report that the connection is back, and closes.
    assert eventually(page, lambda: box_of(region)["y"] == 0)


def test_a_focus_ring_is_visible_on_every_side(stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    page = stage.open_tab(ana, f"/messages/{chat}")
    page.get_by_role("textbox", name="Message").focus()
    for _ in range(9):
        page.keyboard.press("Shift+Tab")
        if log(page).evaluate("box => box === document.activeElement"):
            break
    expect(log(page)).to_be_focused()
    wait_for_animations(page)
    ring = log(page).evaluate(RING)
    assert ring["style"] == "solid" and ring["right"] <= DESKTOP["width"]
    page.get_by_role("button", name="New message").first.click()
    dialog = page.get_by_role("dialog", name="New message")
    choice = dialog.get_by_role("checkbox", name="ben")
    expect(choice).to_be_visible()
    wait_for_animations(page)
    page.keyboard.press("Tab")
    expect(choice).to_be_focused()
    wait_for_animations(page)
    ring, around = choice.evaluate(RING), box_of(dialog.locator(".ic-dialog-body"))
    assert ring["style"] == "solid"
    assert around["x"] <= ring["left"] and ring["right"] <= around["x"] + around["width"]


def test_a_group_that_all_others_have_left_keeps_an_emoji_initial_whole(stage: Stage) -> None:
    ana, ben, cleo = friends(stage, "ana", "ben", "cleo")
    chat = chat_of(stage, ana, ben, cleo, name="🌿 Walks")
    say(stage, ana, chat, "Who is left?")
    for one in (ben, cleo):
        stage.do(membership.leave, one, chat)
    page = stage.open_tab(ana, f"/messages/{chat}")
    row = page.get_by_role("link", name="Conversation with 🌿 Walks")
    expect(row.locator(".ic-avatar")).to_have_text("🌿")
    expect(page.get_by_role("region", name="Conversation with 🌿 Walks")).to_contain_text("Only you")


def test_a_conversation_with_a_long_name_fits_its_window(stage: Stage) -> None:
    ana, ben, cleo = friends(stage, "ana", "ben", "cleo")
    chat = chat_of(stage, ana, ben, cleo, name="W" * 50)
    stage.do(messages.send, ben, chat, "long", text="w" * 300)
    page = stage.open_tab(ana, f"/messages/{chat}", viewport=PHONE)
    expect(log(page)).to_contain_text("www")
    assert log(page).evaluate(SIDEWAYS) == 0
    assert page.locator("html").evaluate(SIDEWAYS) == 0
