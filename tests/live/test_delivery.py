"""What live delivery guarantees, without a browser: merged, ordered, to watchers only, and never stuck."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import reflex as rx

from instagram_clone import live
from instagram_clone.domain.core import events
from instagram_clone.live import delivery, editing
from instagram_clone.live.bus import handlers
from instagram_clone.live.tabs import connections
from tests.live.conftest import FakeSockets
from tests.simulated_time import SIMULATED


@pytest.fixture
def anyio_backend() -> Any:
    return SIMULATED


async def test_facts_sent_together_share_one_frame_and_the_latest_wins(sockets: FakeSockets) -> None:
    for likes in range(100):
        live.send_facts("t1", {"post": likes})
    live.send_facts("t1", {"other": True})
    await live.settled()
    assert sockets.sent == [("s1", {"post": 99, "other": True})]


async def test_a_key_just_sent_is_delayed_and_a_new_one_is_not(sockets: FakeSockets) -> None:
    live.send_facts("t1", {"likes": 1})
    await asyncio.sleep(0.005)
    for likes in range(2, 50):
        live.send_facts("t1", {"likes": likes})
    live.send_facts("t1", {"message": "new"})
    await asyncio.sleep(0.005)
    assert [frame for _, frame in sockets.sent] == [{"likes": 1}, {"message": "new"}]
    await live.settled()
    assert [frame for _, frame in sockets.sent][2:] == [{"likes": 49}]


async def test_facts_sent_along_with_a_new_key_are_not_delayed(sockets: FakeSockets) -> None:
    live.send_facts("t1", {"chat": 1, "other": 1})
    await asyncio.sleep(0.005)
    live.send_facts("t1", {"chat": 2})
    live.send_facts("t1", {"other": 2})
    live.send_facts("t1", {"chat": 3, "message": "new"})
    await asyncio.sleep(0.005)
    assert [frame for _, frame in sockets.sent][1:] == [{"chat": 3, "message": "new"}]
    await live.settled()
    # A value sent with the message is not overwritten by one that was queued before it.
    assert [frame for _, frame in sockets.sent][2:] == [{"other": 2}]


async def test_all_facts_of_one_event_reach_a_tab_in_one_frame(sockets: FakeSockets) -> None:
    live.fact(Moved, lambda event: [("hall", {"line": event.rev}), ("room", {f"message {event.rev}": 1})])
    for token in ("t1", "t2", "t3"):
        live.watch(token, "page", ["room"] if token == "t3" else ["room", "hall"])
    for rev in (1, 2):
        sockets.sent.clear()
        await events.publish(Moved(rev))  # pyright: ignore[reportArgumentType]
        await asyncio.sleep(0.005)
        both, message = {"line": rev, f"message {rev}": 1}, {f"message {rev}": 1}
        received = {sid: frame for sid, frame in sockets.sent if frame.keys() & both.keys()}
        assert received == {"s1": both, "s2": both, "s3": message} and received["s1"] is received["s2"]
    assert len(sockets.sent) == 3


async def test_tabs_that_receive_the_same_facts_share_one_frame(sockets: FakeSockets) -> None:
    counts = {"likes": 1}
    for token in ("t1", "t2", "t3"):
        live.send_facts(token, {"post": counts})
    await live.settled()
    assert [sid for sid, _ in sockets.sent] == ["s1", "s2", "s3"]
    assert len({id(frame) for _, frame in sockets.sent}) == 1


async def test_tabs_with_the_same_delayed_facts_share_one_frame(sockets: FakeSockets) -> None:
    crowd = ("t1", "t2", "t3")
    live.send_facts_to_all(crowd, {"likes": 1, "comments": 1})
    await asyncio.sleep(0.005)
    sockets.sent.clear()
    live.send_facts("t3", {"comments": 2})
    for likes in (2, 3):
        live.send_facts_to_all(crowd, {"likes": likes})
        live.send_facts_to_all(crowd[:2], {"comments": likes})
    assert sockets.sent == [], "all of these keys were just sent"
    await live.settled()
    received = dict(sockets.sent)
    assert len(sockets.sent) == 3 and received["s1"] is received["s2"]
    assert (received["s1"], received["s3"]) == ({"likes": 3, "comments": 3}, {"likes": 3, "comments": 2})


async def test_facts_sent_during_a_write_follow_immediately_after_it(sockets: FakeSockets) -> None:
    taken = asyncio.Event()
    sockets.slow["s1"] = taken.wait
    live.send_facts("t1", {"first": 1})
    await asyncio.sleep(0.005)
    live.send_facts("t1", {"second": 2})
    await asyncio.sleep(0.005)
    live.send_facts("t1", {"third": 3})
    await asyncio.sleep(0.005)
    assert sockets.sent == []
    taken.set()
    await asyncio.sleep(0.005)
    assert [frame for _, frame in sockets.sent] == [{"first": 1}, {"second": 2, "third": 3}]


async def test_a_slow_reader_delays_nobody_else_and_gets_the_latest(sockets: FakeSockets) -> None:
    read = asyncio.Event()
    sockets.slow["s1"] = read.wait
    for likes in range(1, 4):
        for token in ("t1", "t3"):
            live.send_facts(token, {"post": likes})
        await asyncio.sleep(2 * delivery.PAUSE_SECONDS)
    assert sockets.sent == [("s3", {"post": 1}), ("s3", {"post": 2}), ("s3", {"post": 3})]
    read.set()
    await live.settled()
    assert [frame for sid, frame in sockets.sent if sid == "s1"] == [{"post": 1}, {"post": 3}]


async def test_a_fact_sent_just_as_a_slow_reader_catches_up_reaches_it_last(sockets: FakeSockets) -> None:
    read = asyncio.Event()
    sockets.slow["s1"] = read.wait
    for likes in (1, 2):
        live.send_facts("t1", {"post": likes})
        await asyncio.sleep(2 * delivery.PAUSE_SECONDS)
    read.set()
    live.send_facts("t1", {"post": 3})
    await live.settled()
    assert [frame for sid, frame in sockets.sent if sid == "s1"] == [{"post": 1}, {"post": 3}]


@pytest.mark.parametrize("turns", range(12))
async def test_facts_sent_just_as_a_round_ends_are_delivered_too(
    sockets: FakeSockets, monkeypatch: pytest.MonkeyPatch, turns: int
) -> None:
    monkeypatch.setattr(delivery, "PAUSE_SECONDS", 0)
    live.send_facts("t1", {"first": 1})
    # Iterations of the event loop, to catch the round at each point of its end.
    for _ in range(turns):
        await asyncio.sleep(0)
    live.send_facts("t1", {"second": 2})
    await asyncio.sleep(1)
    received = {key: value for _, frame in sockets.sent for key, value in frame.items()}
    assert received == {"first": 1, "second": 2}


async def test_only_watching_tabs_are_found(sockets: FakeSockets) -> None:
    live.watch("t1", "timeline", ["post:1", "post:2"])
    live.watch("t3", "detail", ["post:2"])
    assert live.tokens(["post:1"]) == {"t1"}
    assert live.tokens(["post:2"]) == {"t1", "t3"}
    assert live.tokens(["user:ana"]) == {"t1", "t2"}
    live.watch("t1", "timeline", ["post:3"])
    assert live.tokens(["post:1"]) == set() and live.tokens(["post:3"]) == {"t1"}
    live.unwatch("t3", "detail")
    assert live.tokens(["post:2"]) == set()


async def test_scopes_of_one_tab_are_independent(sockets: FakeSockets) -> None:
    live.watch("t1", "timeline", ["post:1"])
    live.watch("t1", "detail", ["post:1"])
    live.unwatch("t1", "detail")
    assert live.tokens(["post:1"]) == {"t1"}


async def test_a_tab_whose_user_changes_stops_watching_everything(sockets: FakeSockets) -> None:
    live.watch("t1", "timeline", ["post:1"])
    live.identify("t1", "ben", "session of ben")
    assert live.tokens(["post:1"]) == set()
    assert live.tokens(["user:ana"]) == {"t2"} and live.tokens(["user:ben"]) == {"t1", "t3"}


async def test_a_closed_session_or_tab_is_removed_at_once_without_a_trace(sockets: FakeSockets) -> None:
    live.watch("t1", "timeline", ["post:1"])
    assert sorted(live.close_session("session of ana")) == ["t1", "t2"]
    assert live.tokens(["post:1", "user:ana"]) == set() and live.tokens(["user:ben"]) == {"t3"}
    connections.forget("t3")
    assert not connections._people and not connections._watchers and not connections._tabs


async def test_a_tab_that_is_not_connected_is_not_recorded(sockets: FakeSockets) -> None:
    live.identify("nowhere", "ana", "session of ana")
    live.watch("nowhere", "timeline", ["post:1"])
    live.send_facts("nowhere", {"post": 1})
    await live.settled()
    assert live.tokens(["post:1"]) == set() and sockets.sent == []


@pytest.fixture
def edited(sockets: FakeSockets, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[str]]]:
    """The batches of changes applied to each tab. The state of t1 is locked."""
    done: list[tuple[str, list[str]]] = []

    async def change(token: str, changes: list[editing.Change]) -> None:
        if token == "t1":
            await asyncio.Event().wait()
        done.append((token, [event for _, _, event in changes]))

    monkeypatch.setattr(editing, "_apply_all", change)
    return done


async def test_a_busy_tab_delays_no_other(edited: list) -> None:
    for number in range(3):
        for token in ("t1", "t2"):
            live.edit(token, rx.State, lambda *_: None, f"event {number}")
        await asyncio.sleep(0.002)
    await asyncio.sleep(1)
    assert edited == [("t2", ["event 0"]), ("t2", ["event 1", "event 2"])]
    assert list(editing._editing) == ["t1"]
    editing._editing["t1"].cancel()
    await live.settled()


@dataclass(frozen=True)
class Renamed:
    name: str


async def test_a_throttled_edit_runs_on_the_first_and_after_the_last_event(edited: list) -> None:
    live.on(Renamed, rx.State, lambda _: ["wall"], pause=3)(lambda *_: None)
    live.watch("t2", "page", ["wall"])
    for name in "abcdefg":
        await events.publish(Renamed(name))  # pyright: ignore[reportArgumentType]
    await asyncio.sleep(5)
    assert [event.name for _, seen in edited for event in seen] == ["a", "g"]


@dataclass(frozen=True)
class Painted:
    """An event on a topic that many or few tabs watch; `by` is who caused it."""

    topic: str
    by: str = ""


@pytest.fixture
def crowd(edited: list) -> Iterator[list[str]]:
    """Three hundred tabs that watch the wall, as does t2. A tab is edited on every event it watches."""
    live.on(Painted, rx.State, lambda event: [event.topic])(lambda *_: None)
    many = [f"tab {number}" for number in range(300)]
    connections._watchers["wall"].update(many)
    live.watch("t2", "page", ["wall", "door"])
    live.watch("t3", "page", ["window"])
    yield many
    handlers._handlers.pop(Painted)
    events._subscribers.pop(Painted)


async def test_an_event_for_few_tabs_does_not_wait_for_a_crowd(edited: list, crowd: list) -> None:
    await events.publish(Painted("wall"))  # pyright: ignore[reportArgumentType]
    await events.publish(Painted("window"))  # pyright: ignore[reportArgumentType]
    await live.settled()
    order = [token for token, _ in edited]
    assert sorted(order) == sorted([*crowd, "t2", "t3"]), "each once"
    assert order.index("t3") < editing.BURST


async def test_a_crowd_is_not_starved_by_events_for_few_tabs(edited: list, crowd: list) -> None:
    await events.publish(Painted("wall"))  # pyright: ignore[reportArgumentType]
    for number in range(200):
        connections._watchers[f"brick {number}"].add(f"mason {number}")
        await events.publish(Painted(f"brick {number}"))  # pyright: ignore[reportArgumentType]
    await live.settled()
    order = [token for token, _ in edited]
    crowd_turns = [place for place, token in enumerate(order) if not token.startswith("mason")][
        editing.PRIORITY_TABS :
    ]
    mason_turns = [place for place, token in enumerate(order) if token.startswith("mason")]
    assert len(order) == 501 and crowd_turns[0] < mason_turns[20] and mason_turns[-1] < crowd_turns[220]


async def test_the_authors_own_tab_is_edited_before_the_crowd(edited: list, crowd: list) -> None:
    live.watch("t2", "page", ["wall"])
    await events.publish(Painted("wall", by="ana"))  # pyright: ignore[reportArgumentType]
    await live.settled()
    assert edited[0][0] == "t2"


async def test_a_tab_queued_in_a_crowd_is_edited_once_with_events_of_its_own(
    edited: list, crowd: list
) -> None:
    await events.publish(Painted("wall"))  # pyright: ignore[reportArgumentType]
    await events.publish(Painted("door"))  # pyright: ignore[reportArgumentType]
    await live.settled()
    mine = [[event.topic for event in seen] for token, seen in edited if token == "t2"]
    assert mine == [["wall", "door"]]


async def test_nothing_waits_for_topics_that_need_a_query(edited: list) -> None:
    answer: asyncio.Future[list[str]] = asyncio.get_running_loop().create_future()

    async def ask(_: Rung) -> list[str]:
        return await answer

    live.on(Rung, rx.State, ask)(lambda *_: None)
    live.watch("t2", "page", ["wall"])
    await events.publish(Rung())  # pyright: ignore[reportArgumentType]
    assert not editing.is_settled() and edited == []
    answer.set_result(["wall"])
    await live.settled()
    assert [token for token, _ in edited] == ["t2"]


@dataclass(frozen=True)
class Rung:
    pass


@dataclass(frozen=True)
class Moved:
    rev: int


async def test_the_highest_revision_of_a_fact_wins_in_any_order(sockets: FakeSockets) -> None:
    live.fact(Moved, lambda event: [("wall", {"wall": {"rev": event.rev}})])
    live.watch("t1", "page", ["wall"])
    for rev in (3, 5, 4, 5):
        await events.publish(Moved(rev))  # pyright: ignore[reportArgumentType]
        await live.settled()
    assert [frame["wall"]["rev"] for _, frame in sockets.sent] == [3, 5, 5]


async def test_revisions_of_unwatched_facts_are_not_remembered(
    sockets: FakeSockets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "_last_revisions", {})
    live.fact(Moved, lambda event: [("nowhere", {"wall": {"rev": event.rev}})])
    await events.publish(Moved(3))  # pyright: ignore[reportArgumentType]
    assert [topic for topic, _ in delivery._last_revisions if topic == "nowhere"] == []


async def test_the_number_of_remembered_revisions_is_limited(
    sockets: FakeSockets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "MAX_REVISIONS", 4)
    monkeypatch.setattr(delivery, "_last_revisions", {})
    for number in range(99):
        assert delivery.is_newest("wall", f"stone {number}", {"rev": 1})
        assert (
            len(delivery._last_revisions) <= 4 and ("wall", f"stone {number}") in delivery._last_revisions
        )
