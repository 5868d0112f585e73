"""The email address of an account. Passwords never enter any state."""

from __future__ import annotations

import reflex as rx

from instagram_clone import live
from instagram_clone.config import settings
from instagram_clone.domain.people.credentials import email_changes, emails
from instagram_clone.domain.people.events import EmailChanged
from instagram_clone.live import topics
from instagram_clone.web import notices
from instagram_clone.web.access import concurrent, open_to_all
from instagram_clone.web.states.session import maybe_viewer, viewer_of


class RecoveryState(rx.State):
    """What a visitor who cannot log in needs to know."""

    sends_mail: bool = True

    @rx.event
    @open_to_all
    def load(self):
        """Load whether this site sends mail at all."""
        self.sends_mail = settings().sends_mail


class EmailState(rx.State):
    """The viewer's address, and the one it is being changed to."""

    email: str = ""
    confirmed: bool = True
    change_to: str = ""
    waiting: list[str] = []
    sends_mail: bool = True

    @rx.event
    @concurrent
    async def load(self):
        """Show the address and any pending change."""
        self._show(await emails.own(await viewer_of(self)))

    @rx.event
    async def send_confirmation(self):
        """Mail the viewer another link to confirm their address."""
        await emails.ask_to_confirm((await viewer_of(self)).id)
        notices.show(live.token_of(self), "Sent. Check your inbox")

    @rx.event
    async def cancel_change(self):
        """Cancel the change and keep the current address."""
        await email_changes.cancel(await viewer_of(self))
        notices.show(live.token_of(self), "Your email stays as it is")

    def _show(self, own: emails.OwnEmail) -> None:
        self.email, self.confirmed = own.email, own.confirmed
        self.change_to, self.waiting = own.change_to, list(own.waiting)
        self.sends_mail = settings().sends_mail


@live.on(EmailChanged, EmailState, lambda event: [topics.user(event.user_id)], pause=0.3)
async def email_changed(tab: EmailState, _: EmailChanged) -> None:
    """Show the outcome of a mailed link in open settings, wherever the link was used."""
    viewer = await maybe_viewer(tab)
    if viewer is not None and tab.email:
        tab._show(await emails.own(viewer))
