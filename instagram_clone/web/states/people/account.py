"""Account forms: validation while typing, the profile, preferences, blocking, and active log-ins."""

from __future__ import annotations

from collections.abc import Callable

import reflex as rx

from instagram_clone import live
from instagram_clone.domain.core import rate_limits
from instagram_clone.domain.core.errors import Invalid, TooMany
from instagram_clone.domain.media import avatars
from instagram_clone.domain.people import accounts, preferences, presence, profiles, usernames, validation
from instagram_clone.domain.people.credentials import session_cards, sessions
from instagram_clone.domain.people.credentials.session_cards import SessionCard
from instagram_clone.domain.people.events import ProfileEdited, SessionEnded
from instagram_clone.domain.people.relations import blocks
from instagram_clone.live import fact_keys, topics
from instagram_clone.web import notices
from instagram_clone.web.access import concurrent, open_to_all
from instagram_clone.web.states.people.blocked import BlockedState
from instagram_clone.web.states.session import SessionState, viewer_of


class SignUpState(rx.State):
    """Validation of the sign-up form before it is submitted. Passwords never come here."""

    errors: dict[str, str] = {}
    username_free: str = ""
    username_ideas: list[str] = []

    _left: list[str] = []

    @rx.event
    @open_to_all
    def reset_form(self):
        """Clear all errors."""
        self.reset()

    @rx.event
    @open_to_all
    async def leave(self, field: str, text: str):
        """Check a field that lost focus and isn't empty; from then on, it is checked as it changes."""
        if text and field in _CHECKS:
            self._left = list({*self._left, field})
            await self._check(field, text)

    @rx.event
    @open_to_all
    async def write(self, field: str, text: str):
        """Check a field as it changes, if it has lost focus before."""
        if field in self._left:
            await self._check(field, text)

    @rx.event(supersedes=True)
    @open_to_all
    async def write_username(self, username: str):
        """Check a username as it is being typed, and whether it is free."""
        await self._check("username", username)

    async def _check(self, field: str, text: str) -> None:
        error, ideas = _error_in(_CHECKS[field], text), []
        if field == "username":
            try:
                if not error:
                    await rate_limits.take("name-check", live.address_of(live.token_of(self)))
            except TooMany as refusal:
                error = str(refusal)
            if not error and await usernames.is_taken(text):
                error, ideas = f"{text} is taken.", await usernames.suggest_similar(text)
            self.username_free, self.username_ideas = "" if error else text, ideas
        self.errors = {**self.errors, field: error}


