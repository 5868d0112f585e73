"""Whose pending messages and comments a tab sends and shows."""

from __future__ import annotations

from instagram_clone.web.browser.forms.pending import written_by
from tests.web.node_runner import run


def test_only_what_the_viewer_wrote_is_pending_for_them() -> None:
    first, second = {"key": "a", "by": "ana"}, {"key": "d", "by": "ana"}
    # Sent or discarded, a fact is null; anything without an author is nobody's.
    recorded = {"a": first, "b": {"key": "b", "by": "ben"}, "c": None, "d": second, "e": {"key": "e"}}
    assert run(written_by, [("ana", recorded), ("cleo", recorded), ("", recorded)]) == [
        [first, second],
        [],
        [],
    ]
