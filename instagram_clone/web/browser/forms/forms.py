"""Forms: sent over HTTP where events are unsuitable, and protected from losing unsaved input."""

from __future__ import annotations

from typing import Any, NamedTuple

from instagram_clone.web.browser.core import (
    Js,
    assign,
    default,
    effect,
    fn,
    js,
    listen,
    merged,
    name,
    new,
    ref,
    state,
    use,
    when,
    window,
)

UNREACHED = "We could not reach the server. Check your connection and try again."


class Submission(NamedTuple):
    """A form that the page submits instead of the browser, and the server's answer.

    For data that must not go through events, such as passwords, and requests answered with a cookie.
    """

    form: Js
    """The ref of the form element."""
    submit: Js
    busy: Js
    done: Js
    """The success message, if the form does not lead to another page."""
    alert: Js
    """An error that concerns no particular field."""
    errors: Js
    """The errors of the fields, by field name."""
    forget: Js
    """A function that clears the error of a field."""
    reset: Js
    """A function that clears the whole answer."""
    status: Js
    """The ref of the element that shows the success message."""
    focus: Js
    """For the children: once an answer arrives, focuses the first invalid field, or the success message,
    since the button that had the focus may be gone."""


def submission(which: str = "form") -> Submission:
    """A form's submission and its answer. For use in an `rx.memo`. `which` distinguishes two forms in one
    component.

    The server answers `{next}`, the page to continue on, `{done}`, a success message, or `{alert, errors}`.
    """
    form, status = ref(which), ref(f"{which}_status")
    busy, set_busy = state(f"{which}_busy", False)
    answer, set_answer = state(f"{which}_answer", {})

    def receive(response: Any) -> list[Any]:
        return [set_answer(response), set_busy(False)]

    def submit(event: Js) -> list[Any]:
        return [
            event.preventDefault(),
            set_busy(True),
            _post(event.currentTarget)
            .then(
                lambda response: when(
                    response.next, window.location.assign(response.next), receive(response)
                )
            )
            .catch(lambda _: receive({"alert": UNREACHED})),
        ]

    return Submission(
        form=form,
        submit=fn(submit),
        busy=busy,
        done=answer.done,
        alert=answer.alert,
        errors=answer.errors,
        forget=fn(lambda field: set_answer(lambda now: {"errors": merged(now.errors, {field: ""})})),
        reset=fn(lambda: set_answer({})),
        status=status,
        focus=effect(
            lambda: when(~busy, [focus_first_error(form.current), status.current.focus()]),
            busy,
            answer.done,
        ),
    )


def _post(form: Js) -> Js:
    """Submit a form as it stands, and return a promise of the answer."""
    request = {"method": form.method, "headers": {"Accept": "application/json"}, "body": _encoded(form)}
    return window.fetch(form.action, request).then(lambda response: response.json())


def _encoded(form: Js) -> Js:
    return new(name("URLSearchParams"), new(name("FormData"), form))


def text_of(form: Js) -> Js:
    """Return the values of a form's fields as one string, to tell whether any has changed since."""
    return _encoded(form).toString()


def values(form: Js) -> Js:
    """Return the values of a form's fields, by name."""
    return name("Object.fromEntries")(new(name("FormData"), form))


def is_changed(form: Any) -> Js:
    """Return whether any field of a form differs from its initial value."""
    return name("Array.from")(js(form).elements).some(
        lambda field: field.value != default(field.defaultValue, field.value)
    )


def focus_first_error(form: Js) -> Js:
    """Focus the first invalid field of a form, if there is one."""
    return form.querySelector("[aria-invalid=true]").focus()


def focus_first_field(form: Js) -> Js:
    """Focus the first field of a form if a key pressed one of its buttons, which is about to disappear.

    After a tap, a phone would show its on-screen keyboard.
    """
    return when(form.querySelector("button:focus-visible"), form.querySelector("input").focus())


def confirm_leaving(unsaved: Any) -> tuple[Js, Js]:
    """Ask before leaving a page while it has unsaved changes. For use in an `rx.memo`.

    The first value goes among the children. The second is React Router's blocker for navigation inside the
    app, whose `state` is "blocked" once the user tries to leave, until `proceed()` or `reset()` is called.
    """
    unload = listen(
        lambda: when(unsaved, window),
        "beforeunload",
        # The second step is for Chrome before 119.
        lambda event: [event.preventDefault(), assign(event, returnValue=True)],
        unsaved,
    )

    here = use("useLocation", library="react-router")

    def must_confirm(navigation: Js) -> Js:
        # A page being left stays mounted until the next one renders, and must not block navigation then.
        leaves = (navigation.currentLocation.pathname == here.pathname) & (
            navigation.nextLocation.pathname != here.pathname
        )
        return js(unsaved) & leaves

    return unload, use("useBlocker", must_confirm, library="react-router")
