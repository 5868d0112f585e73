"""More requests than a person could make: whatever they ask for, the excess is dropped with a notice."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from instagram_clone.domain.core.rate_limits import LIMITS
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people.relations import graph
from instagram_clone.domain.posts import comments
from instagram_clone.web.states.people.account import SignUpState
from instagram_clone.web.states.people.people import PeopleState
from instagram_clone.web.states.posts.composer import ComposerState
from instagram_clone.web.states.posts.timeline import TimelineState
from tests.attacks.conftest import Field
from tests.client import HYDRATE, RawTab, event_name
from tests.conftest import DATA, PASSWORD, share
from tests.server import PATIENCE_SECONDS, Server, running

pytestmark = pytest.mark.starves

LOADS = 50
TOO_FAST = "a little too fast"


@pytest.fixture(scope="module")
def server(mongo_uri: str) -> Iterator[Server]:
    """The app as in production: with rate limits."""
    with running(DATA, "flows", LIMITS="on", SOCKETS_PER_ADDRESS="12", SOCKETS_PER_ACCOUNT="6") as served:
        yield served


async def flood(name: str, payload: Any, *tabs: RawTab, path: str = "/") -> None:
    """Send an event from each tab in turn until one is told that this is too fast."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not any(TOO_FAST in tab.text for tab in tabs):
            for tab in tabs:
                await tab.call(name, payload, path=path)
            await asyncio.sleep(0)


async def test_actions_are_rate_limited_per_person(field: Field) -> None:
    ana, ben = await field.join("ana"), await field.join("ben")
    tab = await field.tab(ana, path="/settings/account")
    # The cheapest event: a busy machine may be too slow to exceed the limit with costlier ones.
    await flood(event_name(TimelineState, "like"), {"post_id": "none"}, tab)
    await tab.settle()
    other = await field.tab(ben, path="/settings/account")
    await other.call(event_name(PeopleState, "follow"), {"user_id": ana.id})
    await other.until(lambda: graph.is_following(ben, ana.id))
    assert TOO_FAST not in other.text, "others must not be slowed down"


async def test_page_loads_are_rate_limited(field: Field) -> None:
    ana, ben = await field.join("ana"), await field.join("ben")
    tab = await field.tab(ana, path="/settings/account")
    tab.frames.clear()

    def loads() -> int:
        # Each page load begins with the tab's whole state.
        whole = ComposerState.get_full_name()
        return sum(whole in (frame.get("delta") or {}) for frame in tab.frames)

    await flood(HYDRATE, None, tab, path="/nowhere/at/all")
    before = loads()
    for _ in range(LOADS):
        await tab.call(HYDRATE, path="/nowhere/at/all")
    await tab.settle()
    assert loads() - before < LOADS
    # Actions are counted apart.
    await tab.call(event_name(PeopleState, "follow"), {"user_id": ben.id})
    await tab.until(lambda: graph.is_following(ana, ben.id))


async def test_page_loads_of_visitors_are_limited_per_address(field: Field) -> None:
    # Enough tabs that their address is slowed down before any one of them is.
    tabs = [await field.tab(path="/login", local_addr=("127.0.0.3", 0)) for _ in range(12)]
    await flood(HYDRATE, None, *tabs, path="/nowhere/at/all")
    other = await field.tab(path="/login", local_addr=("127.0.0.4", 0))
    await other.until(lambda: bool(other.frames))
    assert TOO_FAST not in other.text, "others must not be slowed down"


