"""Traced Python: it runs in node just as it reads here, and errors name the line that can't be traced."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instagram_clone.web.browser.core import (
    Js,
    TracingError,
    assign,
    default,
    dom,
    fn,
    js,
    let,
    merged,
    module,
    name,
    new,
    steps,
    when,
    where,
)
from tests.web.node_runner import NODE, call, run


def test_attributes_calls_and_operators_run_as_written() -> None:
    assert call(lambda a, b: (a + b * 2, a - b, a > b, ~a, -b, a / b, a % b), 6, 4) == [
        14, 2, True, False, -4, 1.5, 2,
    ]  # fmt: skip
    assert call(lambda text: text.toUpperCase().slice(0, 2), "photo") == "PH"
    assert call(lambda thing: thing["a key"].deeper, {"a key": {"deeper": 3}}) == 3


def test_numbers_and_texts_may_be_the_left_operand() -> None:
    assert call(lambda n, s: (10 - n, 2 * n, 12 / n, "@" + s), 4, "ana") == [6, 8, 3, "@ana"]


def test_members_of_a_missing_value_are_missing() -> None:
    assert call(lambda thing: thing.missing.deeper, {}) is None
    assert call(lambda thing: thing.deeper.call(1), None) is None


def test_default_replaces_only_missing_values() -> None:
    assert run(lambda one: default(one, "none"), [[0], [""], [False], [None]]) == [0, "", False, "none"]


def test_steps_run_in_order_and_return_the_last_value() -> None:
    def both(box: Js) -> Any:
        return [assign(box, seen=box.seen + 1), assign(box, seen=box.seen * 10), box.seen]

    assert call(both, {"seen": 1}) == 20
    assert call(lambda: [None]) is None


def test_when_runs_only_the_chosen_branch() -> None:
    def choose(box: Js, left: Js) -> Any:
        return [when(left, [assign(box, went="left")], [assign(box, went="right")]), box.went]

    assert run(choose, [[{}, True], [{}, False], [{}, 0], [{}, "x"]]) == ["left", "right", "right", "left"]
    assert call(lambda yes: when(yes, 1), False) is None


def test_parameters_of_nested_functions_never_capture_each_other() -> None:
    def nested(x: Js) -> Any:
        outer = x
        return (1, 2), name("Array.of")(1, 2).map(
            lambda x: (x, outer, name("Array.of")(3).map(lambda x: x + outer))
        )

    assert call(nested, 10) == [[1, 2], [[1, 10, [13]], [2, 10, [13]]]]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(-5, 5), min_size=1, max_size=6))
def test_a_function_used_twice_behaves_the_same_in_both_places(numbers: list[int]) -> None:
    double = fn(lambda x: x * 2)
    script = fn(
        lambda x: where(x.map(lambda x: double(x)), lambda x: x.map(lambda y: double(y) + x.length))
    )
    expected = [4 * number + len(numbers) for number in numbers]
    assert call(lambda given_: script(given_), numbers) == expected


def test_a_bound_value_is_computed_once() -> None:
    def twice(box: Js) -> Any:
        count = fn(lambda: [assign(box, calls=box.calls + 1), box.calls])
        return [where(count(), lambda got: (got, got))]

    assert call(twice, {"calls": 0}) == [1, 1]


def test_objects_are_created_and_merged() -> None:
    assert call(lambda key: {key: 1, "b": (key, {"c": None})}, "a") == {"a": 1, "b": ["a", {"c": None}]}
    assert call(lambda a: merged(a, {"x": 2}), {"x": 1, "y": 1}) == {"x": 2, "y": 1}
    assert call(lambda text: new(name("URL"), text).pathname, "http://a.example/b?c") == "/b"


@pytest.mark.parametrize("text", ["a b", "1a", "alert(1)", "a;b", "", "a.", "a=>b"])
def test_a_name_is_never_code(text: str) -> None:
    with pytest.raises(ValueError, match="Not a name"):
        name(text)


@pytest.mark.parametrize("text", ['"', "`${1}`", "\\", "</script>", "'+alert(1)+'", "\u2028"])
def test_text_is_never_code(text: str) -> None:
    assert call(lambda one: ("" + one + js(text), f"<{text}>"), text) == [text + text, f"<{text}>"]


def test_an_error_names_the_line_of_the_lambda() -> None:
    line = test_an_error_names_the_line_of_the_lambda.__code__.co_firstlineno + 3
    with pytest.raises(TracingError, match=rf"test_tracing\.py:{line}: .*looped"):
        fn(lambda things: [one.id for one in things])
    with pytest.raises(TracingError, match=r"test_tracing\.py:\d+: "):
        fn(lambda thing: 1 if thing else 2)


def test_a_hook_cannot_use_a_functions_parameters() -> None:
    with pytest.raises(TracingError, match="hook"):
        fn(lambda thing: let(thing.size))


def test_properties_have_reacts_names() -> None:
    given_ = dom(
        ref=name("box"), on_key_down=lambda event: event.preventDefault(), data_post_id="x", aria_busy=True
    )
    assert list(given_["custom_attrs"]) == ["ref", "onKeyDown", "data-post-id", "aria-busy"]


def test_a_module_imports_the_names_it_uses(tmp_path: Path) -> None:
    path = name("join", "node:path")("/a", name("basename", "node:path")("/b/c"))
    printing = tmp_path / "printing.mjs"
    printing.write_text(module(name("console.log")(name("format", "node:util")("%s!", path))))
    done = subprocess.run([NODE, printing], capture_output=True, text=True, check=True)
    assert done.stdout == "/a/c!\n"


def test_an_empty_list_of_steps_is_undefined() -> None:
    assert str(steps([])) == "undefined"


def test_a_python_only_method_is_rejected_with_its_javascript_name() -> None:
    with pytest.raises(TracingError, match=r"test_tracing\.py:\d+: .*no \.startswith: use \.startsWith"):
        fn(lambda text: text.startswith("@"))
    assert call(lambda thing: thing["upper"], {"upper": 1}) == 1
