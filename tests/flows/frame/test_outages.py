"""The server or the database dies while people are looking: nothing is lost, and all recovers unaided."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path

from playwright.sync_api import expect

from instagram_clone.domain.people.relations import follows
from instagram_clone.domain.posts import comment_cards, post_cards
from tests.conftest import DATA, share
from tests.flows.conftest import Stage, eventually
from tests.mongod.embedded import keeper, kill, server

RECORD_STATUS = """() => {
    const status = document.querySelector("[aria-label=Connection]");
    window.statuses = [];
    const note = () => window.statuses.push(status.textContent);
    new MutationObserver(note).observe(status, { childList: true, subtree: true });
}"""


def comments_on(stage: Stage, post_id: str) -> list[str]:
    threads, _ = stage.do(comment_cards.page, None, post_id)
    return [thread.comment.text[0].text for thread in threads]


def test_pages_recover_from_a_server_restart(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(follows.follow, ben, ana.id)
    post_id = stage.do(share, ana, "A wall")
    page = stage.open_tab(ben)
    expect(page.get_by_text("Be the first to like this")).to_be_visible()
    stage.server.kill()
    status = page.get_by_role("status", name="Connection")
    expect(status).to_contain_text("Reconnecting…")
    expect(page.get_by_role("article")).to_be_visible()
    page.get_by_role("button", name="Like", exact=True).click()
    expect(page.get_by_role("button", name="Unlike")).to_be_visible()
    page.get_by_role("textbox", name="Add a comment").fill("While you were away")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Sending…")).to_be_visible()
    stage.do(share, ana, "Another wall")
    page.evaluate(RECORD_STATUS)
    stage.server.start()
    expect(status).not_to_contain_text("Reconnecting…")
    page.wait_for_function("() => window.statuses.includes('Back online.')")
    expect(page.get_by_role("article")).to_have_count(2)
    wall = page.get_by_role("article").filter(has_text="A wall")
    expect(wall.get_by_role("button", name="1 like", exact=True)).to_be_visible()
    # While a page reloads its data, "Sending…" may be hidden, so wait for the comment itself.
    assert eventually(page, lambda: comments_on(stage, post_id) == ["While you were away"])
    expect(page.get_by_text("Sending…")).to_have_count(0)
    assert eventually(page, lambda: stage.do(post_cards.show, ben, post_id).liked)
    assert comments_on(stage, post_id) == ["While you were away"]


def test_actions_lost_in_a_dying_connection_are_repeated_or_reverted(stage: Stage) -> None:
    # As behind a proxy, where another process answers at once, and the connection never seems broken.
    ana, ben = stage.join("ana"), stage.join("ben")
    post_id = stage.do(share, ana, "A wall")
    page, wire = stage.open_wired_tab(ben, f"/p/{post_id}")
    expect(page.get_by_text("Be the first to like this")).to_be_visible()
    assert len(wire.sockets) == 1
    wire.drop_requests()
    for label in ("Like", "Save"):
        page.get_by_role("button", name=label, exact=True).click()
    expect(page.get_by_role("button", name="Unlike", exact=True)).to_be_visible()
    page.get_by_role("textbox", name="Add a comment").fill("Into the void")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Sending…")).to_be_visible()
    wire.close()
    assert eventually(page, lambda: comments_on(stage, post_id) == ["Into the void"])
    expect(page.get_by_text("Sending…")).to_have_count(0)
    assert comments_on(stage, post_id) == ["Into the void"]
    for label in ("Like", "Save"):
        expect(page.get_by_role("button", name=label, exact=True)).to_be_visible()
    assert not stage.do(post_cards.show, ben, post_id).liked
    assert len(wire.sockets) == 2


def test_partial_uploads_are_removed_after_a_server_crash(stage: Stage) -> None:
    context = stage.context()
    stage.sign_in(context, stage.join("ana"))
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in context.cookies())
    head = [
        "POST /api/media HTTP/1.1",
        f"Host: localhost:{stage.server.port}",
        f"Origin: {stage.server.url}",
        f"Cookie: {cookies}",
        "Content-Length: 100000",
    ]

    def received() -> list[Path]:
        return [one for one in (DATA / "uploads").rglob("[!.]*") if one.is_file()]

    page = context.new_page()
    with socket.create_connection(("127.0.0.1", stage.server.port)) as upload:
        upload.sendall("\r\n".join([*head, "", ""]).encode() + b"a place on the map" * 1000)
        assert eventually(page, lambda: bool(received()))
        stage.server.kill()
    assert received(), "something removed it although the server was killed"
    stage.server.start()
    assert received() == []


def test_a_database_killed_with_its_keeper_recovers_by_itself(stage: Stage) -> None:
    ana = stage.join("ana")
    post_id = stage.do(share, ana, "A wall")
    page = stage.open_tab(ana, f"/p/{post_id}")
    field = page.get_by_role("textbox", name="Add a comment")
    field.fill("Before")
    page.keyboard.press("Enter")
    shown = page.get_by_role("list", name="Comments")
    expect(shown).to_contain_text("Before")
    expect(page.get_by_text("Sending…")).to_have_count(0)
    stopped = keeper(DATA / "mongo")
    os.kill(stopped, signal.SIGSTOP)
    kill(server(DATA / "mongo"))
    status = page.get_by_role("status", name="Connection")
    expect(status).to_contain_text("Reconnecting…")
    field.fill("While it was away")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Sending…")).to_be_visible()
    field.fill("Not sent yet")
    kill(stopped)
    expect(status).not_to_contain_text("Reconnecting…")
    expect(shown).to_contain_text("While it was away")
    expect(page.get_by_text("Sending…")).to_have_count(0)
    expect(field).to_have_value("Not sent yet")
    page.get_by_role("button", name="Like", exact=True).click()
    expect(page.get_by_role("button", name="1 like", exact=True)).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Unlike")).to_be_visible()
    expect(shown).to_contain_text("Before")
    assert sorted(comments_on(stage, post_id)) == ["Before", "While it was away"]


def test_a_page_opened_while_the_database_is_down_retries_by_itself(stage: Stage) -> None:
    ana = stage.join("ana")
    post_id = stage.do(share, ana, "A wall")
    page = stage.open_tab(ana)
    stopped = keeper(DATA / "mongo")
    os.kill(stopped, signal.SIGSTOP)
    kill(server(DATA / "mongo"))
    page.goto(f"/p/{post_id}")
    expect(page.get_by_role("heading", name="One moment")).to_be_visible()
    os.kill(stopped, signal.SIGCONT)
    expect(page.get_by_role("article")).to_contain_text("A wall")
