"""What a running server relies on in Reflex's events and states, and what would break without it."""

from __future__ import annotations

import inspect
from types import SimpleNamespace
from typing import Any

import reflex as rx
from reflex_base.event.context import EventContext
from reflex_base.event.processor import base_state_processor, event_processor

import instagram_clone.instagram_clone  # noqa: F401  (registers every handler)
from instagram_clone.live import reflex_adapter
from instagram_clone.web.access import needs_no_state
from instagram_clone.web.states.posts.timeline import TimelineState
from instagram_clone.web.states.ui import UIState
from tests.contract import relied_on, untested

REFLEX = "reflex"
UNUSED = ("state_manager", "enqueue_impl", "emit_delta_impl", "emit_event_impl")


@relied_on(
    REFLEX,
    reflex_adapter.handlers,
    "the registry has every handler under its name, and Reflex's own events are among them",
    "the guard drops every event, or lets through events that have no handler",
)
def test_every_handler_is_registered_under_its_name() -> None:
    assert f"{TimelineState.get_full_name()}.like" in reflex_adapter.handlers()
    assert reflex_adapter.INTERNAL_EVENTS.keys() <= reflex_adapter.handlers().keys()
    given = {
        name: set(inspect.signature(reflex_adapter.handlers()[name]).parameters) - {"self"}
        for name in reflex_adapter.INTERNAL_EVENTS
    }
    for name, arguments in reflex_adapter.INTERNAL_EVENTS.items():
        assert set(arguments) <= given[name], name


@relied_on(
    REFLEX,
    reflex_adapter.handler,
    "the registry returns the original function, with its attributes",
    "handlers lose their marks: nobody can sign up, and no refused tap is undone",
)
def test_a_handler_is_the_original_function() -> None:
    found = reflex_adapter.handler(f"{TimelineState.get_full_name()}.like")
    assert found is not None and needs_no_state(found) and found.__module__.endswith(".timeline")
    assert reflex_adapter.handler("nobody.like") is None


@relied_on(
    REFLEX,
    reflex_adapter.describe,
    "`Event.from_event_type` names the event and its arguments",
    "buttons in toasts do nothing",
)
def test_an_event_is_described_by_name_and_payload() -> None:
    event = reflex_adapter.describe(TimelineState.like("a"))
    assert event == {"name": f"{TimelineState.get_full_name()}.like", "payload": {"post_id": "a"}}


@relied_on(
    REFLEX,
    reflex_adapter.token_of_failed_event,
    "the exception handler is called within the context of the event that failed",
    "nobody learns that something they did has failed",
)
def test_the_tab_of_a_failed_event_is_known() -> None:
    for module in (event_processor, base_state_processor):
        assert "backend_exception_handler(ex)" in inspect.getsource(module)
    rest: dict[str, Any] = dict.fromkeys(UNUSED)
    with EventContext(token="t1", txid="", **rest):
        assert reflex_adapter.token_of_failed_event() == "t1"


@relied_on(
    REFLEX,
    reflex_adapter.reset_all,
    "`reset` of the root of a state's tree reaches all of it",
    "anyone with a tab's token, or the next user of the machine, sees what was on screen",
)
def test_a_state_is_empty_for_its_next_user() -> None:
    root = rx.State(_reflex_internal_init=True)  # pyright: ignore[reportCallIssue]
    timeline = root.get_substate(TimelineState.get_full_name().split(".")[1:])
    timeline.status, timeline._reader = "ready", "ana"  # pyright: ignore[reportAttributeAccessIssue]
    reflex_adapter.reset_all(root.get_substate(UIState.get_full_name().split(".")[1:]))
    assert (timeline.status, timeline._reader) == ("loading", "")  # pyright: ignore[reportAttributeAccessIssue]


@relied_on(
    REFLEX,
    reflex_adapter.unwrap_proxy,
    "a state returns its values in `wrapt` proxies",
    "lists are read 50 times slower, and grow by a layer of proxies with each page",
)
def test_values_are_unwrapped_from_their_proxies() -> None:
    root = rx.State(_reflex_internal_init=True)  # pyright: ignore[reportCallIssue]
    timeline: Any = root.get_substate(TimelineState.get_full_name().split(".")[1:])
    timeline.posts = []
    assert type(timeline.posts) is not list and type(reflex_adapter.unwrap_proxy(timeline.posts)) is list
    assert reflex_adapter.unwrap_proxy(plain := []) is plain


@relied_on(
    REFLEX,
    reflex_adapter.remove_overlay,
    "overlays on every page have a name in `app_wraps`",
    "Reflex's own notice of a lost connection covers ours",
)
def test_reflexs_overlay_is_removed() -> None:
    wraps = rx.App.__dataclass_fields__["app_wraps"].default_factory
    made: Any = SimpleNamespace(app_wraps=wraps() if callable(wraps) else {})
    assert any(name == "Overlay" for _, name in made.app_wraps)
    reflex_adapter.remove_overlay(made)
    assert not any(name == "Overlay" for _, name in made.app_wraps)


def test_everything_in_the_adapter_has_a_contract() -> None:
    assert untested(reflex_adapter) == set()
