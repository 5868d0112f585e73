"""While somebody types: only the latest text is searched for, and only its answer is shown."""

from __future__ import annotations

from playwright.sync_api import WebSocketRoute, expect

from instagram_clone.web.browser.discovery.searching import ASK_AFTER_MS
from tests.flows.conftest import Stage, eventually
from tests.flows.discovery.parts import field, opened, results, told


def test_an_answer_that_comes_late_is_not_shown(stage: Stage) -> None:
    for name in ("ben", "bella", "bruno"):
        stage.join(name)
    context, held = stage.context(), []

    def carry(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def answer(message: str | bytes) -> None:
            # The answer to the first letter takes longer than the answer to the whole name.
            if isinstance(message, str) and '"text":"b"' in message.replace(" ", ""):
                held.append(lambda: socket.send(message))
            else:
                socket.send(message)

        server.on_message(answer)

    context.route_web_socket("**/_event/**", carry)
    stage.sign_in(context, stage.join("ana"))
    page = context.new_page()
    page.goto("/")
    panel = opened(page)
    page.keyboard.type("b")
    assert eventually(page, lambda: bool(held))
    page.keyboard.type("en")
    expect(results(panel)).to_have_count(1)
    for send in held:
        send()
    page.keyboard.press("ArrowDown")
    expect(panel.locator("[aria-selected=true][role=option]")).to_contain_text("ben")
    expect(results(panel)).to_have_count(1)
    expect(told(panel)).to_have_text("1 result")


def test_old_results_stay_while_the_server_is_away_and_so_does_what_is_typed(stage: Stage) -> None:
    stage.join("ben")
    page = stage.open_tab(stage.join("ana"))
    panel = opened(page)
    page.keyboard.type("be")
    expect(results(panel)).to_have_count(1)
    with stage.server.asleep():
        page.keyboard.type("nn")
        expect(field(panel)).to_have_value("benn")
        expect(panel.locator("[aria-busy=true]")).to_be_visible()
        expect(results(panel)).to_have_count(1)
    expect(panel.get_by_text("Nothing for benn")).to_be_visible()
    page.keyboard.press("Backspace")
    expect(results(panel)).to_have_count(1)


def test_a_letter_that_is_still_composed_is_not_looked_for(stage: Stage) -> None:
    page = stage.open_tab(stage.join("ana"))
    sent: list[str] = []
    panel = opened(page)
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.webSocketFrameSent", lambda event: sent.append(event["response"]["payloadData"]))
    page.clock.install()
    session.send("Input.imeSetComposition", {"text": "にほ", "selectionStart": 2, "selectionEnd": 2})
    expect(field(panel)).to_have_value("にほ")
    page.clock.run_for(2 * ASK_AFTER_MS)
    session.send("Input.insertText", {"text": "日本"})
    expect(panel.get_by_text("Nothing for 日本")).to_be_visible()
    # A search for the composed letters would have been sent before this one.
    [asked] = [frame for frame in sent if "search_state.search" in frame]
    assert "日本" in asked
