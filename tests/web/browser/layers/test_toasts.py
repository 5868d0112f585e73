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


def test_a_toast_with_a_button_stays_longer() -> None:
    assert run(toasts.duration, [[{"text": "a", "label": ""}], [{"label": "Undo"}]]) == [5_000, 10_000]


def test_the_latest_error_is_returned() -> None:
    def latest_error(*errors: bool) -> Any:
        return call(
            toasts.latest_error,
            {f"toast_{at}": {"id": at, "error": error} for at, error in enumerate(errors)},
        )

    assert latest_error() is None
    assert latest_error(False) is None
    assert latest_error(True, True, False) == {"id": 1, "error": True}


def test_different_toasts_at_once_do_not_replace_each_other() -> None:
    saved, wrong = notices.toast("Saved"), notices.toast("That did not work", error=True)
    assert len({**saved, **wrong}) == 2
    assert len({**saved, **notices.toast("Saved")}) == 1
    undo = [
        notices.toast("Blocked", label="Undo", event=SettingsState.unblock(user_id)) for user_id in "ab"
    ]
    assert len({**undo[0], **undo[1]}) == 2


def test_a_toasts_button_sends_an_event_of_a_state() -> None:
    [toast] = notices.toast("Blocked", label="Undo", event=SettingsState.unblock("a")).values()
    assert toast["event"]["name"].endswith("____settings_state.unblock")
    assert toast["event"]["payload"] == {"user_id": "a"}
