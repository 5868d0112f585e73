"""Toasts: which of several is shown, for how long, and that none replaces another."""

from __future__ import annotations

from typing import Any

from instagram_clone.web import notices
from instagram_clone.web.browser.layers import toasts
from instagram_clone.web.states.people.account import SettingsState
from tests.web.node_runner import call, run


def test_the_oldest_of_the_last_few_is_shown() -> None:
    def waiting(*keys: str) -> dict[str, Any]:
        return {f"toast_{key}": {"text": key} for key in keys}

    cases = [[waiting()], [waiting("a")], [waiting("b", "a")], [waiting("a", "b", "c", "d", "e", "f")]]
    assert run(toasts.current, cases) == [None, "toast_a", "toast_b", "toast_c"]


def test_one_with_a_button_stays_longer() -> None:
    assert run(toasts.duration, [[{"text": "a", "label": ""}], [{"label": "Undo"}]]) == [5_000, 10_000]


def test_the_latest_refusal_counts() -> None:
    def refused(*errors: bool) -> Any:
        return call(
            toasts.refused, {f"toast_{at}": {"id": at, "error": one} for at, one in enumerate(errors)}
        )

    assert refused() is None
    assert refused(False) is None
    assert refused(True, True, False) == {"id": 1, "error": True}


def test_two_at_once_are_two() -> None:
    saved, wrong = notices.toast("Saved"), notices.toast("That did not work", error=True)
    assert len({**saved, **wrong}) == 2
    assert len({**saved, **notices.toast("Saved")}) == 1
    undo = [notices.toast("Blocked", label="Undo", event=SettingsState.unblock(one)) for one in "ab"]
    assert len({**undo[0], **undo[1]}) == 2


def test_what_a_button_does_is_an_event_of_ours() -> None:
    [toast] = notices.toast("Blocked", label="Undo", event=SettingsState.unblock("a")).values()
    assert toast["event"]["name"].endswith("____settings_state.unblock")
    assert toast["event"]["payload"] == {"user_id": "a"}
