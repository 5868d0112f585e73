"""Who is shown as typing in a conversation."""

from __future__ import annotations

from typing import Any

from instagram_clone.web.browser.people import presence
from tests.web.node_runner import call


def test_whoever_has_sent_what_they_wrote_writes_no_longer_however_late_it_is_told() -> None:
    def writes(told: Any, line: Any) -> bool:
        return bool(call(presence.is_typing, told, line))

    written = {"who": "ben", "at": 20.0}
    assert writes(written, None) and writes(written, {"told": 10.0})
    assert not writes(written, {"told": 30.0})
    assert not writes(None, None) and not writes(None, {"told": 10.0})
