"""What a running server relies on in Reflex's states of tabs, and what would break without it."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest
import reflex as rx
import reflex.state
from reflex.istate.manager.memory import StateManagerMemory
from reflex.state import OnLoadInternalState
from reflex_base.registry import RegistrationContext

from instagram_clone.instagram_clone import app
from instagram_clone.live import reflex_adapter
from instagram_clone.runtime import state_adapter
from instagram_clone.web import page_loads
from instagram_clone.web.states.people.account import SettingsState as UnusedState
from instagram_clone.web.states.posts.timeline import TimelineState
from instagram_clone.web.states.ui import UIState
from tests.contract import relied_on, untested

REFLEX = "reflex"
ROUTER = {
    "pathname": "/p/[pid]",
    "asPath": "/p/5?a=b",
    "query": {},
    "headers": {"cookie": "session=5", "origin": "http://x"},
    "token": "t1",
    "sid": "s1",
    "ip": "127.0.0.1",
}


def a_tab() -> Any:
    """Return one part of the state of a tab on a post's page."""
    root: Any = rx.State(_reflex_internal_init=True)  # pyright: ignore[reportCallIssue]
    root._update_router_vars(ROUTER, {})
    return root.get_substate(TimelineState.get_full_name().split(".")[1:])


@relied_on(
    REFLEX,
    state_adapter.connection_of,
    "the root of a tab's state has its token and its socket in `rx_router_session`",
    "no tab is known, so no event reaches any screen",
)
def test_a_tabs_state_knows_its_connection() -> None:
    tab = a_tab()
    found = state_adapter.connection_of(tab)
    assert (found.client_token, found.session_id) == ("t1", "s1")
    assert type(found) is not type(tab.router.session), "every access would create a proxy"


@relied_on(
    REFLEX,
    state_adapter.token_of,
    "the root of a tab's state has its token in `rx_router_session`",
    "no tab is known, so no event reaches any screen",
)
def test_a_tabs_state_knows_its_token() -> None:
    assert state_adapter.token_of(a_tab()) == "t1"


@relied_on(
    REFLEX,
    state_adapter.url_of,
    "the root of a tab's state has its page's URL, parsed, in `rx_router_url`",
    "every page shows the same person's data, or nothing",
)
def test_a_tabs_state_knows_its_address() -> None:
    found = state_adapter.url_of(a_tab())
    assert (found.path, found.query, dict(found.query_parameters)) == ("/p/5", "a=b", {"a": "b"})


@relied_on(
    REFLEX,
    state_adapter.cookies_of,
    "the root of a tab's state has its socket's headers in `rx_router_headers`",
    "nobody is signed in",
)
def test_a_tabs_state_knows_its_cookies() -> None:
    assert state_adapter.cookies_of(a_tab()) == "session=5"


