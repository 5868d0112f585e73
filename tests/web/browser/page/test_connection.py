"""What is shown about the connection: the most serious problem, and nothing while all is well."""

from __future__ import annotations

import itertools

from instagram_clone.web.browser.page.connection import banner, lost_taps
from tests.web.node_runner import call, run


def twin(offline: bool, late: bool, back: bool) -> str:
    return "offline" if offline else "reconnecting" if late else "back" if back else ""


def test_the_most_serious_problem_is_shown() -> None:
    cases = list(itertools.product([False, True], repeat=3))
    assert run(banner, cases) == [twin(*case) for case in cases]


def test_a_tap_is_lost_with_its_connection_unless_it_was_answered_or_repeated() -> None:
    before = [["optimistic_a", {"rev": 1}], ["optimistic_b", {"rev": 1}], ["saving_c", True]]

    def lost(saving: object) -> object:
        return lost_taps(before, {"optimistic_a": None, "optimistic_b": {"rev": 2}, "saving_c": saving})

    assert call(lost, True) == ["saving_c"]
    assert call(lost, None) == []
