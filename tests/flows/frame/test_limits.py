"""What a person who exceeds the rate limits sees: the time to wait, and everything they have typed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from instagram_clone.domain.core import db
from instagram_clone.domain.core.rate_limits import LIMITS
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people.credentials import sessions
from instagram_clone.web import cookies, guard
from instagram_clone.web.states.discovery.search import PEOPLE, SearchState
from instagram_clone.web.states.posts.detail import DetailState
from tests.client import RawTab, event_name
from tests.conftest import DATA, share
from tests.flows.conftest import Stage
from tests.server import PATIENCE_SECONDS, Server, running


@pytest.fixture(scope="module")
def server(mongo_uri: str) -> Iterator[Server]:
    """The app as it runs in production: with rate limits."""
    with running(DATA, "flows", LIMITS="on") as served:
        yield served


async def use_up_comment_limit(server: Server, viewer: Viewer, post_id: str) -> None:
    """Use up a person's comment limit, by script."""
    cookie = f"{cookies.NAME}={await sessions.start(viewer.id, 'Raw')}"
    tab = await RawTab.open(server.socket_url, server.url, cookie, path="/settings/account")
    await tab.settle()
    for number in range(LIMITS["comment"].max):
        comment = {"post_id": post_id, "text": f"Number {number}", "key": f"k{number}", "answering": ""}
        await tab.call(event_name(DetailState, "comment"), comment)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await db.comments.count_documents({}) <= number:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    await tab.close()


def test_a_rate_limited_comment_is_kept_and_shows_the_time_to_wait(stage: Stage) -> None:
    ana = stage.join("ana")
    post_id = stage.do(share, ana)
    stage.do(use_up_comment_limit, stage.server, ana, post_id)
    page = stage.open_tab(ana, f"/p/{post_id}")
    field = page.get_by_role("textbox", name="Add a comment")
    field.fill("One more thing")
    field.press("Enter")
    words = page.get_by_role("listitem").filter(has_text="One more thing")
    expect(words).to_contain_text("Not sent. That is a lot of comments. Try again in")
    expect(words).to_contain_text("minutes.")
    expect(words.get_by_role("button", name="Retry")).to_be_visible()


async def use_up_search_limit(server: Server, viewer: Viewer) -> None:
    """Use up a person's search limit, by a script that waits for each answer."""
    cookie = f"{cookies.NAME}={await sessions.start(viewer.id, 'Raw')}"
    tab = await RawTab.open(server.socket_url, server.url, cookie, path="/settings/account")
    await tab.settle()

    def answer() -> dict[str, str]:
        return tab.value(SearchState, "answer") or {}

    for number in range(2 * LIMITS["search"].max):
        text = f"zz{number}"
        while answer().get("text") != text:
            tab.frames.clear()
            await tab.call(event_name(SearchState, "search"), {"text": text, "part": PEOPLE})
            # A request above the overall rate is refused without an answer, and is sent again.
            await tab.until(lambda text=text: answer().get("text") == text or guard.TOO_FAST in tab.text)
        if answer()["why"]:
            break
    await tab.close()


def test_a_rate_limited_search_keeps_its_text_and_shows_the_time_to_wait(stage: Stage) -> None:
    ana = stage.join("ana")
    stage.join("ben")
    stage.do(use_up_search_limit, stage.server, ana)
    page = stage.open_tab(ana, "/search")
    field = page.get_by_role("searchbox", name="Search", exact=True)
    field.fill("ben")
    alert = page.get_by_role("tabpanel").get_by_role("alert")
    expect(alert).to_contain_text("That is a lot of searches. Try again in")
    expect(alert).to_contain_text("minutes.")
    expect(alert.get_by_role("button", name="Try again")).to_be_visible()
    expect(field).to_have_value("ben")
    expect(page.get_by_role("option")).to_have_count(0)
