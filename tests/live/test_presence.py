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
from tests.live.conftest import FakeSockets
from tests.simulated_time import SIMULATED

LONG = 2 * online.GRACE_SECONDS
"""Seconds after which a person without a tab is certainly offline."""


@pytest.fixture
def anyio_backend() -> Any:
    return SIMULATED


@pytest.fixture
def announced(sockets: FakeSockets, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The announcements of people who came online and went offline."""
    notices: list[str] = []

    async def came_online(user_id: str) -> None:
        notices.append(f"{user_id} online")

    async def went_offline(user_id: str) -> None:
        notices.append(f"{user_id} offline")

    live.on_presence(came_online, went_offline)
    return notices


async def test_people_come_online_with_their_first_tab_and_go_offline_some_time_after_their_last(
    announced: list[str],
) -> None:
    connections.forget("t1")
    assert not online._leaving and set(online.local_people()) == {"ana", "ben"}, "ana has another tab"
    connections.forget("t2")
    assert list(online._leaving) == ["ana"] and live.is_online("ana")
    await asyncio.sleep(LONG)
    assert announced == ["ana offline"] and not live.is_online("ana") and live.is_online("ben")
    live.identify("t1", "ana", "session of ana")
    await asyncio.sleep(LONG)
    assert announced == ["ana offline", "ana online"]


async def test_reloading_a_page_takes_nobody_offline(announced: list[str]) -> None:
    timers = []
    for _ in range(3):
        connections.forget("t3")
        timers.append(online._leaving["ben"])
        live.identify("t3", "ben", "session of ben")
    assert [timer.cancelled() for timer in timers] == [True, True, True] and not online._leaving
    await asyncio.sleep(LONG)
    assert announced == [] and live.is_online("ben")


async def test_moving_to_another_process_is_not_announced(
    announced: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    published: list[dict] = []
    monkeypatch.setattr(online, "_publisher", published.append)
    online.update_roster("other", {"connected": "ben"}, 60)
    connections.forget("t3")
    await asyncio.sleep(LONG)
    assert (
        published == [{"disconnected": "ben", "offline": False}]
        and announced == []
        and live.is_online("ben")
    )
    live.identify("t3", "ben", "session of ben")
    online.update_roster("other", {"disconnected": "ben", "offline": False}, 60)
    await asyncio.sleep(0.01)
    assert published[1:] == [{"connected": "ben"}] and announced == [] and live.is_online("ben")


async def test_leaving_two_processes_at_the_same_moment_is_announced(
    announced: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    published: list[dict] = []
    monkeypatch.setattr(online, "_publisher", published.append)
    online.update_roster("other", {"connected": "ben"}, 60)
    connections.forget("t3")
    await asyncio.sleep(LONG)
    assert published == [{"disconnected": "ben", "offline": False}] and announced == []
    # The two messages crossed: each process assumed that Ben was with the other.
    online.update_roster("other", {"disconnected": "ben", "offline": False}, 60)
    await asyncio.sleep(0.01)
    assert announced == ["ben offline"] and not live.is_online("ben") and not online._unannounced


async def test_going_offline_is_announced_once_by_the_last_process(announced: list[str]) -> None:
    for process in ("other", "third"):
        online.update_roster(process, {"connected": "ben"}, 60)
    connections.forget("t3")
    await asyncio.sleep(LONG)
    online.update_roster("other", {"disconnected": "ben", "offline": False}, 60)
    await asyncio.sleep(0.01)
    assert announced == [] and live.is_online("ben")
    # The process that publishes it has announced it already.
    online.update_roster("third", {"disconnected": "ben", "offline": True}, 60)
    await asyncio.sleep(0.01)
    assert announced == [] and not live.is_online("ben") and not online._unannounced


async def test_connecting_here_while_another_process_announces_offline_is_announced_again(
    announced: list[str],
) -> None:
    online.update_roster("other", {"disconnected": "ana", "offline": True}, 60)
    online.update_roster("other", {"disconnected": "cleo", "offline": True}, 60)
    await asyncio.sleep(0.01)
    assert announced == ["ana online"]


async def test_people_of_a_dead_process_eventually_go_offline(announced: list[str]) -> None:
    for process, seconds in (("dead", 30), ("alive", 60)):
        online.update_roster(process, {"online": ["ana", process]}, seconds)
    online.update_roster("dead", {"connected": "cleo"}, 30)
    await asyncio.sleep(31)
    for _ in range(2):
        online.drop_stale_rosters()
        await asyncio.sleep(0.01)
    assert sorted(announced) == ["cleo offline", "dead offline"]
    people = ("ana", "ben", "alive", "cleo", "dead")
    assert [live.is_online(one) for one in people] == [True, True, True, False, False]


async def test_an_outdated_offline_event_reaches_no_screen(announced: list[str]) -> None:
    offline, hidden = (PresenceChanged("ben", False, at, ("ana",)) for at in ("2026-11-01T08:00:00Z", ""))
    assert [topic for topic, _ in inbox_facts._presence(hidden)] == ["inbox:ana"]
    assert list(inbox_facts._presence(offline)) == []
    connections.forget("t3")
    await asyncio.sleep(LONG)
    assert [topic for topic, _ in inbox_facts._presence(offline)] == ["inbox:ana"]
