"""Password strength, as judged by the server. Nothing here anticipates the server's verdict."""

from __future__ import annotations

from typing import Any

from instagram_clone import routes
from instagram_clone.domain.people.credentials.passwords import MIN_CHARACTERS
from instagram_clone.web.browser.core import Js, default, js, merged, name, new, when, window

LEVELS = ("Not judged yet", "Weak", "Fair", "Good", "Strong")
WEAK = 1
PAUSE_MS = 300
"""The debounce: how long typing must pause before the server is asked."""

_JUDGED_FIELDS = ("email", "name", "username", "password")
"""The fields a password is judged by, since it may not be made up of the others."""


def judged_input(form: Any) -> Js:
    """Return the values of the fields that a form's password is judged by, as one text."""
    fields = js(form).elements
    values = {field: default(fields[field].value, "") for field in _JUDGED_FIELDS}
    return new(name("URLSearchParams"), values).toString()


def request_verdict(form: Any, about: Any) -> Js:
    """Ask the server to judge. Return a promise of the `level`, an index into LEVELS, and its `about`."""
    request = {"method": "POST", "body": new(name("URLSearchParams"), about)}
    return (
        window.fetch(js(form).action + routes.STRENGTH, request)
        .then(lambda response: response.json())
        .then(lambda verdict: merged(verdict, {"about": about}))
    )


def level(text: Any, about: Any, verdict: Any) -> Js:
    """Return an index into LEVELS: the verdict on exactly this input, or 0 until it arrives."""
    verdict = js(verdict)
    judged = when(verdict.about == about, default(verdict.level, 0), 0)
    return when(js(text) == "", 0, when(is_short(text), WEAK, judged))


def is_short(password: Any) -> Js:
    """Return whether something was typed, but too little for a password."""
    text = js(password)
    return (text != "") & (text.length < MIN_CHARACTERS)
