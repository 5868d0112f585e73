"""While somebody types: only the latest text is searched for, and only its answer is shown."""

from __future__ import annotations

from playwright.sync_api import expect

from instagram_clone.web.browser.discovery.searching import QUERY_AFTER_MS
from tests.browsers.wires import Wire
from tests.flows.conftest import Stage, eventually
from tests.flows.discovery.parts import announced, field, open_panel, results


def test_a_late_answer_is_not_shown(stage: Stage) -> None:
    for name in ("ben", "bella", "bruno"):
        stage.join(name)
    context = stage.context()
    wire = Wire(context)
    # The answer to the first letter takes longer than the answer to the whole name.
    wire.hold(lambda message: '"text":"b"' in message.replace(" ", ""))
    stage.sign_in(context, stage.join("ana"))
    page = context.new_page()
    page.goto("/")
    panel = open_panel(page)
    page.keyboard.type("b")
    assert eventually(page, lambda: bool(wire.held))
    page.keyboard.type("en")
    expect(results(panel)).to_have_count(1)
    wire.release()
    page.keyboard.press("ArrowDown")
    expect(panel.locator("[aria-selected=true][role=option]")).to_contain_text("ben")
    expect(results(panel)).to_have_count(1)
    expect(announced(panel)).to_have_text("1 result")


def test_results_and_text_stay_while_the_server_is_down(stage: Stage) -> None:
    stage.join("ben")
    page = stage.open_tab(stage.join("ana"))
    panel = open_panel(page)
    page.keyboard.type("be")
    expect(results(panel)).to_have_count(1)
    with stage.server.suspended():
        page.keyboard.type("nn")
        expect(field(panel)).to_have_value("benn")
        expect(panel.locator("[aria-busy=true]")).to_be_visible()
        expect(results(panel)).to_have_count(1)
    expect(panel.get_by_text("Nothing for benn")).to_be_visible()
    page.keyboard.press("Backspace")
    expect(results(panel)).to_have_count(1)


def test_text_still_being_composed_is_not_searched_for(stage: Stage) -> None:
    page = stage.open_tab(stage.join("ana"))
    sent: list[str] = []
    panel = open_panel(page)
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.webSocketFrameSent", lambda event: sent.append(event["response"]["payloadData"]))
    page.clock.install()
    session.send("Input.imeSetComposition", {"text": "にほ", "selectionStart": 2, "selectionEnd": 2})
    expect(field(panel)).to_have_value("にほ")
    page.clock.run_for(2 * QUERY_AFTER_MS)
    session.send("Input.insertText", {"text": "日本"})
    expect(panel.get_by_text("Nothing for 日本")).to_be_visible()
    # A search for the composed letters would have been sent before this one.
    [request] = [frame for frame in sent if "search_state.search" in frame]
    assert "日本" in request
