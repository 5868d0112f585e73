"""Who is shown as typing in a conversation."""

from __future__ import annotations

from typing import Any

from instagram_clone.web.browser.people import presence
from tests.web.node_runner import call


def test_typing_ends_with_a_later_message_even_if_the_typing_fact_arrives_late() -> None:
    def is_typing(fact: Any, line: Any) -> bool:
        return bool(call(presence.is_typing, fact, line))

    typing = {"who": "ben", "at": 20.0}
    assert is_typing(typing, None) and is_typing(typing, {"told": 10.0})
    assert not is_typing(typing, {"told": 30.0})
    assert not is_typing(None, None) and not is_typing(None, {"told": 10.0})
