"""What the core leans on in Reflex: a new version that breaks it is told apart from a fault of ours."""

from __future__ import annotations

from pathlib import Path

import pytest
import reflex as rx
import reflex_base
from reflex_base.compiler import templates
from reflex_base.vars import VarData

from instagram_clone.live.delivery import LiveState
from instagram_clone.web.browser.core import adapter, let, name
from instagram_clone.web.states.posts.timeline import TimelineState

REGISTRY = (Path(reflex_base.__file__).parent / ".templates/web/utils/context-registry.js").read_text()
CONTEXT = Path(templates.__file__).read_text()


@pytest.mark.parametrize("exported", [adapter.STORE, adapter.EVENT_LOOP, "ColorModeContext"])
def test_the_registry_exports_the_contexts(exported: str) -> None:
    assert f"export const {exported} = createContext" in REGISTRY


def test_deltas_go_through_a_dispatcher_that_is_looked_up_each_time() -> None:
    state = (Path(reflex_base.__file__).parent / ".templates/web/utils/state.js").read_text()
    assert "dispatch[substate](delta[substate])" in state
    assert "value: store.dispatchers" in CONTEXT and "dispatchers[substateName] = (delta)" in CONTEXT
    assert "getSnapshot: (substateName) => state[substateName]" in CONTEXT


def test_an_event_of_a_state_is_a_call() -> None:
    call = str(adapter.event_call(TimelineState.like("a")))
    assert call.endswith("())") and "timeline_state.like" in call and '"post_id"' in call.replace("'", '"')


def test_hooks_come_along_with_values_in_their_order() -> None:
    outer = let(let(name("useFirst", "react")()).second)
    hooks = list(VarData.merge(outer._get_all_var_data()).hooks)  # pyright: ignore
    assert len(hooks) == 2 and "useFirst" in hooks[0] and hooks[1].endswith(".second;")
    assert hooks[0].split()[1] in hooks[1]


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
