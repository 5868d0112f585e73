"""How hard a password is to guess, as the server judges it: nothing here guesses what that will say."""

from __future__ import annotations

from typing import Any

from instagram_clone import routes
from instagram_clone.domain.people.credentials.passwords import MIN_CHARACTERS
from instagram_clone.web.browser.core import Js, default, js, merged, name, new, when, window

LEVELS = ("Not judged yet", "Weak", "Fair", "Good", "Strong")
WEAK = 1
PAUSE_MS = 300
"""So long nothing was typed when the server is asked."""

_TOLD = ("email", "name", "username", "password")
"""Fields by which a password is judged: it may not be made of the others."""


def asked_about(form: Any) -> Js:
    """What the fields of a form hold by which its password is judged, as one text."""
    fields = js(form).elements
    held = {field: default(fields[field].value, "") for field in _TOLD}
    return new(name("URLSearchParams"), held).toString()


def ask(form: Any, about: Any) -> Js:
    """Have the server judge; a promise of its `level`, a place in LEVELS, with `about` which it is."""
    how = {"method": "POST", "body": new(name("URLSearchParams"), about)}
    return (
        window.fetch(js(form).action + routes.STRENGTH, how)
        .then(lambda response: response.json())
        .then(lambda told: merged(told, {"about": about}))
    )


def level(text: Any, about: Any, told: Any) -> Js:
    """A place in LEVELS: what was told of just this, and nothing while it has not been."""
    told = js(told)
    judged = when(told.about == about, default(told.level, 0), 0)
    return when(js(text) == "", 0, when(is_short(text), WEAK, judged))


def is_short(password: Any) -> Js:
    """Whether something was typed that is too short for a password."""
    text = js(password)
    return (text != "") & (text.length < MIN_CHARACTERS)