async def test_a_tab_that_never_reads_is_disconnected(field: Field) -> None:
    ana = await field.join("ana")
    post_id = await share(ana)
    for number in range(20):
        await comments.add(ana, post_id, f"{number} " + "word " * 400)
    address = ("127.0.0.5", 0)
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.bind(address)
    raw.connect(("127.0.0.1", field.server.port))
    unread = await field.tab(path=f"/p/{post_id}", sock=raw)
    reader = await field.tab(path=f"/p/{post_id}", local_addr=address)
    await reader.until(lambda: len(reader.text) > 30_000)
    assert unread._reader is not None
    unread._reader.cancel()
    with pytest.raises(ConnectionClosed):
        # However long a busy server takes to get to it.
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                await unread.call(HYDRATE, path=f"/p/{post_id}")
                await asyncio.sleep(0)
    for _ in range(30):
        await reader.call(HYDRATE, path=f"/p/{post_id}")
    await reader.settle()
    assert not reader.closed


async def test_sockets_are_limited_per_account(field: Field) -> None:
    ana, ben = await field.join("ana"), await field.join("ben")
    tabs = [await field.tab(ana, local_addr=(f"127.0.1.{number}", 0)) for number in range(1, 7)]
    with pytest.raises(InvalidStatus):
        await field.tab(ana, local_addr=("127.0.1.9", 0))
    await field.tab(ben, local_addr=("127.0.1.1", 0))
    await tabs[0].close()
    await _until_admitted(field, ana)


async def test_sockets_are_limited_per_address(field: Field) -> None:
    tabs = [await field.tab(local_addr=("127.0.2.1", 0)) for _ in range(12)]
    with pytest.raises(InvalidStatus):
        await field.tab(local_addr=("127.0.2.1", 0))
    await field.tab(local_addr=("127.0.2.2", 0))
    for tab in tabs:
        assert not tab.closed


async def _until_admitted(field: Field, viewer: Viewer) -> None:
    """Open a tab once the server has noticed that another was closed."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            with contextlib.suppress(InvalidStatus):
                await field.tab(viewer, local_addr=("127.0.1.9", 0))
                return
            await asyncio.sleep(0.02)


async def test_forged_addresses_do_not_bypass_the_throttle(field: Field) -> None:
    await field.join("ana")
    async with field.http() as http:
        responses = [
            await http.post(
                "/api/login",
                json={"login": "ana", "password": f"guess {number}"},
                headers={"X-Forwarded-For": f"203.0.113.{number}"},
            )
            for number in range(24)
        ]
    assert [response.status_code for response in responses] == [422] * 5 + [429] * 19
    assert "Try again in 15 minutes." in responses[-1].text


async def test_a_known_device_can_log_in_despite_guesses_by_others(field: Field) -> None:
    await field.join("ana")
    valid = {"login": "ana", "password": PASSWORD}
    async with field.http() as owner, field.http() as stranger:
        response = await owner.post("/api/login", json=valid)
        cookie = next(one for one in response.headers.get_list("set-cookie") if "device" in one)
        assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/api" in cookie
        await owner.post("/api/logout")
        for _ in range(6):
            refused = await stranger.post("/api/login", json={**valid, "password": "wrong password"})
        assert refused.status_code == 429
        assert (await stranger.post("/api/login", json=valid)).status_code == 429
        assert (await owner.post("/api/login", json=valid)).status_code == 200


async def test_username_checks_while_typing_are_limited(field: Field) -> None:
    await field.join("ana")
    tab = await field.tab(path="/signup", local_addr=("127.0.3.1", 0))
    # Just enough for this limit, and fewer than a tab may send at once, however fast it is.
    for _ in range(LIMITS["name-check"].max + 1):
        await tab.call(event_name(SignUpState, "leave"), {"field": "username", "text": "free"})
        await tab.ping()
    await tab.until(lambda: "Too many tries. Try again in" in tab.text)
    assert TOO_FAST not in tab.text
    await tab.call(event_name(SignUpState, "leave"), {"field": "username", "text": "ana"})
    await tab.settle()
    assert "ana is taken" not in tab.text
    other = await field.tab(path="/signup", local_addr=("127.0.3.2", 0))
    await other.call(event_name(SignUpState, "leave"), {"field": "username", "text": "ana"})
    await other.until(lambda: "ana is taken" in other.text)
