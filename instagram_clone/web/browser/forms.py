"""Forms that the page sends over HTTP: what must not go through events, or is answered with a cookie."""

from __future__ import annotations

from typing import Any, NamedTuple

from instagram_clone.web.browser.core import Js, effect, fn, merged, name, new, ref, state, when, window

UNREACHED = "We could not reach the server. Check your connection and try again."


class Posted(NamedTuple):
    """A form that the page sends in place of the browser, and what was answered."""

    form: Js
    """The box of the form element."""
    submit: Js
    busy: Js
    alert: Js
    """What is wrong with no field in particular."""
    errors: Js
    """What is wrong with each field, by its name."""
    forget: Js
    """A function that takes back what was said of a field."""
    focus: Js
    """For the children: the first bad field has the focus once an answer has come."""


def posted() -> Posted:
    """A form's way to the server and back. For bodies of `rx.memo`.

    The server answers `{next}`, where to go on, or `{alert, errors}`, what is wrong.
    """
    form = ref("form")
    busy, set_busy = state("busy", False)
    answer, set_answer = state("answer", {})

    def take(told: Any) -> list[Any]:
        return [set_answer(told), set_busy(False)]

    def submit(event: Js) -> list[Any]:
        return [
            event.preventDefault(),
            set_busy(True),
            _post(event.currentTarget)
            .then(lambda told: when(told.next, window.location.assign(told.next), take(told)))
            .catch(lambda _: take({"alert": UNREACHED})),
        ]

    return Posted(
        form=form,
        submit=fn(submit),
        busy=busy,
        alert=answer.alert,
        errors=answer.errors,
        forget=fn(lambda field: set_answer(lambda told: {"errors": merged(told.errors, {field: ""})})),
        focus=effect(lambda: when(~busy, form.current.querySelector("[aria-invalid=true]").focus()), busy),
    )


def _post(form: Js) -> Js:
    """Send a form as it stands; a promise of what is answered."""
    body = new(name("URLSearchParams"), new(name("FormData"), form))
    how = {"method": form.method, "headers": {"Accept": "application/json"}, "body": body}
    return window.fetch(form.action, how).then(lambda response: response.json())
