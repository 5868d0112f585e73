"""What only several processes can do, as workers on one port: differ from each other, and lose Redis."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from instagram_clone.domain.messaging import conversations
from instagram_clone.domain.people.relations import follows
from tests.conftest import DATA, share
from tests.flows.conftest import Stage, article
from tests.flows.messaging.talk import log, shown, stored, write
from tests.redis_server import RedisServer
from tests.server import Server, running
from tests.workers.conftest import SpreadStage


@pytest.fixture(scope="module")
def server(workers: dict[str, str]) -> Iterator[Server]:
    """The app as served by several workers of one master, which share a port."""
    with running(DATA, "flows", **workers) as served:
        yield served


def test_people_on_different_workers_see_the_same(stage: Stage) -> None:
    assert isinstance(stage, SpreadStage)
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(follows.follow, ben, ana.id)
    post_id = stage.do(share, ana, "A wall")
    mine, his = stage.open_tab(ana, f"/p/{post_id}"), stage.open_tab(ben)
    assert len(set(stage.spread.workers)) == 2
    article(his, "ana").get_by_role("button", name="Like", exact=True).click()
    expect(mine.get_by_role("button", name="1 like", exact=True)).to_be_visible()
    his.get_by_role("textbox", name="Add a comment").fill("From over there")
    his.keyboard.press("Enter")
    expect(mine.get_by_role("list", name="Comments")).to_contain_text("From over there")


def test_a_hanging_redis_is_detected_and_missed_events_are_caught_up(
    stage: Stage, redis: RedisServer
) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    for one, other in itertools.permutations((ana, ben)):
        stage.do(follows.follow, one, other.id)
    chat = stage.do(conversations.start, ana, [ben.id])
    mine, his = stage.open_tab(ana, f"/messages/{chat}"), stage.open_tab(ben, f"/messages/{chat}")
    redis.hang()
    try:
        for tab in (mine, his):
            expect(tab.get_by_role("status", name="Connection")).to_contain_text("Reconnecting…")
        write(mine, "During")
    finally:
        redis.resume()
    for tab in (mine, his):
        expect(tab.get_by_role("status", name="Connection")).not_to_contain_text("Reconnecting…")
        expect(log(tab)).to_contain_text("During")
    write(his, "After")
    expect(log(mine)).to_contain_text("After")
    assert shown(mine) == shown(his) == stored(stage, ana, chat) == ["During", "After"]


def test_nothing_is_lost_when_redis_is_down_for_ten_seconds(stage: Stage, redis: RedisServer) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    for one, other in itertools.permutations((ana, ben)):
        stage.do(follows.follow, one, other.id)
    chat = stage.do(conversations.start, ana, [ben.id])
    mine, his = stage.open_tab(ana, f"/messages/{chat}"), stage.open_tab(ben, f"/messages/{chat}")
    write(mine, "Before")
    expect(log(his)).to_contain_text("Before")
    redis.stop()
    try:
        for tab in (mine, his):
            expect(tab.get_by_role("status", name="Connection")).to_contain_text("Reconnecting…")
        write(mine, "During")
        expect(log(mine).get_by_text("Sending").first).to_be_visible()
        mine.wait_for_timeout(10_000)
        expect(log(mine)).to_contain_text("Before")
    finally:
        redis.start()
    for tab in (mine, his):
        # Tabs reconnect with growing pauses.
        strip = tab.get_by_role("status", name="Connection")
        expect(strip).not_to_contain_text("Reconnecting…")
        expect(log(tab)).to_contain_text("During")
    expect(log(mine).get_by_text("Sending")).to_have_count(0)
    write(his, "After")
    expect(log(mine)).to_contain_text("After")
    assert shown(mine) == shown(his) == stored(stage, ana, chat) == ["Before", "During", "After"]
