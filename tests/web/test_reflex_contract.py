"""What the browser core relies on in Reflex's compiled output, and what would break without it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import reflex as rx
import reflex_base
from reflex_base.compiler import templates
from reflex_base.vars import VarData
from reflex_base.vars.base import LiteralVar

from instagram_clone.live.delivery import LiveState
from instagram_clone.web.browser.core import Js, adapter, let, name, value
from instagram_clone.web.states.posts.timeline import TimelineState
from tests.contract import relied_on, untested

REGISTRY = (Path(reflex_base.__file__).parent / ".templates/web/utils/context-registry.js").read_text()
CONTEXT = Path(templates.__file__).read_text()


REFLEX = "reflex"


@relied_on(
    REFLEX,
    adapter.event_call,
    "its registry of contexts exports them by name",
    "no page renders that shows a fact or a connection",
)
@pytest.mark.parametrize("exported", [adapter.STORE, adapter.EVENT_LOOP, "ColorModeContext"])
def test_the_registry_exports_the_contexts(exported: str) -> None:
    assert f"export const {exported} = createContext" in REGISTRY


@relied_on(
    REFLEX,
    adapter.event_call,
    "deltas go through dispatchers of its store, which are looked up each time",
    "what happens reaches the browser and is shown nowhere",
)
def test_deltas_go_through_a_dispatcher_that_is_looked_up_each_time() -> None:
    state = (Path(reflex_base.__file__).parent / ".templates/web/utils/state.js").read_text()
    assert "dispatch[substate](delta[substate])" in state
    assert "value: store.dispatchers" in CONTEXT and "dispatchers[substateName] = (delta)" in CONTEXT
    assert "getSnapshot: (substateName) => state[substateName]" in CONTEXT


@relied_on(
    REFLEX,
    adapter.event_call,
    "an event of a state compiles to a call",
    "nothing that is tapped reaches the server",
)
def test_an_event_of_a_state_is_a_call() -> None:
    call = str(adapter.event_call(TimelineState.like("a")))
    assert call.endswith("())") and "timeline_state.like" in call and '"post_id"' in call.replace("'", '"')


@relied_on(
    REFLEX,
    adapter.hook,
    "hooks of a value stand at the top of the component, in their order",
    "components use what is not there yet, and pages break",
)
def test_hooks_come_along_with_values_in_their_order() -> None:
    outer = let(let(name("useFirst", "react")()).second)
    hooks = list(VarData.merge(outer._get_all_var_data()).hooks)  # pyright: ignore
    assert len(hooks) == 2 and "useFirst" in hooks[0] and hooks[1].endswith(".second;")
    assert hooks[0].split()[1] in hooks[1]


@relied_on(
    REFLEX,
    adapter.var_with_data,
    "a memo of a value compiles to a function, of a component to a component",
    "the page is not built",
)
def test_a_memo_of_a_value_is_a_function_and_one_of_a_component_takes_properties() -> None:
    @rx.memo
    def doubled(number: rx.Var[int]) -> rx.Var[int]:
        return number * 2

    @rx.memo
    def shown(*, number: rx.Var[int]) -> rx.Component:
        return rx.el.span(doubled(number=number))

    assert "doubled" in str(doubled(number=2))
    assert shown(number=1, key="a").render()["name"].startswith("Shown")


def test_a_state_has_the_name_that_its_deltas_have() -> None:
    assert LiveState.get_full_name().endswith("live_state")


@relied_on(
    REFLEX,
    adapter.var_with_data,
    "a Var is made of text and `_var_data`, and `_get_all_var_data` has what it needs",
    "names of React's and others' are not imported, and pages break",
)
def test_what_a_value_needs_comes_along() -> None:
    made = adapter.var_with_data(Js, "a(b)", name("a", "one"), name("b", "two"))
    assert str(made) == "a(b)" and isinstance(made, Js)
    assert adapter.imports_of(made) == {("a", "one"), ("b", "two")}


@relied_on(
    REFLEX,
    adapter.imported,
    "an import is a tag of a library",
    "names of React's and others' are not imported, and pages break",
)
def test_an_import_is_a_tag_of_a_library() -> None:
    assert adapter.imports_of(name("useState", "react")) == {("useState", "react")}


@relied_on(
    REFLEX,
    adapter.imports_of,
    "what a Var needs to have imported is by library, with tags",
    "scripts that are written for the build import nothing",
)
def test_what_needs_nothing_imports_nothing() -> None:
    assert adapter.imports_of(name("window")) == set()


@relied_on(
    REFLEX,
    adapter.literal,
    "`LiteralVar.create` writes plain values as JavaScript",
    "the page is not built",
)
def test_plain_values_are_written_as_javascript() -> None:
    assert str(adapter.literal("a")) == '"a"' and str(adapter.literal(None)) == "null"
    # A `Js` value has any attribute, except those that Reflex probes every value for.
    made: Any = name("thing")
    assert LiteralVar.create(made) is made and str(value([made])) == "[thing]"
    assert not any(hasattr(made, asked) for asked in adapter.PROBED_ATTRIBUTES)
    assert isinstance(TimelineState.like, adapter.EVENTS_OF_STATES)
    assert isinstance(TimelineState.like("a"), adapter.EVENTS_OF_STATES)


def test_everything_in_the_adapter_says_what_it_relies_on() -> None:
    assert untested(adapter) == set()