@relied_on(
    REFLEX,
    state_adapter.load_pages_with,
    "Reflex looks up the load event in its registry and on its class, and a page's handlers in the app",
    "pages stay empty, or are loaded by unchecked handlers",
)
async def test_a_pages_load_handlers_are_passed_to_one_function(monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"{OnLoadInternalState.get_full_name()}.on_load_internal"
    registered = RegistrationContext.get().event_handlers
    monkeypatch.setitem(registered, name, registered[name])
    handlers: Any = OnLoadInternalState.event_handlers
    monkeypatch.setitem(handlers, "on_load_internal", handlers["on_load_internal"])
    given: list[Any] = []

    async def load(state: Any, loaders: list[state_adapter.Loader]) -> AsyncIterator[Any]:
        given.append((state, loaders))
        yield None

    state_adapter.load_pages_with(load)
    found = registered[name].handler
    # Opening a page while another is loading still cancels that one, whoever it belonged to.
    assert found is handlers["on_load_internal"] and found.supersedes
    root = a_tab()._get_root_state()
    tab = await root.get_state(OnLoadInternalState)
    assert [event async for event in found.fn(tab)] == [None]
    [(state, loaders)] = given
    events: list[Any] = list(app._load_events["p/[pid]"])
    assert state is tab and loaders == [(one.state, one.fn) for one in events]
    assert all(callable(handler) for _, handler in loaders)
    assert reflex_adapter.HYDRATE_AND_LOAD.endswith(".hydrate_and_load")


def test_pages_are_loaded_by_our_function() -> None:
    name = f"{OnLoadInternalState.get_full_name()}.on_load_internal"
    fn = reflex_adapter.handlers()[name]
    assert page_loads.load in [cell.cell_contents for cell in fn.__closure__ or ()]
    for events in app._load_events.values():
        for event in events:
            assert isinstance(event, rx.EventHandler), "load handlers are called without arguments"


@relied_on(
    REFLEX,
    state_adapter.create_substates_lazily,
    "the manager creates a state in `_get_or_create_state`, and looks up its parts in `substates`",
    "each open tab keeps the state of every page, or a page's events find no state",
)
async def test_a_tabs_state_has_only_the_parts_that_were_accessed() -> None:
    manager = StateManagerMemory()
    state_adapter.create_substates_lazily(SimpleNamespace(state_manager=manager))  # pyright: ignore
    async with manager.modify_state(rx.BaseStateToken(ident="t1", cls=TimelineState)) as root:
        # The one with vars computed from the page's URL.
        assert {type(part) for part in dict.values(root.substates)} == {UIState}
        assert root.dict() == rx.State(_reflex_internal_init=True).dict()  # pyright: ignore[reportCallIssue]
        timeline = await root.get_state(TimelineState)
        assert timeline is await timeline.get_state(TimelineState)
        timeline.status = "ready"
        name = TimelineState.get_full_name()
        assert root.get_delta()[name] == {"status_rx_state_": "ready"} == await resolved(root, name)
        assert root.dict()[name]["status_rx_state_"] == "ready"
        root._clean()
        assert root.get_delta() == {}
        root._reset_client_storage()
        reflex_adapter.reset_all(timeline)
        assert timeline.status == "loading" and len(dict(root.substates)) == 2
    manager._purge_token(rx.BaseStateToken(ident="t1", cls=TimelineState))
    assert manager.states == {}


async def resolved(root: Any, name: str) -> Any:
    return (await root._get_resolved_delta())[name]


@pytest.mark.parametrize("outdated", ["nothing", "a part", "everything"])
async def test_a_browser_gets_the_values_it_lacks_whether_or_not_a_part_was_created(
    outdated: str,
) -> None:
    manager = StateManagerMemory()
    state_adapter.create_substates_lazily(SimpleNamespace(state_manager=manager))  # pyright: ignore
    # Reflex looks the function up by its name in the module.
    assert "await _diff_against_initial_state(" in inspect.getsource(inspect.getmodule(rx.State))  # pyright: ignore
    whole: Any = rx.State(_reflex_internal_init=True)  # pyright: ignore[reportCallIssue]
    defaults, unused = whole.dict(initial=True), UnusedState.get_full_name()
    hashes = reflex.state.state_snapshot_hashes(defaults)
    if outdated == "a part":
        hashes[1 + sorted(defaults).index(unused)] = "another build"
    if outdated == "everything":
        hashes[0] = "another build"
    some: Any = manager._get_or_create_state(rx.BaseStateToken(ident="t1", cls=TimelineState))
    for root in (some, whole):
        (await root.get_state(TimelineState)).status = "ready"
    sent = await reflex.state._diff_against_initial_state(rx.State, some.dict(), hashes)
    # The same as Reflex finds when all parts were created.
    assert sent == await state_adapter._diff(rx.State, whole.dict(), hashes)
    shown = {TimelineState.get_full_name()}
    assert (
        set(sent) == {"nothing": shown, "a part": {*shown, unused}, "everything": set(defaults)}[outdated]
    )
    assert outdated == "nothing" or sent[unused] == defaults[unused]


def test_a_placeholder_for_a_part_is_not_shared() -> None:
    manager = StateManagerMemory()
    state_adapter.create_substates_lazily(SimpleNamespace(state_manager=manager))  # pyright: ignore
    token: Any = rx.BaseStateToken(ident="t2", cls=TimelineState)
    before = manager._get_or_create_state(token).dict()
    before[TimelineState.get_full_name()]["status_rx_state_"] = "another tab's"
    assert manager._get_or_create_state(token).dict()[TimelineState.get_full_name()] == {
        **before[TimelineState.get_full_name()],
        "status_rx_state_": "loading",
    }


def test_everything_in_the_adapter_has_a_contract() -> None:
    assert untested(state_adapter) == set()
