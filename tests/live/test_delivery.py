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
from instagram_clone.live.bus import carriers
from instagram_clone.live.tabs import connections
from tests.live.conftest import Wire
from tests.simulated_time import SIMULATED


@pytest.fixture
def anyio_backend() -> Any:
    return SIMULATED


async def test_facts_told_together_are_one_frame_and_the_latest_wins(wire: Wire) -> None:
    for likes in range(100):
        live.send_facts("t1", {"post": likes})
    live.send_facts("t1", {"other": True})
    await live.settled()
    assert wire.sent == [("s1", {"post": 99, "other": True})]


async def test_what_was_told_a_moment_ago_waits_and_what_is_new_does_not(wire: Wire) -> None:
    live.send_facts("t1", {"likes": 1})
    await asyncio.sleep(0.005)
    for likes in range(2, 50):
        live.send_facts("t1", {"likes": likes})
    live.send_facts("t1", {"message": "new"})
    await asyncio.sleep(0.005)
    assert [frame for _, frame in wire.sent] == [{"likes": 1}, {"message": "new"}]
    await live.settled()
    assert [frame for _, frame in wire.sent][2:] == [{"likes": 49}]


async def test_what_comes_with_something_new_goes_with_it(wire: Wire) -> None:
    live.send_facts("t1", {"chat": 1, "other": 1})
    await asyncio.sleep(0.005)
    live.send_facts("t1", {"chat": 2})
    live.send_facts("t1", {"other": 2})
    live.send_facts("t1", {"chat": 3, "message": "new"})
    await asyncio.sleep(0.005)
    assert [frame for _, frame in wire.sent][1:] == [{"chat": 3, "message": "new"}]
    await live.settled()
    # A value sent with the message is not overwritten by one that was queued before it.
    assert [frame for _, frame in wire.sent][2:] == [{"other": 2}]


async def test_what_a_tab_is_to_know_of_one_event_is_one_frame(wire: Wire) -> None:
    live.fact(Moved, lambda event: [("hall", {"line": event.rev}), ("room", {f"message {event.rev}": 1})])
    for token in ("t1", "t2", "t3"):
        live.watch(token, "page", ["room"] if token == "t3" else ["room", "hall"])
    for rev in (1, 2):
        wire.sent.clear()
        await events.publish(Moved(rev))  # pyright: ignore[reportArgumentType]
        await asyncio.sleep(0.005)
        both, message = {"line": rev, f"message {rev}": 1}, {f"message {rev}": 1}
        told = {sid: frame for sid, frame in wire.sent if frame.keys() & both.keys()}
        assert told == {"s1": both, "s2": both, "s3": message} and told["s1"] is told["s2"]
    assert len(wire.sent) == 3


async def test_tabs_that_are_told_the_same_share_one_frame(wire: Wire) -> None:
    known = {"likes": 1}
    for token in ("t1", "t2", "t3"):
        live.send_facts(token, {"post": known})
    await live.settled()
    assert [sid for sid, _ in wire.sent] == ["s1", "s2", "s3"]
    assert len({id(frame) for _, frame in wire.sent}) == 1


async def test_tabs_for_which_the_same_has_waited_share_one_frame(wire: Wire) -> None:
    crowd = ("t1", "t2", "t3")
    live.send_facts_to_all(crowd, {"likes": 1, "comments": 1})
    await asyncio.sleep(0.005)
    wire.sent.clear()
    live.send_facts("t3", {"comments": 2})
    for likes in (2, 3):
        live.send_facts_to_all(crowd, {"likes": likes})
        live.send_facts_to_all(crowd[:2], {"comments": likes})
    assert wire.sent == [], "all of it was told a moment ago"
    await live.settled()
    told = dict(wire.sent)
    assert len(wire.sent) == 3 and told["s1"] is told["s2"]
    assert (told["s1"], told["s3"]) == ({"likes": 3, "comments": 3}, {"likes": 3, "comments": 2})


