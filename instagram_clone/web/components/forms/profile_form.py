"""Editing the viewer's profile. The form holds what is typed; the state holds what is saved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reflex as rx

from instagram_clone.domain.people.accounts import BIO_LENGTH
from instagram_clone.web.browser.core import (
    Js,
    assign,
    default,
    dom,
    effect,
    js,
    name,
    ref,
    state,
    when,
)
from instagram_clone.web.browser.forms.forms import (
    focus_first_error,
    focus_first_field,
    is_changed,
    text_of,
    values,
)
from instagram_clone.web.components.forms.fields import NativeForm, aria_props, error_or, field
from instagram_clone.web.components.forms.unsaved import leave_guard
from instagram_clone.web.states.people.account import SettingsState


@rx.memo
def loaded_profile_form() -> rx.Component:
    """The profile form, once its values have arrived. It stays when they are gone for a moment, as they are
    after a restart of the server, because it holds what was typed.
    """
    loaded, set_loaded = state("loaded", False)
    has_values = SettingsState.username != ""
    return rx.fragment(
        effect(lambda: when(has_values, set_loaded(True)), has_values),
        rx.cond(has_values | loaded, profile_form(), rx.fragment()),
    )


@rx.memo
def profile_form() -> rx.Component:
    """The public part of the profile. Asks before discarding unsaved changes."""
    form, sent = ref("form"), ref("sent")
    changed, set_changed = state("changed", False)
    bio_length, set_bio_length = state("bio_length", None)
    mark_unchanged = [set_changed(False), set_bio_length(name("undefined"))]

    def on_saved() -> Js:
        # What was typed while the answer was on its way is kept.
        keep = set_changed(is_changed(form.current))
        return when(text_of(form.current) == sent.current, form.current.reset(), keep)

    return NativeForm.create(
        # After a restart of the server, the number starts again at 0.
        effect(lambda: when(js(SettingsState.saved) > 0, on_saved()), SettingsState.saved),
        effect(lambda: focus_first_error(form.current), SettingsState.errors),
        leave_guard(unsaved=changed),
        rx.el.div(
            _field("name", "Name", SettingsState.name, auto_complete="name"),
            _field(
                "username", "Username", SettingsState.username, auto_capitalize="none", spell_check=False
            ),
            class_name="ic-two",
        ),
        _field(
            "bio",
            "Bio",
            SettingsState.bio,
            rx.el.textarea,
            after_label=rx.el.span(
                default(bio_length, SettingsState.bio.length()),
                f" / {BIO_LENGTH}",
                class_name="ic-muted ic-xs",
            ),
            max_length=BIO_LENGTH,
            class_name="ic-textarea ic-bio",
            **dom(on_input=lambda event: set_bio_length(event.target.value.length)),
        ),
        _field(
            "website",
            "Website",
            SettingsState.website,
            type="url",
            input_mode="url",
            placeholder="Add a link",
        ),
        rx.el.div(
            rx.el.span(rx.cond(changed, "Unsaved changes", ""), class_name="ic-muted ic-sm ic-grow"),
            rx.cond(
                changed,
                rx.el.button(
                    "Cancel",
                    type="reset",
                    class_name="ic-btn is-ghost",
                    on_click=SettingsState.load_profile,
                ),
                rx.fragment(),
            ),
            rx.el.button("Save", type="submit", class_name="ic-btn is-primary", disabled=~changed),
            class_name="ic-savebar",
        ),
        no_validate=True,
        aria_label="Edit profile",
        **dom(
            ref=form,
            on_input=lambda event: set_changed(is_changed(event.currentTarget)),
            on_reset=lambda event: [*mark_unchanged, focus_first_field(event.currentTarget)],
            on_submit=lambda event: [
                event.preventDefault(),
                assign(sent, current=text_of(event.currentTarget)),
                SettingsState.save_profile(values(event.currentTarget)),
            ],
        ),
    )


def _field(
    key: str,
    label: str,
    saved: Any,
    control: Callable[..., rx.Component] = rx.el.input,
    *,
    after_label: Any = "",
    **more: Any,
) -> rx.Component:
    id_, error = f"profile-{key}", js(SettingsState.errors)[key]
    box = control(
        name=key, default_value=saved, **{"class_name": "ic-input", **more}, **aria_props(id_, error)
    )
    return field(id_, label, box, error_or(id_, error), after_label=after_label)
