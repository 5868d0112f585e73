"""When the server or the database dies while people are looking: nothing is lost, all heals by itself."""

from __future__ import annotations

import json
import os
import signal

from playwright.sync_api import expect

from instagram_clone import mongod
from instagram_clone.domain import comments, follows, posts
from tests.conftest import DATA, share
from tests.flows.conftest import Stage

HEAR_THE_STATUS = """() => {
    const status = document.querySelector("[aria-label=Connection]");
    window.said = [];
    const note = () => window.said.push(status.textContent);
    new MutationObserver(note).observe(status, { childList: true, subtree: true });
}"""


def test_a_server_that_dies_and_comes_back_is_waited_for(stage: Stage) -> None:
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
    page.evaluate(HEAR_THE_STATUS)
    stage.server.start()
    expect(status).not_to_contain_text("Reconnecting…")
    assert "Back online." in page.evaluate("() => window.said")
    expect(page.get_by_role("article")).to_have_count(2)
    wall = page.get_by_role("article").filter(has_text="A wall")
    expect(wall.get_by_role("button", name="1 like", exact=True)).to_be_visible()
    expect(page.get_by_text("Sending…")).to_have_count(0)
    [thread], _ = stage.do(comments.page, ana, post_id)
    assert thread.comment.text[0].text == "While you were away"
    assert stage.do(posts.show, ben, post_id).liked


def test_a_database_that_is_killed_comes_back_and_nothing_acknowledged_is_lost(stage: Stage) -> None:
    ana = stage.join("ana")
    post_id = stage.do(share, ana, "A wall")
    page = stage.open_tab(ana, f"/p/{post_id}")
    page.get_by_role("textbox", name="Add a comment").fill("Before")
    page.keyboard.press("Enter")
    expect(page.get_by_role("list", name="Comments")).to_contain_text("Before")
    expect(page.get_by_text("Sending…")).to_have_count(0)
    os.kill(json.loads((DATA / "mongo" / "server.json").read_text())["pid"], signal.SIGKILL)
    mongod.lease(DATA / "mongo")
    # Too early it says that it will try again, and does.
    page.reload()
    expect(page.get_by_role("list", name="Comments")).to_contain_text("Before", timeout=60_000)
    page.get_by_role("button", name="Like", exact=True).click()
    expect(page.get_by_role("button", name="1 like", exact=True)).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Unlike")).to_be_visible()