async def test_what_comes_while_a_tab_is_written_to_follows_at_once(wire: Wire) -> None:
    taken = asyncio.Event()
    wire.slow["s1"] = taken.wait
    live.send_facts("t1", {"first": 1})
    await asyncio.sleep(0.005)
    live.send_facts("t1", {"second": 2})
    await asyncio.sleep(0.005)
    live.send_facts("t1", {"third": 3})
    await asyncio.sleep(0.005)
    assert wire.sent == []
    taken.set()
    await asyncio.sleep(0.005)
    assert [frame for _, frame in wire.sent] == [{"first": 1}, {"second": 2, "third": 3}]


async def test_a_slow_reader_keeps_nobody_waiting_and_gets_the_latest(wire: Wire) -> None:
    read = asyncio.Event()
    wire.slow["s1"] = read.wait
    for likes in range(1, 4):
        for token in ("t1", "t3"):
            live.send_facts(token, {"post": likes})
        await asyncio.sleep(2 * delivery.PAUSE_SECONDS)
    assert wire.sent == [("s3", {"post": 1}), ("s3", {"post": 2}), ("s3", {"post": 3})]
    read.set()
    await live.settled()
    assert [frame for sid, frame in wire.sent if sid == "s1"] == [{"post": 1}, {"post": 3}]


async def test_what_is_told_in_the_moment_a_slow_reader_is_done_is_what_it_gets_last(wire: Wire) -> None:
    read = asyncio.Event()
    wire.slow["s1"] = read.wait
    for likes in (1, 2):
        live.send_facts("t1", {"post": likes})
        await asyncio.sleep(2 * delivery.PAUSE_SECONDS)
    read.set()
    live.send_facts("t1", {"post": 3})
    await live.settled()
    assert [frame for sid, frame in wire.sent if sid == "s1"] == [{"post": 1}, {"post": 3}]


@pytest.mark.parametrize("turns", range(12))
async def test_what_is_told_in_the_moment_a_round_ends_is_delivered_too(
    wire: Wire, monkeypatch: pytest.MonkeyPatch, turns: int
) -> None:
    monkeypatch.setattr(delivery, "PAUSE_SECONDS", 0)
    live.send_facts("t1", {"first": 1})
    # Iterations of the event loop, to catch the round at each point of its end.
    for _ in range(turns):
        await asyncio.sleep(0)
    live.send_facts("t1", {"second": 2})
    await asyncio.sleep(1)
    told = {key: value for _, frame in wire.sent for key, value in frame.items()}
    assert told == {"first": 1, "second": 2}


async def test_only_those_who_watch_are_found(wire: Wire) -> None:
    live.watch("t1", "timeline", ["post:1", "post:2"])
    live.watch("t3", "detail", ["post:2"])
    assert live.tokens(["post:1"]) == {"t1"}
    assert live.tokens(["post:2"]) == {"t1", "t3"}
    assert live.tokens(["user:ana"]) == {"t1", "t2"}
    live.watch("t1", "timeline", ["post:3"])
    assert live.tokens(["post:1"]) == set() and live.tokens(["post:3"]) == {"t1"}
    live.unwatch("t3", "detail")
    assert live.tokens(["post:2"]) == set()


async def test_scopes_of_one_tab_do_not_know_of_each_other(wire: Wire) -> None:
    live.watch("t1", "timeline", ["post:1"])
    live.watch("t1", "detail", ["post:1"])
    live.unwatch("t1", "detail")
    assert live.tokens(["post:1"]) == {"t1"}


async def test_a_tab_that_changes_hands_watches_nothing_of_before(wire: Wire) -> None:
    live.watch("t1", "timeline", ["post:1"])
    live.identify("t1", "ben", "session of ben")
    assert live.tokens(["post:1"]) == set()
    assert live.tokens(["user:ana"]) == {"t2"} and live.tokens(["user:ben"]) == {"t1", "t3"}


async def test_a_closed_session_or_tab_is_gone_at_once_and_leaves_nothing(wire: Wire) -> None:
    live.watch("t1", "timeline", ["post:1"])
    assert sorted(live.close_session("session of ana")) == ["t1", "t2"]
    assert live.tokens(["post:1", "user:ana"]) == set() and live.tokens(["user:ben"]) == {"t3"}
    connections.forget("t3")
    assert not connections._people and not connections._watchers and not connections._tabs


async def test_a_tab_that_is_not_connected_is_not_kept(wire: Wire) -> None:
    live.identify("nowhere", "ana", "session of ana")
    live.watch("nowhere", "timeline", ["post:1"])
    live.send_facts("nowhere", {"post": 1})
    await live.settled()
    assert live.tokens(["post:1"]) == set() and wire.sent == []


