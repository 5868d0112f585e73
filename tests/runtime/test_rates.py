"""Token buckets: full at first, empty after a burst, and refilled over time."""

from __future__ import annotations

import pytest

from instagram_clone import rates
from instagram_clone.addresses import ConcurrencyLimit, limit_key
from instagram_clone.rates import Bucket, Buckets, Windows


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The current time, as a list with one number that can be set."""
    now = [1000.0]
    monkeypatch.setattr(rates.time, "monotonic", lambda: now[0])
    return now


def test_a_burst_passes_and_then_a_fixed_rate(clock: list[float]) -> None:
    buckets = Buckets(3, 2)
    assert [buckets.take("ana") for _ in range(4)] == [True, True, True, False]
    assert buckets.take("ben")
    clock[0] += 1
    assert [buckets.take("ana") for _ in range(3)] == [True, True, False]
    clock[0] += 1000
    assert [buckets.take("ana") for _ in range(4)] == [True, True, True, False]


def test_the_least_recently_used_bucket_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "MAX_REMEMBERED", 3)
    buckets = Buckets(1, 0.001)
    for key in ("a", "b", "c", "a", "d"):
        buckets.take(key)
    assert list(buckets._buckets) == ["c", "a", "d"]


def test_a_debt_is_paid_off_over_time(clock: list[float]) -> None:
    bucket = Bucket(10, 2)
    assert [bucket.charge(5) for _ in range(4)] == [0, 0, 2.5, 5]
    clock[0] += 5
    assert bucket.charge(0) == 0 and bucket.charge(1) == 0.5


def test_an_address_has_a_limited_number_of_slots_and_no_entry_once_all_are_given_back() -> None:
    held = ConcurrencyLimit()
    assert [held.take("a", 2), held.take("a", 2), held.take("a", 2), held.take("b", 2)] == [
        True,
        True,
        False,
        True,
    ]
    held.give_back("a")
    assert held.take("a", 2)
    for key in "aab":
        held.give_back(key)
    assert len(held) == 0


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.5", "203.0.113.5"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::9", "2001:db8:1:3::/64"),
        ("::ffff:203.0.113.5", "203.0.113.5"),
        ("unknown", "unknown"),
    ],
)
def test_an_ipv6_address_counts_as_its_network(address: str, counted: str) -> None:
    assert limit_key(address) == counted


def test_a_window_starts_with_the_first_try_and_ends_for_all_of_them(clock: list[float]) -> None:
    windows = Windows()
    assert [windows.take("ana", 2, 60) for _ in range(2)] == [0, 0]
    clock[0] += 20
    assert windows.take("ana", 2, 60) == 40 and windows.take("ben", 2, 60) == 0
    clock[0] += 40
    assert [windows.take("ana", 2, 60) for _ in range(3)] == [0, 0, 60]
