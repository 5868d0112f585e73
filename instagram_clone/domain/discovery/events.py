"""What happens to searches."""

from __future__ import annotations

from dataclasses import dataclass

from instagram_clone.domain.core.events import Event


@dataclass(frozen=True)
class RecentsChanged(Event):
    """What somebody has searched for of late is another list now: news for nobody but themselves."""

    by: str