class SettingsState(rx.State):
    """The profile form, the list of log-ins, and the account's preferences."""

    name: str = ""
    username: str = ""
    bio: str = ""
    website: str = ""
    errors: dict[str, str] = {}
    saved: int = 0
    """How often the profile was saved; the form is reset each time."""
    sessions: list[SessionCard] = []
    alert_rules: dict[str, str] = {}
    preferences: dict[str, bool] = {}
    private: bool | None = None
    """None until it is loaded, just as preferences are missing until then."""

    @rx.event
    async def load_preferences(self):
        """Load what the viewer lets others see and know."""
        viewer = await viewer_of(self)
        self.preferences = (await preferences.of([viewer.oid]))[viewer.oid]
        self.private = (await profiles.own_profile(viewer)).private

    @rx.event
    async def set_private(self, private: bool):
        """Let only followers, or everybody, see the viewer's posts; saved at once."""
        viewer = await viewer_of(self)
        await preferences.set_private(viewer, private)
        self.private = private
        notices.show(
            live.token_of(self), "Your account is private" if private else "Your account is public"
        )

    @rx.event
    async def set_preference(self, name: str, on: bool):
        """Turn a preference about what others may know on or off; saved at once."""
        viewer = await viewer_of(self)
        await preferences.set_preference(viewer, name, on)
        if name == "show_active":
            await (presence.connected if on else presence.hide)(viewer.id)
        await self.load_preferences()
        notices.show(live.token_of(self), "Saved")

    @rx.event
    async def block(self, user_id: str):
        """Block somebody."""
        await blocks.block(await viewer_of(self), user_id)
        notices.show(live.token_of(self), "Blocked", label="Undo", event=SettingsState.unblock(user_id))

    @rx.event
    async def unblock(self, user_id: str):
        """Unblock somebody."""
        await blocks.unblock(await viewer_of(self), user_id)
        # If they were unblocked already, no event corrects a list that has missed it.
        (await self.get_state(BlockedState))._drop(user_id)
        notices.show(live.token_of(self), "Unblocked")

    @rx.event
    async def load_alert_rules(self):
        """Load whose activity the viewer wants to be notified of."""
        self.alert_rules = await preferences.alert_rules((await viewer_of(self)).oid)

    @rx.event
    async def set_alert_rule(self, kind: str, rule: str):
        """Choose whose activity of a kind to be notified of; saved at once."""
        viewer = await viewer_of(self)
        await preferences.set_alert_rule(viewer, kind, rule)
        self.alert_rules = await preferences.alert_rules(viewer.oid)
        notices.show(live.token_of(self), "Saved")

    @rx.event
    @concurrent
    async def load_profile(self):
        """Fill the profile form with the current values."""
        self._fill(await profiles.own_profile(await viewer_of(self)))

    @rx.event
    async def save_profile(self, form: dict[str, str]):
        """Save the profile form; errors are shown next to its fields."""
        viewer = await viewer_of(self)
        now = await profiles.own_profile(viewer)
        # What this form leaves as it was loaded may have been changed elsewhere since.
        changed = {key: text for key in _FIELDS if (text := form.get(key, "")) != getattr(self, key)}
        try:
            me = await profiles.edit_profile(
                viewer, **{key: getattr(now, key) for key in _FIELDS} | changed
            )
        except Invalid as error:
            self.errors = {error.field: str(error)}
            return
        self._fill(me)
        self.saved += 1
        notices.show(live.token_of(self), "Profile saved")

    def _fill(self, me: profiles.Profile) -> None:
        self.name, self.username, self.bio, self.website = me.name, me.username, me.bio, me.website
        self.errors = {}

    @rx.event
    async def use_photo(self, media_id: str):
        """Use an uploaded photo as the profile photo."""
        viewer = await viewer_of(self)
        await avatars.set_avatar(viewer, media_id)
        notices.show(live.token_of(self), "Profile photo changed")

    @rx.event
    @concurrent
    async def load_sessions(self):
        """List where the viewer is signed in."""
        self.sessions = await session_cards.mine(await viewer_of(self))

    @rx.event
    async def end_session(self, session_id: str):
        """Log another device out."""
        viewer = await viewer_of(self)
        await sessions.end_other(viewer, session_id)
        self.sessions = [card for card in self.sessions if card.id != session_id]

    @rx.event
    async def end_others(self):
        """Log every other device out."""
        viewer = await viewer_of(self)
        await sessions.end_others(viewer)
        self.sessions = await session_cards.mine(viewer)
        notices.show(live.token_of(self), "Logged out everywhere else")


_FIELDS = ("name", "username", "bio", "website")
_CHECKS = {
    "email": validation.check_email,
    "name": validation.check_name,
    "username": validation.check_username,
}


def _error_in(check: Callable[[str], str], text: str) -> str:
    try:
        check(text)
    except Invalid as error:
        return str(error)
    return ""


async def _session_ended(event: SessionEnded) -> None:
    # This comes first, so that no later event in this process is attributed to the ended session.
    sessions.evict(event.session_id)
    for token in live.close_session(event.session_id):
        live.send_facts(token, {fact_keys.signed_out_key(): True})


async def _profile_edited(event: ProfileEdited) -> None:
    accounts.forget(event.user_id)
    sessions.forget_name(event.user_id)


live.subscribe(SessionEnded, _session_ended)
live.subscribe(ProfileEdited, _profile_edited)


@live.on(ProfileEdited, SessionState, lambda event: [topics.user(event.user_id)], pause=0.3)
async def own_profile_edited(tab: SessionState, _: ProfileEdited) -> None:
    """Show the new name and photo in all of the user's tabs, and fix the links to their own page."""
    if tab._viewer is not None:
        await tab._show(tab._viewer)


@live.on(SessionEnded, SettingsState, lambda event: [topics.user(event.user_id)])
def session_ended(tab: SettingsState, event: SessionEnded) -> None:
    """Remove a logged-out device from the list."""
    tab.sessions = [card for card in tab.sessions if card.id != event.session_id]
