"""An idle tab costs its socket's ping and nothing else, and is complete when it wakes up."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator

import pymongo
from playwright.sync_api import WebSocket, expect
from pymongo.database import Database

from instagram_clone.domain.messaging import conversations, messages
from instagram_clone.domain.people.relations import follows
from tests.conftest import DATA, share
from tests.flows.conftest import Stage, eventually
from tests.server import running

SECONDS = 30
TRIES = 3
PINGS = ("2", "3")


def commands(served: Database) -> list[dict]:
    """Return what tabs asked of a database while it was profiled. Leaves out the profiling itself, and the
    outbox, which every process polls however many tabs it has.
    """
    own = [f"{served.name}.{name}" for name in ("system.profile", "outbox")]
    query = {"client": {"$exists": True}, "ns": {"$nin": own}}
    found = served["system.profile"].find(query)
    return [row["command"] for row in found if "profile" not in row["command"]]


@contextlib.contextmanager
def profiled(served: Database) -> Iterator[None]:
    """Have a database record its queries, and drop the records afterwards."""
    served.command("profile", 2)
    try:
        yield
    finally:
        served.command("profile", 0)
        served["system.profile"].drop()


def test_idle_tabs_send_no_requests(stage: Stage, mongo_uri: str) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    for one, other in itertools.permutations((ana, ben)):
        stage.do(follows.follow, one, other.id)
    stage.do(share, ben, "A wall")
    chat = stage.do(conversations.start, ana, [ben.id])
    stage.do(messages.send, ben, chat, "k", text="Hello")
    sent: list[str] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: sent.append(str(frame)))

    for path, shown in (("/", "A wall"), (f"/messages/{chat}", "Hello")):
        page = stage.open_tab(ana, "/explore")
        page.on("websocket", listen)
        page.on("request", lambda request: sent.append(request.url))
        page.goto(path)
        expect(page.get_by_text(shown).first).to_be_visible()
    client = pymongo.MongoClient(mongo_uri)
    served = client["flows"]
    # Opening and closing pages causes work for some seconds afterwards, more on a slow machine.
    page.wait_for_timeout(7_000)
    for _ in range(TRIES):
        with profiled(served):
            sent.clear()
            page.wait_for_timeout(SECONDS * 1000)
            frames, queries = list(sent), commands(served)
        if not queries and all(one in PINGS for one in frames):
            break
    with profiled(served):
        page.reload()
        # The content of the page reappears before the server has queried anything, so wait for the queries.
        assert eventually(page, lambda: len(commands(served)) > 3), "the profiler recorded no queries"
    client.close()
    assert [one for one in frames if one not in PINGS] == []
    assert 2 <= len(frames) <= 6
    assert queries == []


def test_a_tab_whose_state_has_expired_reloads_it(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(follows.follow, ana, ben.id)
    post_id = stage.do(share, ben, "A wall")
    more = {**stage.server.given, "REFLEX_REDIS_TOKEN_EXPIRATION": "2"}
    with running(DATA, "flows", **more) as expiring:
        stage.server = expiring
        busy, quiet = stage.open_tab(ana, f"/p/{post_id}"), stage.open_tab(ana, "/")
        for page in (busy, quiet):
            expect(page.get_by_text("A wall")).to_be_visible()
        quiet.wait_for_timeout(5000)
        acting = stage.open_tab(ben, f"/p/{post_id}")
        for number in range(2):
            acting.get_by_role("textbox", name="Add a comment").fill(f"Comment {number}")
            acting.keyboard.press("Enter")
            expect(busy.get_by_role("list", name="Comments")).to_contain_text(f"Comment {number}")
        busy.get_by_role("button", name="Reply to ben").first.click()
        busy.keyboard.type("still here")
        busy.keyboard.press("Enter")
        expect(acting.get_by_role("list", name="Comments")).to_contain_text("@ben still here")
        quiet.get_by_role("button", name="Like", exact=True).click()
        expect(acting.get_by_role("button", name="1 like", exact=True)).to_be_visible()
        expect(quiet.get_by_role("article")).to_have_count(1)
        expect(quiet.get_by_role("button", name="Unlike", exact=True)).to_be_visible()
        stage.close()
