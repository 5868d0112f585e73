"""The table of limits: what is counted where, and how a time to wait is told."""

from __future__ import annotations

import pytest

from instagram_clone.domain import rate_limits
from instagram_clone.domain.errors import TooMany
from instagram_clone.domain.rate_limits import LIMITS, Limit


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "1 second"), (1, "1 second"), (1.1, "2 seconds"), (59, "59 seconds"), (60, "1 minute"),
        (61, "2 minutes"), (900, "15 minutes"), (3600, "1 hour"), (3601, "2 hours"),
    ],
)  # fmt: skip
def test_a_time_to_wait_is_told_as_people_say_it(seconds: float, words: str) -> None:
    assert rate_limits.in_words(seconds) == words


@pytest.mark.parametrize("stored", [True, False])
async def test_one_too_many_is_refused_with_the_time_to_wait_and_nobody_else_is(
    database: None, monkeypatch: pytest.MonkeyPatch, stored: bool
) -> None:
    monkeypatch.setitem(LIMITS, "try", Limit("tries", "account", 3, 180, stored, "Slowly."))
    for _ in range(3):
        await rate_limits.take("try", f"ana {stored}")
    for _ in range(2):
        with pytest.raises(TooMany) as refusal:
            await rate_limits.take("try", f"ana {stored}")
        assert str(refusal.value) == "Slowly. Try again in 3 minutes."
        assert 170 < refusal.value.seconds <= 180
    await rate_limits.take("try", f"ben {stored}")


async def test_of_several_tries_all_count_or_none(database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, "many", Limit("tries", "account", 3, 60, stored=True))
    monkeypatch.setitem(LIMITS, "one", Limit("tries", "account", 1, 60, stored=True))
    await rate_limits.take_all([("many", "ana"), ("one", "ana")])
    for _ in range(5):
        with pytest.raises(TooMany):
            await rate_limits.take_all([("many", "ana"), ("one", "ana")])
    await rate_limits.take("many", "ana")
    await rate_limits.take("many", "ana")
    with pytest.raises(TooMany):
        await rate_limits.take("many", "ana")
