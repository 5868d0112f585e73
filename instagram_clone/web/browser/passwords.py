"""How hard a password is to guess, judged where it is typed: it goes nowhere until the form is sent."""

from __future__ import annotations

from typing import Any

from instagram_clone.domain.passwords import MIN_CHARACTERS
from instagram_clone.web.browser.core import Js, js, name, new, when, where

LEVELS = ("Empty", "Weak", "Fair", "Good", "Strong")
COMMON = "^(password|passw0rd|qwert|letmein|iloveyou|welcome|12345|instaclone)"
KINDS = ("[a-z]", "[A-Z]", "[0-9]", "[^A-Za-z0-9]")
FAIR, GOOD, STRONG = 13, 17, 22
"""Points from which a password is so strong: one for each character, two for each kind of them."""


def strength(password: Any) -> Js:
    """A place in LEVELS: length counts most, then kinds of characters; few different ones count less."""
    return where(password, _strength)


def _strength(text: Js) -> Js:
    kinds = sum(when(text.search(kind) >= 0, 1, 0) for kind in KINDS)
    points = text.length + kinds * 2 - when(new(name("Set"), text).size < 5, 8, 0)
    weak = is_short(text) | (text.toLowerCase().search(COMMON) == 0)
    level = where(points, lambda of: when(of < FAIR, 1, when(of < GOOD, 2, when(of < STRONG, 3, 4))))
    return when(text == "", 0, when(weak, 1, level))


def is_short(password: Any) -> Js:
    """Whether something was typed that is too short for a password."""
    text = js(password)
    return (text != "") & (text.length < MIN_CHARACTERS)
