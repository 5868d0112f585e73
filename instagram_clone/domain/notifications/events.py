"""Events about notifications."""

from __future__ import annotations

from dataclasses import dataclass

from instagram_clone.domain.core.events import Event


@dataclass(frozen=True)
class AlertsChanged(Event):
    """A person's notifications have changed; the database has the details."""

    user_id: str
