"""The list of blocked people reaches all of them, and is up to date in all of the viewer's tabs."""

from __future__ import annotations

import pytest
import reflex as rx
from reflex.istate.data import RouterData

from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people.events import Blocked
from instagram_clone.domain.people.relations import blocks
from instagram_clone.web.states.people import blocked
from instagram_clone.web.states.people.account import SettingsState
from instagram_clone.web.states.people.blocked import BlockedState, blocks_changed
from instagram_clone.web.states.session import SessionState
from tests.conftest import join
from tests.live.conftest import FakeSockets


def go_to(tab: rx.State, path: str) -> None:
    tab.router = RouterData.from_router_data({"token": "t3", "sid": "s3", "asPath": path})


@pytest.fixture
async def root(sockets: FakeSockets, ana: Viewer) -> rx.State:
    """The state of a tab of Ana's that shows whom she has blocked."""
    made = rx.State(_reflex_internal_init=True)  # pyright: ignore[reportCallIssue]
    go_to(made, "/settings/blocked")
    (await made.get_state(SessionState))._viewer = ana
    return made


@pytest.fixture
async def tab(root: rx.State) -> BlockedState:
    return await root.get_state(BlockedState)


@pytest.fixture
async def five(ana: Viewer, ben: Viewer, cleo: Viewer, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The ids of five people whom Ana has blocked, first to last. A page holds one of them."""
    monkeypatch.setattr(blocks, "PAGE", 1)
    people = [ben, cleo, *[await join(name) for name in ("dan", "eve", "fay")]]
    for person in people:
        await blocks.block(ana, person.id)
    return {person.username: person.id for person in people}


def shown(tab: BlockedState) -> list[str]:
    return [person.username for person in tab.people]


async def test_the_list_continues_to_its_end(tab: BlockedState, five: dict[str, str]) -> None:
    await tab.load_blocked()
    assert shown(tab) == ["fay"] and not tab.done
    for _ in range(4):
        await tab.more()
    assert shown(tab) == ["fay", "eve", "dan", "cleo", "ben"] and tab.done and not tab.past_start


async def test_the_list_scrolls_past_its_limit_and_starts_over(
    tab: BlockedState, five: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocked, "MAX_BLOCKED", 2)
    for step in (tab.load_blocked, tab.more):
        await step()
    assert shown(tab) == ["fay", "eve"] and not tab.past_start
    await tab.more()
    assert shown(tab) == ["eve", "dan"] and tab.past_start
    await tab.load_first()
    assert shown(tab) == ["fay"] and not tab.past_start


async def test_unblocking_keeps_the_length_of_the_list(
    root: rx.State, tab: BlockedState, ana: Viewer, five: dict[str, str]
) -> None:
    for step in (tab.load_blocked, tab.more, tab.more):
        await step()
    assert shown(tab) == ["fay", "eve", "dan"]
    await (await root.get_state(SettingsState)).unblock(five["eve"])
    await blocks_changed(tab, Blocked(ana.id, five["eve"], False))
    assert shown(tab)[:2] == ["fay", "dan"] and not tab.done
    await tab.more()
    assert shown(tab)[:3] == ["fay", "dan", "cleo"]


async def test_an_open_list_follows_what_is_done_in_other_tabs(
    tab: BlockedState, ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    await tab.load_blocked()
    assert shown(tab) == []
    for other in (ben, cleo):
        await blocks.block(ana, other.id)
        await blocks_changed(tab, Blocked(ana.id, other.id, True))
    assert shown(tab) == ["cleo", "ben"]
    await blocks.unblock(ana, ben.id)
    await blocks_changed(tab, Blocked(ana.id, ben.id, False))
    assert shown(tab) == ["cleo"]


async def test_past_its_limit_the_list_keeps_the_readers_place(
    tab: BlockedState, ana: Viewer, five: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocked, "MAX_BLOCKED", 2)
    for step in (tab.load_blocked, tab.more, tab.more):
        await step()
    assert shown(tab) == ["eve", "dan"] and tab.past_start
    for name in ("eve", "fay"):
        await blocks.unblock(ana, five[name])
        await blocks_changed(tab, Blocked(ana.id, five[name], False))
    await blocks.block(ana, five["eve"])
    await blocks_changed(tab, Blocked(ana.id, five["eve"], True))
    assert shown(tab) == ["dan"] and tab.past_start
    await blocks.unblock(ana, five["dan"])
    await blocks_changed(tab, Blocked(ana.id, five["dan"], False))
    assert shown(tab) == ["eve"] and not tab.past_start


async def test_a_list_that_missed_an_unblocking_is_corrected_by_the_next_press(
    root: rx.State, tab: BlockedState, ana: Viewer, ben: Viewer
) -> None:
    await blocks.block(ana, ben.id)
    await tab.load_blocked()
    await blocks.unblock(ana, ben.id)
    assert shown(tab) == ["ben"]
    await (await root.get_state(SettingsState)).unblock(ben.id)
    assert shown(tab) == []


async def test_a_tab_that_shows_another_page_reads_nothing(
    root: rx.State, tab: BlockedState, ana: Viewer, ben: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await tab.load_blocked()
    go_to(root, "/explore")
    await blocks.block(ana, ben.id)
    monkeypatch.setattr(blocks, "page", None)
    await blocks_changed(tab, Blocked(ana.id, ben.id, True))
    assert shown(tab) == []