@pytest.fixture
def edited(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[str]]]:
    """The batches of changes applied to each tab. The state of t1 is locked."""
    done: list[tuple[str, list[str]]] = []

    async def change(token: str, todo: list[editing.Change]) -> None:
        if token == "t1":
            await asyncio.Event().wait()
        done.append((token, [event for _, _, event in todo]))

    monkeypatch.setattr(editing, "_change", change)
    return done


async def test_a_tab_that_is_busy_keeps_nobody_waiting(edited: list) -> None:
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


async def test_what_is_read_anew_is_read_now_and_then_and_after_the_last_event(edited: list) -> None:
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
    carriers._handlers.pop(Painted)
    events._subscribers.pop(Painted)


async def test_what_concerns_few_does_not_wait_for_a_crowd(edited: list, crowd: list) -> None:
    await events.publish(Painted("wall"))  # pyright: ignore[reportArgumentType]
    await events.publish(Painted("window"))  # pyright: ignore[reportArgumentType]
    await live.settled()
    order = [token for token, _ in edited]
    assert sorted(order) == sorted([*crowd, "t2", "t3"]), "each once"
    assert order.index("t3") < editing.AT_ONCE


async def test_a_crowd_has_its_turns_however_much_concerns_few(edited: list, crowd: list) -> None:
    await events.publish(Painted("wall"))  # pyright: ignore[reportArgumentType]
    for number in range(200):
        connections._watchers[f"brick {number}"].add(f"mason {number}")
        await events.publish(Painted(f"brick {number}"))  # pyright: ignore[reportArgumentType]
    await live.settled()
    order = [token for token, _ in edited]
    behind = [place for place, token in enumerate(order) if not token.startswith("mason")][
        editing.PRIORITY_TABS :
    ]
    masons = [place for place, token in enumerate(order) if token.startswith("mason")]
    assert len(order) == 501 and behind[0] < masons[20] and masons[-1] < behind[220]


async def test_of_a_crowd_who_did_it_is_first(edited: list, crowd: list) -> None:
    live.watch("t2", "page", ["wall"])
    await events.publish(Painted("wall", by="ana"))  # pyright: ignore[reportArgumentType]
    await live.settled()
    assert edited[0][0] == "t2"


async def test_a_tab_that_waits_in_a_crowd_is_edited_once_with_what_concerns_it_alone(
    edited: list, crowd: list
) -> None:
    await events.publish(Painted("wall"))  # pyright: ignore[reportArgumentType]
    await events.publish(Painted("door"))  # pyright: ignore[reportArgumentType]
    await live.settled()
    mine = [[event.topic for event in seen] for token, seen in edited if token == "t2"]
    assert mine == [["wall", "door"]]


async def test_nothing_waits_for_topics_that_have_to_be_asked_for(edited: list) -> None:
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


async def test_of_facts_with_a_revision_the_highest_wins_in_whatever_order_they_come(wire: Wire) -> None:
    live.fact(Moved, lambda event: [("wall", {"wall": {"rev": event.rev}})])
    live.watch("t1", "page", ["wall"])
    for rev in (3, 5, 4, 5):
        await events.publish(Moved(rev))  # pyright: ignore[reportArgumentType]
        await live.settled()
    assert [frame["wall"]["rev"] for _, frame in wire.sent] == [3, 5, 5]


async def test_what_nobody_here_watches_is_not_remembered(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "_last_revisions", {})
    live.fact(Moved, lambda event: [("nowhere", {"wall": {"rev": event.rev}})])
    await events.publish(Moved(3))  # pyright: ignore[reportArgumentType]
    assert [topic for topic, _ in delivery._last_revisions if topic == "nowhere"] == []


async def test_only_so_many_revisions_are_remembered(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "MAX_REVISIONS", 4)
    monkeypatch.setattr(delivery, "_last_revisions", {})
    for number in range(99):
        assert delivery.is_newest("wall", f"stone {number}", {"rev": 1})
        assert (
            len(delivery._last_revisions) <= 4 and ("wall", f"stone {number}") in delivery._last_revisions
        )
