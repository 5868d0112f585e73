"""Forms: sent over HTTP where events will not do, and kept from being lost."""

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


class Posted(NamedTuple):
    """A form that the page sends in place of the browser, and what was answered.

    For what must not go through events, as passwords, or is answered with a cookie.
    """

    form: Js
    """The box of the form element."""
    submit: Js
    busy: Js
    done: Js
    """What has come of it, where the page is not left."""
    alert: Js
    """What is wrong with no field in particular."""
    errors: Js
    """What is wrong with each field, by its name."""
    forget: Js
    """A function that takes back what was said of a field."""
    begin_again: Js
    """A function that forgets what was answered."""
    said: Js
    """The box of the element that says what has come of it."""
    focus: Js
    """For the children: once an answer has come, the first bad field has the focus, or what says that all
    is well: the button that had it may be gone."""


def posted(which: str = "form") -> Posted:
    """A form's way to the server and back. For bodies of `rx.memo`; `which` tells two in one apart.

    The server answers `{next}`, where to go on, `{done}`, what has come of it, or `{alert, errors}`, what
    is wrong.
    """
    form, said = ref(which), ref(f"{which}_said")
    busy, set_busy = state(f"{which}_busy", False)
    answer, set_answer = state(f"{which}_answer", {})

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
        done=answer.done,
        alert=answer.alert,
        errors=answer.errors,
        forget=fn(lambda field: set_answer(lambda told: {"errors": merged(told.errors, {field: ""})})),
        begin_again=fn(lambda: set_answer({})),
        said=said,
        focus=effect(
            lambda: when(~busy, [focus_first_error(form.current), said.current.focus()]), busy, answer.done
        ),
    )


def _post(form: Js) -> Js:
    """Send a form as it stands; a promise of what is answered."""
    body = new(name("URLSearchParams"), new(name("FormData"), form))
    how = {"method": form.method, "headers": {"Accept": "application/json"}, "body": body}
    return window.fetch(form.action, how).then(lambda response: response.json())


def values(form: Js) -> Js:
    """What the fields of a form hold, by their names."""
    return name("Object.fromEntries")(new(name("FormData"), form))


def is_changed(form: Any) -> Js:
    """Whether a field of a form holds something else than it came with."""
    return name("Array.from")(js(form).elements).some(
        lambda one: one.value != default(one.defaultValue, one.value)
    )


def focus_first_error(form: Js) -> Js:
    """Put the focus on the first bad field of a form, if there is one."""
    return form.querySelector("[aria-invalid=true]").focus()


def leaving(unsaved: Any) -> tuple[Js, Js]:
    """Keep people on a page while it has something unsaved. For bodies of `rx.memo`.

    The first value stands among the children. The second is React Router's blocker of ways inside the
    app, whose `state` is "blocked" when somebody wants to leave, until `proceed()` or `reset()`.
    """
    unload = listen(
        lambda: when(unsaved, window),
        "beforeunload",
        # The second is for Chrome before 119.
        lambda event: [event.preventDefault(), assign(event, returnValue=True)],
        unsaved,
    )

    here = use("useLocation", library="react-router")

    def elsewhere(way: Js) -> Js:
        # A page that is being left stays on screen until the next one is drawn, and keeps nobody meanwhile.
        leaves = (way.currentLocation.pathname == here.pathname) & (
            way.nextLocation.pathname != here.pathname
        )
        return js(unsaved) & leaves

    return unload, use("useBlocker", elsewhere, library="react-router")
