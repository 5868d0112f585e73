"""Settings, one page per section."""

from __future__ import annotations

import reflex as rx

from instagram_clone import routes
from instagram_clone.web.components.layout.shell import LOAD
from instagram_clone.web.pages.settings.account import account, index, profile
from instagram_clone.web.pages.settings.safety import blocked, privacy, security
from instagram_clone.web.pages.settings.this_app import appearance, notifications
from instagram_clone.web.states.people.account import SettingsState
from instagram_clone.web.states.people.blocked import BlockedState
from instagram_clone.web.states.people.credentials import EmailState


def add(app: rx.App) -> None:
    """Add the pages to the app."""
    load = [*LOAD, SettingsState.load_profile]
    more = {
        routes.SETTINGS: [EmailState.load],
        routes.SETTINGS_ACCOUNT: [EmailState.load],
        routes.SETTINGS_SECURITY: [SettingsState.load_sessions],
        routes.SETTINGS_NOTIFICATIONS: [SettingsState.load_alert_rules],
        routes.SETTINGS_PRIVACY: [SettingsState.load_preferences],
        routes.SETTINGS_BLOCKED: [BlockedState.load_blocked],
    }
    for view, route in (
        (index, routes.SETTINGS),
        (account, routes.SETTINGS_ACCOUNT),
        (profile, routes.SETTINGS_PROFILE),
        (privacy, routes.SETTINGS_PRIVACY),
        (security, routes.SETTINGS_SECURITY),
        (blocked, routes.SETTINGS_BLOCKED),
        (appearance, routes.SETTINGS_APPEARANCE),
        (notifications, routes.SETTINGS_NOTIFICATIONS),
    ):
        app.add_page(
            view,
            route=route,
            title="Settings · Instaclone",
            on_load=[*load, *more.get(route, ())],
        )
