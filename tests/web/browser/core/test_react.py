"""What effects return to React."""

from __future__ import annotations

from instagram_clone.web.browser.core import assign, name
from instagram_clone.web.browser.core.react import with_cleanup
from tests.web.node_runner import call


def test_an_effect_returns_its_cleanup_function_or_nothing() -> None:
    box = {"log": "on"}
    assert (
        call(lambda box: [with_cleanup(lambda: lambda: assign(box, log="off"))()(), box.log], box) == "off"
    )
    for nothing in (name("undefined"), None, 7, {"a": 1}, name("Promise.resolve")()):
        assert call(lambda given=nothing: with_cleanup(lambda: [given])() == name("undefined")) is True
