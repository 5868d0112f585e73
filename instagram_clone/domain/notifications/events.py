"""What happens to what people are told of."""

from __future__ import annotations

from dataclasses import dataclass

from instagram_clone.domain.core.events import Event


@dataclass(frozen=True)
class AlertsChanged(Event):
    """What a person has been told changed; how, the database knows."""

    user_id: str
