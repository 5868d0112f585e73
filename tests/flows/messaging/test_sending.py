"""Every message is sent exactly once in the end, whatever fails on the way."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.messaging import inbox, receipts
from instagram_clone.domain.people.relations import blocks
from tests.browsers.wires import Wire
from tests.conftest import DATA
from tests.flows.conftest import NEXT_FRAME, Stage, eventually
from tests.flows.messaging.talk import bubbles, chat_of, friends, log, say, shown, stored, write
from tests.server import running


def test_a_rejected_message_stays_and_is_sent_exactly_once(stage: Stage) -> None:
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


def test_a_server_restart_neither_loses_nor_duplicates_messages(stage: Stage) -> None:
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
    expect(bubbles(his)).to_have_count(3)
    assert shown(mine) == shown(his) == stored(stage, ana, chat) == ["Before", "During", "A draft"]


@pytest.fixture
def short_timeouts(stage: Stage) -> Iterator[Stage]:
    """The app with short socket timeouts: it notices a lost tab within five seconds instead of minutes."""
    more = {**stage.server.given, "REFLEX_SOCKET_INTERVAL": "2s", "REFLEX_SOCKET_TIMEOUT": "3s"}
    with running(DATA, "flows", **more) as stage.server:
        yield stage
        stage.close()


# For ten minutes of sleep: `LONG_SLEEP=600 pytest tests/flows/messaging/test_sending.py -k slept`.
@pytest.mark.parametrize("seconds", [1, int(os.environ.get("LONG_SLEEP", "12"))])
def test_a_laptop_that_slept_catches_up(short_timeouts: Stage, seconds: int) -> None:
    stage = short_timeouts
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
    # The server notices a lost tab only by its missing pongs; the page's clock keeps running.
    his.wait_for_timeout(seconds * 1000)
    his.context.set_offline(False)
    expect(log(his).get_by_text("Two", exact=True)).to_be_visible(timeout=60_000)
    expect(log(mine).get_by_text("Written offline")).to_be_visible(timeout=60_000)
    expect(log(his).get_by_text("Sending")).to_have_count(0)
    # A duplicate would arrive before anything written after it on the same connection.
    write(mine, "Awake?")
    expect(log(his).get_by_text("Awake?", exact=True)).to_be_visible()
    write(his, "Yes")
    for tab in (mine, his):
        expect(log(tab).get_by_text("Yes", exact=True)).to_be_visible()
        expect(log(tab).get_by_text("Sending")).to_have_count(0)
    assert shown(mine) == shown(his) == stored(stage, ana, chat)
    assert sorted(shown(his)) == ["Awake?", "One", "Two", "Written offline", "Yes"]


def _open_tab_with_unsent(stage: Stage, viewer: Viewer, chat: str) -> Page:
    """Return a tab with a message being sent and a draft begun, while the server is down."""
    page = stage.open_tab(viewer, f"/messages/{chat}")
    expect(page.get_by_role("textbox", name="Message")).to_be_visible()
    stage.server.kill()
    write(page, "Into the void")
    page.get_by_role("textbox", name="Message").fill("Half a thought")
    return page


def test_a_reload_keeps_the_draft_and_the_message_being_sent(stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    page = _open_tab_with_unsent(stage, ana, chat)
    stage.server.start()
    page.reload()
    expect(page.get_by_role("textbox", name="Message")).to_have_value("Half a thought")
    expect(log(page).get_by_text("Sent", exact=True)).to_be_visible()
    # A duplicate would arrive before the draft.
    page.get_by_role("textbox", name="Message").press("Enter")
    assert eventually(page, lambda: "Half a thought" in stored(stage, ben, chat))
    expect(log(page).get_by_text("Sending")).to_have_count(0)
    assert shown(page) == stored(stage, ben, chat) == ["Into the void", "Half a thought"]


def test_unsent_messages_are_hidden_from_another_user_of_the_same_tab(stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    page = _open_tab_with_unsent(stage, ana, chat)
    expect(log(page).get_by_text("Sending")).to_be_visible()
    # Left before the server is back, since her own page would send the message.
    page.goto("about:blank")
    stage.server.start()
    stage.sign_in(page.context, ben)
    page.goto(f"/messages/{chat}")
    expect(page.get_by_role("log", name="Messages with ana")).to_be_visible()
    expect(page.get_by_role("textbox", name="Message")).to_have_value("")
    write(page, "Mine")
    expect(log(page).get_by_text("Sent", exact=True)).to_be_visible()
    assert shown(page) == stored(stage, ben, chat) == ["Mine"]
    stage.sign_in(page.context, ana)
    page.goto(f"/messages/{chat}")
    expect(page.get_by_role("textbox", name="Message")).to_have_value("Half a thought")
    assert eventually(page, lambda: stored(stage, ana, chat) == ["Mine", "Into the void"])


def open_wired_chat(stage: Stage, viewer: Viewer, chat: str) -> tuple[Page, Wire]:
    page, wire = stage.open_wired_tab(viewer, f"/messages/{chat}")
    # What the test drops or holds back must not be part of loading the page.
    expect(page.get_by_role("textbox", name="Message")).to_be_visible()
    return page, wire


@pytest.mark.parametrize("is_known", [True, False], ids=["same tab", "new tab"])
def test_a_message_lost_with_the_connection_is_sent_although_its_conversation_was_left(
    stage: Stage, is_known: bool
) -> None:
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    page, wire = open_wired_chat(stage, ana, chat)
    wire.drop_requests()
    write(page, "One")
    write(page, "Two")
    expect(log(page).get_by_text("Sending")).to_have_count(2)
    page.get_by_role("link", name="Home", exact=True).first.click()
    expect(page).to_have_url(stage.server.url + "/")
    if is_known:
        wire.sockets[-1].server.close()
    else:
        wire.close()
    assert eventually(page, lambda: stored(stage, ben, chat) == ["One", "Two"])
    page.go_back()
    expect(log(page).get_by_text("Sent", exact=True)).to_be_visible()
    expect(log(page).get_by_text("Sending")).to_have_count(0)
    assert shown(page) == ["One", "Two"]


def test_a_message_written_offline_does_not_overtake_one_that_was_lost(stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    page, wire = open_wired_chat(stage, ana, chat)
    wire.drop_requests()
    write(page, "One")
    expect(log(page).get_by_text("Sending")).to_be_visible()
    stage.server.kill()
    expect(page.get_by_role("status", name="Connection")).to_contain_text("Reconnecting…")
    write(page, "Two")
    stage.server.start()
    assert eventually(page, lambda: len(stored(stage, ben, chat)) == 2)
    assert stored(stage, ben, chat) == ["One", "Two"]
    # The server has forgotten the page, and reads the conversation again.
    assert eventually(page, lambda: shown(page) == ["One", "Two"])
    expect(log(page).get_by_text("Sending")).to_have_count(0)


def test_messages_are_not_sent_by_somebody_else_who_signs_in_in_another_tab(stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    page, wire = open_wired_chat(stage, ana, chat)
    wire.drop_requests()
    write(page, "From ana")
    expect(log(page).get_by_text("Sending")).to_be_visible()
    stage.sign_in(page.context, ben)
    wire.close()
    expect(page.get_by_role("log", name="Messages with ana")).to_be_visible()
    expect(log(page).get_by_text("From ana")).to_have_count(0)
    write(page, "From ben")
    expect(log(page).get_by_text("Sent", exact=True)).to_be_visible()
    assert shown(page) == stored(stage, ben, chat) == ["From ben"]


def test_a_late_answer_leaves_nothing_unread_that_was_read_since(stage: Stage) -> None:
    ana, ben, cleo = friends(stage, "ana", "ben", "cleo")
    chat, other = chat_of(stage, ana, ben), chat_of(stage, ana, cleo)
    page, wire = open_wired_chat(stage, ana, chat)
    his, hers = stage.open_tab(ben, f"/messages/{chat}"), stage.open_tab(cleo, f"/messages/{other}")
    wire.hold(lambda message: f'"read_{chat}"' in message)
    for text in ("One", "Two"):
        write(his, text)
        expect(log(page).get_by_text(text, exact=True)).to_be_visible()
        assert eventually(page, lambda: stage.do(inbox.unread, ana) == {})
    assert eventually(page, lambda: len(wire.held) > 1)
    socket, first = wire.held[0]
    socket.browser.send(first)
    # Received after the answer to the first.
    write(hers, "Elsewhere")
    expect(page.get_by_role("link", name="Conversation with cleo, unread")).to_be_visible()
    expect(page.get_by_role("link", name="Messages, 1 unread")).to_be_visible()


def test_requests_lost_in_a_dying_connection_are_repeated(stage: Stage) -> None:
    # As behind a proxy, where another process answers at once, and the connection never seems broken.
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    for number in range(35):
        say(stage, ana, chat, f"Number {number}")
    stage.do(receipts.mark_read, ben, chat, 35)
    page, wire = stage.open_wired_tab(ben, f"/messages/{chat}")
    expect(log(page).get_by_text("Number 34", exact=True)).to_be_visible()
    assert len(wire.sockets) == 1
    wire.drop_requests()
    log(page).evaluate("box => box.scrollTo(0, 0)")
    expect(log(page).get_by_text("Number 5", exact=True)).to_be_in_viewport()
    wire.close()
    expect(log(page).get_by_text("Number 0", exact=True)).to_be_visible()
    page.evaluate(NEXT_FRAME)
    log(page).evaluate("box => box.scrollTo(0, box.scrollHeight)")
    expect(log(page).get_by_text("Number 34", exact=True)).to_be_in_viewport()
    assert len(wire.sockets) == 2
    wire.drop_requests()
    write(stage.open_tab(ana, f"/messages/{chat}"), "Are you there?")
    expect(log(page).get_by_text("Are you there?", exact=True)).to_be_in_viewport()
    assert stage.do(inbox.unread, ben) == {chat: 36}
    wire.close()
    assert eventually(page, lambda: stage.do(inbox.unread, ben) == {})
    assert len(wire.sockets) == 3
