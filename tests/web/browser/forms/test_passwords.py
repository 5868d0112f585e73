"""The password meter: it shows the server's verdict on exactly this password, and nothing before that."""

from __future__ import annotations

from typing import Any

from instagram_clone.web.browser.forms.passwords import LEVELS, is_short, level
from tests.web.node_runner import call, run

ABOUT = "password=four+oranges"


def shown(text: str, verdict: Any) -> str:
    return LEVELS[call(level, text, ABOUT, verdict)]


def test_a_verdict_is_shown_only_for_the_input_it_is_about() -> None:
    assert shown("four oranges", {"about": ABOUT, "level": 3}) == "Good"
    assert shown("four oranges", {"about": "password=five+lemons", "level": 4}) == "Not judged yet"
    assert shown("four oranges", {}) == "Not judged yet"


def test_without_a_verdict_no_level_is_shown() -> None:
    assert shown("four oranges", {"about": ABOUT, "alert": "Too many tries."}) == "Not judged yet"
    assert shown("", {"about": ABOUT, "level": 4}) == "Not judged yet"


def test_a_short_password_is_weak_whatever_the_verdict() -> None:
    assert shown("orange", {"about": ABOUT, "level": 4}) == "Weak"
    cases = [["1234567"], ["12345678"], [""], ["🌿🌿🌿"]]
    assert run(is_short, cases) == [True, False, False, True]
