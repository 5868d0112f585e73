"""Presence: announced once, withdrawn after a delay, and eventually the same in every process."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from instagram_clone import live
from instagram_clone.domain.people.events import PresenceChanged
from instagram_clone.live import online
from instagram_clone.live.tabs import connections
from instagram_clone.web.states.messaging import inbox_facts
from tests.live.conftest import Wire
from tests.simulated_time import SIMULATED

LONG = 2 * online.GRACE_SECONDS
"""Seconds after which a person without a tab is certainly offline."""


@pytest.fixture
def anyio_backend() -> Any:
    return SIMULATED


@pytest.fixture
def heard(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The announcements of people who came online and went offline."""
    said: list[str] = []

    async def came(user_id: str) -> None:
        said.append(f"{user_id} came")

    async def went(user_id: str) -> None:
        said.append(f"{user_id} went")

    live.on_presence(came, went)
    return said


async def test_people_come_with_their_first_tab_and_go_a_while_after_their_last(heard: list[str]) -> None:
    connections.forget("t1")
    assert not online._leaving and set(online.local_people()) == {"ana", "ben"}, "ana has another tab"
    connections.forget("t2")
    assert list(online._leaving) == ["ana"] and live.is_online("ana")
    await asyncio.sleep(LONG)
    assert heard == ["ana went"] and not live.is_online("ana") and live.is_online("ben")
    live.identify("t1", "ana", "session of ana")
    await asyncio.sleep(LONG)
    assert heard == ["ana went", "ana came"]


async def test_a_reload_is_no_going_nor_are_several(heard: list[str]) -> None:
    timers = []
    for _ in range(3):
        connections.forget("t3")
        timers.append(online._leaving["ben"])
        live.identify("t3", "ben", "session of ben")
    assert [timer.cancelled() for timer in timers] == [True, True, True] and not online._leaving
    await asyncio.sleep(LONG)
    assert heard == [] and live.is_online("ben")


async def test_who_moves_to_another_process_neither_goes_nor_comes(
    heard: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[dict] = []
    monkeypatch.setattr(online, "_publisher", said.append)
    online.update_roster("other", {"connected": "ben"}, 60)
    connections.forget("t3")
    await asyncio.sleep(LONG)
    assert said == [{"disconnected": "ben", "offline": False}] and heard == [] and live.is_online("ben")
    live.identify("t3", "ben", "session of ben")
    online.update_roster("other", {"disconnected": "ben", "offline": False}, 60)
    await asyncio.sleep(0.01)
    assert said[1:] == [{"connected": "ben"}] and heard == [] and live.is_online("ben")


async def test_who_leaves_two_processes_in_the_same_moment_is_gone(
    heard: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[dict] = []
    monkeypatch.setattr(online, "_publisher", said.append)
    online.update_roster("other", {"connected": "ben"}, 60)
    connections.forget("t3")
    await asyncio.sleep(LONG)
    assert said == [{"disconnected": "ben", "offline": False}] and heard == []
    # The two messages crossed: each process assumed that Ben was with the other.
    online.update_roster("other", {"disconnected": "ben", "offline": False}, 60)
    await asyncio.sleep(0.01)
    assert heard == ["ben went"] and not live.is_online("ben") and not online._unannounced


async def test_who_is_said_to_be_gone_by_the_last_process_goes_once(heard: list[str]) -> None:
    for process in ("other", "third"):
        online.update_roster(process, {"connected": "ben"}, 60)
    connections.forget("t3")
    await asyncio.sleep(LONG)
    online.update_roster("other", {"disconnected": "ben", "offline": False}, 60)
    await asyncio.sleep(0.01)
    assert heard == [] and live.is_online("ben")
    # The process that says "gone" has announced it already.
    online.update_roster("third", {"disconnected": "ben", "offline": True}, 60)
    await asyncio.sleep(0.01)
    assert heard == [] and not live.is_online("ben") and not online._unannounced


async def test_who_was_thought_gone_in_the_moment_they_came_is_said_to_be_here(heard: list[str]) -> None:
    online.update_roster("other", {"disconnected": "ana", "offline": True}, 60)
    online.update_roster("other", {"disconnected": "cleo", "offline": True}, 60)
    await asyncio.sleep(0.01)
    assert heard == ["ana came"]


async def test_who_was_with_a_process_that_died_is_gone_in_the_end(heard: list[str]) -> None:
    for process, seconds in (("dead", 30), ("alive", 60)):
        online.update_roster(process, {"online": ["ana", process]}, seconds)
    online.update_roster("dead", {"connected": "cleo"}, 30)
    await asyncio.sleep(31)
    for _ in range(2):
        online.drop_silent()
        await asyncio.sleep(0.01)
    assert sorted(heard) == ["cleo went", "dead went"]
    people = ("ana", "ben", "alive", "cleo", "dead")
    assert [live.is_online(one) for one in people] == [True, True, True, False, False]


async def test_a_going_that_is_overtaken_reaches_no_screen(heard: list[str]) -> None:
    went, hidden = (PresenceChanged("ben", False, at, ("ana",)) for at in ("2026-11-01T08:00:00Z", ""))
    assert [topic for topic, _ in inbox_facts._presence(hidden)] == ["inbox:ana"]
    assert list(inbox_facts._presence(went)) == []
    connections.forget("t3")
    await asyncio.sleep(LONG)
    assert [topic for topic, _ in inbox_facts._presence(went)] == ["inbox:ana"]
