"""What is said of the connection: the worst of it, and nothing while all is well."""

from __future__ import annotations

import itertools

from instagram_clone.web.browser.page.connection import banner
from tests.web.node_runner import run


def twin(offline: bool, late: bool, back: bool) -> str:
    return "offline" if offline else "reconnecting" if late else "back" if back else ""


def test_the_worst_is_said() -> None:
    cases = list(itertools.product([False, True], repeat=3))
    assert run(banner, cases) == [twin(*case) for case in cases]
