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
    "its context registry exports them by name",
    "pages that show a fact or the connection do not render",
)
@pytest.mark.parametrize("exported", [adapter.STORE, adapter.EVENT_LOOP, "ColorModeContext"])
def test_the_registry_exports_the_contexts(exported: str) -> None:
    assert f"export const {exported} = createContext" in REGISTRY


@relied_on(
    REFLEX,
    adapter.event_call,
    "deltas go through dispatchers of its store, which are looked up for each one",
    "live updates reach the browser but are not shown",
)
def test_deltas_go_through_a_dispatcher_that_is_looked_up_for_each_one() -> None:
    state = (Path(reflex_base.__file__).parent / ".templates/web/utils/state.js").read_text()
    assert "dispatch[substate](delta[substate])" in state
    assert "value: store.dispatchers" in CONTEXT and "dispatchers[substateName] = (delta)" in CONTEXT
    assert "getSnapshot: (substateName) => state[substateName]" in CONTEXT


@relied_on(
    REFLEX,
    adapter.event_call,
    "a state's event compiles to a call",
    "no tap reaches the server",
)
def test_a_states_event_is_a_call() -> None:
    call = str(adapter.event_call(TimelineState.like("a")))
    assert call.endswith("())") and "timeline_state.like" in call and '"post_id"' in call.replace("'", '"')


@relied_on(
    REFLEX,
    adapter.hook,
    "a value's hooks are placed at the top of the component, in order",
    "components use variables before they are defined, and pages break",
)
def test_values_bring_their_hooks_in_order() -> None:
    outer = let(let(name("useFirst", "react")()).second)
    hooks = list(VarData.merge(outer._get_all_var_data()).hooks)  # pyright: ignore
    assert len(hooks) == 2 and "useFirst" in hooks[0] and hooks[1].endswith(".second;")
    assert hooks[0].split()[1] in hooks[1]


@relied_on(
    REFLEX,
    adapter.var_with_data,
    "a memo of a value compiles to a function, and one of a component to a component",
    "the build fails",
)
def test_a_memo_of_a_value_is_a_function_and_one_of_a_component_takes_props() -> None:
    @rx.memo
    def doubled(number: rx.Var[int]) -> rx.Var[int]:
        return number * 2

    @rx.memo
    def shown(*, number: rx.Var[int]) -> rx.Component:
        return rx.el.span(doubled(number=number))

    assert "doubled" in str(doubled(number=2))
    assert shown(number=1, key="a").render()["name"].startswith("Shown")


def test_a_state_is_named_as_in_its_deltas() -> None:
    assert LiveState.get_full_name().endswith("live_state")


@relied_on(
    REFLEX,
    adapter.var_with_data,
    "a Var consists of text and `_var_data`, and `_get_all_var_data` returns all of its dependencies",
    "names from React and other libraries are not imported, and pages break",
)
def test_a_value_brings_its_imports() -> None:
    made = adapter.var_with_data(Js, "a(b)", name("a", "one"), name("b", "two"))
    assert str(made) == "a(b)" and isinstance(made, Js)
    assert adapter.imports_of(made) == {("a", "one"), ("b", "two")}


@relied_on(
    REFLEX,
    adapter.import_data,
    "an import is a tag of a library",
    "names from React and other libraries are not imported, and pages break",
)
def test_an_import_is_a_tag_of_a_library() -> None:
    assert adapter.imports_of(name("useState", "react")) == {("useState", "react")}


@relied_on(
    REFLEX,
    adapter.imports_of,
    "a Var's imports are listed by library, with tags",
    "scripts written for the build import nothing",
)
def test_a_global_name_needs_no_import() -> None:
    assert adapter.imports_of(name("window")) == set()


@relied_on(
    REFLEX,
    adapter.literal,
    "`LiteralVar.create` renders plain values as JavaScript",
    "the build fails",
)
def test_plain_values_are_rendered_as_javascript() -> None:
    assert str(adapter.literal("a")) == '"a"' and str(adapter.literal(None)) == "null"
    # A `Js` value has any attribute, except those that Reflex probes every value for.
    made: Any = name("thing")
    assert LiteralVar.create(made) is made and str(value([made])) == "[thing]"
    assert not any(hasattr(made, asked) for asked in adapter.PROBED_ATTRIBUTES)
    assert isinstance(TimelineState.like, adapter.STATE_EVENT_TYPES)
    assert isinstance(TimelineState.like("a"), adapter.STATE_EVENT_TYPES)


def test_everything_in_the_adapter_says_what_it_relies_on() -> None:
    assert untested(adapter) == set()
