"""How strong a password is said to be: the rule in node against the rule in Python."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from instagram_clone.web.browser.passwords import COMMON, LEVELS, is_short, strength
from tests.web.node_runner import call, run

WORDS = [
    "",
    "password",
    "Passw0rd!",
    "LetMeIn22",
    "aaaaaaaaaaaaaaaa",
    "four oranges",
    "Zq7!",
    "12345678",
    "é🌿",
]
passwords = st.text(max_size=30) | st.lists(st.sampled_from(WORDS), max_size=4).map("".join)


def units(text: str) -> int:
    """The length of a text as browsers count it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def twin(password: str) -> int:
    if not password:
        return 0
    kinds = sum(bool(re.search(kind, password)) for kind in ("[a-z]", "[A-Z]", "[0-9]", "[^A-Za-z0-9]"))
    points = units(password) + 2 * kinds - (8 if len(set(password)) < 5 else 0)
    if units(password) < 8 or points < 13 or re.match(COMMON, password.lower()):
        return 1
    return 2 if points < 17 else 3 if points < 22 else 4


@settings(max_examples=10, deadline=None)
@given(st.lists(passwords, min_size=50, max_size=200))
def test_the_meter_and_its_twin_agree(found: list[str]) -> None:
    assert run(strength, [[one] for one in found]) == [twin(one) for one in found]
    assert run(is_short, [[one] for one in found]) == [0 < units(one) < 8 for one in found]


def test_a_short_sentence_is_strong_and_what_everybody_takes_is_weak() -> None:
    said = {
        "": "Empty",
        "orange": "Weak",
        "password1234567890": "Weak",
        "aaaaaaaaaaaaaaaa": "Weak",
        "fourorange": "Weak",
        "four oranges": "Fair",
        "Four oranges!": "Good",
        "four oranges in a bowl": "Strong",
    }
    assert {password: LEVELS[call(strength, password)] for password in said} == said
